"""The shop's tick. Beat sends it every minute; it finds what is due, so that it may run twice."""

import logging
from collections.abc import Callable

from celery import shared_task
from django.conf import settings
from django.db import DatabaseError, connection
from django.utils.module_loading import import_string

from jobstatus import clock
from jobstatus.clock import Clock
from shop import leftovers, payments
from shop.delivery import receipts

logger = logging.getLogger(__name__)

# What writes to people. Not while the installation may not: after a restore, until it is released.
WRITES = (receipts.send_due,)
WORK: tuple[Callable[..., int], ...] = (
    receipts.send_due,
    payments.ask_about_started,
    payments.refund_due,
    leftovers.clean,
)


@shared_task
def tick() -> None:
    """Send receipts, ask how payments ended, pay back, clean up. None holds up the others."""
    run(clock=clock.now)


def run(*, clock: Clock) -> None:
    may_write = import_string(settings.MAY_WRITE)
    for work in WORK:
        name = f"{work.__module__}.{work.__name__}"
        try:
            if work in WRITES and not may_write(clock=clock):
                continue
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
