"""When a message is due: local days and times of a studio's zone as UTC instants. Pure."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from jobstatus import deadlines


@dataclass(frozen=True)
class Quiet:
    """The hours of a local day in which nobody is written to; none if both are the same (C7)."""

    start: time
    end: time

    def covers(self, wall: time) -> bool:
        if self.start <= self.end:
            return self.start <= wall < self.end
        return wall >= self.start or wall < self.end


def stored(value: datetime | str) -> datetime:
    """What a statement by hand answers: SQLite has text where a column has no declared type."""
    if isinstance(value, datetime):
        return value
    return datetime.fromisoformat(value).replace(tzinfo=UTC)


def instant(day: date, wall: time, zone: str) -> datetime:
    """What the studio's clock shows as this day and time: the first time if it comes twice, and
    as much later as the clock jumps if it never comes."""
    return datetime.combine(day, wall, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def next_time(at: datetime, wall: time, zone: str) -> datetime:
    """The first instant from `at` on at which the studio's clock shows this time."""
    day = deadlines.local_date(at, zone)
    today = instant(day, wall, zone)
    return today if today >= at else instant(day + timedelta(days=1), wall, zone)


def days_before(day: date, days: int, wall: time, zone: str) -> datetime:
    return instant(day - timedelta(days=days), wall, zone)


def days_after(at: datetime, days: int, wall: time | None, zone: str) -> datetime:
    """So many local days after an instant; without days and time the instant itself."""
    if wall is None:
        return at
    if not days:
        return next_time(at, wall, zone)
    return instant(deadlines.local_date(at, zone) + timedelta(days=days), wall, zone)


def after_quiet(at: datetime, quiet: Quiet, zone: str) -> datetime:
    """The instant itself, or the end of the quiet hours that it falls into."""
    local = at.astimezone(ZoneInfo(zone))
    wall = local.time()
    if not quiet.covers(wall):
        return at
    is_evening = quiet.start > quiet.end and wall >= quiet.start
    day = local.date() + timedelta(days=1) if is_evening else local.date()
    end = instant(day, quiet.end, zone)
    if end <= at:  # The hour of the end comes twice, and this is its second time.
        end = datetime.combine(day, quiet.end, tzinfo=ZoneInfo(zone)).replace(fold=1)
    return end.astimezone(UTC)
