"""The one clock. Everything else gets an instant, or a clock to ask, as an argument."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import connection

Clock = Callable[[], datetime]


def now() -> datetime:
    """The database's present instant, aware, UTC. One query on PostgreSQL, none on SQLite.

    `clock_timestamp()` and not `now()`: the latter is the start of the transaction, which says
    "still open" to whoever waited behind a lock until after the deadline. SQLite lives on this
    machine, so that this machine's clock is the database's.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            return of_database(cursor.fetchone()[0])
    return _shifted(of_this_machine())


def of_this_machine() -> datetime:
    """For whoever compares clocks. Nothing is decided by it where the database has its own."""
    return datetime.now(UTC)


def of_database(read: datetime) -> datetime:
    """The same instant where another statement has brought `clock_timestamp()` with it.

    Not for whoever waits behind a lock: that statement was over before.
    """
    return _shifted(read.astimezone(UTC))


def _shifted(instant: datetime) -> datetime:
    return instant + timedelta(seconds=settings.CLOCK_OFFSET_SECONDS)
