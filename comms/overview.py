"""A job's notifications: when they are due, what became of them, and whom they missed (C5, C13).

Reads only. The number of queries does not depend on the number of messages.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, Min, Q
from django.utils.translation import gettext as _

from comms import ahead, wording
from comms.explain import SKIPPED, STATES, state_label, state_of
from comms.ledger import due, planning, selection
from comms.ledger.due import Rule
from comms.ledger.selection import Counted
from comms.models import Message, Notification, Reason, Trigger
from comms.models.profiles import BEFORE_DATES, HAPPENINGS
from jobstatus import wording as dates
from jobstatus.lifecycle import Kind, Status
from jobstatus.models import Job

PLANNED_STATUS = Message.Status.PLANNED
SKIPPED_STATUS = Message.Status.SKIPPED


@dataclass
class Tally:
    """How many messages of a notification are in which state, and why they were skipped."""

    states: dict[str, int] = field(default_factory=lambda: dict.fromkeys(STATES, 0))
    reasons: dict[str, int] = field(default_factory=dict)
    meant_at: datetime | None = None

    @property
    def total(self) -> int:
        return sum(self.states.values())

    def add(self, status: str, reason: str, count: int, meant_at: datetime) -> None:
        state = state_of(status, reason)
        self.states[state] += count
        if state == SKIPPED:
            self.reasons[reason] = self.reasons.get(reason, 0) + count
        self.meant_at = min(self.meant_at or meant_at, meant_at)


@dataclass(frozen=True)
class Line:
    """A notification of a job, for the table of its tab."""

    notification: Notification
    when: str
    whom: str
    moment: str  # the instant in words, or why there is none
    is_ahead: bool
    expected: int | None  # people who would get it now; none if that cannot be said
    counts: list[tuple[str, str, int]]  # state, label, number
    reasons: list[tuple[str, int]]
    is_current: bool  # of the job's present profile, and switched on


def lines(job: Job, *, at: datetime) -> list[Line]:
    """In the order of a job's life; also those of an earlier profile that left messages. Needs the
    job's studio. At most six queries."""
    tallies = _tallies(job)
    rules = {rule.notification_id: rule for rule in due.rules([job.pk], list(Trigger))}
    rows = Notification.objects.filter(Q(pk__in=list(rules)) | Q(pk__in=list(tallies)))
    expected = _expected(job, rules.values(), at=at)
    empty = Tally()
    return [
        _line(job, row, rules.get(row.pk), tallies.get(row.pk, empty), expected, at)
        for row in sorted(rows.select_related("profile"), key=wording.place)
        if row.pk in tallies or _can_happen(job, row)
    ]


def _can_happen(job: Job, row: Notification) -> bool:
    """Standard profiles are for both kinds of jobs, the prepay deadline for one of them."""
    return row.trigger != Trigger.BEFORE_PREPAY_DEADLINE or job.kind == Kind.PREPAY


def _tallies(job: Job) -> dict[int, Tally]:
    found: dict[int, Tally] = defaultdict(Tally)
    rows = Message.objects.filter(job=job).order_by().values("notification", "status", "reason")
    for row in rows.annotate(n=Count("pk"), first=Min("meant_at")):
        found[row["notification"]].add(row["status"], row["reason"], row["n"], row["first"])
    return found


def _expected(job: Job, rules: Iterable[Rule], *, at: datetime) -> dict[int, int]:
    """How many people each reminder that is ahead would be for, if it were now."""
    to_come = [rule for rule in rules if _date_of(job, rule) and rule.before_date() > at]
    slots = [rule.slot(rule.before_date(), at=at) for rule in to_come]
    people = ahead.counted(slots, at=at)
    return {slot.notification_id: people[ahead.key(slot)] for slot in slots}


def _date_of(job: Job, rule: Rule) -> bool:
    """Whether it counts from a date that the job has."""
    if rule.trigger not in BEFORE_DATES or rule.date is None:
        return False
    return rule.trigger != Trigger.BEFORE_ARCHIVING or job.archiving_enabled


def _line(
    job: Job,
    row: Notification,
    rule: Rule | None,
    tally: Tally,
    expected: dict[int, int],
    at: datetime,
) -> Line:
    moment, is_ahead = _moment(job, row, rule, tally, at)
    return Line(
        notification=row,
        when=wording.when(row),
        whom=wording.whom(row),
        moment=moment,
        is_ahead=is_ahead,
        expected=expected.get(row.pk),
        counts=[(s, state_label(s), n) for s, n in tally.states.items() if n],
        reasons=by_number((str(Reason(r).label), n) for r, n in tally.reasons.items()),
        is_current=rule is not None,
    )


def by_number(pairs: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    return sorted(pairs, key=lambda pair: (-pair[1], pair[0]))


def _moment(
    job: Job, row: Notification, rule: Rule | None, tally: Tally, at: datetime
) -> tuple[str, bool]:
    """When it was or will be due, in words, and whether that is ahead."""
    zone = job.studio.timezone
    if rule is not None and row.trigger in BEFORE_DATES:
        if not _date_of(job, rule):
            is_prepay = row.trigger == Trigger.BEFORE_PREPAY_DEADLINE
            words = _("The job has no prepay deadline.") if is_prepay else ""
            return words or _("The job has no archiving date."), False
        moment = rule.before_date()
        if moment > at:
            return dates.moment(moment, zone), True
        if not tally.total and moment <= rule.attached_at:
            words = _("%(moment)s: passed before the profile was chosen, so it is not made up")
            return words % {"moment": dates.moment(moment, zone)}, False
        return dates.moment(moment, zone), False
    if row.trigger in HAPPENINGS:
        return _("Each customer at their own time"), False
    if tally.meant_at is not None:
        return dates.moment(tally.meant_at, zone), tally.meant_at > at
    return "", False


# Making up for a missed start (C5)


@dataclass(frozen=True)
class Missed:
    """People of a selling job who have not got its "set to Selling" message."""

    planned: int
    skipped: list[tuple[str, int]]
    known: int


def missed(job: Job, *, by: Any, at: datetime) -> Missed | None:
    """None if the job is not selling or has no such notification. Two or three queries."""
    if job.status != Status.SELLING:
        return None
    slots = planning.slots_of_change([job.pk], Trigger.SELLING, by=by, at=at)
    if not slots:
        return None
    counted = selection.count(slots)
    return Missed(
        planned=_sum(r for r in counted if r.status == PLANNED_STATUS and not r.is_known),
        skipped=_reasons(r for r in counted if r.status == SKIPPED_STATUS and not r.is_known),
        known=_sum(row for row in counted if row.is_known),
    )


def _sum(rows: Iterable[Counted]) -> int:
    return sum(row.count for row in rows)


def _reasons(rows: Iterable[Counted]) -> list[tuple[str, int]]:
    found: dict[str, int] = defaultdict(int)
    for row in rows:
        found[str(Reason(row.reason).label)] += row.count
    return by_number(found.items())
