"""A listener for tests, set with `settings.JOB_LISTENERS`.

Steered by the names of jobs, so that it needs no state of its own: `poison` raises, `blocked` is
refused, and `meddler` changes every job named `victim`, as a colleague would meanwhile. Its effect
is not idempotent on purpose: a second one shows in the quantity.
"""

from collections.abc import Iterable, Sequence

from django.db.models import F

from jobstatus.lifecycle import Status
from jobstatus.listeners import Change, Notice, Severity
from jobstatus.models import Job, JobEvent
from shop.models import BasketLine

POISON = "poison"
BLOCKED = "blocked"
MEDDLER, VICTIM = "meddler", "victim"


class Poisoned(Exception):
    """A listener that fails."""


def foresee(change: Change) -> Iterable[Notice]:
    blocked = frozenset(job.pk for job in change.jobs if job.name == BLOCKED)
    if blocked:
        yield Notice(Severity.BLOCKING, "The price list is missing.", len(blocked), blocked)


def react(events: Sequence[JobEvent]) -> None:
    ids = {event.job_id for event in events}
    archived = {event.job_id for event in events if event.to_status == Status.ARCHIVED}
    BasketLine.objects.with_pictures_of(archived).update(quantity=F("quantity") + 1)
    if Job.objects.filter(pk__in=ids, name=MEDDLER).exists():
        Job.objects.filter(name=VICTIM).update(version=F("version") + 1)
    # After the effect, so that a test sees whether the rollback takes it back.
    if Job.objects.filter(pk__in=ids, name=POISON).exists():
        raise Poisoned
