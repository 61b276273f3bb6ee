"""What a change would do, judged and counted without doing it.

The confirmation window, the bulk action, the dry run and the operations themselves all ask here,
so that they cannot drift apart.
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from jobstatus import deadlines
from jobstatus.lifecycle import MOVES, has_nothing_to_do, refusal
from jobstatus.listeners import Change, Notice, Severity, listeners
from jobstatus.models import Job
from jobstatus.notices import of_life_cycle


@dataclass(frozen=True)
class Archiving:
    """New archiving settings that come with a change, such as a new date on reactivation (A10)."""

    enabled: bool
    date: date | None
    delay: int


@dataclass(frozen=True)
class PrepayDeadline:
    """A new prepay deadline that comes with the opening of the prepay shop (L9)."""

    date: date


NewDates = Archiving | PrepayDeadline


@dataclass(frozen=True)
class Verdict:
    """Why this job takes no part in the change, as a sentence."""

    job_id: int
    text: str


@dataclass
class Foresight:
    """What a change would do, without doing it. Iterating gives the notices."""

    steps: tuple[str, ...]
    at: datetime
    ready: list[Job] = field(default_factory=list)
    unchanged: list[Verdict] = field(default_factory=list)
    refused: list[Verdict] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)

    def __iter__(self) -> Iterator[Notice]:
        return iter(self.notices)

    def fingerprint(self) -> str:
        """Differs as soon as a job or a consequence does. For `seen` of the operations."""
        facts = [
            self.steps,
            sorted((job.pk, job.version) for job in self.ready),
            sorted((verdict.job_id, verdict.text) for verdict in self.unchanged + self.refused),
            sorted((n.severity, n.text, n.count, sorted(n.job_ids)) for n in self.notices),
        ]
        return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def foresee(
    job_ids: Collection[int],
    steps: str | tuple[str, ...],
    *,
    by: Any,
    at: datetime,
    dates: NewDates | None = None,
) -> Foresight:
    """The notices of a change, made by the code that will do it. Reads only."""
    deadlines.require_aware(at)
    jobs = list(Job.objects.filter(pk__in=job_ids).select_related("studio").order_by("pk"))
    apply_dates(jobs, dates)
    steps = (steps,) if isinstance(steps, str) else steps
    return consider(jobs, job_ids, steps, by=by, at=at)


def apply_dates(jobs: Iterable[Job], dates: NewDates | None) -> None:
    """Put new settings on these objects, unsaved. Raises ValueError for archiving without a date.

    `set_closes_at` needs the studio loaded.
    """
    if isinstance(dates, Archiving) and dates.enabled and dates.date is None:
        raise ValueError("Automatic archiving needs a date.")
    for job in jobs:
        for name, value in columns(dates).items():
            setattr(job, name, value)
        if isinstance(dates, Archiving):
            job.set_closes_at()


def columns(dates: NewDates | None) -> dict[str, Any]:
    """What new settings write into a job's row, without the deadline that follows from them."""
    if dates is None:
        return {}
    if isinstance(dates, PrepayDeadline):
        return {"prepay_deadline_date": dates.date}
    enabled: dict[str, Any] = {"archiving_enabled": dates.enabled}
    if not dates.enabled:
        return enabled
    return enabled | {"archive_date": dates.date, "archive_delay": dates.delay}


def consider(
    jobs: Sequence[Job], job_ids: Collection[int], steps: tuple[str, ...], *, by: Any, at: datetime
) -> Foresight:
    """Judge every job, then ask the listeners about those that may go. Changes no row."""
    foresight = Foresight(steps, at)
    found = {job.pk for job in jobs}
    for missing in sorted(set(job_ids) - found):
        foresight.refused.append(Verdict(missing, _("This job no longer exists.")))
    for job in jobs:
        _judge(job, foresight)
    if foresight.ready:
        considered = Change(steps, foresight.ready, by, at)
        speakers = [of_life_cycle, *(listener.foresee for listener in listeners())]
        foresight.notices = [notice for speak in speakers for notice in speak(considered)]
    _refuse_blocked(foresight)
    return foresight


def _judge(job: Job, foresight: Foresight) -> None:
    first, last = MOVES[foresight.steps[0]], MOVES[foresight.steps[-1]]
    if len(foresight.steps) == 1 and has_nothing_to_do(job, last):
        text = _("“%(job)s” is already there: %(status)s.") % {
            "job": job.name,
            "status": job.get_status_display(),
        }
        foresight.unchanged.append(Verdict(job.pk, text))
        return
    reason = refusal(job, first, foresight.at) or _later_refusal(job, foresight)
    if reason is not None:
        foresight.refused.append(Verdict(job.pk, reason))
    else:
        foresight.ready.append(job)


def _later_refusal(job: Job, foresight: Foresight) -> str | None:
    """Walk the steps on a copy: a later one may be refused although the first is legal."""
    if len(foresight.steps) == 1:
        return None
    probe = Job.from_db(None, list(_COPIED), [getattr(job, name) for name in _COPIED])
    for step in foresight.steps:
        reason = refusal(probe, MOVES[step], foresight.at)
        if reason is not None:
            return reason
        getattr(probe, step)(at=foresight.at)
    return None


_COPIED = tuple(field.attname for field in Job._meta.concrete_fields)


def _refuse_blocked(foresight: Foresight) -> None:
    """A blocking notice of a listener refuses the jobs it names."""
    blocked = {
        job_id: notice.text
        for notice in foresight.notices
        if notice.severity is Severity.BLOCKING
        for job_id in (notice.job_ids or {job.pk for job in foresight.ready})
    }
    foresight.refused += [
        Verdict(job.pk, blocked[job.pk]) for job in foresight.ready if job.pk in blocked
    ]
    foresight.ready = [job for job in foresight.ready if job.pk not in blocked]
