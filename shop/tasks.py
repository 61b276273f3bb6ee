"""The shop's tick. Beat sends it every minute; it finds what is due, so that it may run twice."""

import logging

from celery import shared_task
from django.conf import settings
from django.utils.module_loading import import_string

from jobstatus import clock
from jobstatus.clock import Clock
from jobstatus.ticking import Work, run_each
from shop import leftovers, payments
from shop.delivery import receipts

logger = logging.getLogger(__name__)


def send_receipts(*, clock: Clock) -> int:
    """Not while nothing may be sent to people: after a restore, until it is released (X5)."""
    may_write = import_string(settings.MAY_WRITE)
    return receipts.send_due(clock=clock) if may_write(clock=clock) else 0


WORK: tuple[Work, ...] = (
    send_receipts,
    payments.ask_about_started,
    payments.refund_due,
    leftovers.clean,
)


@shared_task
def tick() -> None:
    """Send receipts, ask how payments ended, pay back, clean up. None holds up the others."""
    run(clock=clock.now)


def run(*, clock: Clock) -> None:
    run_each(WORK, clock=clock, logger=logger)
