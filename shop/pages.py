"""What a customer's page shows, as plain values made from a job and an instant. No database."""

import math
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from django.utils.formats import date_format
from django.utils.translation import pgettext

from jobstatus import deadlines, wording
from jobstatus.lifecycle import Status
from jobstatus.models import Job


class State(StrEnum):
    """What customers may know of a job's status."""

    NOT_YET = "not-yet"
    OPEN = "open"
    PREPAY = "prepay"
    PREPAY_CLOSED = "prepay-closed"
    ARCHIVED = "archived"


@dataclass(frozen=True)
class JobPage:
    """Days are written out in the visitor's language, in the studio's zone; empty means untold."""

    state: State
    job: str
    studio: str
    zone: str
    as_of: str
    last_day: str = ""
    since: str = ""
    days_left: int | None = None  # 14 … 0; None outside the countdown (A6)
    changes_in_seconds: int | None = None  # until the page would read differently

    @property
    def fortnight(self) -> list[bool]:
        """One mark for each day of the countdown: whether it is still to come."""
        return [n < (self.days_left or 0) for n in range(deadlines.COUNTDOWN_DAYS)]


def job_page(job: Job, *, at: datetime) -> JobPage:
    """The page at this instant. Asks the job's own rules only, so that it agrees with the rest."""
    zone = job.studio.timezone
    state = state_of(job, at)
    last_date = _last_date(job, state, at)
    since = job.closed_since(at)
    return JobPage(
        state=state,
        job=job.name,
        studio=job.studio.name,
        zone=zone.replace("_", " "),
        as_of=wording.moment(at, zone),
        last_day=_written(last_date) if last_date else "",
        since=_written(deadlines.local_date(since, zone)) if since else "",
        days_left=_days_left(last_date, state, zone, at),
        changes_in_seconds=_changes_in_seconds(job, state, last_date, at),
    )


def state_of(job: Job, at: datetime) -> State:
    """What customers may know of the job at this instant."""
    if job.is_orderable(at):
        return State.OPEN
    if job.is_prepay_orderable(at):
        return State.PREPAY
    if job.closed_since(at) is not None:
        return State.ARCHIVED
    return State.PREPAY_CLOSED if job.status == Status.PREPAY else State.NOT_YET


def _last_date(job: Job, state: State, at: datetime) -> date | None:
    """The last day to order, as customers are told; None when no day is told.

    After the archiving date nothing is told: the delay is silent, and NEVER has no end.
    """
    if state in (State.PREPAY, State.PREPAY_CLOSED):
        return job.prepay_deadline_date
    if state is not State.OPEN or not job.archiving_enabled or job.archive_date is None:
        return None
    is_over = job.archive_date < deadlines.local_date(at, job.studio.timezone)
    return None if is_over else job.archive_date


def _days_left(last_date: date | None, state: State, zone: str, at: datetime) -> int | None:
    if last_date is None or state not in (State.OPEN, State.PREPAY):
        return None
    return deadlines.days_left(archive_date=last_date, zone=zone, at=at)


def _changes_in_seconds(job: Job, state: State, last_date: date | None, at: datetime) -> int | None:
    """Seconds until the next local midnight of a page with a date, or its closing if earlier.

    Rounded up: a browser that comes back after so many seconds never meets the old page.
    """
    if state not in (State.OPEN, State.PREPAY):
        return None
    end = job.closes_at if state is State.OPEN else job.prepay_closes_at()
    if end is None and last_date is None:
        return None
    midnight = deadlines.end_of_day(
        deadlines.local_date(at, job.studio.timezone), job.studio.timezone
    )
    change = midnight if end is None else min(midnight, end)
    return max(1, math.ceil((change - at) / timedelta(seconds=1)))


def _written(day: date) -> str:
    return date_format(day, pgettext("date with weekday", "l, j F Y"))
