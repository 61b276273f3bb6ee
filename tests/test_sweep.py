"""The sweep and the check of the deadlines: what they find, do, survive and leave behind."""

from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from jobstatus import operations
from jobstatus.models import Job, JobEvent, TaskRun
from tests.factories import NOON, BasketFactory, StudioFactory, at, job_in
from tests.listener import POISON

pytestmark = pytest.mark.django_db

TICK = timedelta(microseconds=1)
END = datetime(2026, 5, 20, 22, tzinfo=UTC)  # local midnight in Berlin
DUE = {"archiving_enabled": True, "archive_date": date(2026, 5, 20), "archive_delay": 0}


def many_selling(count, **values):
    """Selling jobs as rows of one INSERT; the names tell them apart."""
    studio = StudioFactory.create()
    values = DUE | {"closes_at": END} | values
    return Job.objects.bulk_create(
        Job(studio=studio, name=f"{n}", status="selling", **values) for n in range(count)
    )


def status_of(job):
    return Job.objects.get(pk=job.pk).status


@pytest.mark.parametrize("downtime", [timedelta(0), timedelta(seconds=59), timedelta(days=3)])
def test_A3_archives_what_is_due_however_long_ago(downtime):
    due = job_in("selling", **DUE)
    later = job_in("selling", **DUE | {"archive_date": date(2026, 6, 20)})

    run = operations.archive_due(clock=at(END + downtime))

    assert (run.done, run.failed) == (1, 0)
    assert (status_of(due), status_of(later)) == ("archived", "selling")
    assert Job.objects.get(pk=due.pk).archived_at == END + downtime
    assert JobEvent.objects.filter(move="archive").count() == 1


def test_A3_nothing_is_archived_a_microsecond_before_its_deadline():
    job = job_in("selling", **DUE)

    run = operations.archive_due(clock=at(END - TICK))

    assert run.done == 0
    assert status_of(job) == "selling"


@pytest.mark.parametrize("status", ["planning", "prepay", "archived"])
def test_A3_only_selling_jobs_are_swept(status):
    job, selling = job_in(status, **DUE), job_in("selling", **DUE)
    assert list(Job.objects.due(END)) == [selling]

    run = operations.archive_due(clock=at(END))

    assert run.done == 1
    assert (status_of(job), status_of(selling)) == (status, "archived")


@pytest.mark.parametrize("values", [{"archive_delay": -1}, {"archiving_enabled": False}])
def test_A4_never_and_unticked_jobs_are_not_swept(values):
    job = job_in("selling", **DUE | values)

    run = operations.archive_due(clock=at(END + timedelta(days=1000)))

    assert run.done == 0
    assert status_of(job) == "selling"


def test_A10_a_selling_job_that_gets_a_past_date_goes_with_the_next_sweep():
    job = job_in("selling")
    for name, value in DUE.items():
        setattr(job, name, value)
    job.save()

    operations.archive_due(clock=at(END))

    assert status_of(job) == "archived"


def test_A3_goes_on_until_every_batch_is_done(monkeypatch):
    monkeypatch.setattr(operations, "BATCH_SIZE", 7)
    many_selling(12)
    many_selling(18, closes_at=END - timedelta(hours=1))

    run = operations.archive_due(clock=at(END))

    assert run.done == 30
    assert JobEvent.objects.count() == 30


def test_a_poisoned_job_stays_due_and_stops_nobody(settings, monkeypatch, caplog):
    settings.JOB_LISTENERS = ["shop.reactions", "tests.listener"]
    monkeypatch.setattr(operations, "BATCH_SIZE", 4)
    jobs = many_selling(10)
    Job.objects.filter(pk=jobs[1].pk).update(name=POISON)

    first = operations.archive_due(clock=at(END))
    second = operations.archive_due(clock=at(END + timedelta(minutes=1)))

    assert (first.done, first.failed) == (9, 1)
    assert (second.done, second.failed) == (0, 1)
    assert list(Job.objects.selling()) == [jobs[1]]
    assert not JobEvent.objects.filter(job=jobs[1]).exists()
    assert JobEvent.objects.count() == 9
    assert f"Could not archive job {jobs[1].pk}; it stays due." in caplog.text
    assert "Poisoned" in caplog.text


def test_a_whole_batch_of_poisoned_jobs_does_not_hold_up_those_behind_it(settings, monkeypatch):
    settings.JOB_LISTENERS = ["tests.listener"]
    monkeypatch.setattr(operations, "BATCH_SIZE", 3)
    poisoned = many_selling(6, closes_at=END - timedelta(hours=1))
    Job.objects.filter(pk__in=[job.pk for job in poisoned]).update(name=POISON)
    many_selling(2)

    run = operations.archive_due(clock=at(END))

    assert (run.done, run.failed) == (2, 6)


def test_the_effects_of_a_poisoned_job_are_rolled_back_with_it(settings):
    settings.JOB_LISTENERS = ["shop.reactions", "tests.listener"]
    healthy, poison = many_selling(2)
    Job.objects.filter(pk=poison.pk).update(name=POISON)
    basket = BasketFactory.create()
    for job in (healthy, poison):
        basket.lines.create(title=job.name).pictures.create(job=job)

    operations.archive_due(clock=at(END))

    lines = list(basket.lines.order_by("pk").values_list("set_aside_at", "quantity"))
    assert lines == [(END, 2), (None, 1)]


