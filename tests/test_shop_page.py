"""What a customer's page shows of a job at every moment, as values."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from jobstatus import deadlines
from jobstatus.lifecycle import Status
from jobstatus.models import Job
from shop.pages import State, job_page
from tests.factories import NOON, StudioFactory, job_in

pytestmark = pytest.mark.django_db

LAST_DAY = date(2026, 5, 3)
CLOSING = datetime(2026, 5, 4, 22, tzinfo=UTC)  # one day of delay, midnight in Berlin
EARLY = datetime(2026, 3, 1, 12, tzinfo=UTC)
TICK = timedelta(microseconds=1)


def selling(**values: Any) -> Job:
    dates = {"archiving_enabled": True, "archive_date": LAST_DAY, "archive_delay": 1}
    return job_in(Status.SELLING, now=EARLY, **(dates | values))


def prepay(**values: Any) -> Job:
    return job_in(Status.PREPAY, now=EARLY, **values)


# Which state


def test_L2_a_job_in_planning_reads_not_available_yet_and_nothing_more() -> None:
    job = job_in(Status.PLANNING, archiving_enabled=True, archive_date=LAST_DAY)

    page = job_page(job, at=NOON)

    assert page.state is State.NOT_YET
    assert (page.last_day, page.since, page.days_left, page.changes_in_seconds) == (
        "",
        "",
        None,
        None,
    )


def test_L2_a_job_taken_back_to_planning_does_not_say_that_it_was_archived() -> None:
    job = job_in(Status.ARCHIVED)
    job.return_to_planning(at=NOON)

    page = job_page(job, at=NOON)

    assert (page.state, page.since) == (State.NOT_YET, "")


@pytest.mark.parametrize(
    ("at", "state"),
    [
        (EARLY, State.OPEN),
        (CLOSING - TICK, State.OPEN),
        (CLOSING, State.ARCHIVED),
        (CLOSING + TICK, State.ARCHIVED),
        (CLOSING + timedelta(days=400), State.ARCHIVED),
    ],
)
def test_L4_the_page_closes_at_the_deadline_to_the_microsecond_without_a_sweep(
    at: datetime, state: State
) -> None:
    job = selling()

    page = job_page(job, at=at)

    assert page.state is state
    assert (page.state is State.OPEN) == job.is_orderable(at)


def test_L4_without_automatic_archiving_the_page_stays_open_and_names_no_day() -> None:
    job = selling(archiving_enabled=False)

    page = job_page(job, at=CLOSING + timedelta(days=4000))

    assert (page.state, page.last_day, page.days_left) == (State.OPEN, "", None)
    assert page.changes_in_seconds is None


def test_L6_an_overdue_job_is_archived_since_its_deadline() -> None:
    job = selling()

    page = job_page(job, at=CLOSING + timedelta(days=3))

    assert page.since == "Tuesday, 5 May 2026"


def test_L6_a_job_archived_by_hand_is_archived_since_that_day_in_the_studios_zone() -> None:
    late_evening = datetime(2026, 5, 1, 22, 30, tzinfo=UTC)  # already Saturday in Berlin
    job = job_in(Status.ARCHIVED, now=late_evening)

    page = job_page(job, at=NOON)

    assert (page.state, page.since) == (State.ARCHIVED, "Saturday, 2 May 2026")


def test_L9_prepay_is_open_until_the_end_of_its_last_local_day() -> None:
    job = prepay(prepay_deadline_date=LAST_DAY)
    end = datetime(2026, 5, 3, 22, tzinfo=UTC)

    before, after = job_page(job, at=end - TICK), job_page(job, at=end)

    assert (before.state, before.last_day) == (State.PREPAY, "Sunday, 3 May 2026")
    assert (after.state, after.last_day) == (State.PREPAY_CLOSED, "Sunday, 3 May 2026")
    assert (before.days_left, before.changes_in_seconds) == (0, 1)
    assert after.changes_in_seconds is None


def test_L9_prepay_that_lost_its_deadline_is_open_and_names_no_day() -> None:
    job = prepay()
    job.prepay_deadline_date = None

    page = job_page(job, at=NOON)

    assert (page.state, page.last_day, page.changes_in_seconds) == (State.PREPAY, "", None)


# The countdown


@pytest.mark.parametrize("delay", [deadlines.NEVER, 3])
@pytest.mark.parametrize("days", range(16, -3, -1))
def test_A6_the_countdown_runs_from_fourteen_days_to_the_last_day(days: int, delay: int) -> None:
    job = selling(archive_delay=delay)
    noon = datetime(2026, 5, 3, 10, tzinfo=UTC) - timedelta(days=days)

    page = job_page(job, at=noon)

    assert page.state is State.OPEN
    assert page.days_left == (days if 0 <= days <= 14 else None)
    assert page.last_day == ("Sunday, 3 May 2026" if days >= 0 else "")
    assert sum(page.fortnight) == (days if 0 <= days <= 14 else 0)


@pytest.mark.parametrize(
    ("zone", "midnight"),
    [
        ("Europe/Berlin", datetime(2026, 5, 1, 22, tzinfo=UTC)),
        ("America/Los_Angeles", datetime(2026, 5, 2, 7, tzinfo=UTC)),
        ("Pacific/Kiritimati", datetime(2026, 5, 1, 10, tzinfo=UTC)),
    ],
)
def test_A6_days_change_at_the_studios_midnight_wherever_the_visitor_is(
    zone: str, midnight: datetime
) -> None:
    job = selling(studio=StudioFactory.create(timezone=zone))

    before, after = job_page(job, at=midnight - TICK), job_page(job, at=midnight)

    assert (before.days_left, after.days_left) == (2, 1)


# Until when the page is true


@pytest.mark.parametrize(
    ("at", "seconds"),
    [
        (CLOSING - timedelta(hours=1), 3600),
        (CLOSING - timedelta(seconds=1.2), 2),  # rounded up: never back before the closing
        (CLOSING - TICK, 1),
        (CLOSING - timedelta(days=2), 24 * 3600),  # the countdown goes on at midnight
    ],
)
def test_A6_the_page_says_in_how_many_seconds_it_reads_differently(
    at: datetime, seconds: int
) -> None:
    job = selling()

    page = job_page(job, at=at)

    assert page.changes_in_seconds == seconds


def test_A4_with_never_the_page_stops_changing_after_the_archiving_date() -> None:
    job = selling(archive_delay=deadlines.NEVER)

    on_the_day = job_page(job, at=datetime(2026, 5, 3, 21, tzinfo=UTC))
    after = job_page(job, at=datetime(2026, 5, 3, 22, tzinfo=UTC))

    assert (on_the_day.changes_in_seconds, after.changes_in_seconds) == (3600, None)
    assert after.state is State.OPEN
