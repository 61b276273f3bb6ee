"""The tick, and the daily check of stored deadlines against the zone data."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.conf import settings as django_settings

from config.celery import app
from jobstatus import clock, operations, tasks, zone_data
from jobstatus.models import Job, JobEvent, Studio, TaskRun
from tests.factories import NOON, JobFactory, at, job_in

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
END = datetime(2026, 5, 20, 22, tzinfo=UTC)  # local midnight in Berlin
DUE = {"archiving_enabled": True, "archive_date": date(2026, 5, 20), "archive_delay": 0}


def closing(job):
    return Job.objects.get(pk=job.pk).closes_at


def with_old_zone_data(job, closes_at):
    Job.objects.filter(pk=job.pk).update(closes_at=closes_at)


def test_A3_beat_knows_a_tick_a_minute_for_each_app_and_nothing_else():
    app.loader.import_default_modules()
    entries = app.conf.beat_schedule.values()

    assert [entry["task"] for entry in entries] == [
        f"{app_label}.tasks.tick" for app_label in ("jobstatus", "shop", "comms")
    ]
    assert {entry["schedule"] for entry in entries} == {django_settings.TICK_SECONDS} == {60}
    assert {entry["task"] for entry in entries} <= set(app.tasks)


def test_A3_the_tick_archives_and_checks_and_may_run_twice(monkeypatch):
    due, wrong = job_in("selling", **DUE), job_in("selling", **DUE | {"archive_delay": 3})
    with_old_zone_data(wrong, END + 3 * DAY + timedelta(hours=1))
    monkeypatch.setattr("jobstatus.clock.now", at(END))

    tasks.tick()
    tasks.tick()

    assert Job.objects.get(pk=due.pk).status == "archived"
    assert closing(wrong) == END + 3 * DAY
    assert list(TaskRun.objects.order_by("pk").values_list("task", "done")) == [
        ("archive_due", 1),
        ("check_deadlines", 1),
        ("archive_due", 0),
    ]


@pytest.mark.parametrize("off", [timedelta(hours=-1), timedelta(minutes=30), DAY])
def test_deadlines_follow_new_zone_data(off, caplog):
    wrong = job_in("selling", **DUE)
    right = job_in("selling", studio=wrong.studio, **DUE)
    never = job_in("selling", **DUE | {"archive_delay": -1})
    with_old_zone_data(wrong, END + off)
    events = JobEvent.objects.count()

    run = zone_data.check_deadlines(clock=at(NOON))

    assert (run.task, run.done, run.finished_at) == ("check_deadlines", 1, NOON)
    assert (closing(wrong), closing(right), closing(never)) == (END, END, None)
    assert Job.objects.get(pk=wrong.pk).version == wrong.version + 1
    assert Job.objects.get(pk=right.pk).version == right.version
    assert JobEvent.objects.count() == events
    assert "Corrected the archiving deadline of 1 jobs." in caplog.text


def test_a_deadline_that_new_zone_data_puts_off_is_corrected_on_its_last_day():
    job = job_in("selling", **DUE)
    with_old_zone_data(job, END - timedelta(hours=1))

    zone_data.check_deadlines(clock=at(END - timedelta(minutes=30)))

    assert closing(job) == END


def test_deadlines_long_past_are_history_and_are_left_alone():
    job = job_in("archived", **DUE)
    with_old_zone_data(job, END + timedelta(hours=1))

    run = zone_data.check_deadlines(clock=at(END + 30 * DAY))

    assert run.done == 0
    assert closing(job) == END + timedelta(hours=1)


def test_deadlines_are_checked_once_a_day():
    first = zone_data.check_deadlines(clock=at(NOON))
    operations.archive_due(clock=at(NOON))

    assert zone_data.check_deadlines(clock=at(NOON + DAY - timedelta(seconds=1))) is None
    assert zone_data.check_deadlines(clock=at(NOON + DAY)) is not None
    assert first is not None


def test_the_check_writes_only_where_it_still_finds_what_it_read():
    studio = JobFactory.create(**DUE).studio
    JobFactory.create(studio=studio, **DUE)
    Studio.objects.filter(pk=studio.pk).update(timezone="Asia/Tokyo")

    moved = [Job.objects.recompute_deadlines() for _ in range(2)]

    assert moved == [2, 0]
    assert set(Job.objects.values_list("closes_at", flat=True)) == {
        datetime(2026, 5, 20, 15, tzinfo=UTC)
    }


def test_the_clock_is_aware_utc_and_moves_on():
    first, second = clock.now(), clock.now()

    assert first.tzinfo is UTC
    assert first <= second
    assert second - first < timedelta(minutes=1)


def test_the_clock_can_be_moved_for_the_demo(settings):
    before = clock.now()
    settings.CLOCK_OFFSET_SECONDS = 3600

    assert timedelta(minutes=59) < clock.now() - before < timedelta(minutes=61)
