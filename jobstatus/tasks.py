"""The tick. Beat sends it every minute; it finds by itself what is due, so that it may run twice."""

from celery import shared_task

from jobstatus import clock, operations


@shared_task
def tick() -> None:
    """Archive what is due (A3), and once a day check the deadlines against the zone data."""
    operations.archive_due(clock=clock.now)
    operations.check_deadlines(clock=clock.now)
