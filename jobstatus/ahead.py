"""What will happen to jobs by itself until an instant, if nobody does anything (X1). Reads only.

Each is found by what will do it: the sweep's own selection, and the deadline that a prepay shop
asks. Who else has something that comes adds it: see `JobAdmin.coming`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from jobstatus import wording
from jobstatus.keys import listed
from jobstatus.models import Job


@dataclass(frozen=True)
class Coming:
    """One thing that will happen to a job. `count` is how many people it concerns as of now."""

    at: datetime
    job: Job
    when: str
    text: str
    count: int | None = None


def of_life_cycle(jobs: Sequence[Job], *, at: datetime, until: datetime) -> Iterator[Coming]:
    """Deadlines that end after `at` and until `until`; what is overdue is archived next. The jobs
    come with their studios. One query.
    """
    for job in closing(jobs, until=until):
        if job.closes_at is not None:
            ends = wording.last_minute(job.closes_at, job.studio.timezone)
            text = _("Last minute to order. Then the job archives itself.")
            yield Coming(max(at, job.closes_at), job, ends, text)
    for job in jobs:
        ends_at = job.prepay_closes_at()
        if ends_at is not None and job.is_prepay_orderable(at) and ends_at <= until:
            ends = wording.last_minute(ends_at, job.studio.timezone)
            text = _("Last minute for prepay orders. The job stays in status Prepay.")
            yield Coming(ends_at, job, ends, text)


def closing(jobs: Sequence[Job], *, until: datetime) -> list[Job]:
    """Those of these jobs that the sweep would have archived by then. One query."""
    due = Job.objects.due(until).filter(pk__in=listed(job.pk for job in jobs))
    ids = set(due.values_list("pk", flat=True))
    return [job for job in jobs if job.pk in ids]
