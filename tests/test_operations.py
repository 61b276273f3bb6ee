"""The one door: what each operation does, records, refuses and takes back."""

from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest
from django.db import transaction

from jobstatus import operations
from jobstatus.lifecycle import Kind
from jobstatus.models import Job, JobEvent
from jobstatus.operations import Archiving, StatusMovedMeanwhile
from tests.factories import NOON, JobFactory, at, job_in
from tests.listener import POISON, Poisoned
from tests.test_lifecycle import ALL_MOVES, LEGAL_MOVES

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(hours=1)
PASSED = {"archiving_enabled": True, "archive_date": date(2026, 5, 3), "archive_delay": 0}


def run(step, *jobs, **values):
    values = {"by": None, "clock": at(LATER)} | values
    return getattr(operations, step)([job.pk for job in jobs], **values)


def stored(job):
    return Job.objects.get(pk=job.pk)


def history(job):
    return [
        (event.move, event.from_status, event.to_status)
        for event in JobEvent.objects.filter(job=job).order_by("pk")
    ]


@pytest.mark.parametrize(("pair", "move"), [*product(LEGAL_MOVES, ALL_MOVES)])
def test_L10_L12_every_move_is_done_and_recorded_or_refused(pair, move):
    job = job_in(pair[1], kind=pair[0])
    bystander = job_in(pair[1], kind=pair[0])
    before, recorded = stored(job), history(job)

    outcome = run(move, job)

    after, target = stored(job), LEGAL_MOVES[pair].get(move)
    if target is None:
        assert (after.kind, after.status, after.version) == (*pair, before.version)
        assert history(job) == recorded
        assert outcome.events == []
        assert [v.job_id for v in outcome.refused + outcome.unchanged] == [job.pk]
    else:
        assert after.status == target
        assert after.version == before.version + 1
        assert history(job) == [*recorded, (move, pair[1], target)]
        assert outcome.moved_ids == {job.pk}
        assert (outcome.refused, outcome.unchanged) == ([], [])
    assert (stored(bystander).kind, stored(bystander).status) == pair
    assert history(bystander) == recorded


@pytest.mark.parametrize(
    ("status", "step", "label"),
    [
        ("selling", "start_selling", "Selling"),
        ("archived", "archive", "Archived"),
        ("planning", "return_to_planning", "Planning (inactive)"),
        ("prepay", "open_prepay", "Prepay"),
        ("archived", "convert_to_standard", "Archived"),
    ],
)
def test_L10_same_status_again_nothing_happens(status, step, label):
    job = job_in(status, name="School")
    recorded = history(job)

    outcome = run(step, job)

    assert [v.text for v in outcome.unchanged] == [f"“School” is already there: {label}."]
    assert outcome.refused == []
    assert stored(job).version == job.version
    assert history(job) == recorded


def test_A10_a_job_whose_deadline_passed_does_not_sell_again_until_the_date_moves():
    job = job_in("planning", **PASSED)

    outcome = run("start_selling", job)

    assert [v.job_id for v in outcome.refused] == [job.pk]
    assert "deadline" in outcome.refused[0].text
    assert stored(job).status == "planning"


@pytest.mark.parametrize(
    ("archiving", "expected"),
    [
        (
            Archiving(enabled=True, date=date(2026, 5, 20), delay=2),
            (True, date(2026, 5, 20), 2, datetime(2026, 5, 22, 22, tzinfo=UTC)),
        ),
        (
            Archiving(enabled=True, date=date(2026, 5, 3), delay=-1),
            (True, PASSED["archive_date"], -1, None),
        ),
        (Archiving(enabled=False, date=None, delay=1), (False, PASSED["archive_date"], 0, None)),
    ],
)
def test_A10_a_new_date_or_no_tick_comes_with_the_change(archiving, expected):
    job, other = job_in("archived", **PASSED), job_in("archived", **PASSED)

    outcome = run("start_selling", job, archiving=archiving)

    now = stored(job)
    assert outcome.refused == []
    assert now.status == "selling"
    assert (now.archiving_enabled, now.archive_date, now.archive_delay, now.closes_at) == expected
    assert stored(other).closes_at == other.closes_at


def test_A10_new_settings_of_a_refused_change_are_not_saved():
    job = job_in("selling")

    run("start_selling", job, archiving=Archiving(enabled=True, date=date(2026, 6, 1), delay=0))

    assert not stored(job).archiving_enabled


def test_A10_archiving_without_a_date_is_an_error_of_the_caller():
    job = job_in("planning")

    with pytest.raises(ValueError, match="needs a date"):
        run("start_selling", job, archiving=Archiving(enabled=True, date=None, delay=0))


