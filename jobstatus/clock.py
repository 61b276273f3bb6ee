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
    read = read_database()
    return _shifted(read_machine()) if read is None else of_database(read)


def read_database() -> datetime | None:
    """What the database's own clock shows; None if it has none. For whoever compares clocks."""
    if connection.vendor != "postgresql":
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        read: datetime = cursor.fetchone()[0]
    return read


def read_machine() -> datetime:
    """What this machine's clock shows. Nothing is decided by it where the database has its own."""
    return datetime.now(UTC)


def of_database(read: datetime) -> datetime:
    """The same instant where another statement has brought `clock_timestamp()` with it.

    Not for whoever waits behind a lock: that statement was over before.
    """
    return _shifted(read.astimezone(UTC))


def _shifted(instant: datetime) -> datetime:
    return instant + timedelta(seconds=settings.CLOCK_OFFSET_SECONDS)