def test_a_lost_database_is_not_taken_for_poisoned_jobs(monkeypatch):
    many_selling(3)

    def broken(events):
        monkeypatch.setattr(connection, "is_usable", lambda: False)
        raise ConnectionError

    monkeypatch.setattr("shop.reactions.react", broken)

    with pytest.raises(ConnectionError):
        operations.archive_due(clock=at(END))

    assert TaskRun.objects.get().finished_at is None


def test_every_run_leaves_a_heartbeat_also_an_idle_one():
    many_selling(2)

    busy = operations.archive_due(clock=at(END))
    idle = operations.archive_due(clock=at(END + timedelta(minutes=1)))

    rows = TaskRun.objects.order_by("pk").values_list("pk", "task", "finished_at", "done", "failed")
    assert list(rows) == [
        (busy.pk, "archive_due", END, 2, 0),
        (idle.pk, "archive_due", END + timedelta(minutes=1), 0, 0),
    ]
    assert TaskRun.objects.latest_of("archive_due") == idle
    assert TaskRun.objects.latest_of("check_deadlines") is None


def test_heartbeats_older_than_a_week_are_deleted():
    for days, task in [(0, "archive_due"), (7, "check_deadlines"), (8, "archive_due")]:
        TaskRun.objects.create(task=task, started_at=NOON - timedelta(days=days))

    run = operations.archive_due(clock=at(NOON))

    kept = TaskRun.objects.exclude(pk=run.pk).values_list("started_at", flat=True)
    assert set(kept) == {NOON, NOON - timedelta(days=7)}


def test_a_batch_takes_as_many_queries_as_one_job():
    def queries(count):
        many_selling(count)
        with CaptureQueriesContext(connection) as captured:
            run = operations.archive_due(clock=at(END))
        assert run.done == count
        return len(captured)

    assert queries(1) == queries(100) == 13


def test_A3_the_second_of_two_runs_finds_nothing():
    many_selling(3)

    runs = [operations.archive_due(clock=at(END)) for _ in range(2)]

    assert [run.done for run in runs] == [3, 0]
    assert JobEvent.objects.count() == 3


@pytest.mark.parametrize(
    "meanwhile", [{"status": "planning"}, {"closes_at": END + TICK}, {"kind": "gone"}]
)
def test_L13_a_job_tried_by_itself_is_judged_as_it_is_then(meanwhile, settings):
    settings.JOB_LISTENERS = ["tests.listener"]
    job, other, poison = many_selling(3)
    Job.objects.filter(pk=poison.pk).update(name=POISON)

    def someone_is_faster(execute, sql, *args):
        result = execute(sql, *args)
        if sql.startswith("SELECT") and "closes_at" in sql and "archived_at" not in sql:
            faster.append(sql)
            if meanwhile == {"kind": "gone"}:
                QuerySet(Job).filter(pk=job.pk)._raw_delete("default")
            else:
                Job.objects.filter(pk=job.pk).update(**meanwhile)
        return result

    faster = []
    with connection.execute_wrapper(someone_is_faster):
        run = operations.archive_due(clock=at(END))

    assert len(faster) == 1
    assert (run.done, run.failed) == (1, 1)
    assert set(JobEvent.objects.values_list("job", flat=True)) == {other.pk}


def test_L13_the_sweep_reads_the_clock_again_after_the_lock():
    many_selling(1)
    instants = iter([END, END, END - TICK, END - TICK, END - TICK])

    run = operations.archive_due(clock=lambda: next(instants))

    assert run.done == 0


def test_a_rule_that_asks_for_more_than_the_shared_facts_fails_and_is_not_skipped(monkeypatch):
    many_selling(2)
    archive = Job.archive

    def nosy_archive(job, *, at):
        assert job.name
        archive(job, at=at)

    monkeypatch.setattr(Job, "archive", nosy_archive)

    run = operations.archive_due(clock=at(END))

    assert (run.done, run.failed) == (0, 2)
    assert Job.objects.selling().count() == 2


def command(*args):
    out = StringIO()
    call_command("archive_due", *args, stdout=out)
    return out.getvalue().splitlines()


def test_the_command_sweeps_and_says_how_many(monkeypatch):
    many_selling(2)
    monkeypatch.setattr("jobstatus.clock.now", at(END))

    assert command() == ["2 jobs archived, 0 failed."]


def test_the_command_fails_when_a_job_does(monkeypatch, settings):
    settings.JOB_LISTENERS = ["tests.listener"]
    Job.objects.filter(pk=many_selling(1)[0].pk).update(name=POISON)
    monkeypatch.setattr("jobstatus.clock.now", at(END))

    with pytest.raises(CommandError, match="stay due"):
        command()


def test_a_dry_run_says_what_the_sweep_would_do_and_changes_nothing(monkeypatch):
    first, second = many_selling(2)
    many_selling(1, closes_at=END + TICK)
    BasketFactory.create().lines.create(title="Print").pictures.create(job=second)
    monkeypatch.setattr("jobstatus.clock.now", at(END))

    lines = command("--dry-run")

    assert lines[:2] == [
        f"{first.pk}  2026-05-20 22:00 UTC  0",
        f"{second.pk}  2026-05-20 22:00 UTC  1",
    ]
    assert "warning: 1 product leaves pending baskets (1 basket)." in lines
    assert lines[-1] == "2 jobs are due. Nothing was changed."
    assert Job.objects.selling().count() == 3
    assert not TaskRun.objects.exists()
