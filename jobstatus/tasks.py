"""The tick. Beat sends it every minute; it finds what is due, so that it may run twice."""

import logging

from celery import shared_task

from jobstatus import clock, operations, zone_data

logger = logging.getLogger(__name__)


@shared_task
def tick() -> None:
    """Archive what is due (A3), and once a day check the deadlines against the zone data."""
    run = operations.archive_due(clock=clock.now)
    if run.done or run.failed:
        logger.info("Jobs archived: %s. Failed: %s.", run.done, run.failed)
    zone_data.check_deadlines(clock=clock.now)
