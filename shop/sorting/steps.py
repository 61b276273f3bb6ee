"""What an action changed, kept so that it can be taken back.

`rows` of a step, by its kind:

    hidden, group   {"to": true, "photos": [1, 2]}     those that were otherwise before
    moved           {"to": 7, "from": {"5": [1, 2]}}   album to photos
    tied            {"new": [[photo, person]], "gone": […], "gone_by_card": […]}
    trashed         {"at": "…", "album": 5 or null}    what went at that instant
    no_card         {"cards": {"1": "code"}}
"""

from datetime import datetime, timedelta
from typing import Any

from jobstatus.models import Job
from shop.models import SortingStep

UNDO_HOURS = 24
MOST_STEPS = 50  # of a job; the older ones cannot be taken back any more
MOST_PHOTOS = 20_000  # of one action


class TooMany(Exception):
    """More photos than one action takes. The message is a sentence for a person."""


def keep(
    job: Job, kind: str, rows: dict[str, Any], text: str, *, by: Any, at: datetime
) -> SortingStep:
    """Write it down, in the transaction of the change. Three queries; old steps go."""
    step = SortingStep.objects.create(
        job=job, kind=kind, rows=rows, text=text[:300], at=at, by=by if by and by.pk else None
    )
    of_job = SortingStep.objects.filter(job=job)
    last = of_job.order_by("-pk").values_list("pk", flat=True)[MOST_STEPS - 1 : MOST_STEPS]
    of_job.filter(pk__lt=next(iter(last), 0)).delete()
    of_job.filter(at__lt=at - timedelta(hours=UNDO_HOURS)).delete()
    return step


def can_be_undone(step: SortingStep, *, at: datetime) -> bool:
    return step.undone_at is None and at - step.at < timedelta(hours=UNDO_HOURS)
