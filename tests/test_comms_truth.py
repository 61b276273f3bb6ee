"""Right before it is sent: is a message still true and wanted?"""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from comms.ledger import planning, truth
from comms.ledger.truth import SEND, Verdict
from comms.models import Audience, Campaign, Channel, Message, Photos, Reason, Trigger
from jobstatus import operations
from jobstatus.models import Job
from shop.models import BasketLine, Contact, Order
from tests.comms_acts import basket_of, order_in
from tests.comms_rows import SendingRulesFactory, SuppressionFactory, attach, job_with, person_in
from tests.factories import NOON, PhotoFactory, SubjectFactory, at, stock

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def sold(*triggers: str, **values: Any) -> tuple[Job, Message]:
    """A selling job with one customer and the message of its profile's one notification."""
    job, _notifications = job_with(*(triggers or (Trigger.SELLING,)), **values)
    person_in(job)
    operations.start_selling([job.pk], by=None, clock=at(NOON))
    return job, Message.objects.get(job=job)


def verdict(message: Message, now: datetime = NOON + HOUR) -> Verdict:
    rows = list(Message.objects.select_related("notification__profile"))
    assert len(rows) >= 1
    return truth.check(rows, at=now)[message.pk]


def reason(message: Message, now: datetime = NOON + HOUR) -> str:
    return verdict(message, now).reason


def test_C6_what_is_still_true_is_sent() -> None:
    _job, message = sold()

    assert verdict(message) == SEND


@pytest.mark.parametrize("step", ["return_to_planning", "archive"])
def test_C6_a_job_that_no_longer_sells_is_not_announced(step: str) -> None:
    job, message = sold()
    _other, wanted = sold()
    getattr(operations, step)([job.pk], by=None, clock=at(NOON))

    assert (reason(message), reason(wanted)) == (Reason.NOT_SELLING, "")


def test_L4_a_job_whose_deadline_has_passed_is_not_announced_although_no_sweep_ran() -> None:
    job, message = sold()
    job = Job.objects.get(pk=job.pk)
    job.archiving_enabled, job.archive_date, job.archive_delay = True, date(2026, 5, 4), 0
    job.save()

    assert [reason(message, NOON + n * HOUR) for n in (1, 20)] == ["", Reason.NOT_SELLING]


def test_C6_an_archived_message_is_not_true_after_the_job_came_back() -> None:
    job, _notifications = job_with(Trigger.ARCHIVED)
    person_in(job)
    operations.archive([job.pk], by=None, clock=at(NOON))
    message = Message.objects.get()
    before = reason(message)
    operations.start_selling([job.pk], by=None, clock=at(NOON))

    assert (before, reason(message)) == ("", Reason.NOT_ARCHIVED)


def test_C6_another_profile_or_none_stops_what_was_planned() -> None:
    job, message = sold()
    Campaign.objects.filter(job=job).update(profile=None)
    without = reason(message)
    attach(job, Trigger.SELLING)

    assert (without, reason(message)) == (Reason.OTHER_PROFILE, Reason.OTHER_PROFILE)


@pytest.mark.parametrize("field", ["is_active", "retired_at"])
def test_C1_a_notification_that_is_gone_is_not_sent(field: str) -> None:
    _job, message = sold()
    notification = message.notification
    setattr(notification, field, False if field == "is_active" else NOON)
    notification.save()

    assert reason(message) == Reason.NOTIFICATION_GONE


def test_C1_the_notifications_of_a_deleted_profile_are_not_sent() -> None:
    _job, message = sold()
    profile = message.notification.profile
    profile.retired_at = NOON
    profile.save()

    assert reason(message) == Reason.NOTIFICATION_GONE


def test_C8_a_customer_who_no_longer_belongs_to_the_job_is_not_written_to() -> None:
    _job, message = sold()
    Contact.objects.all().delete()

    assert reason(message) == Reason.CUSTOMER_GONE


def test_A14_messages_of_a_job_or_customer_that_was_deleted_are_not_sent() -> None:
    _job, of_job = sold()
    _other, of_customer = sold()
    Message.objects.filter(pk=of_job.pk).update(job=None)
    Message.objects.filter(pk=of_customer.pk).update(customer=None)

    assert (reason(of_job), reason(of_customer)) == (Reason.JOB_GONE, Reason.CUSTOMER_GONE)


def test_C3_whoever_bought_meanwhile_is_not_asked_to_buy() -> None:
    job, message = sold(audience=Audience.NOT_BOUGHT)
    _other, wanted = sold(audience=Audience.NOT_BOUGHT)
    Contact.objects.create(
        customer=message.customer, job=job, subject=None, source=Contact.Source.ORDER
    )

    assert (reason(message), reason(wanted)) == (Reason.HAS_BOUGHT, "")


def test_C3_photos_that_came_or_went_meanwhile_count() -> None:
    job, _notifications = job_with(Trigger.SELLING, photos=Photos.WITHOUT)
    child = SubjectFactory.create(album__job=job)
    person_in(job, subject=child)
    operations.start_selling([job.pk], by=None, clock=at(NOON))
    message = Message.objects.get()
    before = reason(message)
    PhotoFactory.create(album=child.album).subjects.add(child)

    assert (before, reason(message)) == ("", Reason.HAS_PHOTOS)


@pytest.mark.parametrize("why", ["unsubscribed", "bounced", "complained"])
def test_C9_whoever_unsubscribed_meanwhile_is_not_written_to(why: str) -> None:
    job, message = sold()
    _other, wanted = sold()
    SuppressionFactory.create(studio=job.studio, address_key=message.address_key, why=why)
    SuppressionFactory.create(address_key=wanted.address_key, why=why)  # of another studio

    assert (reason(message), reason(wanted)) == (why, "")


