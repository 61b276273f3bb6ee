"""The one door: the only place that runs a transition and saves a job's status.

Every public function is one durable transaction: lock the rows, read the clock *after* the lock,
judge, run the state machine, write, let the listeners react, commit. A change that waited behind
a lock is therefore judged at the moment it acts. Admin, sweep, commands and integrations call it.
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Q
from django.utils.translation import gettext_noop

from jobstatus import deadlines
from jobstatus.clock import Clock
from jobstatus.foresight import (
    Archiving,
    NewDates,
    PrepayDeadline,
    Verdict,
    apply_dates,
    columns,
    consider,
    foresee,
)
from jobstatus.keys import listed
from jobstatus.listeners import listeners
from jobstatus.models import Job, JobEvent, JobQuerySet, TaskRun

STANDARD_FIRST = "convert_to_standard"
FACTS = ("kind", "status", "archived_at")  # all that archiving a due job asks, in column order
BATCH_SIZE = 1000  # jobs archived in one transaction of the sweep
DEADLINE_PASSED = gettext_noop("The archiving deadline has passed.")

__all__ = [
    "Archiving",
    "FactsChanged",
    "Outcome",
    "PrepayDeadline",
    "archive",
    "archive_due",
    "change",
    "convert_to_standard",
    "foresee",
    "open_prepay",
    "return_to_planning",
    "start_selling",
]

# Called by position, in the order of the columns: Django takes half the time for it.
_EVENT: Callable[..., JobEvent] = JobEvent

logger = logging.getLogger(__name__)


class FactsChanged(Exception):
    """What the person confirmed is no longer what would happen. Nothing was done."""


class StatusMovedMeanwhile(Exception):
    """A row lost its old status between lock and UPDATE. The transaction was rolled back."""


@dataclass
class Outcome:
    """What a change did: its events, the jobs already there, and the refused ones."""

    at: datetime
    events: list[JobEvent] = field(default_factory=list)
    unchanged: list[Verdict] = field(default_factory=list)
    refused: list[Verdict] = field(default_factory=list)

    @property
    def moved_ids(self) -> set[int]:
        return {event.job_id for event in self.events}


def start_selling(
    job_ids: Collection[int],
    *,
    by: Any,
    clock: Clock,
    archiving: Archiving | None = None,
    reason: str = "",
    seen: str | None = None,
) -> Outcome:
    """Open the sale of these jobs, with new archiving settings if given. Also reactivates (A9).

    Jobs that may not are named in `refused`, with a sentence, and the rest is done. `seen` is the
    fingerprint of the notices a person confirmed; raises FactsChanged when they no longer hold.
    A fixed number of queries whatever the number of jobs, plus those of the listeners.
    """
    return change(
        job_ids,
        ("start_selling",),
        by=by,
        clock=clock,
        dates=archiving,
        reason=reason,
        seen=seen,
    )


def open_prepay(job_ids: Collection[int], *, by: Any, clock: Clock, reason: str = "") -> Outcome:
    """Open the prepay shop of these prepay jobs. As `start_selling`; sends nothing (L9)."""
    return change(job_ids, ("open_prepay",), by=by, clock=clock, reason=reason)


def archive(job_ids: Collection[int], *, by: Any, clock: Clock, reason: str = "") -> Outcome:
    """Close the sale of these jobs by hand (A1). As `start_selling`."""
    return change(job_ids, ("archive",), by=by, clock=clock, reason=reason)


def return_to_planning(
    job_ids: Collection[int], *, by: Any, clock: Clock, reason: str = ""
) -> Outcome:
    """Take these jobs back to Planning (L3). As `start_selling`; sends nothing."""
    return change(job_ids, ("return_to_planning",), by=by, clock=clock, reason=reason)


def convert_to_standard(
    job_ids: Collection[int], *, by: Any, clock: Clock, reason: str = ""
) -> Outcome:
    """Turn these prepay jobs into standard jobs in Planning (L8). As `start_selling`."""
    return change(job_ids, (STANDARD_FIRST,), by=by, clock=clock, reason=reason)


@transaction.atomic(durable=True)
def change(
    job_ids: Collection[int],
    steps: tuple[str, ...],
    *,
    by: Any,
    clock: Clock,
    dates: NewDates | None = None,
    reason: str = "",
    seen: str | None = None,
) -> Outcome:
    """Take these jobs through one step, or through several that are confirmed together (L8).

    `dates` are new settings that come with it. For all else see `start_selling`.
    """
    jobs = _locked(Job.objects.filter(pk__in=listed(job_ids)))
    at = deadlines.require_aware(clock())
    apply_dates(jobs, dates)
    considered = consider(jobs, job_ids, steps, by=by, at=at)
    if seen is not None and seen != considered.fingerprint():
        raise FactsChanged
    outcome = Outcome(at=at, unchanged=considered.unchanged, refused=considered.refused)
    outcome.events = _move(
        [(job, [job.pk]) for job in considered.ready],
        steps,
        by=by,
        at=at,
        reason=reason,
        dates=dates,
    )
    return outcome


def archive_due(*, clock: Clock) -> TaskRun:
    """The sweep: archive every selling job whose deadline has passed, however long ago (A3).

    Batches in a transaction each. If a batch fails its jobs are tried one by one: a poisoned job
    is logged, counted and left due, the others go on. Any number may run at once; a row that
    another holds is left to it. Leaves the heartbeat row that it returns. Idle: one index probe.
    """
    run = TaskRun.objects.create(task=TaskRun.Task.ARCHIVE_DUE, started_at=clock())
    TaskRun.objects.outdated(run.started_at).delete()
    due = Job.objects.due(clock())
    while (batch := _archive_or_isolate(due, clock=clock)).reached is not None:
        run.done += batch.done
        run.failed += batch.failed
        due = _behind(batch.reached, Job.objects.due(clock()))
    run.finished_at = clock()
    run.save()
    return run


@dataclass
class _Batch:
    """What a batch of the sweep did, and the place in the index it reached; None at the end."""

    reached: tuple[Any, int] | None
    done: int = 0
    failed: int = 0


def _behind(place: tuple[Any, int], due: JobQuerySet) -> JobQuerySet:
    """In the order of the index, so that the sweep always ends, also with poisoned jobs."""
    at, pk = place
    return due.filter(Q(closes_at__gte=at) & (Q(closes_at__gt=at) | Q(pk__gt=pk)))


def _archive_or_isolate(due: JobQuerySet, *, clock: Clock) -> _Batch:
    """Archive the first of these due jobs in one go; if that fails, each by itself."""
    try:
        return _archive_unheld(due, clock=clock)
    except Exception:
        _raise_if_database_is_gone()
        logger.warning("A batch of due jobs failed; trying them one by one.")
    batch = _Batch(reached=None)
    for batch.reached in list(due.values_list("closes_at", "pk")[:BATCH_SIZE]):
        _closes_at, job_id = batch.reached
        try:
            batch.done += _archive_unheld(due.filter(pk=job_id), clock=clock).done
        except Exception:
            _raise_if_database_is_gone()
            batch.failed += 1
            logger.exception("Could not archive job %s; it stays due.", job_id)
    return batch


def _raise_if_database_is_gone() -> None:
    """Re-raise inside an except block: without a database every job would look poisoned."""
    if not connection.is_usable():
        raise


@transaction.atomic(durable=True)
def _archive_unheld(due: JobQuerySet, *, clock: Clock) -> _Batch:
    # Found and locked by one statement: what another worker holds or has moved is not in it.
    due = due.select_for_update(skip_locked=True, of=("self",), no_key=True)
    rows = list(due.values_list("closes_at", "pk", *FACTS)[:BATCH_SIZE])
    if not rows:
        return _Batch(reached=None)
    at = clock()
    alike: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    for closes_at, pk, *facts in rows:
        if closes_at <= at:
            alike[tuple(facts)].append(pk)
    # One job of each kind goes through the state machine for all. It is not loaded: a rule that
    # asked it for more than these facts would fail.
    groups = [(Job.from_db(None, FACTS, facts), ids) for facts, ids in alike.items()]
    _move(groups, ("archive",), by=None, at=at, reason=DEADLINE_PASSED)
    return _Batch(reached=rows[-1][:2], done=sum(map(len, alike.values())))


def _locked(jobs: Any) -> list[Job]:
    """The rows, locked in id order, so that two bulk changes cannot wait for each other."""
    return list(
        jobs.select_related("studio").select_for_update(of=("self",), no_key=True).order_by("pk")
    )


def _move(
    groups: Iterable[tuple[Job, Sequence[int]]],
    steps: tuple[str, ...],
    *,
    by: Any,
    at: datetime,
    reason: str,
    dates: NewDates | None = None,
) -> list[JobEvent]:
    """Run the transitions of locked jobs and write them: an UPDATE per kind of change, events,
    listeners. Raises whatever a transition or listener raises; the caller's transaction ends.

    Each job comes with the ids of all that are like it in everything that the steps ask.
    """
    events: list[JobEvent] = []
    written: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    by_id = by.pk if by else None
    for job, ids in groups:
        old_kind, old_status = job.kind, job.status
        status = old_status
        for step in steps:
            from_status, archived_since = status, job.archived_at
            getattr(job, step)(at=at)
            status = job.status
            events += [
                _EVENT(None, pk, step, from_status, status, at, by_id, reason, archived_since)
                for pk in ids
            ]
        deadline = job.closes_at if isinstance(dates, Archiving) else None
        written[old_status, old_kind, status, job.kind, job.archived_at, deadline] += ids
    _write(written, dates)
    if events:
        JobEvent.objects.record(events)
        for listener in listeners():
            listener.react(events)
    return events


def _write(written: dict[tuple[Any, ...], list[int]], dates: NewDates | None) -> None:
    for (old_status, old_kind, status, kind, archived_at, deadline), ids in written.items():
        values = {"status": status, "kind": kind, "archived_at": archived_at}
        values |= columns(dates)
        if isinstance(dates, Archiving):
            values["closes_at"] = deadline
        changed = Job.objects.filter(pk__in=listed(ids), status=old_status, kind=old_kind).update(
            version=F("version") + 1, **values
        )
        if changed != len(ids):
            raise StatusMovedMeanwhile(f"{len(ids) - changed} of {len(ids)} jobs moved meanwhile.")
