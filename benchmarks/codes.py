"""What the look-up of an access code costs among millions of them."""

import json
import random
from statistics import median
from time import perf_counter

from django.db import connection, transaction
from django.db.models import Max, Min
from django.test.utils import CaptureQueriesContext

from benchmarks.report import Figure
from jobstatus.models import Studio
from shop.characters import ALPHABET
from shop.codes.spelling import RANDOM_LENGTH, new_code
from shop.models import AccessCode
from shop.views import entry

LOOKS = 200
STUDIO = 900_001  # beside those of the other parts
BITS = 5 * RANDOM_LENGTH
BATCH = 200_000  # rows of one INSERT on SQLite


def code_lookup(*, codes: int) -> list[Figure]:
    """Fill so many codes by SQL, then look some up as the shop does: right and unknown ones."""
    start = perf_counter()
    _fill(codes)
    filled = perf_counter() - start
    unknown = [new_code() for _look in range(LOOKS)]
    return [
        Figure(f"{codes:,} access codes filled", filled, "s"),
        *_looked_up("look-up of a right code", _some(), found=True),
        *_looked_up("look-up of an unknown code", unknown, found=False),
    ]


def _fill(codes: int) -> None:
    Studio.objects.update_or_create(pk=STUDIO, defaults={"name": "Codes", "slug": "codes"})
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_POSTGRESQL.format(codes=codes, characters=_characters()))
            cursor.execute("VACUUM (ANALYZE) shop_accesscode")
        else:
            numbers = sorted(random.Random(7).sample(range(1 << BITS), codes))
            for first in range(0, codes, BATCH):
                batch = numbers[first : first + BATCH]
                with transaction.atomic():
                    cursor.executemany(_SQLITE, [(_text(number),) for number in batch])
            cursor.execute("ANALYZE")


# Random numbers, written in their order: an index grows five times as fast at its end.
_POSTGRESQL = (
    "INSERT INTO shop_accesscode (studio_id, code, created_at)"
    f" SELECT {STUDIO}, {{characters}}, '2026-01-01Z' FROM (SELECT"
    f" hashint8extended(i, 7) & {(1 << BITS) - 1} AS n FROM generate_series(1, {{codes}}) i"
    ") AS numbered ORDER BY n ON CONFLICT DO NOTHING"
)
_SQLITE = (
    "INSERT INTO shop_accesscode (studio_id, code, created_at)"
    f" VALUES ({STUDIO}, %s, '2026-01-01 00:00:00')"
)


def _characters() -> str:
    """SQL for the random part of a code, and a last character that checks nothing."""
    shifts = range(BITS - 5, -1, -5)
    return " || ".join(
        [*(f"substr('{ALPHABET}', ((n >> {shift}) & 31)::int + 1, 1)" for shift in shifts), "'0'"]
    )


def _text(number: int) -> str:
    return "".join(ALPHABET[number >> shift & 31] for shift in range(BITS - 5, -1, -5)) + "0"


def _some() -> list[str]:
    """Codes from all over the table."""
    ids = AccessCode.objects.filter(studio=STUDIO).aggregate(first=Min("pk"), last=Max("pk"))
    step = max(1, (ids["last"] - ids["first"]) // LOOKS)
    wanted = range(ids["first"], ids["last"] + 1, step)[:LOOKS]
    return list(AccessCode.objects.filter(pk__in=wanted).values_list("code", flat=True))


def _looked_up(name: str, texts: list[str], *, found: bool) -> list[Figure]:
    query = _sent(texts[0])
    seconds = []
    for text in texts:
        start = perf_counter()
        assert (next(iter(entry.with_code(text)), None) is not None) is found
        seconds.append(perf_counter() - start)
    figures = [Figure(name, median(seconds) * 1000, "ms", at_most=5)]
    plans = [_plan(query.replace(texts[0], text)) for text in texts]
    if connection.vendor == "postgresql":
        figures.append(Figure(f"{name}: buffers", max(plans), "", at_most=6))
    return figures


def _sent(text: str) -> str:
    """The statement that the shop really sends."""
    with CaptureQueriesContext(connection) as captured:
        list(entry.with_code(text))
    (query,) = captured
    statement: str = query["sql"]
    return statement


def _plan(query: str) -> int:
    """Buffers touched. Raises AssertionError unless the row is found by one index on the code."""
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            cursor.execute(f"EXPLAIN QUERY PLAN {query}")
            steps = [str(row[-1]) for row in cursor.fetchall()]
            assert "shop_accesscode" in steps[0], steps
            assert "(code=?)" in steps[0], steps
            return 0
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {query}")
        (explained,) = cursor.fetchone()
    explained = json.loads(explained) if isinstance(explained, str) else explained
    plan = explained[0]["Plan"]
    assert "Seq Scan on shop_accesscode" not in json.dumps(plan)
    return int(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])
