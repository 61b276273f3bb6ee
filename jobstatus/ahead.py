"""What will happen to jobs by itself until an instant, if nobody does anything (X1). Reads only.

Each is found by what will do it: the sweep's own selection, and the deadline that a prepay shop
asks. Who else has something that comes adds it: see `JobAdmin.coming`.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from jobstatus import wording
from jobstatus.keys import listed
from jobstatus.lifecycle import Status
from jobstatus.models import Job

OPEN = (Status.SELLING, Status.PREPAY)
MOST_JOBS = 1000  # open ones that are looked at, the newest first


@dataclass(frozen=True)
class Outlook:
    """From when until when, at all `jobs` that a person may see, and at the open ones of them.

    Both come with their studios.
    """

    jobs: QuerySet[Job]
    open_jobs: list[Job]
    at: datetime
    until: datetime

    def named(self, job_ids: Collection[int]) -> dict[int, Job]:
        """Those of the jobs with these keys. One query, or none without keys."""
        rows = self.jobs.filter(pk__in=listed(job_ids)) if job_ids else ()
        return {job.pk: job for job in rows}

    def all_of(self, column: str) -> Any:
        """Of all the jobs, for the right side of an `__in`."""
        return self.jobs.order_by().values(column)

    @cached_property
    def closing(self) -> list[Job]:
        """The open jobs that the sweep would have archived by then. One query."""
        due = Job.objects.due(self.until).filter(pk__in=listed(job.pk for job in self.open_jobs))
        ids = set(due.values_list("pk", flat=True))
        return [job for job in self.open_jobs if job.pk in ids]


@dataclass(frozen=True)
class Coming:
    """One thing that will happen to a job. `count` is how many people it concerns as of now."""

    at: datetime
    job: Job
    when: str
    text: str
    count: int | None = None


def open_jobs(jobs: QuerySet[Job]) -> tuple[list[Job], bool]:
    """The newest, and whether there are more. One query."""
    rows = list(jobs.filter(status__in=OPEN).order_by("-pk")[: MOST_JOBS + 1])
    return rows[:MOST_JOBS], len(rows) > MOST_JOBS


def of_life_cycle(outlook: Outlook) -> Iterator[Coming]:
    """Deadlines that end from now until then; what is overdue is archived next. One query."""
    for job in outlook.closing:
        if job.closes_at is not None:
            ends = wording.last_minute(job.closes_at, job.studio.timezone)
            text = _("Last minute to order. Then the job archives itself.")
            yield Coming(max(outlook.at, job.closes_at), job, ends, text)
    for job in outlook.open_jobs:
        ends_at = job.prepay_closes_at()
        if ends_at is not None and job.is_prepay_orderable(outlook.at) and ends_at <= outlook.until:
            ends = wording.last_minute(ends_at, job.studio.timezone)
            text = _("Last minute for prepay orders. The job stays in status Prepay.")
            yield Coming(ends_at, job, ends, text)
