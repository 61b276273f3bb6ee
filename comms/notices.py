"""The sentences of the confirmation window about messages (J2, C5, A11, A12)."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from comms.ledger import planning, selection
from comms.ledger.selection import Counted
from comms.models import Campaign, Channel, Message, Reason, Trigger
from jobstatus import deadlines, wording
from jobstatus.keys import listed
from jobstatus.listeners import Change, Notice, Severity
from jobstatus.models import Job

TRIGGERS = {"start_selling": Trigger.SELLING, "archive": Trigger.ARCHIVED}
Status = Message.Status


def of_change(change: Change) -> Iterator[Notice]:
    """Four queries, or one without a profile."""
    trigger = TRIGGERS[change.move]
    long_archived = [job for job in change.jobs if _comes_back_late(change, job)]
    silent = _without_profile(change.job_ids)
    if trigger == Trigger.SELLING:
        yield from _profile_is_removed([job for job in long_archived if job.pk not in silent])
        yield from _nobody_is_told(change, silent)
    asked = change.job_ids - silent - {job.pk for job in long_archived}
    if not asked:
        return
    slots = planning.slots_of_change(asked, trigger, by=change.by, at=change.at)
    counted = selection.count(slots)
    zones = {job.pk: job.studio.timezone for job in change.jobs}
    yield from _messages(counted, zones, at=change.at)
    yield from _skipped(counted)
    if trigger == Trigger.SELLING and slots and not counted:
        text = _("Nobody is known yet who could be told that the photos are there.")
        yield Notice(Severity.WARNING, text, 0, frozenset(slot.job_id for slot in slots))


def _comes_back_late(change: Change, job: Job) -> bool:
    return change.move == "start_selling" and deadlines.archived_too_long(
        job.archived_at, change.at
    )


def _without_profile(job_ids: frozenset[int]) -> frozenset[int]:
    having = Campaign.objects.filter(job__in=listed(sorted(job_ids)), profile__isnull=False)
    return job_ids - set(having.values_list("job", flat=True))


def _profile_is_removed(jobs: Sequence[Job]) -> Iterator[Notice]:
    if not jobs:
        return
    text = ngettext(
        "%(count)d job was archived for more than 14 days: its communication profile is set to "
        "“No marketing e-mails/SMS”, so that nobody is surprised. You can choose one afterwards.",
        "%(count)d jobs were archived for more than 14 days: their communication profiles are set "
        "to “No marketing e-mails/SMS”, so that nobody is surprised. You can choose them "
        "afterwards.",
        len(jobs),
    ) % {"count": len(jobs)}
    yield Notice(Severity.WARNING, text, len(jobs), frozenset(job.pk for job in jobs))


def _nobody_is_told(change: Change, silent: frozenset[int]) -> Iterator[Notice]:
    if not silent:
        return
    text = ngettext(
        "%(count)d job has no communication profile: nobody is told that the photos are there. "
        "Choosing one later does not make up for it by itself.",
        "%(count)d jobs have no communication profile: nobody is told that the photos are there. "
        "Choosing one later does not make up for it by itself.",
        len(silent),
    ) % {"count": len(silent)}
    alone = _(
        "It has no communication profile: nobody is told that the photos are there. Choosing one "
        "later does not make up for it by itself."
    )
    yield Notice(Severity.WARNING, alone if len(change.jobs) == 1 else text, len(silent), silent)


def _messages(
    counted: Sequence[Counted], zones: dict[int, str], *, at: datetime
) -> Iterator[Notice]:
    """A sentence for each channel and time. The time is told so that it stays true for a while."""
    groups: Counter[tuple[str, str]] = Counter()
    first: dict[tuple[str, str], datetime] = {}
    jobs: dict[tuple[str, str], set[int]] = defaultdict(set)
    for row in counted:
        if row.status == Status.PLANNED and not row.is_known:
            key = (row.channel, _when(row, zones[row.job_id], at))
            groups[key] += row.count
            first[key] = min(first.get(key, row.due_at), row.due_at)
            jobs[key].add(row.job_id)
    for key in sorted(groups, key=lambda key: (first[key], key)):
        channel, when = key
        text = _sentence(channel, groups[key]) % {"count": groups[key], "when": when}
        yield Notice(Severity.INFO, text, groups[key], frozenset(jobs[key]))


def _sentence(channel: str, count: int) -> str:
    if channel == Channel.SMS:
        return ngettext("%(count)d SMS %(when)s.", "%(count)d SMS %(when)s.", count)
    return ngettext("%(count)d e-mail %(when)s.", "%(count)d e-mails %(when)s.", count)


def _when(row: Counted, zone: str, at: datetime) -> str:
    if row.reason == "":
        return _("at once")
    if row.reason == Reason.HOLD:
        minutes = round((row.due_at - at) / timedelta(minutes=1))
        return ngettext(
            "in %(count)d minute; you can stop them until then",
            "in %(count)d minutes; you can stop them until then",
            minutes,
        ) % {"count": minutes}
    return _("on %(moment)s") % {"moment": wording.moment(row.due_at, zone)}


def _skipped(counted: Sequence[Counted]) -> Iterator[Notice]:
    known = [row for row in counted if row.is_known]
    number = sum(row.count for row in known)
    if number:
        text = ngettext(
            "%(count)d message is not repeated: its recipient has it already.",
            "%(count)d messages are not repeated: their recipients have them already.",
            number,
        ) % {"count": number}
        yield Notice(Severity.INFO, text, number, frozenset(row.job_id for row in known))
    groups: Counter[str] = Counter()
    jobs: dict[str, set[int]] = defaultdict(set)
    for row in counted:
        if row.status == Status.SKIPPED and not row.is_known:
            groups[row.reason] += row.count
            jobs[row.reason].add(row.job_id)
    for reason, number in sorted(groups.items(), key=lambda item: (-item[1], item[0])):
        text = ngettext(
            "%(count)d message is skipped: %(reason)s",
            "%(count)d messages are skipped: %(reason)s",
            number,
        ) % {"count": number, "reason": Reason(reason).label}
        yield Notice(Severity.INFO, text, number, frozenset(jobs[reason]))
