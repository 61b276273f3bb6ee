"""Messages that are due, of people who are really to be told, in a few statements."""

from datetime import timedelta

from comms.models import Message, SendingRules
from comms.sending import delivery
from jobstatus import operations
from shop.models import Contact, Customer
from tests.comms_rows import job_with
from tests.factories import NOON, AccessCodeFactory, SubjectFactory, at

FAST = 10_000  # messages a minute
RUN = timedelta(seconds=30)
MINUTE = timedelta(minutes=1)
LONG_AGO = timedelta(minutes=10)


def due(count, *, studio=None, now=NOON, per_minute=FAST, channel="email", name="parent"):
    """So many planned messages of one selling job, due for ten minutes, in this order."""
    job, (notification,) = job_with("selling", studio=studio, channel=channel)
    SendingRules.objects.update_or_create(
        studio=job.studio,
        defaults={"per_minute": per_minute, "quiet_from": "00:00", "quiet_until": "00:00"}
        | {"sms_enabled": True},
    )
    assert not operations.start_selling([job.pk], by=None, clock=at(now - LONG_AGO)).refused
    Message.objects.filter(job=job).delete()
    subject = SubjectFactory.create(album__job=job)
    AccessCodeFactory.create(subject=subject)
    addresses = [f"{name}-{job.pk}-{n}@example.org" for n in range(count)]
    people = Customer.objects.bulk_create(
        Customer(studio=job.studio, email=a, email_key=a, name=f"Parent {n}", phone=phone(n))
        for n, a in enumerate(addresses)
    )
    Contact.objects.bulk_create(
        Contact(customer=person, job=job, subject=subject, source=Contact.Source.NAMES_LIST)
        for person in people
    )
    instant = now - LONG_AGO
    return Message.objects.bulk_create(
        Message(
            studio=job.studio,
            notification=notification,
            job=job,
            customer=person,
            channel=channel,
            address=person.email if channel == "email" else person.phone,
            address_key=person.email if channel == "email" else person.phone,
            language="en",
            status="planned",
            planned_at=instant,
            due_at=instant + n * timedelta(milliseconds=1),
            meant_at=instant,
        )
        for n, person in enumerate(people)
    )


def phone(number):
    return f"+4917{number:08}"


def send(now=NOON, run=RUN):
    return delivery.deliver(clock=at(now), until=now + run)


def facts(message):
    """Status, attempts, reason, remark."""
    fields = ("status", "attempts", "reason", "remark")
    return Message.objects.values_list(*fields).get(pk=message.pk)


def statuses(**filters):
    rows = Message.objects.filter(**filters).order_by("pk")
    return list(rows.values_list("status", flat=True))
