"""User-written texts: placeholders, what is wrong with a text, and what can never happen (C12)."""

import pytest
from django.utils.translation import override
from hypothesis import given, settings
from hypothesis import strategies as st

from comms.models import Trigger
from comms.models.profiles import BODY_LENGTH, SUBJECT_LENGTH
from comms.texts import body, placeholders, plain, vocabulary
from comms.texts.body import Link
from tests.conftest import TORTURE

ROUNDS = 10_000 if TORTURE else 300
SELLING = Trigger.SELLING
# What people and attackers put into texts, and whatever else there is.
FRAGMENTS = (
    *("[[", "]]", "[", "]", "\r\n", "\n", "\r", "\0", "\u202e", "\u2028", "'", '"', "👩\u200d👧"),
    *("{{ 7*7 }}", "{% load i18n %}", "%(name)s", "{0.__class__}", "<script>", "&amp;"),
    *("[[Customer.name]]", "[[Order.number]]", "[[ Job.name ]]", "https://a.example/?b&c"),
)
HOSTILE = st.one_of(
    st.text(max_size=300), st.lists(st.sampled_from(FRAGMENTS), max_size=30).map("".join)
)


def told(text, trigger=SELLING):
    return [(p.line, p.column, p.marked) for p in placeholders.check(text, trigger)]


def sentences(text, trigger=SELLING):
    return [p.sentence for p in placeholders.check(text, trigger)]


@pytest.mark.parametrize("trigger", Trigger)
def test_C12_every_offered_placeholder_may_stand_in_a_text_of_its_trigger(trigger):
    offered = placeholders.offered(trigger)

    assert len(offered) > 8
    assert told("\n".join(entry.written for entry in offered), trigger) == []
    assert all(str(entry.description) and str(entry.sample) for entry in offered)


def test_C12_an_unknown_placeholder_is_refused_where_it_stands_with_the_nearest_one():
    text = "Hello\r\nmy [[Customer.nam]] friend"

    (problem,) = placeholders.check(text, SELLING)

    assert (problem.line, problem.column, problem.length) == (2, 4, 16)
    assert problem.excerpt == "my »[[Customer.nam]]« friend"
    assert str(problem) == (
        "Line 2, column 4: There is no placeholder “Customer.nam”. Do you mean [[Customer.name]]?"
    )


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("customer.name", "Customer.name"),
        ("name", "Customer.name"),
        ("Customer name", "Customer.name"),
        ("Job.archive_date", "Job.date_archiving"),
        ("photos", "Customer.photos"),
        ("unsubscribe", "Customer.unsubscribe"),
    ],
)
def test_C12_a_slip_is_understood(written, meant):
    (sentence,) = sentences(f"[[{written}]]")

    assert sentence.endswith(f"Do you mean [[{meant}]]?")


def test_C12_what_is_like_nothing_gets_no_suggestion():
    assert sentences("[[7*7]]") == ["There is no placeholder “7*7”."]


def test_C12_a_placeholder_of_another_trigger_is_refused_and_not_suggested():
    assert sentences("[[Order.number]]") == [
        "[[Order.number]] cannot be used for the trigger “When the job is set to Selling”."
    ]
    assert sentences("[[Order.numbr]]") == ["There is no placeholder “Order.numbr”."]
    assert told("[[Order.number]]", Trigger.ORDER_UNPAID) == []
    assert told("[[Customer.unsubscribe]]", Trigger.ORDER_UNPAID) == [
        (1, 1, "[[Customer.unsubscribe]]")
    ]
    assert told("[[Basket.url]]", Trigger.BASKET_LEFT) == []
    assert told("[[Basket.url]]", Trigger.REGISTERED) == [(1, 1, "[[Basket.url]]")]
    assert told("[[Job.date_archiving]]", Trigger.BEFORE_PREPAY_DEADLINE) != []
    assert told("[[Job.date_prepay_deadline]]", Trigger.BEFORE_ARCHIVING) != []


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("Hello [[Customer.name", [(1, 7, "[[Customer.name")]),
        ("Hello [[Customer.name\n]]", [(1, 7, "[[Customer.name"), (2, 1, "]]")]),
        ("[[ [[Customer.name]]", [(1, 1, "[[ ")]),
        ("name]] here", [(1, 5, "]]")]),
        ("[Customer.name] and [ ]", []),
        ("[[]]", [(1, 1, "[[]]")]),
    ],
)
def test_C12_brackets_that_do_not_match_are_marked(text, places):
    assert told(text) == places


def test_C12_control_characters_are_named_and_shown():
    (problem,) = placeholders.check("ab\x00cd\x07", SELLING)

    assert problem.sentence == "The invisible character U+0000 cannot stand in a text."
    assert (problem.column, problem.excerpt) == (3, "ab»�«cd�")
    assert told("x\u202ey") == [(1, 2, "�")]
    assert told("Tabs\tand emoji 👩‍👧 and עברית are text") == []


