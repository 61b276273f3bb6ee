"""Deadlines as calendar entries: in the reminder to customers, and as a feed for a studio (X7)."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parseaddr

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from comms.models import SendingRules
from comms.texts import plain
from jobstatus import deadlines
from jobstatus.lifecycle import Status
from jobstatus.models import Job, Studio

TYPE = "text/calendar"
PRODUCT = "-//jobstatus//deadlines//EN"
KEY_BYTES = 24
KEY_LENGTH = 32  # of the text that it is written as
LOOK_BACK = timedelta(days=30)
MOST_JOBS = 2_000  # in one feed, the earliest dates first
SUMMARY_LENGTH = 200
# A feed is asked for again and again, and must be the same while nothing changed.
REFRESH = timedelta(hours=6)


# The attachment


def attachment(job: Job, url: str, studio: str, *, at: datetime) -> bytes:
    """The last day to order as an entry for a customer's calendar. Needs the archiving date."""
    event = _last_day(job, at=at)
    event.add("summary", plain.one_line(_("Last day to order: %(job)s") % _name(job), _most()))
    event.add("description", "\n".join([plain.one_line(studio, SUMMARY_LENGTH), url]))
    event.add("url", url)
    return _calendar([event])


# The feed


@dataclass(frozen=True)
class Feed:
    name: str
    jobs: list[Job]
    at: datetime

    @property
    def etag(self) -> str:
        """Changes when an entry does, and not with the time of day."""
        facts = [get_language(), self.name, settings.PUBLIC_BASE_URL] + [
            [job.pk, job.version, job.name, job.status, job.archive_date, job.closes_at]
            for job in self.jobs
        ]
        return f'"{hashlib.sha256(repr(facts).encode()).hexdigest()[:32]}"'

    def content(self) -> bytes:
        events = []
        for job in self.jobs:
            events.append(_day_of_feed(job, self.at))
            if job.closes_at is not None:
                events.append(_closing(job, self.at))
        return _calendar(events, name=self.name)


def feed(key: str, *, at: datetime) -> Feed | None:
    """The deadlines of the studio that has this key, or nothing. Two queries."""
    if len(key) != KEY_LENGTH:
        return None
    rules = SendingRules.objects.select_related("studio").filter(calendar_key=key).first()
    if rules is None:
        return None
    studio = rules.studio
    first = deadlines.local_date(at, studio.timezone) - LOOK_BACK
    jobs = Job.objects.filter(
        studio=studio,
        archiving_enabled=True,
        archive_date__gte=first,
        status__in=[Status.PLANNING, Status.SELLING],
    ).order_by("archive_date", "pk")[:MOST_JOBS]
    return Feed(_("Deadlines of %(studio)s") % {"studio": studio.name}, list(jobs), at)


def feed_url(studio: Studio) -> str:
    """The address of the studio's feed; makes its key if it has none."""
    rules, _created = SendingRules.objects.get_or_create(studio=studio)
    key = rules.calendar_key or renew_key(studio)
    return f"{settings.PUBLIC_BASE_URL}{reverse('comms:calendar', args=[key])}"


def renew_key(studio: Studio) -> str:
    """A new key; the address that was handed out before leads nowhere from now on."""
    key = secrets.token_urlsafe(KEY_BYTES)
    SendingRules.objects.update_or_create(studio=studio, defaults={"calendar_key": key})
    return key


def _day_of_feed(job: Job, at: datetime) -> Event:
    event = _last_day(job, at=at)
    event.add("summary", plain.one_line(_("Last day to order: %(job)s") % _name(job), _most()))
    event.add("description", _("The date that customers are told."))
    event.add("url", _admin_page(job))
    return event


def _closing(job: Job, at: datetime) -> Event:
    event = _event(job, "closing", at=at)
    event.add("summary", plain.one_line(_("Archived now: %(job)s") % _name(job), _most()))
    event.add("description", _("From now on nobody can order, and the job is archived."))
    event.add("dtstart", job.closes_at)
    event.add("dtend", job.closes_at)
    event.add("url", _admin_page(job))
    return event


def _last_day(job: Job, *, at: datetime) -> Event:
    """A whole day of a calendar has no zone: it is the studio's, whoever looks at it."""
    event = _event(job, "archiving-date", at=at)
    if job.archive_date is not None:
        event.add("dtstart", job.archive_date)
        event.add("dtend", job.archive_date + timedelta(days=1))
    return event


def _event(job: Job, what: str, *, at: datetime) -> Event:
    """The same UID each time, and a number that grows: a moved date moves the entry."""
    _name_of_sender, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    event = Event()
    event.add("uid", f"job-{job.pk}-{what}@{address.rpartition('@')[2]}")
    event.add("dtstamp", at)
    event.add("sequence", job.version)
    event.add("transp", "TRANSPARENT")  # It makes nobody busy.
    return event


def _calendar(events: list[Event], name: str = "") -> bytes:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    if name:
        calendar.add("x-wr-calname", plain.one_line(name, SUMMARY_LENGTH))
        calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    for event in events:
        calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content


def _name(job: Job) -> dict[str, str]:
    return {"job": plain.one_line(job.name, SUMMARY_LENGTH)}


def _most() -> int:
    return SUMMARY_LENGTH + 40


def _admin_page(job: Job) -> str:
    return f"{settings.PUBLIC_BASE_URL}{reverse('admin:jobstatus_job_change', args=[job.pk])}"
