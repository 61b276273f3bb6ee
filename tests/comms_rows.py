"""Rows of communication for tests, and the shortest way to a job whose people are written to."""

from datetime import datetime, time
from typing import Any

import factory

from comms.models import (
    Campaign,
    Message,
    Notification,
    Profile,
    SendingRules,
    Suppression,
    Text,
    Trigger,
)
from jobstatus.models import Job
from shop.models import Contact, Customer, Subject
from tests.factories import (
    NOON,
    AccessCodeFactory,
    CustomerFactory,
    JobFactory,
    StudioFactory,
    SubjectFactory,
)

LONG_AGO = datetime.fromisoformat("2026-01-01T00:00:00+00:00")


class ProfileFactory(factory.django.DjangoModelFactory[Profile]):
    class Meta:
        model = Profile

    studio = factory.SubFactory(StudioFactory)
    name = factory.Sequence(lambda n: f"Profile {n}")


class NotificationFactory(factory.django.DjangoModelFactory[Notification]):
    """Reminders at ten o'clock; all others at once. With a text in English."""

    class Meta:
        model = Notification
        skip_postgeneration_save = True

    profile = factory.SubFactory(ProfileFactory)
    trigger = Trigger.SELLING
    days = 0
    send_time = factory.LazyAttribute(
        lambda row: time(10) if row.trigger.startswith("before") or row.days else None
    )

    @factory.post_generation
    def text(self: Any, create: bool, extracted: Any, **kwargs: Any) -> None:
        Text.objects.create(
            notification=self, language="en", subject="News of [[Job.name]]", body="Look there."
        )
        # Long before any clock of a test, so that no moment is "before it was made".
        Notification.objects.filter(pk=self.pk).update(created_at=LONG_AGO)


class SendingRulesFactory(factory.django.DjangoModelFactory[SendingRules]):
    class Meta:
        model = SendingRules

    studio = factory.SubFactory(StudioFactory)


class SuppressionFactory(factory.django.DjangoModelFactory[Suppression]):
    class Meta:
        model = Suppression

    studio = factory.SubFactory(StudioFactory)
    why = Suppression.Why.UNSUBSCRIBED
    at = NOON


def attach(job: Job, *triggers: str, at: datetime = LONG_AGO, **values: Any) -> list[Notification]:
    """Give the job a profile of its studio with a notification for each trigger."""
    profile = ProfileFactory.create(studio=job.studio)
    made = [NotificationFactory.create(profile=profile, trigger=t, **values) for t in triggers]
    Campaign.objects.update_or_create(job=job, defaults={"profile": profile, "attached_at": at})
    return made


def job_with(*triggers: str, studio: Any = None, **values: Any) -> tuple[Job, list[Notification]]:
    """A job in Planning with a profile."""
    job = JobFactory.create(**({"studio": studio} if studio else {}))
    return job, attach(job, *triggers, **values)


def person_in(
    job: Job,
    *,
    source: str = Contact.Source.NAMES_LIST,
    subject: Subject | None = None,
    **values: Any,
) -> Customer:
    """A customer of the job's studio who is tied to a child of the job, with a code."""
    customer = CustomerFactory.create(studio=job.studio, **values)
    if subject is None:
        subject = SubjectFactory.create(album__job=job)
        AccessCodeFactory.create(subject=subject)
    Contact.objects.create(customer=customer, job=job, subject=subject, source=source)
    return customer


def ledger(**filters: Any) -> list[tuple[str, str, str]]:
    """Who, status and reason of each row."""
    rows = Message.objects.filter(**filters).order_by("address_key", "notification", "pk")
    return list(rows.values_list("address", "status", "reason"))
