"""What the life cycle itself has to say before a change; the other apps speak as listeners."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from jobstatus import deadlines, wording
from jobstatus.lifecycle import MOVES, Kind, Status
from jobstatus.listeners import Change, Notice, Severity
from jobstatus.models import Job


def of_life_cycle(change: Change) -> Iterator[Notice]:
    """The notices of every step, in order. Reads nothing but the jobs it is given."""
    for step in change.steps:
        yield from _SPEAKERS[step](change)


def _start_selling(change: Change) -> Iterator[Notice]:
    closing = [job for job in change.jobs if job.closes_at is not None]
    unticked = [job for job in change.jobs if not job.archiving_enabled]
    never = [job for job in change.jobs if job.archiving_enabled and job.closes_at is None]
    if closing:
        yield Notice(Severity.DONE, _closing_text(closing), len(closing), _ids(closing))
    if unticked:
        text = ngettext(
            "%(count)d job has no archiving date: it sells until somebody archives it by hand.",
            "%(count)d jobs have no archiving date: they sell until somebody archives them by "
            "hand.",
            len(unticked),
        ) % {"count": len(unticked)}
        alone = _("Without an archiving date it sells until somebody archives it by hand.")
        yield _warning(change, unticked, alone, text)
    if never:
        text = ngettext(
            "%(count)d job is never archived automatically: customers can order after its "
            "archiving date until somebody archives it by hand.",
            "%(count)d jobs are never archived automatically: customers can order after their "
            "archiving dates until somebody archives them by hand.",
            len(never),
        ) % {"count": len(never)}
        alone = _(
            "It is never archived automatically: customers can order after the archiving date "
            "until somebody archives it by hand."
        )
        yield _warning(change, never, alone, text)
    yield from _archived_long(change)


def _closing_text(jobs: Sequence[Job]) -> str:
    ends = sorted((_closes_at(job), job.studio.timezone) for job in jobs)
    first = wording.last_minute(*ends[0])
    last = wording.last_minute(*ends[-1])
    if first == last:
        return _("Customers can order until %(end)s. Then it archives itself.") % {"end": first}
    return _(
        "%(count)d jobs archive themselves, the first after %(first)s, the last after %(last)s."
    ) % {"count": len(jobs), "first": first, "last": last}


def _closes_at(job: Job) -> datetime:
    assert job.closes_at is not None  # noqa: S101 - the caller chose jobs with a deadline
    return job.closes_at


def _archived_long(change: Change) -> Iterator[Notice]:
    for job in change.jobs:
        since = job.archived_at
        if since is not None and deadlines.archived_too_long(since, change.at):
            text = _("“%(job)s” has been archived since %(date)s: %(days)s days.") % {
                "job": job.name,
                "date": wording.day(deadlines.local_date(since, job.studio.timezone)),
                "days": (change.at - since).days,
            }
            yield Notice(Severity.INFO, text, 1, frozenset({job.pk}))


def _archive(change: Change) -> Iterator[Notice]:
    selling = [job for job in change.jobs if job.status == Status.SELLING]
    if selling:
        text = ngettext(
            "%(count)d selling job closes for its customers. They read that the photos are "
            "archived.",
            "%(count)d selling jobs close for their customers. They read that the photos are "
            "archived.",
            len(selling),
        ) % {"count": len(selling)}
        alone = _("The sale ends at once. Customers read that the photos are archived.")
        yield _warning(change, selling, alone, text)
    hidden = [job for job in change.jobs if job.status != Status.SELLING]
    if hidden:
        text = _("Customers read that the photos are archived, instead of “not available yet”.")
        yield Notice(Severity.INFO, text, len(hidden), _ids(hidden))


def _return_to_planning(change: Change) -> Iterator[Notice]:
    text = _("Customers read “not available yet” and cannot order. Nobody gets a message.")
    yield Notice(Severity.INFO, text, len(change.jobs), change.job_ids)


def _open_prepay(change: Change) -> Iterator[Notice]:
    text = _("Customers can order before the photos exist. Nobody gets a message.")
    yield Notice(Severity.INFO, text, len(change.jobs), change.job_ids)
    for job in change.jobs:
        closes_at = job.prepay_closes_at()
        if closes_at is not None:
            text = _("“%(job)s”: prepay orders until %(end)s.") % {
                "job": job.name,
                "end": wording.last_minute(closes_at, job.studio.timezone),
            }
            yield Notice(Severity.DONE, text, 1, frozenset({job.pk}))


def _convert_to_standard(change: Change) -> Iterator[Notice]:
    prepay = [job for job in change.jobs if job.kind == Kind.PREPAY]
    text = _(
        "The prepay phase ends for good: a standard job cannot become a prepay job again. "
        "Prepay orders are kept."
    )
    yield Notice(Severity.WARNING, text, len(prepay), _ids(prepay))


def _warning(change: Change, jobs: Sequence[Job], alone: str, counted: str) -> Notice:
    """The sentence for the one job that this is all about, or the counted one."""
    text = alone if len(change.jobs) == 1 else counted
    return Notice(Severity.WARNING, text, len(jobs), _ids(jobs))


def _ids(jobs: Sequence[Job]) -> frozenset[int]:
    return frozenset(job.pk for job in jobs)


_SPEAKERS: dict[str, Callable[[Change], Iterator[Notice]]] = {
    "start_selling": _start_selling,
    "archive": _archive,
    "return_to_planning": _return_to_planning,
    "open_prepay": _open_prepay,
    "convert_to_standard": _convert_to_standard,
}
if set(_SPEAKERS) != set(MOVES):
    raise LookupError("jobstatus.notices must speak about every move of the life cycle.")
