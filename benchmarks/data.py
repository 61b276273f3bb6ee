"""A database like that of a busy installation, written by SQL, and its way back after each run."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.core.management.color import no_style
from django.db import connection

from jobstatus import clock, deadlines
from jobstatus.clock import Clock
from jobstatus.models import Job, Studio
from shop.models import Basket, BasketLine

BIG_STUDIO = 1  # owns every tenth job
OTHER_STUDIOS = 997
DAYS = 28
LONG_AGO = datetime(2018, 1, 1, tzinfo=UTC)
NOTHING_DUE = datetime(2019, 1, 1, tzinfo=UTC)
FIRST_DUE = 2020
FAR_AWAY = 2150
TABLED = [Studio, Job, Basket, BasketLine]  # whose keys are given here
TABLES = ("jobstatus_job", "jobstatus_jobevent", "shop_basketline", "shop_linepicture")

# Each job's place `k` in a scattered order decides its phase: jobs of a phase share no page. The
# first phases fall due one after the other, so that the clock alone chooses how many are due.
JOBS = """
INSERT INTO jobstatus_job (id, studio_id, name, kind, status, archiving_enabled, archive_date,
    archive_delay, closes_at, archived_at, version, created_at)
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {jobs}),
placed AS (SELECT i, (i * CAST(7919 AS BIGINT)) % {jobs} AS k FROM n),
phased AS (SELECT i, k, CASE {phases} END AS phase FROM placed)
SELECT i, CASE WHEN i % 10 = 0 THEN {big} ELSE 2 + i % {others} END, 'Class picture ' || i,
    kind, status, archiving_enabled, archive_date, 0, closes_at, archived_at, 0, {created}
FROM phased JOIN bench_phase p ON p.phase = phased.phase AND p.day = k % {days}
"""
PHASES = """
CREATE TEMPORARY TABLE bench_phase (phase integer, day integer, kind varchar(10),
    status varchar(10), archiving_enabled boolean, archive_date date, closes_at {instant},
    archived_at {instant}, PRIMARY KEY (phase, day))
"""
EVENTS = """
INSERT INTO jobstatus_jobevent (job_id, move, from_status, to_status, at, reason)
SELECT id, 'archive', 'selling', 'archived', archived_at, '' FROM jobstatus_job
WHERE status = 'archived'
"""
# One job in ten of the selling ones has a line with two pictures in a basket, and so have some
# archived jobs, whose lines were set aside long ago.
LINES = """
INSERT INTO shop_basketline
    (id, basket_id, title, price_cents, currency, quantity, set_aside_at)
