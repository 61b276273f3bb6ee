"""What comes (X1): every message that is foreseen is written at that moment, for as many people."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from comms import ahead
from comms.models import Campaign, Message, Trigger
from jobstatus import clock, operations
from jobstatus.models import Job
from shop.models import Basket, Contact, Order
from tests.ahead_pages import DAY, of, outlook, selling, shown
from tests.comms_acts import (
    PLANNED,
    REMINDER_AT,
    archive,
    basket_of,
    closing,
    mark_sent,
    order_in,
    plan,
    sell,
)
from tests.comms_rows import NotificationFactory, ProfileFactory, attach, job_with, person_in
from tests.factories import NOON, JobFactory, StudioFactory, at, job_in
from tests.staff import sign_in

pytestmark = pytest.mark.django_db
MONTH = NOON + timedelta(days=30)
TEN = datetime(2026, 5, 11, 8, tzinfo=UTC)  # 10:00 in Berlin, a week after NOON
TICK = timedelta(microseconds=1)


def foreseen(until: datetime = MONTH, now: datetime = NOON) -> list[Any]:
    rows = ahead.messages(outlook(until=until, now=now))
    return sorted((row.at, row.job.name, row.count) for row in rows)


def written(moment: datetime) -> int:
    """How many messages stand in the ledger for this moment, once the planner has seen it."""
    plan(moment)
    return Message.objects.filter(status=PLANNED, due_at=moment).count()


def test_X1_an_unpaid_order_is_foreseen_to_be_reminded_of_whatever_the_status_of_its_job() -> None:
    job = job_in("archived", name="Gala")
    attach(job, Trigger.ORDER_UNPAID, days=7)
    parent = person_in(job)
    for status in (Order.Status.PLACED, Order.Status.PAID):
        order_in(job, parent, status)
    order_in(job_in("archived", studio=job.studio), parent, Order.Status.PLACED)  # no profile

    assert foreseen() == [(TEN, "Gala", 1)]
    assert foreseen(until=TEN) == [(TEN, "Gala", 1)]
    assert foreseen(until=TEN - TICK) == []
    assert written(TEN) == 1
    assert foreseen(now=TEN) == [(TEN, "Gala", 1)]


def test_J3_what_is_planned_or_will_be_in_another_studio_is_not_foreseen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    other, job = JobFactory.create(), JobFactory.create()
    for each in (other, job):
        attach(each, Trigger.ORDER_UNPAID, Trigger.SELLING, days=7)
        order_in(each, person_in(each), Order.Status.PLACED)
        sell(each)
    view = outlook(until=MONTH)
    mine = replace(view, jobs=view.jobs.filter(studio=job.studio), open_jobs=[])
    monkeypatch.setattr(ahead, "MOST_ANSWERS", 1)  # which those of others must not use up

    assert [row.job.pk for row in ahead.messages(mine)] == [job.pk] * 2


def test_C4_whoever_has_had_the_message_or_gets_none_is_not_counted() -> None:
    job, _reminder = closing()
    person_in(job)
    sell(job)
    plan(REMINDER_AT)
    mark_sent()
    moved = Job.objects.get(pk=job.pk)
    moved.archive_date = DAY
    moved.save()
    person_in(job, email="")
    assert foreseen(now=REMINDER_AT) == [(datetime(2026, 5, 17, 8, tzinfo=UTC), job.name, 0)]

    person_in(job)

    assert foreseen(now=REMINDER_AT) == [(datetime(2026, 5, 17, 8, tzinfo=UTC), job.name, 1)]


@pytest.mark.parametrize(("day", "found"), [(date(2026, 5, 4), False), (DAY, True)])
def test_X1_a_basket_is_not_foreseen_to_be_reminded_of_after_the_job_closes(
    day: date, found: bool
) -> None:
    job = selling(StudioFactory.create(), day, name="Gala")
    attach(job, Trigger.BASKET_LEFT, hours=24)
    basket_of(person_in(job), job)
    moment = NOON + timedelta(hours=24)

    assert foreseen() == ([(moment, "Gala", 1)] if found else [])
    assert written(moment) == 1  # which the sender asks for the truth


def test_X1_a_registration_is_foreseen_once_for_each_who_registered() -> None:
    job = job_in("planning", name="Gala")
    attach(job, Trigger.REGISTERED, days=7)
    for source in (Contact.Source.REGISTRATION,) * 2 + (Contact.Source.NAMES_LIST,):
        person_in(job, source=source)
    Contact.objects.update(created_at=NOON)

    assert foreseen() == [(TEN, "Gala", 2)]
    assert written(TEN) == 2


def test_X1_messages_of_an_archived_job_come_and_of_one_that_is_back_in_planning_do_not() -> None:
    job, _notifications = job_with(Trigger.ARCHIVED, Trigger.SELLING)
    person_in(job)
    sell(job)
    archive(job)
    [held_until] = set(Message.objects.waiting().values_list("due_at", flat=True))

    assert [(row[0], row[2]) for row in foreseen()] == [(held_until, 1)]  # not that of the sale
    assert [row[0] for row in foreseen(now=MONTH, until=MONTH + TICK)] == [MONTH]  # overdue: next

    operations.return_to_planning([job.pk], by=None, clock=at(NOON))
    assert foreseen() == []


def test_X1_what_another_profile_would_have_said_is_not_foreseen() -> None:
    job, _notifications = job_with(Trigger.SELLING)
    person_in(job)
    sell(job)
    assert len(foreseen()) == 1

    Campaign.objects.filter(job=job).update(profile=ProfileFactory.create(studio=job.studio))

    assert foreseen() == []


def test_X1_all_kinds_of_messages_come_as_foreseen() -> None:
    """The month of a job with every trigger is walked from one foreseen moment to the next."""
    job = selling(StudioFactory.create(), name="Gala")
    attach(job, Trigger.SELLING, Trigger.ORDER_UNPAID, Trigger.REGISTERED, days=7)
    profile = Campaign.objects.get(job=job).profile
    NotificationFactory.create(profile=profile, trigger=Trigger.BASKET_LEFT, hours=3)
    for days in (0, 3, 14):
        NotificationFactory.create(profile=profile, trigger=Trigger.BEFORE_ARCHIVING, days=days)
    for number in range(3):
        parent = person_in(job, source=list(Contact.Source)[number % 2])
        order_in(job, parent, Order.Status.PLACED)
        basket_of(parent, job)
    Contact.objects.update(created_at=NOON)

    coming = foreseen()

    assert len({moment for moment, _name, _count in coming}) == 5
    totals: dict[datetime, int] = {}
    for moment, _name, count in coming:
        totals[moment] = totals.get(moment, 0) + count
    for moment, count in totals.items():
        assert written(moment - TICK) == 0
        assert written(moment) == count


def test_X1_the_page_says_to_whom_and_when(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", at(NOON))
    job = job_in("archived", name="Gala")
    for each in (job, job_in("archived", studio=job.studio)):
        attach(each, Trigger.ORDER_UNPAID, days=7)
        order_in(each, person_in(each), Order.Status.PLACED)

    page = sign_in(job.studio).get(of(job))

    words = (
        "When an order is still unpaid after 7 days at 10:00 → E-mail to the customers concerned"
    )
    assert shown(page) == [("Gala", "Mon 11 May 2026, 10:00 CEST", words, 1)]
    assert "1 person as of now" in page.text


def test_X1_what_is_due_in_the_same_minute_is_one_entry() -> None:
    job = selling(StudioFactory.create(), name="Gala")
    attach(job, Trigger.BASKET_LEFT, hours=3)
    for seconds in (0, 59, 60):
        basket = basket_of(person_in(job), job)
        Basket.objects.filter(pk=basket.pk).update(changed_at=NOON + timedelta(seconds=seconds))

    first = NOON + timedelta(hours=3)
    assert foreseen() == [(first, "Gala", 2), (first + timedelta(minutes=1), "Gala", 1)]
