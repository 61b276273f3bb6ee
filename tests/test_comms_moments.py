"""C7, C2: quiet hours and send times, in all zones and over every change of clocks."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comms.ledger import moments
from comms.ledger.moments import Quiet
from tests.conftest import TORTURE

BERLIN = "Europe/Berlin"
NIGHT = Quiet(time(21), time(9))
EXAMPLES = 20_000 if TORTURE else 300

zones = st.sampled_from(sorted(available_timezones()))
BEGIN = datetime(2020, 1, 1, tzinfo=UTC)
MINUTES = 20 * 365 * 24 * 60
instants = st.integers(0, MINUTES).map(lambda minutes: BEGIN + timedelta(minutes=minutes))
walls = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30]))
quiets = st.builds(Quiet, walls, walls)


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ((5, 4, 18, 59), (5, 4, 18, 59)),  # 20:59 in Berlin
        ((5, 4, 19, 0), (5, 5, 7, 0)),
        ((5, 4, 23, 30), (5, 5, 7, 0)),  # half past one at night
        ((5, 5, 6, 59), (5, 5, 7, 0)),
        ((5, 5, 7, 0), (5, 5, 7, 0)),
        ((3, 28, 23, 0), (3, 29, 7, 0)),  # the night that is an hour shorter
        ((10, 24, 22, 0), (10, 25, 8, 0)),  # and the one that is longer
    ],
)
def test_C7_nobody_is_written_to_between_nine_and_nine(
    at: tuple[int, ...], expected: tuple[int, ...]
) -> None:
    begin, end = (datetime(2026, *moment, tzinfo=UTC) for moment in (at, expected))

    assert moments.after_quiet(begin, NIGHT, BERLIN) == end


@settings(max_examples=EXAMPLES, deadline=None)
@given(at=instants, quiet=quiets, zone=zones)
def test_C7_the_end_of_the_quiet_hours_is_never_before_and_never_quiet(
    at: datetime, quiet: Quiet, zone: str
) -> None:
    local = at.astimezone(ZoneInfo(zone)).time()

    end = moments.after_quiet(at, quiet, zone)

    assert at <= end <= at + timedelta(hours=27)  # A day, and the longest jump of a clock.
    assert (end == at) is not quiet.covers(local)
    assert moments.after_quiet(end, quiet, zone) == end or quiet.start == quiet.end


@settings(max_examples=EXAMPLES, deadline=None)
@given(at=instants, wall=walls, zone=zones)
def test_C2_the_next_time_of_the_day_comes_within_a_day(
    at: datetime, wall: time, zone: str
) -> None:
    found = moments.next_time(at, wall, zone)

    assert at <= found <= at + timedelta(hours=49)  # Apia and Kwajalein left out a whole day.


@settings(max_examples=EXAMPLES, deadline=None)
@given(
    day=st.dates(date(2020, 1, 1), date(2040, 1, 1)),
    days=st.integers(0, 60),
    wall=walls,
    zone=zones,
)
def test_C2_days_before_a_date_are_calendar_days(
    day: date, days: int, wall: time, zone: str
) -> None:
    found = moments.days_before(day, days, wall, zone)

    local = found.astimezone(ZoneInfo(zone))
    wanted = datetime.combine(day - timedelta(days=days), wall)
    # What the clock shows is what was asked for, or later by as much as it jumps.
    assert timedelta(0) <= local.replace(tzinfo=None) - wanted <= timedelta(hours=24)


def test_C7_an_end_that_comes_twice_is_the_second_one_for_who_is_between_them() -> None:
    quiet = Quiet(time(23), time(2, 30))
    second_time_of_half_past_two = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)

    assert [
        moments.after_quiet(datetime(2026, 10, 25, 0, minute, tzinfo=UTC), quiet, BERLIN)
        for minute in (29, 31)
    ] == [datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 0, 31, tzinfo=UTC)]
    assert (
        moments.after_quiet(datetime(2026, 10, 25, 1, 10, tzinfo=UTC), quiet, BERLIN)
        == second_time_of_half_past_two
    )
