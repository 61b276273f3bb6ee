"""The tick of messages and its senders. Both find what is due, so that they may run twice."""

import logging
import math
from datetime import datetime, timedelta

from celery import shared_task
from django.conf import settings

from comms.ledger import planning
from comms.models import Message
from comms.sending import delivery, mute
from comms.sending.line import BATCH_SIZE
from jobstatus import clock
from jobstatus.clock import Clock
from jobstatus.ticking import Work, run_each

# A sender works for so much of a tick, then goes to the end of the queue: other work waits no
# longer than that for a worker.
SLICES = 4

WORK: tuple[Work, ...] = (delivery.recover_lost, planning.plan_due)
logger = logging.getLogger(__name__)


@shared_task
def tick() -> None:
    """Take up what was lost, plan, and start senders if anything is due. Nothing while mute."""
    if not mute.may_send(clock=clock.now):
        return
    run(clock=clock.now)
    at = clock.now()
    until = at + timedelta(seconds=settings.TICK_SECONDS)
    for _sender in range(senders(at=at)):
        _start_sender(until)


def run(*, clock: Clock) -> None:
    run_each(WORK, clock=clock, logger=logger)


def senders(*, at: datetime) -> int:
    """As many as the due messages keep busy. One query."""
    most: int = settings.COMMS_SENDERS
    due = Message.objects.waiting().filter(due_at__lte=at)[: most * BATCH_SIZE].count()
    return min(most, math.ceil(due / BATCH_SIZE))


@shared_task
def deliver(until: str) -> None:
    """Send for a while. As long as there is something to do, the same again, until the instant."""
    end = datetime.fromisoformat(until)
    begin = clock.now()
    if begin >= end:
        return
    slice_end = begin + timedelta(seconds=settings.TICK_SECONDS) / SLICES
    done = delivery.deliver(clock=clock.now, until=min(end, slice_end))
    if done:
        logger.info("%s messages done.", done)
        if clock.now() < end:
            _start_sender(end)


def _start_sender(until: datetime) -> None:
    # Whoever waits longer than a tick is replaced by the next one's.
    deliver.apply_async((until.isoformat(),), expires=settings.TICK_SECONDS)
