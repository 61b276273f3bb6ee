"""The whole calendar of a job with the standard profile, hour by hour, over a change of clocks."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core import mail

from comms import tasks
from comms.models import Campaign, Message, Profile, Suppression
from comms.sending import delivery
from jobstatus import deadlines, operations
from jobstatus.models import Job
from shop.models import Contact
from tests.comms_rows import LONG_AGO, person_in
from tests.factories import JobFactory, UserFactory

pytestmark = pytest.mark.django_db
BERLIN = ZoneInfo("Europe/Berlin")
HOUR = timedelta(hours=1)
# Summer time begins on Sunday 29 March 2026: one, three and seven days before the 5th and 1st of
# April lie on both sides of it.
FRIDAY_NIGHT = datetime(2026, 3, 20, 22, 10, tzinfo=UTC)  # 23:10 in Berlin


class Year:
    """A clock that goes on in steps, with beat, a worker and a mail server that is there."""

    def __init__(self, now: datetime, step: timedelta = HOUR) -> None:
        self.now, self.step = now, step
        self.seen = 0
        self.arrived: list[tuple[str, str, str]] = []  # local time, trigger, address

    def until(self, end: datetime) -> list[tuple[str, str, str]]:
        """What arrived meanwhile."""
        before = len(self.arrived)
        while self.now < end:
            self.now += self.step
            operations.archive_due(clock=self.clock)
            tasks.run(clock=self.clock)
            delivery.deliver(clock=self.clock, until=self.now + HOUR)
            self._note()
        return self.arrived[before:]

    def clock(self) -> datetime:
        return self.now

    def _note(self) -> None:
        local = self.now.astimezone(BERLIN).strftime("%d %b %H:%M")
        for letter in mail.outbox[self.seen :]:
            [message] = Message.objects.filter(address=letter.to[0], finished_at__gte=self.now)
            self.arrived.append((local, describe(message), letter.to[0]))
        self.seen = len(mail.outbox)


def describe(message: Message) -> str:
    rule = message.notification
    return f"{rule.trigger} {rule.days}" if rule.days else rule.trigger


def berlin(month: int, day: int, hour: int = 0) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=BERLIN).astimezone(UTC)


def with_classic_profile(year: Year, day: date, *, delay: int = 0) -> Job:
    """With two families."""
    job = JobFactory.create(archiving_enabled=True, archive_date=day, archive_delay=delay)
    profile = Profile.objects.get(standard_key="school-classic")
    profile.notifications.update(created_at=LONG_AGO)
    Campaign.objects.create(job=job, profile=profile, attached_at=year.now)
    for name in ("ann", "ben"):
        person_in(job, email=f"{name}@example.org")
    return job


def test_C2_C6_A12_the_calendar_of_a_job_from_the_first_sale_to_the_second_archiving() -> None:
    year = Year(FRIDAY_NIGHT)
    user = UserFactory.create()
    job = with_classic_profile(year, date(2026, 4, 1), delay=1)

    # Saturday, 21 March: started in the night, back to Planning before nine: nobody is written to.
    operations.start_selling([job.pk], by=user, clock=year.clock)
    year.now += HOUR
    operations.return_to_planning([job.pk], by=user, clock=year.clock)
    assert year.until(berlin(3, 21, 12)) == []

    # Started for good. One parent orders, another registers.
    operations.start_selling([job.pk], by=user, clock=year.clock)
    assert year.until(berlin(3, 22)) == [
        ("21 Mar 13:10", "selling", "ann@example.org"),
        ("21 Mar 13:10", "selling", "ben@example.org"),
    ]
    ann = job.contacts.get(customer__email="ann@example.org")
    Contact.objects.create(
        customer=ann.customer, job=job, subject=ann.subject, source=Contact.Source.ORDER
    )

    # The reminders: at ten on both sides of the night of the change, and not to who has bought.
    assert year.until(berlin(4, 2, 23)) == [
        ("25 Mar 10:10", "before_archiving 7", "ben@example.org"),
        ("29 Mar 10:10", "before_archiving 3", "ben@example.org"),
        ("31 Mar 10:10", "before_archiving 1", "ben@example.org"),
    ]
    assert Job.objects.get(pk=job.pk).status == "selling"  # its delay lets it sell to the 2nd

    # It archives itself at midnight; in the quiet hours, so that people read of it in the morning.
    archived = year.until(berlin(4, 3, 12))
    assert Job.objects.get(pk=job.pk).status == "archived"
    assert archived == [
        ("03 Apr 10:10", "archived", "ann@example.org"),
        ("03 Apr 10:10", "archived", "ben@example.org"),
    ]


def test_A11_A12_a_job_that_comes_back_writes_to_new_ones_and_after_14_days_to_nobody() -> None:
    year = Year(berlin(3, 21, 12), step=3 * HOUR)
    user = UserFactory.create()
    job = with_classic_profile(year, date(2026, 4, 2))
    operations.start_selling([job.pk], by=user, clock=year.clock)
    year.until(berlin(4, 3, 12))

    # Back within 14 days: whoever had "photos are there" is left alone, the new one is told.
    person_in(job, email="cleo@example.org")
    later = operations.Archiving(enabled=True, date=date(2026, 4, 20), delay=0)
    operations.start_selling([job.pk], by=user, clock=year.clock, archiving=later)
    assert year.until(berlin(4, 4)) == [("03 Apr 16:00", "selling", "cleo@example.org")]
    assert [
        row for row in year.until(berlin(4, 21, 12)) if row[2] != "cleo@example.org"
    ] == []  # a reminder, or "archived", is had once

    # After more than 14 days it comes back without a profile, and nobody is written to.
    closed_at = Job.objects.get(pk=job.pk).archived_at
    assert closed_at is not None
    year.now = closed_at + deadlines.LONG_ARCHIVED + timedelta(seconds=1)
    operations.start_selling(
        [job.pk],
        by=user,
        clock=year.clock,
        archiving=operations.Archiving(enabled=True, date=date(2026, 5, 20), delay=0),
    )
    person_in(job, email="dora@example.org")
    assert year.until(berlin(5, 22)) == []
    assert Campaign.objects.get(job=job).profile is None


def test_C9_whoever_unsubscribes_on_the_way_hears_no_more_of_the_job() -> None:
    year = Year(berlin(3, 21, 12), step=3 * HOUR)
    job = with_classic_profile(year, date(2026, 4, 1))
    people = [contact.customer for contact in job.contacts.order_by("pk")]
    operations.start_selling([job.pk], by=None, clock=year.clock)
    assert len(year.until(berlin(3, 22))) == 2
    Suppression.objects.create(
        studio=job.studio, address_key=people[0].email_key, why="unsubscribed", at=year.now
    )

    heard: Any = {row[2] for row in year.until(berlin(4, 3))}

    assert heard == {"ben@example.org"}
    skipped = Message.objects.filter(customer=people[0], status="skipped")
    assert set(skipped.values_list("reason", flat=True)) == {"unsubscribed"}
    assert skipped.count() == 4
