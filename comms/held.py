"""What a status change planned and nobody has begun to send: it can still be stopped (X2).

Reads only. The number of queries does not depend on the number of messages or jobs.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min, Q

from comms.explain import STATES, state_label, state_of
from comms.models import Dispatch, Message, Reason
from jobstatus import wording as dates
from jobstatus.models import Job

MOST_BANNERS = 5
MOST_JOBS = 40  # named on the page of a dispatch
STOPPABLE_FOR = timedelta(days=1)  # later it is the daily business of the sender
_SUMS = {
    "n": Count("pk"),
    "first": Min("due_at"),
    "held": Count("pk", filter=Q(reason=Reason.HOLD)),
}


@dataclass(frozen=True)
class Held:
    dispatch: Dispatch
    count: int
    first_at: datetime
    leaves: str
    can_be_released: bool


def held(studio_ids: Collection[int] | None, *, at: datetime, job: Job | None = None) -> list[Held]:
    """What status changes of the last day planned and nobody has begun to send; without ids that of
    all studios. One query, or two.
    """
    rows = Message.objects.waiting().filter(
        dispatch__stopped_at__isnull=True,
        dispatch__at__gt=at - STOPPABLE_FOR,
    )
    if studio_ids is not None:
        rows = rows.filter(studio__in=studio_ids)
    if job is not None:
        # Any dispatch that has something to do with this job; the count is that of all its jobs.
        rows = rows.filter(dispatch__in=rows.filter(job=job).values("dispatch"))
    counted: list[Any] = list(rows.order_by().values("dispatch").annotate(**_SUMS))
    counted.sort(key=lambda row: (row["first"], row["dispatch"]))
    found = {row["dispatch"]: row for row in counted[:MOST_BANNERS]}
    if not found:
        return []
    dispatches = Dispatch.objects.select_related("studio", "by").in_bulk(list(found))
    return [_held(dispatches[pk], row) for pk, row in found.items() if pk in dispatches]


def _held(dispatch: Dispatch, row: Any) -> Held:
    return Held(
        dispatch=dispatch,
        count=row["n"],
        first_at=row["first"],
        leaves=dates.moment(row["first"], dispatch.studio.timezone),
        can_be_released=row["held"] > 0,
    )


def of_dispatch(dispatch: Dispatch) -> Held | None:
    """What of this one has not been begun; none if nothing. One query."""
    rows = Message.objects.waiting().filter(dispatch=dispatch).order_by()
    row = rows.aggregate(**_SUMS)
    return _held(dispatch, row) if row["n"] else None


@dataclass(frozen=True)
class JobOfDispatch:
    job: Job
    counts: list[tuple[str, str, int]]


def jobs_of(dispatch: Dispatch) -> tuple[list[JobOfDispatch], list[tuple[str, str, int]], int]:
    """Its jobs with their counts, the counts of all, and how many jobs are unnamed. Two queries."""
    rows = Message.objects.filter(dispatch=dispatch).order_by()
    counted = rows.values("job", "status", "reason").annotate(n=Count("pk"))
    by_job: dict[int | None, dict[str, int]] = defaultdict(lambda: dict.fromkeys(STATES, 0))
    sums = dict.fromkeys(STATES, 0)
    for row in counted:
        state = state_of(row["status"], row["reason"])
        by_job[row["job"]][state] += row["n"]
        sums[state] += row["n"]
    ids = sorted(pk for pk in by_job if pk is not None)
    jobs = Job.objects.filter(pk__in=ids[:MOST_JOBS]).order_by("name", "pk")
    named = [JobOfDispatch(job, _labelled(by_job[job.pk])) for job in jobs]
    return named, _labelled(sums), max(0, len(ids) - MOST_JOBS)


def _labelled(sums: dict[str, int]) -> list[tuple[str, str, int]]:
    return [(state, state_label(state), n) for state, n in sums.items() if n]
