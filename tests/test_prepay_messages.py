"""L9, C2: what is written to people of a prepay job. Opening it and its deadline write nothing."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client

from comms.models import Audience, Message, Trigger
from jobstatus import clock, operations
from jobstatus.models import Job, JobEvent
from shop import tasks as shop_tasks
from shop.delivery import receipts
from shop.models import Order, Receipt, Storefront
from tests import prepaying
from tests.comms_acts import PLANNED, plan
from tests.comms_rows import NotificationFactory, job_with, ledger, person_in
from tests.factories import NOON, stock
from tests.factories import at as standing

pytestmark = pytest.mark.django_db

DEADLINE = date(2026, 5, 10)
REMINDED_AT = datetime(2026, 5, 7, 8, tzinfo=UTC)  # three days before, ten o'clock in Berlin
AFTER = datetime(2026, 5, 11, 8, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _at_noon(monkeypatch):
    monkeypatch.setattr(clock, "now", standing(NOON))


def prepay_job(trigger=Trigger.BEFORE_PREPAY_DEADLINE, **values):
    values = {"days": 3} | values
    job, _notifications = job_with(trigger, **values)
    Job.objects.filter(pk=job.pk).update(kind="prepay", prepay_deadline_date=DEADLINE)
    Storefront.objects.get_or_create(job=job)
    stock(job)
    return Job.objects.select_related("studio").get(pk=job.pk)


def every_notification(job):
    """One of each trigger, so that whatever could be set off would be."""
    profile = job.campaign.profile
    for trigger in (Trigger.SELLING, Trigger.ARCHIVED):
        NotificationFactory.create(profile=profile, trigger=trigger)


def test_L9_opening_and_the_end_of_the_deadline_send_nothing_and_change_no_status():
    job = prepay_job(trigger=Trigger.SELLING, days=0)
    every_notification(job)
    person_in(job)

    operations.open_prepay([job.pk], by=None, clock=clock.now)
    for instant in (NOON, AFTER, AFTER + timedelta(days=30)):
        plan(instant)
        operations.archive_due(clock=standing(instant))
        shop_tasks.run(clock=standing(instant))

    assert (ledger(), Message.objects.count(), Receipt.objects.count()) == ([], 0, 0)
    assert Job.objects.get(pk=job.pk).status == "prepay"
    assert list(JobEvent.objects.values_list("to_status", flat=True)) == ["prepay"]


def test_C2_who_left_an_address_on_the_planned_job_is_reminded_before_the_deadline():
    job, noise = prepay_job(), prepay_job()
    person_in(noise)
    public = job.storefront.get_absolute_url()
    Client().post(f"{public}tell-me/", {"email": "waits@example.org"})
    listed = person_in(job)

    operations.open_prepay([job.pk], by=None, clock=clock.now)
    planned = [plan(REMINDED_AT + timedelta(minutes=n)) for n in (-1, 0, 1)]

    assert planned == [0, 2, 0]
    assert ledger() == sorted([(listed.email, PLANNED, ""), ("waits@example.org", PLANNED, "")])


def test_C2_the_reminder_counts_from_the_date_and_not_from_the_change_of_status():
    job = prepay_job()
    person_in(job)

    operations.open_prepay([job.pk], by=None, clock=clock.now)
    operations.return_to_planning([job.pk], by=None, clock=clock.now)
    in_planning = plan(REMINDED_AT)
    operations.open_prepay([job.pk], by=None, clock=standing(REMINDED_AT))
    first, again = plan(REMINDED_AT), plan(REMINDED_AT + timedelta(hours=1))

    assert (in_planning, first, again) == (0, 1, 0)


def test_C2_whoever_has_ordered_is_not_asked_to_order():
    job = prepay_job(audience=Audience.NOT_BOUGHT)
    operations.open_prepay([job.pk], by=None, clock=clock.now)
    shop = prepaying.stocked(job.prepay_shop)
    other = person_in(job)
    prepaying.order(prepaying.parent(shop), shop, email="ordered@example.org")

    plan(REMINDED_AT)

    planned = [address for address, status, _reason in ledger() if status == PLANNED]
    assert planned == [other.email]


def test_C2_an_unpaid_prepay_order_is_reminded_of_as_any_other():
    job = prepay_job(trigger=Trigger.ORDER_UNPAID, days=7)
    operations.open_prepay([job.pk], by=None, clock=clock.now)
    shop = prepaying.stocked(job.prepay_shop)
    prepaying.order(prepaying.parent(shop), shop, email="late@example.org")

    planned = [plan(NOON + timedelta(days=days)) for days in (6, 8, 9)]

    assert planned == [0, 1, 0]
    assert Message.objects.get().about_id == Order.objects.get().pk


def test_P1_the_receipt_is_no_marketing_and_is_sent_although_the_job_has_no_profile(mailoutbox):
    shop = prepaying.prepay_shop()
    prepaying.order(prepaying.parent(shop), shop)

    assert receipts.send_due(clock=clock.now) == 1
    assert "List-Unsubscribe" not in mailoutbox[0].extra_headers
