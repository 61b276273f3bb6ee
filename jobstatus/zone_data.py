"""Stored deadlines and the zone data of the machine: a government may move the clocks."""

import logging
from datetime import timedelta

from jobstatus.clock import Clock
from jobstatus.models import Job, TaskRun

CHECKED_EVERY = timedelta(hours=24)
REACH = timedelta(days=2)  # new zone data moves a deadline by a day at the most

logger = logging.getLogger(__name__)


def check_deadlines(*, clock: Clock) -> TaskRun | None:
    """Once a day, bring stored deadlines in line with new zone data. None when not yet due."""
    at = clock()
    latest = TaskRun.objects.latest_of(TaskRun.Task.CHECK_DEADLINES)
    if latest is not None and latest.started_at > at - CHECKED_EVERY:
        return None
    run = TaskRun.objects.create(task=TaskRun.Task.CHECK_DEADLINES, started_at=at)
    run.done = Job.objects.filter(closes_at__gt=at - REACH).recompute_deadlines()
    if run.done:
        logger.warning("Corrected the archiving deadline of %s jobs.", run.done)
    run.finished_at = clock()
    run.save()
    return run
