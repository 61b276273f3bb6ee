"""What is due is put into the ledger: by a status change, by a date, or by what a customer did.

A status change is evaluated once, in its own transaction (L5, L7). Dates and happenings are found
by the planner, so that a date that moves or an outage leaves nothing behind to be repaired.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from comms.ledger import due, happenings, selection
from comms.ledger.due import Rule
from comms.ledger.selection import Slot
from comms.models import (
    Campaign,
    Dispatch,
    Trigger,
)
from comms.models.profiles import BEFORE_DATES, HAPPENINGS
from jobstatus import deadlines
from jobstatus.clock import Clock
from jobstatus.keys import listed
from jobstatus.lifecycle import Status
from jobstatus.models import JobEvent

BATCH_SIZE = 500  # reminders of jobs, or things that happened, in one transaction
MADE_UP = "make_up"  # the move of a dispatch that somebody asked for (C5)
TRIGGERS = {Status.SELLING: Trigger.SELLING, Status.ARCHIVED: Trigger.ARCHIVED}


# Status changes


def take_profile_away(events: Sequence[JobEvent]) -> None:
    """Jobs that were archived for more than 14 days come back without one (A11)."""
    long_archived = [
        event.job_id
        for event in events
        if event.to_status == Status.SELLING
        and deadlines.archived_too_long(event.archived_since, event.at)
    ]
    if long_archived:
        Campaign.objects.filter(job__in=listed(long_archived), profile__isnull=False).update(
            profile=None, removed_at=events[0].at
        )


def plan_changes(events: Sequence[JobEvent]) -> int:
    """Evaluate what these status changes set off. In their transaction; all have one instant.

    A change by a person is held, so that it can be stopped (X2); one by the clock is not.
    """
    moved = {
        event.job_id: TRIGGERS[Status(event.to_status)]
        for event in events
        if event.to_status in TRIGGERS
    }
    if not moved:
        return 0
    rules = due.rules(moved, {*moved.values(), Trigger.BEFORE_ARCHIVING})
    at, last = events[0].at, events[-1]
    _mark_passed([rule for rule in rules if moved[rule.job_id] == Trigger.SELLING], at=at)
    of_change = [rule for rule in rules if rule.trigger == moved[rule.job_id]]
    if last.by_id is None:
        return selection.write(
            [rule.slot(rule.after_change(at), at=at) for rule in of_change], at=at
        )
    return _write_held(of_change, move=last.move, by_id=last.by_id, at=at)


def slots_of_change(
    job_ids: Collection[int], trigger: Trigger, *, by: Any, at: datetime
) -> list[Slot]:
    """What a change would plan, for counting it. One query."""
    return [
        rule.slot(rule.after_change(at), at=at, hold=timedelta(0) if by is None else rule.hold)
        for rule in due.rules(job_ids, [trigger])
    ]


def _mark_passed(rules: Iterable[Rule], *, at: datetime) -> None:
    """Reminders that were due before the sale started are not made up."""
    _evaluated(
        [
            rule
            for rule in rules
            if rule.trigger == Trigger.BEFORE_ARCHIVING
            and rule.date is not None
            and rule.before_date() <= at
        ],
        at=at,
    )


def _write_held(rules: Sequence[Rule], *, move: str, by_id: int, at: datetime) -> int:
    holds = {rule.studio_id: rule.hold for rule in rules}
    held = Dispatch.objects.bulk_create(
        Dispatch(studio_id=studio_id, at=at, by_id=by_id, move=move, releases_at=at + hold)
        for studio_id, hold in holds.items()
    )
    dispatch_of = {dispatch.studio_id: dispatch.pk for dispatch in held}
    slots = [
        rule.slot(
            rule.after_change(at), at=at, hold=rule.hold, dispatch_id=dispatch_of[rule.studio_id]
        )
        for rule in rules
    ]
    return selection.write(slots, at=at)


# What a person decides


@transaction.atomic(durable=True)
def make_up(job_ids: Collection[int], *, by: Any, clock: Clock) -> int:
    """Evaluate the "set to Selling" notifications of selling jobs now, after all (C5).

    Whoever has a message already is left alone. Held like a status change.
    """
    at = clock()
    selling = Campaign.objects.filter(job__in=listed(job_ids), job__status=Status.SELLING)
    ids = list(selling.values_list("job", flat=True))
    rules = due.rules(ids, [Trigger.SELLING])
    return _write_held(rules, move=MADE_UP, by_id=by.pk, at=at)


# The planner


def plan_due(*, clock: Clock) -> int:
    """Put into the ledger what dates and happenings have made due; returns how many rows.

    Any number of planners may run at once. Idle: a query or two for each trigger.
    """
    dated = sum(_plan_dates(trigger, clock=clock) for trigger in BEFORE_DATES)
    return dated + sum(_plan_happenings(trigger, clock=clock) for trigger in HAPPENINGS)


def _plan_happenings(trigger: Trigger, *, clock: Clock) -> int:
    written = BATCH_SIZE
    total = 0
    while written >= BATCH_SIZE:  # A batch that wrote less was the last one.
        at = clock()
        written = selection.write(happenings.due(trigger, most=BATCH_SIZE, at=at), at=at)
        total += written
    return total


def _plan_dates(trigger: Trigger, *, clock: Clock) -> int:
    at = clock()
    come = [rule for rule in due.rules_of_dates(trigger, at=at) if rule.before_date() <= at]
    written = 0
    for start in range(0, len(come), BATCH_SIZE):
        written += _plan_moments(come[start : start + BATCH_SIZE], clock=clock)
    return written


@transaction.atomic(durable=True)
def _plan_moments(rules: Sequence[Rule], *, clock: Clock) -> int:
    """Those that no other planner was faster with. Moments before the profile are not made up."""
    at = clock()
    slots = []
    for rule in _evaluated(rules, at=at):
        meant_at = rule.before_date()
        if meant_at > max(rule.attached_at, rule.created_at):
            slots.append(rule.slot(meant_at, at=at))
    return selection.write(slots, at=at)


def _evaluated(rules: Sequence[Rule], *, at: datetime) -> list[Rule]:
    """Mark these reminders as evaluated for their dates; returns those that nobody had marked."""
    if not rules:
        return []
    instant = connection.ops.adapt_datetimefield_value(at)
    values = [
        value
        for rule in rules
        for value in (rule.notification_id, rule.job_id, rule.date and str(rule.date), instant)
    ]
    with connection.cursor() as cursor:
        cursor.execute(_EVALUATE.format(rows=", ".join(["(%s, %s, %s, %s)"] * len(rules))), values)
        new = set(cursor.fetchall())
    return [rule for rule in rules if (rule.notification_id, rule.job_id) in new]


_EVALUATE = """
INSERT INTO comms_evaluation (notification_id, job_id, date, at) VALUES {rows}
ON CONFLICT (job_id, notification_id, date) DO NOTHING RETURNING notification_id, job_id
"""
