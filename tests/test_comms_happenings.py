"""What customers did is answered once."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from comms.models import (
    Message,
    Trigger,
)
from jobstatus.models import Job
from shop.models import Contact, LinePicture, Order
from tests.comms_acts import PLANNED, basket_of, order_in, plan
from tests.comms_rows import (
    job_with,
    ledger,
    person_in,
)
from tests.factories import (
    NOON,
    BasketFactory,
    JobFactory,
)

pytestmark = pytest.mark.django_db


def registered(job: Job, when: datetime) -> Any:
    person = person_in(job, source=Contact.Source.REGISTRATION)
    Contact.objects.filter(customer=person).update(created_at=when)
    return person


def test_C2_a_registration_is_answered_once_and_only_since_the_profile() -> None:
    job, _notifications = job_with(Trigger.REGISTERED, at=NOON)
    registered(job, NOON - timedelta(minutes=1))
    person_in(job)  # of the names list
    new = registered(job, NOON + timedelta(minutes=1))

    planned = [plan(NOON + timedelta(minutes=n)) for n in (0, 2, 3)]

    assert planned == [0, 1, 0]
    assert ledger() == [(new.email, PLANNED, "")]


def test_C2_a_basket_is_left_behind_after_its_hours() -> None:
    job, _notifications = job_with(Trigger.BASKET_LEFT, hours=3)
    parent, _other = person_in(job), person_in(job)
    left = basket_of(parent, job)
    LinePicture.objects.create(
        line=left.lines.get(), job=JobFactory.create(studio=job.studio), code=None
    )
    BasketFactory.create(studio=job.studio, changed_at=NOON)  # empty
    basket_of(parent, job).lines.update(set_aside_at=NOON)

    planned = [plan(NOON + timedelta(hours=3, minutes=n)) for n in (-1, 0, 1)]

    assert planned == [0, 1, 0]
    assert list(Message.objects.values_list("customer", "about_id")) == [(parent.pk, left.pk)]


def test_C2_nobody_reads_of_a_basket_that_may_be_another_parents() -> None:
    job, _notifications = job_with(Trigger.BASKET_LEFT, hours=1)
    parent = person_in(job)
    person_in(job, subject=parent.contacts.get().subject)
    basket_of(parent, job)

    assert plan(NOON + timedelta(hours=2)) == 0


def test_C2_an_unpaid_order_is_reminded_of_after_its_days() -> None:
    job, _notifications = job_with(Trigger.ORDER_UNPAID, days=7, send_time=time(10))
    parent = person_in(job)
    orders = {
        status: order_in(job, parent, status) for status in (Order.Status.PLACED, Order.Status.PAID)
    }

    moment = datetime(2026, 5, 11, 8, tzinfo=UTC)
    planned = [plan(moment + timedelta(minutes=n)) for n in (-1, 0, 1)]

    assert planned == [0, 1, 0]
    assert Message.objects.get().about_id == orders[Order.Status.PLACED].pk
