"""Who gets a message, and what the row of everybody else says."""

from typing import Any

import pytest

from comms.ledger import planning, selection
from comms.models import (
    Audience,
    Channel,
    Photos,
    Reason,
    Trigger,
)
from jobstatus import operations
from shop.models import Contact
from tests.comms_acts import PLANNED, SKIPPED, sell
from tests.comms_rows import (
    SendingRulesFactory,
    SuppressionFactory,
    job_with,
    ledger,
    person_in,
)
from tests.factories import (
    NOON,
    JobFactory,
    PhotoFactory,
    SubjectFactory,
    at,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("audience", "refused"),
    [
        (Audience.ALL, {}),
        (Audience.NOT_BOUGHT, {"buyer": Reason.HAS_BOUGHT}),
        (Audience.BOUGHT, {"other": Reason.HAS_NOT_BOUGHT}),
    ],
)
def test_C3_who_has_bought_in_this_job_is_told_apart(audience: str, refused: Any) -> None:
    job, _notifications = job_with(Trigger.SELLING, audience=audience)
    elsewhere = JobFactory.create(studio=job.studio)
    buyer = person_in(job, email="buyer@example.org")
    other = person_in(job, email="other@example.org")
    Contact.objects.create(customer=buyer, job=job, subject=None, source=Contact.Source.ORDER)
    Contact.objects.create(customer=other, job=elsewhere, subject=None, source=Contact.Source.ORDER)

    sell(job)

    assert ledger() == [
        (f"{name}@example.org", SKIPPED if name in refused else PLANNED, refused.get(name, ""))
        for name in ("buyer", "other")
    ]


@pytest.mark.parametrize(
    ("photos", "refused"),
    [
        (Photos.ANY, {}),
        (Photos.WITH, {"hidden": Reason.NO_PHOTOS, "none": Reason.NO_PHOTOS}),
        (Photos.WITHOUT, {"group": Reason.HAS_PHOTOS, "own": Reason.HAS_PHOTOS}),
    ],
)
def test_C3_photos_are_those_that_the_code_would_show(photos: str, refused: Any) -> None:
    job, _notifications = job_with(Trigger.SELLING, photos=photos)
    children = {}
    for name in ("group", "hidden", "none", "own"):
        child = SubjectFactory.create(album__job=job)
        person_in(job, email=f"{name}@example.org", subject=child)
        children[name] = child
    PhotoFactory.create(album=children["own"].album).subjects.add(children["own"])
    PhotoFactory.create(album=children["hidden"].album, is_hidden=True).subjects.add(
        children["hidden"]
    )
    PhotoFactory.create(album=children["group"].album, is_group=True)
    PhotoFactory.create(is_group=True)  # of another job

    sell(job)

    assert ledger() == [
        (f"{name}@example.org", SKIPPED if name in refused else PLANNED, refused.get(name, ""))
        for name in ("group", "hidden", "none", "own")
    ]


def test_C8_C9_whoever_has_no_address_or_wants_no_mail_has_a_row_that_says_so() -> None:
    job, _notifications = job_with(Trigger.SELLING)
    person_in(job, email="")
    names = ("bounced", "complained", "unsubscribed", "wanted")
    for name in names:
        person_in(job, email=f"{name}@example.org")
    for name in names[:3]:
        SuppressionFactory.create(studio=job.studio, address_key=f"{name}@example.org", why=name)
    # Of another studio, and of this one twice over.
    SuppressionFactory.create(address_key="wanted@example.org")
    SuppressionFactory.create(
        studio=job.studio, address_key="unsubscribed@example.org", why="bounced"
    )

    sell(job)

    assert ledger() == [
        ("", SKIPPED, Reason.NO_ADDRESS),
        ("bounced@example.org", SKIPPED, Reason.BOUNCED),
        ("complained@example.org", SKIPPED, Reason.COMPLAINED),
        ("unsubscribed@example.org", SKIPPED, Reason.BOUNCED),
        ("wanted@example.org", PLANNED, ""),
    ]


def test_C8_phone_numbers_are_dialled_from_anywhere_and_used_once() -> None:
    job, _notifications = job_with(Trigger.SELLING, channel=Channel.SMS)
    SendingRulesFactory.create(studio=job.studio, sms_enabled=True)
    for phone in ("0151 23 45-678", "+49 151 2345678", "0049(151)2345679", "12", "", "call me"):
        person_in(job, phone=phone)

    sell(job)

    assert ledger() == [
        ("", SKIPPED, Reason.NO_ADDRESS),
        ("", SKIPPED, Reason.NO_ADDRESS),
        ("", SKIPPED, Reason.NO_ADDRESS),
        ("+491512345678", PLANNED, ""),
        ("+491512345679", PLANNED, ""),
    ]


def test_C9_who_unsubscribed_from_mails_gets_no_sms_but_whose_mail_bounced_does() -> None:
    job, _notifications = job_with(Trigger.SELLING, channel=Channel.SMS)
    SendingRulesFactory.create(studio=job.studio, sms_enabled=True)
    for number, why in enumerate(("unsubscribed", "bounced"), start=1):
        person = person_in(job, phone=f"+4915123456{number:02}")
        SuppressionFactory.create(studio=job.studio, address_key=person.email_key, why=why)

    sell(job)

    assert ledger() == [
        ("+491512345601", SKIPPED, Reason.UNSUBSCRIBED),
        ("+491512345602", PLANNED, ""),
    ]


def test_C3_a_studio_without_sms_has_rows_that_say_so() -> None:
    job, _notifications = job_with(Trigger.SELLING, channel=Channel.SMS)
    person_in(job, phone="+491512345678")

    sell(job)

    assert ledger() == [("+491512345678", SKIPPED, Reason.NO_CHANNEL)]


def test_C9_an_address_that_one_studio_must_not_write_to_is_another_studios_customer() -> None:
    job, _notifications = job_with(Trigger.SELLING)
    other, _others = job_with(Trigger.SELLING)
    for each in (job, other):
        person_in(each, email="parent@example.org")
    SuppressionFactory.create(studio=job.studio, address_key="parent@example.org")

    outcome = operations.start_selling([job.pk, other.pk], by=None, clock=at(NOON))

    assert len(outcome.events) == 2
    assert ledger(job=job) == [("parent@example.org", SKIPPED, Reason.UNSUBSCRIBED)]
    assert ledger(job=other) == [("parent@example.org", PLANNED, "")]


def test_C8_customers_who_share_a_phone_are_counted_once() -> None:
    job, _notifications = job_with(Trigger.SELLING, channel=Channel.SMS)
    SendingRulesFactory.create(studio=job.studio, sms_enabled=True)
    for phone in ("0151 2345678", "+49 151 2345678"):
        person_in(job, phone=phone)
    slots = planning.slots_of_change([job.pk], Trigger.SELLING, by=None, at=NOON)

    assert sum(row.count for row in selection.count(slots)) == 1
