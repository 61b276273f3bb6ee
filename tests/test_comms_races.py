"""C4 with real connections: whoever plans at the same time, each row is written once."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction

from comms.ledger import planning
from comms.models import Dispatch, Message, Trigger
from jobstatus import operations
from jobstatus.models import Job
from tests import races
from tests.comms_rows import attach, job_with, person_in
from tests.conftest import TORTURE
from tests.factories import NOON, JobFactory, UserFactory, at

pytestmark = pytest.mark.usefixtures("real_database")

ROUNDS = 1_000 if TORTURE else 15
REMINDER_AT = datetime(2026, 5, 7, 8, tzinfo=UTC)
PEOPLE = 3


@transaction.atomic  # One commit: the rounds are about what comes then.
def job_to_remind_of() -> Job:
    job, _notifications = job_with(Trigger.BEFORE_ARCHIVING, days=3)
    job.archiving_enabled, job.archive_date = True, date(2026, 5, 10)
    job.save()
    for _n in range(PEOPLE):
        person_in(job)
    Job.objects.filter(pk=job.pk).update(status="selling")
    return job


def test_C4_planners_at_once_write_each_reminder_once() -> None:
    with races.Racers(3) as racers:
        for _round in range(ROUNDS):
            job = job_to_remind_of()
            plan = lambda: planning.plan_due(clock=at(REMINDER_AT))  # noqa: E731 - a short act

            written = racers.race(plan, plan, plan)

            assert sum(written) == PEOPLE
            assert Message.objects.filter(job=job).count() == PEOPLE


def test_C4_planners_at_once_answer_a_registration_once() -> None:
    from shop.models import Contact

    job, _notifications = job_with(Trigger.REGISTERED)
    with races.Racers(2) as racers:
        for number in range(1, ROUNDS + 1):
            now = NOON + timedelta(minutes=number)
            person = person_in(job, source=Contact.Source.REGISTRATION)
            Contact.objects.filter(customer=person).update(created_at=now)
            plan = lambda now=now: planning.plan_due(clock=at(now))  # noqa: E731 - a short act

            written = racers.race(plan, plan)

            assert sum(written) == 1
            assert Message.objects.count() == number


def test_C4_L13_two_people_start_the_sale_and_each_customer_has_one_message() -> None:
    user = UserFactory.create()
    with races.Racers(2) as racers:
        for _round in range(ROUNDS):
            with transaction.atomic():
                job, _notifications = job_with(Trigger.SELLING)
                for _n in range(PEOPLE):
                    person_in(job)
            sell = lambda job=job: operations.start_selling(  # noqa: E731 - a short act
                [job.pk], by=user, clock=at(NOON)
            )

            outcomes = racers.race(sell, sell)

            assert sum(len(outcome.events) for outcome in outcomes) == 1
            assert Message.objects.filter(job=job).count() == PEOPLE
            assert Dispatch.objects.filter(studio=job.studio).count() == 1


def test_C5_two_clicks_make_up_for_it_once() -> None:
    user = UserFactory.create()
    with races.Racers(2) as racers:
        for _round in range(ROUNDS):
            with transaction.atomic():
                job = JobFactory.create()
                Job.objects.filter(pk=job.pk).update(status="selling")
                attach(job, Trigger.SELLING)
                for _n in range(PEOPLE):
                    person_in(job)
            click = lambda job=job: planning.make_up(  # noqa: E731 - a short act
                [job.pk], by=user, clock=at(NOON)
            )

            assert sum(racers.race(click, click)) == PEOPLE
            assert Message.objects.filter(job=job).count() == PEOPLE


def test_X2_a_stopped_message_is_not_planned_again_by_the_planner() -> None:
    job = job_to_remind_of()
    planning.plan_due(clock=at(REMINDER_AT))
    Message.objects.update(status="skipped", reason="stopped", finished_at=REMINDER_AT)

    assert planning.plan_due(clock=at(REMINDER_AT + timedelta(minutes=1))) == 0
    assert set(Message.objects.filter(job=job).values_list("status", flat=True)) == {"skipped"}