def test_C9_who_unsubscribed_from_mails_gets_no_sms() -> None:
    job, _notifications = job_with(Trigger.SELLING, channel=Channel.SMS)
    SendingRulesFactory.create(studio=job.studio, sms_enabled=True)
    person = person_in(job, phone="+491512345678")
    operations.start_selling([job.pk], by=None, clock=at(NOON))
    message = Message.objects.get()
    before = reason(message)
    SuppressionFactory.create(studio=job.studio, address_key=person.email_key)

    assert (before, reason(message)) == ("", Reason.UNSUBSCRIBED)


def test_C7_the_night_holds_what_was_not_sent_by_day() -> None:
    _job, message = sold()

    assert verdict(message, datetime(2026, 5, 4, 21, tzinfo=UTC)) == Verdict(
        Reason.QUIET, datetime(2026, 5, 5, 7, tzinfo=UTC)
    )


@pytest.mark.parametrize(("seconds", "expected"), [(0, ""), (1, Reason.TOO_LATE)])
def test_C10_later_than_its_tolerance_it_is_not_sent(seconds: int, expected: str) -> None:
    _job, message = sold(tolerance_hours=5)

    assert reason(message, NOON + 5 * HOUR + timedelta(seconds=seconds)) == expected


def test_C10_the_night_does_not_count_as_lateness() -> None:
    job, _notifications = job_with(Trigger.SELLING, tolerance_hours=1)
    person_in(job)
    operations.start_selling([job.pk], by=None, clock=at(datetime(2026, 5, 4, 20, tzinfo=UTC)))
    nine = datetime(2026, 5, 5, 7, tzinfo=UTC)

    assert [reason(Message.objects.get(), nine + n * HOUR) for n in (1, 2)] == ["", Reason.TOO_LATE]


# Dates


MORNING = datetime(2026, 5, 7, 8, tzinfo=UTC)  # 10:00 in Berlin, three days before the 10th


def reminded(**values: Any) -> tuple[Job, Message]:
    job, _notifications = job_with(Trigger.BEFORE_ARCHIVING, days=3, **values)
    job.archiving_enabled, job.archive_date = True, date(2026, 5, 10)
    job.save()
    person_in(job)
    operations.start_selling([job.pk], by=None, clock=at(NOON))
    planning.plan_due(clock=at(MORNING))
    return Job.objects.get(pk=job.pk), Message.objects.get(job=job)


def test_C6_a_reminder_waits_for_the_new_moment_when_its_date_is_moved() -> None:
    job, message = reminded()
    job.archive_date = date(2026, 5, 12)
    job.save()

    assert verdict(message, MORNING) == Verdict(Reason.LATER, MORNING + timedelta(days=2))


def test_C6_without_a_date_there_is_nothing_to_remind_of() -> None:
    job, message = reminded()
    job.archiving_enabled = False
    job.save()

    assert reason(message, MORNING) == Reason.DATE_MOVED


def test_C10_nobody_is_reminded_of_a_date_that_has_passed() -> None:
    job, message = reminded(tolerance_hours=14 * 24)
    job.archive_delay = -1  # it sells on
    job.save()
    nights = [datetime(2026, 5, day, 10, tzinfo=UTC) for day in (10, 11)]

    assert [reason(message, night) for night in nights] == ["", Reason.TOO_LATE]


def test_L9_the_prepay_deadline_is_not_reminded_of_once_prepay_is_over() -> None:
    job, _notifications = job_with(Trigger.BEFORE_PREPAY_DEADLINE, days=3)
    Job.objects.filter(pk=job.pk).update(kind="prepay", prepay_deadline_date=date(2026, 5, 10))
    person_in(job)
    stock(job)
    operations.open_prepay([job.pk], by=None, clock=at(NOON))
    planning.plan_due(clock=at(MORNING))
    message = Message.objects.get()
    before = reason(message, MORNING)
    operations.return_to_planning([job.pk], by=None, clock=at(MORNING))

    assert (before, reason(message, MORNING)) == ("", Reason.NOT_PREPAY)


# What customers did


def test_C2_an_order_that_was_paid_meanwhile_is_not_reminded_of() -> None:
    job, _notifications = job_with(Trigger.ORDER_UNPAID, days=7)
    order = order_in(job, person_in(job), Order.Status.PLACED)
    now = datetime(2026, 5, 11, 8, tzinfo=UTC)
    planning.plan_due(clock=at(now))
    message = Message.objects.get()
    before = reason(message, now)
    Order.objects.filter(pk=order.pk).update(status=Order.Status.PAID, paid_at=now)

    assert (before, reason(message, now)) == ("", Reason.PAID)


def test_C2_a_basket_that_was_emptied_or_ordered_meanwhile_is_not_reminded_of() -> None:
    job, _notifications = job_with(Trigger.BASKET_LEFT, hours=1)
    operations.start_selling([job.pk], by=None, clock=at(NOON))
    basket_of(person_in(job), job)
    planning.plan_due(clock=at(NOON + HOUR))
    message = Message.objects.get()
    before = reason(message)
    BasketLine.objects.all().delete()

    assert (before, reason(message)) == ("", Reason.ORDERED)


def test_truth_costs_the_same_queries_for_one_message_and_for_many() -> None:
    costs = []
    for _round in range(2):
        for _job in range(1 if not costs else 6):
            sold()
        rows = list(Message.objects.select_related("notification__profile"))
        with CaptureQueriesContext(connection) as queries:
            truth.check(rows, at=NOON)
        costs.append(len(queries))

    assert costs[0] == costs[1] <= 10
