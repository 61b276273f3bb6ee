"""Every date of the product: hard nights by hand, then every zone there is."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobstatus import deadlines
from tests.conftest import TORTURE

ZONES = sorted(available_timezones())
TICK = timedelta(microseconds=1)
LAST_SCANNED_YEAR = 2100 if TORTURE else 2030


@pytest.mark.parametrize(
    ("zone", "day", "end"),
    [
        ("Europe/Berlin", "2026-01-15", "2026-01-15T23:00:00"),
        ("Europe/Berlin", "2026-03-28", "2026-03-28T23:00:00"),
        ("Europe/Berlin", "2026-03-29", "2026-03-29T22:00:00"),  # 23 hours long
        ("Europe/Berlin", "2026-10-24", "2026-10-24T22:00:00"),
        ("Europe/Berlin", "2026-10-25", "2026-10-25T23:00:00"),  # 25 hours long
        ("Europe/Berlin", "2026-12-31", "2026-12-31T23:00:00"),
        ("Europe/Berlin", "2028-02-29", "2028-02-29T23:00:00"),
        # The midnight that would end the day is skipped: the first instant that exists.
        ("Africa/Cairo", "2026-04-23", "2026-04-23T22:00:00"),
        ("Asia/Beirut", "2026-03-28", "2026-03-28T22:00:00"),
        ("America/Sao_Paulo", "2018-11-03", "2018-11-04T03:00:00"),
        ("America/Havana", "2026-03-07", "2026-03-08T05:00:00"),
        ("America/Santiago", "2026-09-05", "2026-09-06T04:00:00"),
        # Half past eleven became half past midnight: the skipped hour lies on both sides.
        ("America/Toronto", "1919-03-30", "1919-03-31T04:30:00"),
        # The last hour of the day comes twice: the deadline is the end of the second one.
        ("Africa/Cairo", "2026-10-29", "2026-10-29T22:00:00"),
        ("Asia/Beirut", "2026-10-24", "2026-10-24T22:00:00"),
        ("America/Sao_Paulo", "2018-02-17", "2018-02-18T03:00:00"),
        ("America/Santiago", "2026-04-04", "2026-04-05T04:00:00"),
        # The hour after midnight comes twice, within the next day: the first midnight.
        ("America/Havana", "2026-10-31", "2026-11-01T04:00:00"),
        # A day that never was ends where it would have begun, and so does the one before it.
        ("Pacific/Apia", "2011-12-29", "2011-12-30T10:00:00"),
        ("Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00"),
        ("Pacific/Apia", "2011-12-31", "2011-12-31T10:00:00"),
        ("Pacific/Kwajalein", "1993-08-20", "1993-08-21T12:00:00"),
        ("Pacific/Kwajalein", "1993-08-21", "1993-08-21T12:00:00"),
        # A day that came nearly twice ends with its second end.
        ("Pacific/Kwajalein", "1969-09-30", "1969-10-01T12:00:00"),
        # Odd steps and odd offsets.
        ("Australia/Lord_Howe", "2026-04-05", "2026-04-05T13:30:00"),
        ("Australia/Lord_Howe", "2026-10-04", "2026-10-04T13:00:00"),
        ("Antarctica/Troll", "2026-03-28", "2026-03-29T00:00:00"),
        ("Antarctica/Troll", "2026-03-29", "2026-03-29T22:00:00"),
        ("Asia/Kathmandu", "2026-12-31", "2026-12-31T18:15:00"),
        ("Pacific/Kiritimati", "2026-12-31", "2026-12-31T10:00:00"),
        ("Etc/GMT+12", "2026-12-31", "2027-01-01T12:00:00"),
        ("UTC", "2026-12-31", "2027-01-01T00:00:00"),
        # Offsets with seconds, from before the standard times.
        ("Africa/Monrovia", "1971-06-01", "1971-06-02T00:44:30"),
        ("Asia/Kolkata", "1850-01-01", "1850-01-01T18:06:32"),
        ("Europe/Berlin", "2200-01-03", "2200-01-03T23:00:00"),  # LATEST_DATE and 3 days
    ],
)
def test_a_day_ends_at_this_instant(zone, day, end):
    ended = deadlines.end_of_day(date.fromisoformat(day), zone)

    assert ended == datetime.fromisoformat(end).replace(tzinfo=UTC)
    assert ended.tzinfo is UTC


def assert_day_begins_at_its_start(day, zone):
    """By looking at the wall calendar on both sides, not by computing the start again."""
    start = deadlines.start_of_day(day, zone)
    calendar = ZoneInfo(zone)
    quarters = [timedelta(minutes=15 * n) for n in range(14)]
    hours = [timedelta(hours=n) for n in range(4, 27, 2)]

    assert start.tzinfo is UTC, (zone, day)
    assert (start - TICK).astimezone(calendar).date() < day, (zone, day)
    # Later instants too: where the clock goes back, the day before could return.
    shown = {(start + step).astimezone(calendar).date() for step in (*quarters, *hours)}
    assert min(shown) >= day, (zone, day)
    assert deadlines.start_of_day(day + timedelta(days=1), zone) >= start, (zone, day)


def days_with_a_change_of_the_clock(zone):
    """Every day from 2000 on on which the zone's offset changes, found week by week."""
    calendar = ZoneInfo(zone)
    at = datetime(2000, 1, 1, tzinfo=UTC)
    offset = at.astimezone(calendar).utcoffset()
    while at.year < LAST_SCANNED_YEAR:
        at += timedelta(days=7)
        if (now := at.astimezone(calendar).utcoffset()) != offset:
            yield from ((at - timedelta(days=n)).date() for n in range(9))
            offset = now


