"""The messages that come by themselves in jobs as they are now, and for how many people (X1).

Reads only: the rules, moments and selection are those of the planner, and what the ledger holds
already is what the sender will take if the job is still as the message says.
"""

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count

from comms import wording
from comms.ledger import due, happenings, selection, truth
from comms.ledger.due import Rule
from comms.ledger.selection import Slot
from comms.models import Message, Notification, Trigger
from comms.models.profiles import BEFORE_DATES, HAPPENINGS
from jobstatus import wording as dates
from jobstatus.ahead import Coming, Outlook
from jobstatus.models import Job

MOST_ANSWERS = 5000  # to what customers did, of each kind
logger = logging.getLogger(__name__)
PLANNED = Message.Status.PLANNED
Key = tuple[int, int, datetime]  # of a job, a notification and when it is due


def messages(outlook: Outlook) -> list[Coming]:
    """What the ledger holds, reminders of dates, and answers to what customers did so far.

    A fixed number of queries for any number of jobs and messages: see `happenings.ahead`.
    """
    people, answers = _planned(outlook), _answers(outlook)
    jobs = {job.pk: job for job in outlook.open_jobs} | outlook.named(
        {job_id for job_id, _notification, _at in people} | {slot.job_id for slot in answers}
    )
    rules = {(rule.job_id, rule.notification_id): rule for rule in due.rules(jobs, Trigger.values)}
    reminders = _reminders(rules, outlook)
    # A reminder is shown although nobody is there yet that it could be for.
    people.update(dict.fromkeys(map(key, reminders), 0))
    slots = [*reminders, *(slot for slot in answers if slot.job_id in jobs)]
    people.update(counted(slots, at=outlook.at))
    true = {
        (job_id, notification_id, at): count
        for (job_id, notification_id, at), count in sorted(people.items())
        # A job may have been deleted meanwhile.
        if job_id in jobs and _is_true(rules.get((job_id, notification_id)), jobs[job_id], at)
    }
    return _told(true, jobs)


def _is_true(rule: Rule | None, job: Job, at: datetime) -> bool:
    """Nothing is said of a notification that the job's profile does not have any more."""
    return rule is not None and not truth.job_is_wrong(rule, job, at)


def _told(people: Mapping[Key, int], jobs: Mapping[int, Job]) -> list[Coming]:
    """What is due in the same minute is one. One query."""
    named = Notification.objects.in_bulk({notification for _job, notification, _at in people})
    first: dict[tuple[int, int, str], datetime] = {}
    counts: Counter[tuple[int, int, str]] = Counter()
    for (job_id, notification_id, at), count in people.items():
        minute = (job_id, notification_id, dates.moment(at, jobs[job_id].studio.timezone))
        first.setdefault(minute, at)
        counts[minute] += count
    return [
        Coming(at, jobs[job], when, _said(named[notification]), counts[job, notification, when])
        for (job, notification, when), at in first.items()
    ]


def _said(notification: Notification) -> str:
    return f"{wording.when(notification)} → {wording.whom(notification)}"


def counted(slots: Sequence[Slot], *, at: datetime) -> Counter[Key]:
    """How many people each of these would be for, if it were now."""
    found: Counter[Key] = Counter()
    for row in selection.count(slots):
        if row.status == PLANNED and not row.is_known:
            found[row.job_id, row.notification_id, max(at, row.due_at)] += row.count
    return found


def key(slot: Slot) -> Key:
    return slot.job_id, slot.notification_id, slot.due_at


def _planned(outlook: Outlook) -> Counter[Key]:
    """What is overdue is sent next."""
    rows = Message.objects.filter(
        status=PLANNED, due_at__lte=outlook.until, job__in=outlook.all_of("pk")
    )
    groups = rows.order_by().values_list("job", "notification", "due_at")
    found: Counter[Key] = Counter()
    for job_id, notification_id, due_at, count in groups.annotate(count=Count("pk")):
        found[job_id, notification_id, max(outlook.at, due_at)] += count
    return found


def _reminders(rules: Mapping[Any, Rule], outlook: Outlook) -> list[Slot]:
    """Those whose moment is still to come."""
    dated = [rule for rule in rules.values() if rule.trigger in BEFORE_DATES and rule.date]
    ahead = [rule for rule in dated if outlook.at < rule.before_date() <= outlook.until]
    return [rule.slot(rule.before_date(), at=outlook.at) for rule in ahead]


def _answers(outlook: Outlook) -> list[Slot]:
    studios, at, until = outlook.all_of("studio"), outlook.at, outlook.until
    found: list[Slot] = []
    for trigger in HAPPENINGS:
        slots = happenings.ahead(trigger, studios, most=MOST_ANSWERS, at=at, until=until)
        if len(slots) == MOST_ANSWERS:
            logger.warning("Of trigger %s only the first %s are foreseen.", trigger, MOST_ANSWERS)
        found += slots
    return found
