"""Every date of the product, as pure functions: no database, no clock of their own.

A date is a calendar day in a studio's time zone and includes its whole day; an instant is aware
and UTC. Ends are exclusive: open means `at < end`. Source: domain.md, "Two instants, one clock".
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

NEVER = -1  # archiving delay: the system never archives by itself
LONGEST_DELAY_DAYS = 3
COUNTDOWN_DAYS = 14
LONG_ARCHIVED = timedelta(days=14)
EARLIEST_DATE = date(2000, 1, 1)
LATEST_DATE = date(2199, 12, 31)  # leaves room for the delay below the calendar's end

_HALF_SECOND = timedelta(milliseconds=500)
_TICK = timedelta(microseconds=1)


def require_aware(instant: datetime) -> datetime:
    """The instant itself. Raises ValueError for a naive one, which could mean any zone."""
    if instant.tzinfo is None or instant.utcoffset() is None:
        raise ValueError(
            f"{instant!r} has no time zone. Pass an aware instant, such as jobstatus.clock.now()."
        )
    return instant


def zone_exists(name: str) -> bool:
    """Whether the machine's zone data knows this IANA name."""
    return name in available_timezones()


def local_date(at: datetime, zone: str) -> date:
    """The calendar day that the studio's wall calendar shows at this instant."""
    return require_aware(at).astimezone(ZoneInfo(zone)).date()


@lru_cache(maxsize=8192)
def start_of_day(day: date, zone: str) -> datetime:
    """The UTC instant from which on the zone's calendar never shows a day before `day`.

    One defined instant on every day of every zone: where midnight is skipped it is the first
    instant that exists (Cairo in spring; the whole of 30 December 2011 in Apia), where it comes
    twice the first one, unless the clock goes back into the evening before, which then belongs
    to the day before.
    """
    tz = ZoneInfo(zone)
    midnight = datetime.combine(day, time.min, tzinfo=tz)
    first = midnight.astimezone(UTC)
    second = midnight.replace(fold=1).astimezone(UTC)
    if first < second:  # The midnight comes twice.
        evening_returns = (second - _TICK).astimezone(tz).date() < day
        return second if evening_returns else first
    if first > second:  # The midnight is skipped: the jump lies between the two readings.
        return _first_instant_of(day, tz, before=second, after=first)
    return first


def _first_instant_of(day: date, tz: ZoneInfo, *, before: datetime, after: datetime) -> datetime:
    """Bisect for the jump to a whole second, the finest that zone data knows."""
    if before.astimezone(tz).date() >= day:
        return before
    while after - before > _HALF_SECOND:
        middle = before + (after - before) / 2
        if middle.astimezone(tz).date() >= day:
            after = middle
        else:
            before = middle
    return (after + _HALF_SECOND).replace(microsecond=0)


def end_of_day(day: date, zone: str) -> datetime:
    """The UTC instant at which a deadline that includes this whole day has passed."""
    return start_of_day(day + timedelta(days=1), zone)


def closes_at(
    *, archiving_enabled: bool, archive_date: date | None, archive_delay: int, zone: str
) -> datetime | None:
    """The archiving deadline: local midnight that ends day `archive_date + delay`.

    None when archiving is unticked or the delay is NEVER: then nothing closes by itself (A4).
    """
    if not archiving_enabled or archive_date is None or archive_delay == NEVER:
        return None
    return end_of_day(archive_date + timedelta(days=archive_delay), zone)


def days_left(*, archive_date: date, zone: str, at: datetime) -> int | None:
    """Days the countdown shows: 14 … 1, 0 on the last day; None when it shows nothing (A6)."""
    days = (archive_date - local_date(at, zone)).days
    return days if 0 <= days <= COUNTDOWN_DAYS else None


def archived_too_long(archived_at: datetime | None, at: datetime) -> bool:
    """Whether the archived period is longer than 14 days, strictly (A11)."""
    return archived_at is not None and require_aware(at) - archived_at > LONG_ARCHIVED
