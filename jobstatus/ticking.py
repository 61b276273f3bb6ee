"""One after the other in a tick, so that no work holds up the next. For the ticks of all apps."""

import logging
from collections.abc import Callable, Iterable

from django.db import DatabaseError, connection

from jobstatus.clock import Clock

Work = Callable[..., int]


def run_each(works: Iterable[Work], *, clock: Clock, logger: logging.Logger) -> None:
    """What fails is logged under its own name. Raises DatabaseError if the database is gone."""
    for work in works:
        name = f"{work.__module__}.{work.__name__}"
        try:
            done = work(clock=clock)
        except DatabaseError:
            if not connection.is_usable():
                raise
            logger.exception("%s failed.", name)
        except Exception:
            logger.exception("%s failed.", name)
        else:
            if done:
                logger.info("%s: %s done.", name, done)
