"""Reminders count from the job's date and are evaluated once for it (C6)."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from comms.ledger import due, planning
from comms.models import (
    Campaign,
    Evaluation,
    Message,
    Reason,
    Trigger,
)
from jobstatus import operations
from jobstatus.models import Job
from tests.comms_acts import (
    PLANNED,
    REMINDER_AT,
    SENT,
    SKIPPED,
    closing,
    due_instants,
    mark_sent,
    plan,
    sell,
)
from tests.comms_rows import (
    NotificationFactory,
    SendingRulesFactory,
    job_with,
    ledger,
    person_in,
)
from tests.factories import (
    NOON,
    JobFactory,
    at,
    stock,
)

pytestmark = pytest.mark.django_db


def test_C6_a_reminder_is_planned_from_its_moment_on_and_once() -> None:
    job, _reminder = closing()
    parent = person_in(job)
    sell(job)

    planned = [plan(REMINDER_AT + timedelta(minutes=n)) for n in (-1, 0, 1)]

    assert planned == [0, 1, 0]
    assert ledger() == [(parent.email, PLANNED, "")]
    assert due_instants() == [REMINDER_AT]


@pytest.mark.parametrize("status", ["planning", "archived"])
def test_C6_only_jobs_that_sell_are_reminded_of(status: str) -> None:
    job, _reminder = closing()
    person_in(job)
    sell(job)
    step = operations.archive if status == "archived" else operations.return_to_planning
    step([job.pk], by=None, clock=at(NOON))

    assert plan(REMINDER_AT) == 0


def test_C5_moments_before_the_profile_or_the_sale_are_not_made_up() -> None:
    early, _one = closing()
    late, _two = closing()
    for job in (early, late):
        person_in(job)
    sell(early)
    Campaign.objects.filter(job=early).update(attached_at=REMINDER_AT + timedelta(minutes=1))
    sell(late, now=REMINDER_AT + timedelta(minutes=1))

    assert plan(REMINDER_AT + timedelta(minutes=5)) == 0
    assert Evaluation.objects.count() == 2


def test_C6_a_moved_date_reminds_those_who_were_not_reminded() -> None:
    job, _reminder = closing()
    old = person_in(job)
    sell(job)
    plan(REMINDER_AT)
    mark_sent()
    new = person_in(job)
    job = Job.objects.get(pk=job.pk)
    job.archive_date = date(2026, 5, 12)
    job.save()

    assert plan(REMINDER_AT + timedelta(days=1)) == 0
    assert plan(REMINDER_AT + timedelta(days=2)) == 1
    assert ledger() == sorted([(old.email, SENT, ""), (new.email, PLANNED, "")])


def test_C10_a_reminder_that_nobody_could_plan_in_time_is_skipped_with_that_reason() -> None:
    job, _reminder = closing(tolerance_hours=24)
    person_in(job)
    sell(job)

    assert plan(REMINDER_AT + timedelta(hours=24, seconds=1)) == 1
    assert ledger()[0][1:] == (SKIPPED, Reason.TOO_LATE)


def test_A4_a_job_that_never_archives_itself_is_reminded_of_by_its_date() -> None:
    job, _reminder = closing()
    job.archive_delay = -1
    job.save()
    person_in(job)
    sell(job)

    assert plan(REMINDER_AT) == 1


def test_C2_the_prepay_deadline_is_reminded_of_by_its_date_while_prepay_is_open() -> None:
    open_job, _one = job_with(Trigger.BEFORE_PREPAY_DEADLINE, days=3)
    closed, _two = job_with(Trigger.BEFORE_PREPAY_DEADLINE, days=3)
    for job in (open_job, closed):
        Job.objects.filter(pk=job.pk).update(kind="prepay", prepay_deadline_date=date(2026, 5, 10))
        person_in(job)
        stock(job)
    operations.open_prepay([open_job.pk], by=None, clock=at(NOON))

    assert plan(REMINDER_AT) == 1
    assert Message.objects.get().job_id == open_job.pk


def test_C4_a_planner_that_comes_second_does_not_plan_anew_what_was_stopped() -> None:
    job, _reminder = closing()
    person_in(job)
    sell(job)
    stale = due.rules_of_dates(Trigger.BEFORE_ARCHIVING, at=REMINDER_AT)
    plan(REMINDER_AT)
    Message.objects.update(status=SKIPPED, reason=Reason.STOPPED, finished_at=REMINDER_AT)

    assert planning._plan_moments(stale, clock=at(REMINDER_AT)) == 0
    assert ledger()[0][1:] == (SKIPPED, Reason.STOPPED)


def test_C6_the_night_that_skips_an_hour_has_one_moment() -> None:
    job, _reminder = closing(date(2026, 4, 1), days=3, send_time=time(2, 30))
    SendingRulesFactory.create(studio=job.studio, quiet_from=time(0), quiet_until=time(0))
    person_in(job)
    sell(job, now=datetime(2026, 3, 20, tzinfo=UTC))
    moment = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)  # 2:30 does not exist; it is 3:30

    assert [plan(moment - timedelta(seconds=1)), plan(moment)] == [0, 1]


def test_C1_jobs_that_share_a_profile_are_evaluated_each_by_itself() -> None:
    first, reminder = closing()
    others = [JobFactory.create(studio=first.studio) for _n in range(2)]
    profile = Campaign.objects.get(job=first).profile
    for job in others:
        Campaign.objects.create(job=job, profile=profile, attached_at=NOON)
        job.archiving_enabled, job.archive_date = True, date(2026, 5, 10)
        job.save()
    people = [person_in(job) for job in (first, *others)]
    NotificationFactory.create(profile=profile, trigger=Trigger.SELLING)

    sell(first)
    assert ledger() == [(people[0].email, PLANNED, "")]
    sell(others[0])
    Evaluation.objects.create(
        job=first, notification=reminder, date=date(2026, 5, 10), at=REMINDER_AT
    )

    assert plan(REMINDER_AT) == 1
    reminders = Message.objects.filter(notification=reminder)
    assert list(reminders.values_list("job", flat=True)) == [others[0].pk]