def test_C12_a_text_of_a_megabyte_is_one_problem():
    (problem,) = placeholders.check("[[x]]\n" * 200_000, SELLING)

    assert problem.sentence == "The text has 1200000 characters; 10000 are possible."
    assert told("x" * BODY_LENGTH) == []


def test_C12_a_text_full_of_mistakes_tells_the_first_twenty():
    assert len(told("[[x]] " * 500)) == placeholders.MOST_PROBLEMS


def test_C12_a_subject_is_one_line_without_links():
    def subject(text):
        return [p.sentence for p in placeholders.check_subject(text, SELLING)]

    assert subject("News of [[Job.name]] for [[Customer.name]]") == []
    assert subject("[[Customer.photos]]") == ["[[Customer.photos]] cannot stand in a subject."]
    assert subject("[[Job.custom_text]]") == ["[[Job.custom_text]] cannot stand in a subject."]
    assert subject("One\nBcc: all@example.org") == ["A subject is a single line."]
    assert subject("x" * (SUBJECT_LENGTH + 1)) == ["The text has 151 characters; 150 are possible."]


def test_C12_problems_are_told_in_german():
    with override("de"):
        (sentence,) = sentences("[[x.y]]")

    assert sentence == "Einen Platzhalter „x.y“ gibt es nicht."


def test_C12_values_are_put_in_once():
    values = {"Customer.name": "[[Job.name]] {{ 7*7 }} %(x)s", "Job.name": "School"}

    filled = placeholders.fill("[[Customer.name]] of [[ Job.name ]]", values, SELLING)

    assert filled == "[[Job.name]] {{ 7*7 }} %(x)s of School"


def test_C12_a_line_without_its_value_is_left_out():
    text = "Hello\nOrder until [[Job.date_archiving]].\n[[Job.custom_text]]\nBye"

    assert placeholders.fill(text, {"Job.date_archiving": ""}, SELLING) == "Hello\nBye"


@settings(max_examples=ROUNDS)
@given(text=HOSTILE)
def test_C12_what_is_found_right_can_be_filled_and_what_is_wrong_is_marked_in_the_text(text):
    problems = placeholders.check(text, SELLING)
    lines = text.replace("\r\n", "\n").split("\n")

    for problem in problems:
        line = lines[problem.line - 1]
        start, end = problem.column - 1, problem.column - 1 + problem.length
        assert end <= len(line)
        assert len(problem.marked) == problem.length
        assert plain.one_line(problem.sentence, 1000)
        assert "\0" not in problem.excerpt
        assert len(line[start:end]) == len(problem.marked)
    if not problems:
        values = {entry.name: "Ä <b> [[x]]" for entry in placeholders.offered(SELLING)}
        assert "[[Customer" not in placeholders.fill(text, values, SELLING)


@settings(max_examples=ROUNDS)
@given(text=HOSTILE, value=HOSTILE)
def test_C12_no_text_and_no_value_breaks_the_writing(text, value):
    """Also one that was stored before it was checked: it is written or refused, nothing else."""
    values = {
        entry.name: (Link("https://a.example/", value),) if entry.is_link else value
        for entry in placeholders.offered(SELLING)
    }
    try:
        filled = body.build(text, values, SELLING)
    except vocabulary.Unknown:
        assert placeholders.check(text, SELLING) != []
        return

    assert all(block.lines or block.buttons for block in filled.blocks)
    assert "\n\n\n" not in filled.text.replace("\r", "")


@settings(max_examples=ROUNDS)
@given(text=HOSTILE, limit=st.integers(min_value=1, max_value=120))
def test_C12_one_line_is_one_line_of_text_within_its_limit(text, limit):
    line = plain.one_line(text, limit)

    assert len(line) <= limit
    assert line.splitlines() in ([], [line])
    assert all(plain.is_text(character) for character in line)
    line.encode()


def test_C12_names_keep_their_letters_and_lose_what_turns_them():
    assert plain.one_line("Zoë\r\nBcc: x 👩‍👧 \u202eevil\u2066", 80) == "Zoë Bcc: x 👩‍👧 evil"
    assert plain.one_line("x" * 10_000, 10) == "xxxxxxxxx…"


@pytest.mark.parametrize(
    ("name", "greeted"),
    [
        ("Dr. J. R. Müller-Lüdenscheidt", "Dr. J. R. Müller-Lüdenscheidt"),
        ("Win at evil.example", ""),
        ("https://evil.example/x", ""),
        ("www.evil", ""),
        ("anna@example.org", ""),
        ("\r\n", ""),
    ],
)
def test_C12_a_name_that_is_an_advertisement_greets_nobody(name, greeted):
    """A stranger could register somebody's address with such a name, and we would send it."""
    assert plain.name(name, 80) == greeted
