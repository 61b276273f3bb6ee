"""Which photos a line gets by its rule, as a table on plain values (P2)."""

from collections.abc import Sequence

import pytest

from shop.populating.choosing import Candidate, Choice, Lack, Placed, Shown, choose

OWN, GROUP = "abcde", "xyz"  # a photo is a letter; its number is the letter's


def candidate(letter: str, file: str = "") -> Candidate:
    return Candidate(ord(letter), f"{letter}.jpg", file or f"{letter}/original.jpg")


def shown(own: str = "", group: str = "", **values: bool) -> Shown:
    return Shown([*map(candidate, own)], [*map(candidate, group)], **values)


def placed(text: str) -> list[Placed]:
    """A letter for each place; a space is an empty one, a capital a file that was replaced."""
    return [
        Placed(
            *(100 + place, place, ord(letter.lower()), f"{letter}.jpg"),
            "old/original.jpg" if letter.isupper() else f"{letter}/original.jpg",
        )
        for place, letter in enumerate(text)
        if letter != " "
    ]


def after(choice: Choice) -> str:
    """What is in the places when the choice is written."""
    stays = {p.place: chr(p.photo_id or 0) for p in (*choice.kept, *choice.unsound)}
    for picture in choice.leaving:
        del stays[picture.place]
    stays |= {fill.place: chr(fill.photo.pk) for fill in choice.fills}
    places = [place for place in stays if place is not None]
    return "".join(stays.get(place, " ") for place in range(max(places, default=-1) + 1))


# rule, count, own photos, group photos, in the places before, and after, what lacks
CASES: list[tuple[str, int, str, str, str, str, Sequence[Lack]]] = [
    ("individual", 1, "abc", "x", "", "a", ()),
    ("individual", 3, "abcde", "x", "", "abc", ()),
    ("individual", 3, "ab", "x", "", "ab", (Lack.TOO_FEW,)),
    ("individual", 2, "", "x", "", "", (Lack.NO_PHOTO,)),
    ("group", 1, "abc", "xy", "", "x", ()),
    ("group", 2, "abc", "xy", "", "xx", ()),
    ("group", 2, "abc", "", "", "", (Lack.NO_GROUP,)),
    ("mixed", 3, "abc", "xy", "", "xab", ()),
    ("mixed", 3, "a", "xy", "", "xa", (Lack.TOO_FEW,)),
    ("mixed", 3, "", "xy", "", "x", (Lack.NO_PHOTO,)),
    ("mixed", 2, "abc", "", "", " a", (Lack.NO_GROUP,)),
    ("mixed", 2, "", "", "", "", (Lack.NO_GROUP, Lack.NO_PHOTO)),
    ("all", 1, "abc", "xy", "", "abcxy", ()),
    ("all", 1, "abc", "", "", "abc", ()),
    ("all", 1, "", "xy", "", "xy", (Lack.ONLY_GROUP,)),
    ("all", 1, "", "", "", "", (Lack.NO_PHOTO,)),
    # What is filled stays, also where a person chose it
    ("individual", 3, "abcde", "", "abc", "abc", ()),
    ("individual", 2, "abcde", "x", "ex", "ex", ()),
    ("individual", 3, "abcde", "", "c", "cab", ()),
    ("individual", 2, "abc", "", " a", "ba", ()),
    ("individual", 3, "abcd", "", "aa", "aab", ()),
    ("group", 2, "abc", "xy", "y", "yx", ()),
    ("mixed", 3, "abc", "xy", "ab", "abc", ()),
    ("all", 1, "abc", "x", "ab", "abcx", ()),
    ("all", 1, "abc", "x", "cbxa", "cbxa", ()),
    # What is gone is chosen anew; without a photo for it, it stays and is missed
    ("individual", 3, "acd", "", "abc", "adc", ()),
    ("individual", 2, "a", "", "ab", "ab", (Lack.TOO_FEW,)),
    ("individual", 1, "", "", "a", "a", (Lack.NO_PHOTO,)),
    ("group", 2, "a", "y", "xx", "yy", ()),
    ("mixed", 2, "b", "y", "xa", "yb", ()),
    ("all", 1, "acd", "", "abc", "a cd", ()),
    ("all", 1, "", "x", "ax", " x", (Lack.ONLY_GROUP,)),
    # The same photo with another file keeps its place
    ("individual", 2, "abc", "", "Cb", "cb", ()),
    ("individual", 3, "abc", "", "B", "bac", ()),
    ("group", 2, "", "xy", "Yx", "yx", ()),
    ("all", 1, "abc", "", "Abc", "abc", ()),
]


@pytest.mark.parametrize(("rule", "count", "own", "group", "before", "expected", "lacks"), CASES)
def test_P2_a_line_gets_the_photos_of_its_rule(
    rule: str, count: int, own: str, group: str, before: str, expected: str, lacks: Sequence[Lack]
) -> None:
    choice = choose(rule, count, placed(before), shown(own, group))

    assert after(choice) == expected
    assert tuple(choice.lacks) == tuple(lacks)
    assert (choice.missing > 0) is bool(lacks)
    assert choice.is_complete is (not lacks and before == expected)


@pytest.mark.parametrize(("rule", "count", "own", "group", "before", "_after", "lacks"), CASES)
def test_P2_choosing_a_second_time_changes_nothing(
    rule: str, count: int, own: str, group: str, before: str, _after: str, lacks: Sequence[Lack]
) -> None:
    first = choose(rule, count, placed(before), shown(own, group))

    second = choose(rule, count, placed(after(first)), shown(own, group))

    assert (second.fills, second.leaving) == ((), ())
    assert tuple(second.lacks) == tuple(lacks)
    assert second.is_complete is not lacks


def test_P2_a_child_that_was_deleted_gets_nothing_and_loses_nothing() -> None:
    choice = choose("individual", 2, placed("a"), shown("abc", has_person=False))

    assert (choice.fills, choice.leaving, len(choice.unsound)) == ((), (), 1)
    assert (choice.missing, choice.lacks) == (2, (Lack.NO_PERSON,))


def test_P2_without_a_class_there_is_no_group_photo() -> None:
    choice = choose("group", 1, [], shown("abc", has_class=False))

    assert choice.lacks == (Lack.NO_CLASS,)


def test_P2_how_many_are_missing_is_counted() -> None:
    assert choose("individual", 5, [], shown("ab")).missing == 3
    assert choose("group", 2, [], shown("ab")).missing == 2
    assert choose("mixed", 4, [], shown("a", "x")).missing == 2
