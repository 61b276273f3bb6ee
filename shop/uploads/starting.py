"""Takers: tasks that make photos of what waits. The tick starts them; an upload only hurries."""

import logging
import math
from datetime import datetime, timedelta

from celery import current_app
from django.conf import settings

from shop.models import Upload

TASK = "shop.tasks.take"
FILES_OF_A_TAKER = 10  # for fewer, one more is not worth its start
logger = logging.getLogger(__name__)


def due(*, at: datetime) -> int:
    """As many takers as the waiting files keep busy. One query."""
    most: int = settings.UPLOAD_TAKERS
    waiting = Upload.objects.waiting().exclude(leased_until__gt=at)
    count = waiting[: most * FILES_OF_A_TAKER].count()
    return min(most, math.ceil(count / FILES_OF_A_TAKER))


def start(until: datetime) -> None:
    # Whoever waits longer than a tick is replaced by the next one's.
    send(until.isoformat())


def send(until: str) -> None:
    current_app.send_task(TASK, (until,), expires=settings.TICK_SECONDS, retry=False)


def hurry(*, at: datetime) -> None:
    """A file is complete. If nobody takes any now, somebody shall, without waiting for the tick.

    Nothing is lost if this fails. One query.
    """
    if Upload.objects.waiting().filter(leased_until__gt=at).exists():
        return
    try:
        start(at + timedelta(seconds=settings.TICK_SECONDS))
    except Exception:  # Whatever a broker that is down raises: the tick finds the file.
        logger.warning("Could not start a taker; the tick will.", exc_info=True)
