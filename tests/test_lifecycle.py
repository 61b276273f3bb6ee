"""The life cycle as a table: every kind, status and move, legal and illegal, and the database."""

from datetime import date, timedelta
from itertools import product

import pytest
from django.db import IntegrityError, connection, transaction
from django_fsm import TransitionNotAllowed

from jobstatus.lifecycle import LEGAL_PAIRS, MOVES, Kind, MoveRefused, Status, refusal
from jobstatus.models import Job, Studio
from tests.factories import NOON, JobFactory, job_in

# Written by hand from domain.md (L8, L10), not derived from the product's own table.
LEGAL_MOVES = {
    ("standard", "planning"): {"start_selling": "selling", "archive": "archived"},
    ("standard", "selling"): {"return_to_planning": "planning", "archive": "archived"},
    ("standard", "archived"): {"return_to_planning": "planning", "start_selling": "selling"},
    ("prepay", "planning"): {"open_prepay": "prepay", "convert_to_standard": "planning"},
    ("prepay", "prepay"): {"return_to_planning": "planning", "convert_to_standard": "planning"},
}
ALL_MOVES = (
    "start_selling",
    "open_prepay",
    "archive",
    "return_to_planning",
    "convert_to_standard",
)
NEEDS_STANDARD = "“School” is a prepay job. Turn it into a standard job first."
NEEDS_PREPAY = "“School” is a standard job. Only prepay jobs can do this."
FROM_THERE = "“School” is in status {} and cannot go to {} from there."
PLANNING, ARCHIVED = "Planning (inactive)", "Archived"
SENTENCES = {
    ("standard", "planning", "return_to_planning"): FROM_THERE.format(PLANNING, PLANNING),
    ("standard", "planning", "open_prepay"): NEEDS_PREPAY,
    ("standard", "planning", "convert_to_standard"): NEEDS_PREPAY,
    ("standard", "selling", "start_selling"): FROM_THERE.format("Selling", "Selling"),
    ("standard", "selling", "open_prepay"): NEEDS_PREPAY,
    ("standard", "selling", "convert_to_standard"): NEEDS_PREPAY,
    ("standard", "archived", "archive"): FROM_THERE.format(ARCHIVED, ARCHIVED),
    ("standard", "archived", "open_prepay"): NEEDS_PREPAY,
    ("standard", "archived", "convert_to_standard"): NEEDS_PREPAY,
    ("prepay", "planning", "start_selling"): NEEDS_STANDARD,
    ("prepay", "planning", "archive"): NEEDS_STANDARD,
    ("prepay", "planning", "return_to_planning"): FROM_THERE.format(PLANNING, PLANNING),
    ("prepay", "prepay", "start_selling"): NEEDS_STANDARD,
    ("prepay", "prepay", "archive"): NEEDS_STANDARD,
    ("prepay", "prepay", "open_prepay"): FROM_THERE.format("Prepay", "Prepay"),
}


def unsaved(kind, status, **values):
    values.setdefault("studio", Studio(timezone="Europe/Berlin"))
    values.setdefault("prepay_deadline_date", date(2026, 5, 20))
    return Job(name="School", kind=kind, status=status, **values)


@pytest.mark.parametrize(("pair", "move"), [*product(LEGAL_MOVES, ALL_MOVES)])
def test_L10_every_kind_status_and_move(pair, move):
    job = unsaved(*pair)
    target = LEGAL_MOVES[pair].get(move)
    sentence = refusal(job, MOVES[move], NOON)

    if target is None:
        assert sentence == SENTENCES[*pair, move]
        with pytest.raises((MoveRefused, TransitionNotAllowed)):
            getattr(job, move)(at=NOON)
        assert (job.kind, job.status) == pair
    else:
        assert sentence is None
        getattr(job, move)(at=NOON)
        assert job.status == target
        assert job.kind == ("standard" if move == "convert_to_standard" else pair[0])


@pytest.mark.parametrize("pair", list(LEGAL_MOVES))
def test_L10_the_state_machine_offers_exactly_the_legal_moves(pair):
    job = unsaved(*pair)

    offered = {arrow.name: arrow.target for arrow in job.get_available_status_transitions()}

    assert offered == LEGAL_MOVES[pair]


def test_L10_there_are_no_other_moves():
    assert tuple(MOVES) == ALL_MOVES
    assert {arrow.name for arrow in Job().get_all_status_transitions()} == set(ALL_MOVES)


@pytest.mark.parametrize("kind", Kind.values)
def test_L1_a_new_job_of_either_kind_starts_in_planning(kind):
    assert Job(kind=kind).status == Status.PLANNING


def test_the_status_cannot_be_assigned():
    job = unsaved("standard", "planning")

    with pytest.raises(AttributeError):
        job.status = Status.SELLING

    assert job.status == Status.PLANNING