SELECT id, id % 1000 + 1, 'Print', 950, 'EUR', 1, archived_at FROM jobstatus_job
WHERE status IN ('selling', 'archived') AND (id * CAST(7919 AS BIGINT)) % {jobs} % 10 = 0
"""
PICTURES = """
INSERT INTO shop_linepicture (line_id, job_id)
SELECT id, id FROM shop_basketline UNION ALL SELECT id, id FROM shop_basketline
"""


def fill(*, jobs: int, due: list[int]) -> None:
    """Rows for `jobs` jobs: 70 % archived long ago, and due[0] < due[1] < … due one by one."""
    Studio.objects.bulk_create(
        Studio(pk=number, name=f"Studio {number}", slug=f"studio-{number}", timezone="UTC")
        for number in range(1, OTHER_STUDIOS + 2)
    )
    bounds = [*due, int(jobs * 0.22), int(jobs * 0.25), int(jobs * 0.28), int(jobs * 0.3), jobs]
    cases = " ".join(f"WHEN k < {bound} THEN {phase}" for phase, bound in enumerate(bounds))
    with connection.cursor() as cursor:
        instant = "timestamptz" if connection.vendor == "postgresql" else "datetime"
        cursor.execute(PHASES.format(instant=instant))
        cursor.executemany(
            "INSERT INTO bench_phase VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
            [_stored(row) for row in _phases(len(due))],
        )
        places = {"jobs": jobs, "big": BIG_STUDIO, "others": OTHER_STUDIOS, "days": DAYS}
        cursor.execute(JOBS.format(phases=cases, created="'2018-01-01 00:00:00'", **places))
        cursor.execute(EVENTS)
        cursor.execute(
            "INSERT INTO shop_basket (id, studio_id, created_at) WITH RECURSIVE n(i) AS"
            " (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)"
            " SELECT i, 1, '2018-01-01 00:00:00' FROM n"
        )
        cursor.execute(LINES.format(jobs=jobs))
        cursor.execute(PICTURES)
        for statement in connection.ops.sequence_reset_sql(no_style(), TABLED):
            cursor.execute(statement)
    tidy()


def _phases(tiers: int) -> Iterator[tuple[Any, ...]]:
    """Kind, status, dates of each phase, for each of its days."""
    for day in range(DAYS):
        for tier in range(tiers):
            yield tier, day, "standard", "selling", True, *_dates(FIRST_DUE + tier, day), None
        yield tiers, day, "standard", "selling", True, *_dates(FAR_AWAY, day), None
        yield tiers + 1, day, "standard", "selling", False, None, None, None
        yield tiers + 2, day, "standard", "planning", True, *_dates(FAR_AWAY, day), None
        yield tiers + 3, day, "prepay", "prepay", False, None, None, None
        archived_at = LONG_AGO + timedelta(days=day)
        yield tiers + 4, day, "standard", "archived", True, *_dates(2017, day), archived_at


def _dates(year: int, day: int) -> tuple[date, datetime | None]:
    day_of_year = date(year, 1, 1) + timedelta(days=day)
    return day_of_year, deadlines.closes_at(
        archiving_enabled=True, archive_date=day_of_year, archive_delay=0, zone="UTC"
    )


def _stored(row: tuple[Any, ...]) -> list[Any]:
    *values, archive_date, closes_at, archived_at = row
    ops = connection.ops
    return [
        *values,
        ops.adapt_datefield_value(archive_date),
        ops.adapt_datetimefield_value(closes_at),
        ops.adapt_datetimefield_value(archived_at),
    ]


def clock_at(instant: datetime) -> Clock:
    """The product's clock, with all it costs, set to this instant."""
    shift = instant - clock.now()
    return lambda: clock.now() + shift


def when_due(tier: int) -> datetime:
    """An instant at which exactly the jobs of the tiers up to this one are due."""
    return datetime(FIRST_DUE + tier, 6, 1, tzinfo=UTC)


def moved() -> tuple[int, int, int]:
    """Jobs archived, events written and basket lines set aside since the data was filled."""
    since = connection.ops.adapt_datetimefield_value(NOTHING_DUE)
    return (
        _count("jobstatus_job WHERE status = 'archived' AND archived_at > %s", since),
        _count("jobstatus_jobevent WHERE at > %s", since),
        _count("shop_basketline WHERE set_aside_at > %s", since),
    )


def _count(rows: str, since: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {rows}", [since])
        number: int = cursor.fetchone()[0]
    return number


def restore() -> None:
    """Everything as it was filled; the disk's work of doing so is over before it returns."""
    since = connection.ops.adapt_datetimefield_value(NOTHING_DUE)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("CHECKPOINT")
        cursor.execute(
            "UPDATE jobstatus_job SET status = 'selling', archived_at = NULL, version = 0"
            " WHERE status = 'archived' AND archived_at > %s",
            [since],
        )
        cursor.execute("DELETE FROM jobstatus_jobevent WHERE at > %s", [since])
        cursor.execute(
            "UPDATE shop_basketline SET set_aside_at = NULL WHERE set_aside_at > %s", [since]
        )
    tidy()


def tidy() -> None:
    """Dead rows away, statistics fresh: autovacuum would do it at a time of its own."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"VACUUM (ANALYZE) {', '.join(TABLES)}")
        else:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            cursor.execute("ANALYZE")
