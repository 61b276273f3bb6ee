"""Tying photos by album, file name and card: seen before it is written (G2)."""

from typing import Any

import pytest

from jobstatus.models import Job
from shop.codes import spelling
from shop.models import Album, Subject
from shop.sorting import likeness, patterns
from shop.sorting.patterns import BadPattern, Meant, People
from tests.factories import (
    JobFactory,
    SubjectFactory,
)

ANNA, BEN, ZOE = 1, 2, 3
CODE = "0000000000000"  # its check character is 0

# Names that are alike


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Anna Meyer", "MEYER, Anna"),
        ("Anna-Lena Meyer", "meyer_anna.lena"),
        ("Zoë Müller", "zoe mueller"),
        ("Zoë Müller", "ZOE_MULLER"),
        ("Mu\u0308ller", "Müller"),
        ("Åse Ødegård", "aase oedegaard"),
        ("Łukasz Żak", "lukasz zak"),
        ("Strauß", "STRAUSS"),
        ("AnnaMeyer", "Anna Meyer"),
        ("3b", "3 B"),
        ("Анна", "АННА"),
    ],
)
def test_G2_names_are_alike_in_any_spelling(one: str, other: str) -> None:
    assert likeness.keys(one) & likeness.keys(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Anna Meyer", "Anna Maier"), ("Anna", "Anna Meyer"), ("1a", "1b"), ("", "--")],
)
def test_G2_other_names_are_not_alike(one: str, other: str) -> None:
    assert not likeness.keys(one) & likeness.keys(other)


# Patterns


def people(**more: Any) -> People:
    names = {"Anna-Lena Meyer": ANNA, "Ben Ahrens": BEN, "Zoë Müller": ZOE, **more}
    known: dict[str, frozenset[int]] = {}
    for name, pk in names.items():
        for key in likeness.keys(name):
            known[key] = known.get(key, frozenset()) | {pk}
    classes = {key: frozenset({ANNA, ZOE, 9}) for key in likeness.keys("Class 3b")}
    return People(known, classes, {CODE: BEN})


@pytest.mark.parametrize(
    ("pattern", "file_name", "expected"),
    [
        ("{name}_{number}", "Anna-Lena_Meyer_0012.jpg", {ANNA}),
        ("{name}_{number}.jpg", "meyer anna lena 12.JPG", {ANNA}),
        ("{number}-{name}", "0012-BEN-AHRENS.jpg", {BEN}),
        ("{name}*", "Zoe Mueller.jpg", {ZOE}),
        ("*{name}*", "spring_2026_muller_zoe_portrait.jpg", {ZOE}),
        ("School_{class}_{name}_*", "school class-3b Zoë Müller 2.jpg", {ZOE}),
        ("School_{class}_{name}_*", "school class-3b Ben Ahrens 2.jpg", None),
        ("{code}_*", "0000-0000-00000_0012.jpg", {BEN}),
        ("{code}_*", "ooooOOOO00000_0012.jpg", {BEN}),
        ("IMG_{code}", "IMG_0000000000000.jpg", {BEN}),
        ("{code}_{name}", "0000000000000_Ben_Ahrens.jpg", {BEN}),
        ("{code}_{name}", "0000000000000_Zoe_Mueller.jpg", set()),
        ("{name}", "Nobody_Known.jpg", None),
        ("{name}", "Ben_Ahrens_7.jpg", None),
        ("{name}_{number}", "Ben_Ahrens_x.jpg", None),
        ("DSC_{name}", "IMG_Ben_Ahrens.jpg", None),
        ("{code}", "0000000000001.jpg", None),
        ("*{name}", "x_" * 30 + "Ben_Ahrens.jpg", None),  # too long to be a name
        ("{name}", "folder/Ben Ahrens.jpg", {BEN}),
    ],
)
def test_G2_a_pattern_finds_who_a_file_name_names(
    pattern: str, file_name: str, expected: set[int] | None
) -> None:
    found = patterns.meant(patterns.parse(pattern), file_name, people())

    assert (found and set(found.subjects)) == expected


def test_G2_whom_a_file_name_may_mean_is_never_guessed() -> None:
    both = people(**{"Lena Anna Meyer": 7, "Anna Lena": 8})

    found = patterns.meant(patterns.parse("{name}*"), "Anna_Lena_Meyer_1.jpg", both)

    assert found == Meant(frozenset({ANNA, 7, 8}))


def test_G2_a_right_code_of_nobody_here_is_told_apart() -> None:
    code = spelling.new_code()

    found = patterns.meant(patterns.parse("{code}_*"), f"{code}_1.jpg", people())

    assert found == Meant(unknown_code=code)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "IMG_{number}",
        "{class}_*",
        "*",
        "{surname}_*",
        "{name",
        "name}",
        "{name}{name}",
        "{code}{code}",
        "***{name}",
        "{name}" + "x" * 100,
        "{}",
    ],
)
def test_G2_what_is_no_pattern_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(BadPattern) as refused:
        patterns.parse(text)

    assert str(refused.value).endswith(".")


@pytest.mark.parametrize("pattern", ["*{name}*{number}", "*{class}*{name}", "*{name}{code}*"])
def test_G2_no_file_name_makes_a_pattern_slow(pattern: str) -> None:
    pieces, tries = patterns.parse(pattern), []
    known = people()

    class Counted(dict[str, frozenset[int]]):
        def get(self, key: str, default: Any = None) -> Any:
            tries.append(key)
            return super().get(key, default)

    worst = "_".join(["Ben", "Ahrens"] * 12) + ".jpg"
    counted = People(Counted(known.names), Counted(known.classes), known.codes)
    patterns.meant(pieces, worst, counted)

    assert len(tries) < 20_000


# The ways


@pytest.fixture
def job(db: None) -> Job:
    return JobFactory.create()


def child(job: Job, name: str, album: Album | None = None) -> Subject:
    return SubjectFactory.create(job=job, album=album, name=name)
