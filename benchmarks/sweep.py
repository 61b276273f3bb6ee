"""The sweep against the obvious loop and against hand-written SQL."""

from collections.abc import Callable
from datetime import datetime
from statistics import median
from time import perf_counter

from django.db import connection, transaction

from benchmarks import data
from benchmarks.report import Figure
from jobstatus import operations
from jobstatus.lifecycle import Status
from jobstatus.models import Job, JobEvent
from shop.models import BasketLine

EVENTS = """
INSERT INTO jobstatus_jobevent (job_id, move, from_status, to_status, at, reason, archived_since)
SELECT id, 'archive', 'selling', 'archived', %(at)s, 'The archiving deadline has passed.', NULL
"""
JOBS = """
UPDATE jobstatus_job SET status = 'archived', archived_at = %(at)s, version = version + 1
WHERE status = 'selling' AND closes_at <= %(at)s
"""
LINES = """
UPDATE shop_basketline SET set_aside_at = %(at)s WHERE set_aside_at IS NULL AND id IN
    (SELECT line_id FROM shop_linepicture WHERE job_id IN (SELECT id FROM {moved}))
"""
ONE_STATEMENT = (
    f"WITH moved AS ({JOBS} RETURNING id), lines AS ({LINES.format(moved='moved')})"
    f" {EVENTS} FROM moved"
)


def against_others(*, tier: int, due: int, sample: int, rounds: int) -> list[Figure]:
    """Jobs per second of the three ways, alternating; the ratios are medians over the rounds."""
    at = data.when_due(tier)
    speeds: dict[str, list[float]] = {"loop": [], "sweep": [], "sql": []}
    for _round in range(rounds + 1):
        for name, number, way in (
            ("loop", sample, lambda: _obvious_loop(at, sample)),
            ("sweep", due, lambda: sweep(at)),
            ("sql", due, lambda: _hand_written(at)),
        ):
            speeds[name].append(number / timed(way, expect=number))
    # SQLite needs no round trip and no wait for the disk: its loop is fast, and there is no target.
    target = True if connection.vendor == "postgresql" else None
    loop, ours, sql = (values[1:] for values in speeds.values())  # The first round warms up.
    return [
        Figure("obvious loop", median(loop), "jobs/s"),
        Figure(f"sweep, {due:,} due", median(ours), "jobs/s"),
        Figure("hand-written SQL", median(sql), "jobs/s"),
        Figure("sweep : obvious loop", _ratio(ours, loop), "", at_least=target and 35),
        Figure("sweep : hand-written SQL", _ratio(ours, sql), "", at_least=target and 0.35),
    ]


def flatness(*, due: list[int], rounds: int) -> list[Figure]:
    """Cost per job for each number of due jobs, alternating."""
    costs: list[list[float]] = [[] for _ in due]
    for _round in range(rounds):
        for tier, number in enumerate(due):
            seconds = timed(lambda tier=tier: sweep(data.when_due(tier)), expect=number)
            costs[tier].append(seconds / number * 1e6)
    medians = [median(values) for values in costs]
    return [
        *(
            Figure(f"sweep, {number:,} due", cost, "µs/job")
            for number, cost in zip(due, medians, strict=True)
        ),
        Figure("dearest : cheapest cost per job", max(medians) / min(medians), "", at_most=1.25),
    ]


def timed(way: Callable[[], None], *, expect: int) -> float:
    """Seconds of one run. Raises AssertionError when it did not do exactly its work."""
    start = perf_counter()
    way()
    seconds = perf_counter() - start
    jobs, events, lines = data.moved()
    assert jobs == events == expect, f"{jobs} jobs, {events} events instead of {expect}"
    assert 0.08 * expect <= lines <= 0.12 * expect, f"{lines} lines of {expect} jobs"
    data.restore()
    return seconds


def sweep(at: datetime) -> None:
    operations.archive_due(clock=data.clock_at(at))


def _obvious_loop(at: datetime, sample: int) -> None:
    for job in Job.objects.due(at).select_related("studio")[:sample]:
        with transaction.atomic():
            job.archive(at=at)
            job.save()
            JobEvent.objects.create(
                job=job,
                move="archive",
                from_status=Status.SELLING,
                to_status=Status.ARCHIVED,
                at=at,
                reason=operations.DEADLINE_PASSED,
            )
            lines = BasketLine.objects.pending().with_pictures_of([job.pk])
            lines.update(set_aside_at=at)


def _hand_written(at: datetime) -> None:
    """One statement where the database allows writing in a CTE, else three in a transaction."""
    values = {"at": connection.ops.adapt_datetimefield_value(at)}
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(ONE_STATEMENT, values)
            return
        due = "jobstatus_job WHERE status = 'selling' AND closes_at <= %(at)s"
        cursor.execute(LINES.format(moved=due), values)
        cursor.execute(f"{EVENTS} FROM {due}", values)
        cursor.execute(JOBS, values)


def _ratio(ours: list[float], theirs: list[float]) -> float:
    return median(one / other for one, other in zip(ours, theirs, strict=True))
