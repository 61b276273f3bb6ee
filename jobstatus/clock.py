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
            instant: datetime = cursor.fetchone()[0]
    else:
        instant = datetime.now(UTC)
    return instant.astimezone(UTC) + timedelta(seconds=settings.CLOCK_OFFSET_SECONDS)
