"""The shop's tick. Beat sends it every minute; it finds what is due, so that it may run twice."""

import logging
from datetime import datetime, timedelta

from celery import shared_task
from django.conf import settings
from django.utils.module_loading import import_string

from jobstatus import clock
from jobstatus.clock import Clock
from jobstatus.ticking import Work, run_each
from shop import leftovers, payments
from shop.delivery import receipts
from shop.storing import doomed, purging
from shop.uploads import starting, taking

# A taker works for so much of a tick, then goes to the end of the queue: other work waits no
# longer than that for a worker.
SLICES = 4

logger = logging.getLogger(__name__)


def send_receipts(*, clock: Clock) -> int:
    """Not while nothing may be sent to people: after a restore, until it is released (X5)."""
    may_write = import_string(settings.MAY_WRITE)
    return receipts.send_due(clock=clock) if may_write(clock=clock) else 0


WORK: tuple[Work, ...] = (
    send_receipts,
    payments.close_pages,
    payments.ask_about_started,
    payments.refund_due,
    leftovers.clean,
    purging.purge,
    doomed.delete_due,
)


@shared_task
def tick() -> None:
    """Receipts, payments, what is left behind, the trash. None holds up the others.

    Then start takers, if files wait to become photos.
    """
    run(clock=clock.now)
    at = clock.now()
    for _taker in range(starting.due(at=at)):
        starting.start(at + timedelta(seconds=settings.TICK_SECONDS))


def run(*, clock: Clock) -> None:
    run_each(WORK, clock=clock, logger=logger)


@shared_task
def take(until: str) -> None:
    """Make photos for a while. As long as there are files, the same again, until the instant."""
    end = datetime.fromisoformat(until)
    begin = clock.now()
    if begin >= end:
        return
    slice_end = begin + timedelta(seconds=settings.TICK_SECONDS) / SLICES
    done = taking.take_waiting(clock=clock.now, until=min(end, slice_end))
    if done:
        logger.info("%s files taken.", done)
        if clock.now() < end:
            starting.start(end)