@pytest.mark.parametrize("part", range(8))
def test_every_zone_on_every_day_near_a_change_of_its_clock(part):
    checked = 0

    for zone in ZONES[part::8]:
        for day in days_with_a_change_of_the_clock(zone):
            assert_day_begins_at_its_start(day, zone)
            checked += 1

    assert checked > 1_000


@settings(max_examples=20_000 if TORTURE else 1_500)
@given(
    zone=st.sampled_from(ZONES),
    day=st.dates(date(1900, 1, 2), deadlines.LATEST_DATE + timedelta(days=3)),
)
def test_every_zone_on_any_day(zone, day):
    assert_day_begins_at_its_start(day, zone)


@given(
    zone=st.sampled_from(ZONES),
    day=st.dates(deadlines.EARLIEST_DATE, deadlines.LATEST_DATE),
    delay=st.integers(0, deadlines.LONGEST_DELAY_DAYS),
)
def test_a_deadline_is_the_end_of_the_date_and_its_delay(zone, day, delay):
    closes_at = deadlines.closes_at(
        archiving_enabled=True, archive_date=day, archive_delay=delay, zone=zone
    )

    assert closes_at == deadlines.end_of_day(day + timedelta(days=delay), zone)


@pytest.mark.parametrize(
    "settings_of_a_job",
    [
        {"archiving_enabled": False, "archive_date": date(2026, 5, 4), "archive_delay": 1},
        {"archiving_enabled": False, "archive_date": None, "archive_delay": 1},
        {"archiving_enabled": True, "archive_date": None, "archive_delay": 1},
        {
            "archiving_enabled": True,
            "archive_date": date(2026, 5, 4),
            "archive_delay": deadlines.NEVER,
        },
    ],
)
def test_A4_no_deadline_without_the_tick_or_a_date_or_with_never(settings_of_a_job):
    assert deadlines.closes_at(**settings_of_a_job, zone="Europe/Berlin") is None


@pytest.mark.parametrize(
    ("at", "shown"),
    [
        ("2026-05-05T23:59:59+02:00", None),  # 15 days before
        ("2026-05-06T00:00:00+02:00", 14),
        ("2026-05-19T00:00:00+02:00", 1),
        ("2026-05-19T23:59:59+02:00", 1),
        ("2026-05-20T00:00:00+02:00", 0),  # the last day
        ("2026-05-20T23:59:59+02:00", 0),
        ("2026-05-21T00:00:00+02:00", None),
    ],
)
def test_A6_countdown_from_14_days_before_to_the_last_day(at, shown):
    days = deadlines.days_left(
        archive_date=date(2026, 5, 20), zone="Europe/Berlin", at=datetime.fromisoformat(at)
    )

    assert days == shown


def test_the_calendar_day_is_that_of_the_zone():
    at = datetime(2026, 5, 4, 23, 30, tzinfo=UTC)

    assert deadlines.local_date(at, "Europe/Berlin") == date(2026, 5, 5)
    assert deadlines.local_date(at, "America/New_York") == date(2026, 5, 4)


def test_a_naive_instant_is_refused_with_what_to_do():
    naive = datetime(2026, 5, 4, 12)  # noqa: DTZ001 - this is the bad input

    with pytest.raises(ValueError, match=r"has no time zone. Pass an aware instant"):
        deadlines.local_date(naive, "Europe/Berlin")


@pytest.mark.parametrize("name", ["Europe/Atlantis", "", "../../etc/passwd", "europe/berlin"])
def test_a_zone_that_does_not_exist_is_known_as_such(name):
    assert deadlines.zone_exists("Europe/Berlin")
    assert not deadlines.zone_exists(name)
