"""Rows and readers for the tests of messages as they leave."""

from datetime import date
from email import message_from_bytes, policy
from html.parser import HTMLParser
from typing import Any

from comms.models import Channel, Message, Notification, Text, Trigger
from comms.texts import letters
from comms.texts.letters import Letter
from jobstatus.models import Job
from shop.models import Customer, Storefront, Subject
from tests.comms_rows import job_with, person_in
from tests.factories import NOON, AccessCodeFactory, SubjectFactory
from tests.paying import terms_of

BASE = "https://photos.example.org"


def text(rule: Notification, body: str, subject: str = "Subject", language: str = "en") -> None:
    values = {"subject": subject, "body": body}
    Text.objects.update_or_create(notification=rule, language=language, defaults=values)


def planned(rule: Notification, job: Job, customer: Customer, **values: Any) -> Message:
    standard = {
        "studio": job.studio,
        "notification": rule,
        "job": job,
        "customer": customer,
        "channel": rule.channel,
        "address": customer.email,
        "address_key": customer.email_key,
        "language": "en",
        "status": Message.Status.PLANNED,
        "planned_at": NOON,
        "due_at": NOON,
        "meant_at": NOON,
    }
    return Message.objects.create(**(standard | values))


def written(message: Message, at: Any = NOON) -> Any:
    return letters.write([message], at=at)[message.pk]


def case(trigger: str = Trigger.SELLING, body: str = "Text", **values: Any) -> Any:
    """A rule with this text, a job with a shop page and a date, and Anna with Mia and Ben."""
    channel = values.pop("channel", Channel.EMAIL)
    person = {"name": "Anna Smith"} | values.pop("person", {})
    hours = 3 if trigger == Trigger.BASKET_LEFT else None
    job, (rule,) = job_with(trigger, channel=channel, hours=hours)
    terms_of(job.studio, email="studio@example.org")
    Job.objects.filter(pk=job.pk).update(
        name="Park School", archiving_enabled=True, archive_date=date(2026, 5, 15), archive_delay=-1
    )
    job = Job.objects.select_related("studio").get(pk=job.pk)
    Storefront.objects.get_or_create(job=job)
    text(rule, body, **values)
    return rule, job, person_in(job, subject=child(job, "Mia"), **person)


def child(job: Job, name: str) -> Subject:
    subject = SubjectFactory.create(album__job=job, name=name)
    AccessCodeFactory.create(subject=subject)
    return subject


def parsed(letter: Letter, to: str = "anna@example.org") -> Any:
    return message_from_bytes(letter.email(to).message().as_bytes(), policy=policy.default)


class Page(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[tuple[str, str]] = []
        self.words = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.append(tag)
        if tag == "a":
            self.links.append((dict(attrs)["href"] or "", ""))

    def handle_data(self, data: str) -> None:
        self.words += data
        if self.links and self.lasttag == "a" and not self.links[-1][1]:
            self.links[-1] = (self.links[-1][0], data)
