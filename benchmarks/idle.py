"""What a sweep costs when nothing is due, and right after one that archived many."""

import json
import re
from statistics import median
from time import perf_counter
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from benchmarks import data, sweep
from benchmarks.report import Figure

LOOKS = 15


def idle(*, tier: int) -> list[Figure]:
    """The sweep's own look for due jobs, as the database explains it."""
    query = _look_for_due_jobs()
    figures = _explained("idle look for due jobs", query, is_target=True)
    sweep.sweep(data.when_due(tier))
    first, *_later = _explained("the same before any vacuum, first look", query, looks=1)
    later = _explained("the same before any vacuum", query)
    data.restore()
    return [*figures, first, *later]


def _look_for_due_jobs() -> str:
    """The statement that an idle sweep really sends."""
    with CaptureQueriesContext(connection) as captured:
        sweep.sweep(data.NOTHING_DUE)
    statements = [query["sql"] for query in captured if "closes_at" in query["sql"]]
    assert len(statements) == 1, statements
    statement: str = statements[0]
    return statement


def _explained(
    name: str, query: str, *, is_target: bool = False, looks: int = LOOKS
) -> list[Figure]:
    limits: dict[str, Any] = (
        {"ms": 1, "buffers": 50} if is_target else {"ms": None, "buffers": None}
    )
    if connection.vendor != "postgresql":
        assert "jobs_due_for_archiving" in _plan(query), _plan(query)
        return [
            Figure(
                name,
                median(_seconds(query) * 1000 for _ in range(looks)),
                "ms",
                at_most=limits["ms"],
            )
        ]
    plans = [_postgresql(query) for _ in range(looks)]
    return [
        Figure(name, median(ms for ms, _buffers in plans), "ms", at_most=limits["ms"]),
        Figure(
            f"{name}: buffers",
            median(buffers for _ms, buffers in plans),
            "",
            at_most=limits["buffers"],
        ),
    ]


def _postgresql(query: str) -> tuple[float, int]:
    """Milliseconds to plan and execute, and buffers touched."""
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) " + query.replace("%", "%%"))
        (explained,) = cursor.fetchone()
    explained = json.loads(explained) if isinstance(explained, str) else explained
    plan = explained[0]["Plan"]
    buffers = plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
    return explained[0]["Planning Time"] + explained[0]["Execution Time"], buffers


def _plan(query: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN QUERY PLAN " + _with_quoted_instants(query))
        return " ".join(str(row[-1]) for row in cursor.fetchall())


def _seconds(query: str) -> float:
    with connection.cursor() as cursor:
        start = perf_counter()
        cursor.execute(_with_quoted_instants(query))
        cursor.fetchall()
        return perf_counter() - start


def _with_quoted_instants(query: str) -> str:
    """Django shows what it sent to SQLite without the quotes round the values."""
    query = re.sub(r"(?<!')(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?)(?!')", r"'\1'", query)
    return re.sub(r"= (selling)\b", r"= '\1'", query)