@pytest.mark.parametrize("status", ["planning", "prepay"])
@pytest.mark.parametrize(
    ("step", "target"), [("start_selling", "selling"), ("archive", "archived")]
)
def test_L8_a_prepay_job_is_turned_into_a_standard_job_and_moved_in_one_go(status, step, target):
    job = job_in(status, kind=Kind.PREPAY)
    recorded = history(job)

    outcome = operations.change([job.pk], ("convert_to_standard", step), by=None, clock=at(LATER))

    now = stored(job)
    assert (now.kind, now.status, now.version) == ("standard", target, job.version + 1)
    assert history(job) == [
        *recorded,
        ("convert_to_standard", status, "planning"),
        (step, "planning", target),
    ]
    assert [event.move for event in outcome.events] == ["convert_to_standard", step]


def test_L8_if_the_second_step_is_refused_the_first_is_not_done_either():
    job = job_in("prepay", **PASSED)

    outcome = operations.change(
        [job.pk], ("convert_to_standard", "start_selling"), by=None, clock=at(LATER)
    )

    assert [v.job_id for v in outcome.refused] == [job.pk]
    assert "archiving deadline" in outcome.refused[0].text
    assert (stored(job).kind, stored(job).status) == ("prepay", "prepay")


def test_L8_steps_that_exclude_each_other_are_refused_with_a_sentence():
    job = job_in("planning", kind=Kind.PREPAY, name="Prom")

    outcome = operations.change(
        [job.pk], ("convert_to_standard", "open_prepay"), by=None, clock=at(LATER)
    )

    assert [v.text for v in outcome.refused] == [
        "“Prom” is a standard job. Only prepay jobs can do this."
    ]


def test_a_bulk_change_names_each_refused_job_and_does_the_rest():
    ready, again = job_in("planning"), job_in("archived")
    prepay, there = job_in("prepay", name="Prom"), job_in("selling", name="School")
    late = job_in("planning", **PASSED, name="Late")

    outcome = operations.start_selling(
        [ready.pk, prepay.pk, there.pk, again.pk, late.pk, 987_654], by=None, clock=at(LATER)
    )

    assert outcome.moved_ids == {ready.pk, again.pk}
    assert [v.job_id for v in outcome.unchanged] == [there.pk]
    assert {v.job_id: v.text.split(".")[0] for v in outcome.refused} == {
        987_654: "This job no longer exists",
        prepay.pk: "“Prom” is a prepay job",
        late.pk: "The archiving deadline of “Late” has passed, so it would be archived again "
        "at once",
    }
    assert {j.pk for j in Job.objects.selling()} == {ready.pk, again.pk, there.pk}


def test_a_bulk_change_takes_as_many_queries_as_one_job(django_assert_num_queries):
    jobs = [job_in("selling") for _ in range(12)]
    one, many = jobs[:1], jobs[1:]

    # Savepoint, lock, baskets and profiles foreseen, update, events, baskets set aside, rules of
    # the messages, release.
    with django_assert_num_queries(9):
        run("archive", *one)
    with django_assert_num_queries(9):
        run("archive", *many)

    assert JobEvent.objects.filter(to_status="archived").count() == 12


def test_L13_the_update_is_guarded_by_the_old_status():
    job = job_in("selling")

    def clock_while_someone_moves_the_row():
        Job.objects.filter(pk=job.pk).update(status="planning")
        return LATER

    with pytest.raises(StatusMovedMeanwhile, match="1 of 1 jobs"):
        run("archive", job, clock=clock_while_someone_moves_the_row)

    assert JobEvent.objects.filter(move="archive").count() == 0


def test_L13_the_update_is_guarded_by_the_old_kind():
    job = job_in("planning", kind=Kind.PREPAY)

    def clock_while_someone_converts_the_row():
        Job.objects.filter(pk=job.pk).update(kind="standard")
        return LATER

    with pytest.raises(StatusMovedMeanwhile):
        run("open_prepay", job, clock=clock_while_someone_converts_the_row)


@pytest.mark.parametrize("step", ALL_MOVES)
def test_a_naive_clock_is_refused_and_nothing_happens(step):
    job = job_in("planning")

    with pytest.raises(ValueError, match="has no time zone"):
        run(step, job, clock=at(NOON.replace(tzinfo=None)))

    assert stored(job).status == "planning"


@pytest.mark.parametrize("step", ALL_MOVES)
def test_an_operation_inside_someone_elses_transaction_is_refused(step):
    job = job_in("planning")

    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        run(step, job)

    assert history(job) == []


def test_a_listener_that_raises_takes_the_whole_change_back(settings):
    settings.JOB_LISTENERS = ["shop.reactions", "tests.listener"]
    healthy, poison = job_in("selling"), JobFactory.create(name=POISON)

    with pytest.raises(Poisoned):
        run("archive", healthy, poison)

    assert (stored(healthy).status, stored(poison).status) == ("selling", "planning")
    assert JobEvent.objects.filter(move="archive").count() == 0