@pytest.mark.parametrize(("early", "refused"), [(timedelta(microseconds=1), False), (0, True)])
def test_A10_selling_is_refused_from_the_deadline_on(early, refused):
    job = unsaved("standard", "archived", closes_at=NOON)
    at = NOON - early if early else NOON

    sentence = refusal(job, MOVES["start_selling"], at)

    assert sentence == (
        "The archiving deadline of “School” has passed, so it would be archived again at once. "
        "Move the archiving date or untick archiving first."
        if refused
        else None
    )
    if refused:
        with pytest.raises(MoveRefused, match="archiving deadline"):
            job.start_selling(at=at)


@pytest.mark.parametrize(("early", "refused"), [(timedelta(microseconds=1), False), (0, True)])
def test_L9_prepay_is_refused_from_the_end_of_its_deadline_on(early, refused):
    job = unsaved("prepay", "planning", prepay_deadline_date=NOON.date())
    end = NOON.replace(hour=22)  # local midnight in Berlin
    at = end - early if early else end

    sentence = refusal(job, MOVES["open_prepay"], at)

    assert sentence == (
        "The prepay deadline of “School” has passed, so nobody could order. "
        "Move the prepay deadline first."
        if refused
        else None
    )
    if refused:
        with pytest.raises(MoveRefused, match="prepay deadline"):
            job.open_prepay(at=at)


def test_L9_prepay_is_refused_without_a_deadline():
    job = unsaved("prepay", "planning", prepay_deadline_date=None)

    sentence = refusal(job, MOVES["open_prepay"], NOON)

    assert sentence == (
        "“School” has no prepay deadline, so customers would not know until when to order. "
        "Set the prepay deadline first."
    )
    with pytest.raises(MoveRefused, match="no prepay deadline"):
        job.open_prepay(at=NOON)


def test_L11_every_kind_and_status_is_either_in_the_table_or_illegal():
    assert {(kind.value, status.value) for kind, status in LEGAL_PAIRS} == set(LEGAL_MOVES)


ILLEGAL_PAIRS = sorted(set(product(Kind.values, Status.values)) - set(LEGAL_MOVES))


def violates(constraint):
    return pytest.raises(IntegrityError, match=constraint)


@pytest.mark.django_db
@pytest.mark.parametrize(("kind", "status"), ILLEGAL_PAIRS)
def test_L11_the_database_refuses_an_illegal_pair(kind, status):
    job, other = JobFactory.create(), JobFactory.create()
    archived_at = NOON if status == Status.ARCHIVED else None

    with violates("kind_and_status_are_a_legal_pair"), transaction.atomic():
        Job.objects.filter(pk=job.pk).update(kind=kind, status=status, archived_at=archived_at)
    with violates("kind_and_status_are_a_legal_pair"), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE jobstatus_job SET kind = %s, status = %s, archived_at = %s WHERE id = %s",
            [kind, status, archived_at, other.pk],
        )


@pytest.mark.django_db
@pytest.mark.parametrize("status", ["", "deleted", "Selling"])
def test_L11_the_database_refuses_an_unknown_status(status):
    job = JobFactory.create()

    with violates("kind_and_status_are_a_legal_pair"):
        Job.objects.filter(pk=job.pk).update(status=status)


TODAY = date(2026, 5, 4)
DATED = {"archiving_enabled": True, "archive_date": TODAY, "closes_at": NOON}
TIMED_OUT = "only_automatic_archiving_has_a_deadline"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("archived_jobs_have_archived_at", {"status": "archived"}),
        ("open_jobs_have_no_archived_at", {"status": "selling", "archived_at": NOON}),
        (
            "open_jobs_have_no_archived_at",
            {"kind": "prepay", "status": "prepay", "archived_at": NOON},
        ),
        ("archiving_needs_a_date", DATED | {"archive_date": None}),
        ("archiving_delay_is_never_or_0_to_3_days", {"archive_delay": -2}),
        ("archiving_delay_is_never_or_0_to_3_days", {"archive_delay": 4}),
        (TIMED_OUT, DATED | {"closes_at": None}),
        (TIMED_OUT, DATED | {"archive_delay": -1}),
        (TIMED_OUT, DATED | {"archiving_enabled": False}),
        ("archiving_date_is_within_limits", {"archive_date": date(1999, 12, 31)}),
        ("archiving_date_is_within_limits", {"archive_date": date(2200, 1, 1)}),
    ],
)
def test_L11_the_database_refuses_what_contradicts_itself(constraint, values):
    job = JobFactory.create()

    with violates(constraint):
        Job.objects.filter(pk=job.pk).update(**values)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "values",
    [
        {"status": "archived", "archived_at": NOON},
        {"status": "planning", "archived_at": NOON},
        DATED | {"archive_delay": 0},
        DATED | {"archive_delay": 3, "archive_date": date(2199, 12, 31)},
        DATED | {"archive_delay": -1, "closes_at": None},
        {"archive_date": date(2000, 1, 1)},
    ],
)
def test_L11_the_database_accepts_what_fits(values):
    job = JobFactory.create()

    assert Job.objects.filter(pk=job.pk).update(**values) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("status", Status.values)
def test_L4_L9_orderable_only_in_the_right_status(status):
    job = job_in(status)

    assert job.is_orderable(NOON) is (status == Status.SELLING)
    assert job.is_prepay_orderable(NOON) is (status == Status.PREPAY)
