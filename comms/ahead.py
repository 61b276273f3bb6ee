"""The messages that come by themselves in jobs as they are now, and for how many people (X1).

Reads only: the rules, moments and selection are those of the planner, and what the ledger holds
already is what the sender will take.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count

from comms import wording
from comms.ledger import due, selection
from comms.ledger.due import Rule
from comms.models import Message, Notification, Trigger
from comms.models.profiles import BEFORE_DATES
from jobstatus import wording as dates
from jobstatus.ahead import Coming
from jobstatus.keys import listed
from jobstatus.lifecycle import Status
from jobstatus.models import Job

PLANNED = Message.Status.PLANNED


def reminders(jobs: Sequence[Job], *, at: datetime, until: datetime) -> Iterator[Coming]:
    """Those whose moment lies after `at`, and what is planned already. Six queries at most."""
    by_id = {job.pk: job for job in jobs}
    rules = [
        rule
        for rule in due.rules(list(by_id), BEFORE_DATES)
        if will_remind(by_id[rule.job_id], rule) and at < rule.before_date() <= until
    ]
    people = expected(rules, at=at)
    found = [
        (rule.before_date(), rule.job_id, rule.notification_id, people[key(rule)]) for rule in rules
    ] + _planned(by_id, until=until)
    named = Notification.objects.in_bulk({pk for _at, _job, pk, _count in found})
    for moment, job_id, notification_id, count in found:
        row, job = named[notification_id], by_id[job_id]
        text = f"{wording.when(row)} → {wording.whom(row)}"
        yield Coming(moment, job, dates.moment(moment, job.studio.timezone), text, count)


def will_remind(job: Job, rule: Rule) -> bool:
    """Whether the planner would take it, once its moment has come: see `due.rules_of_dates`."""
    is_archiving = rule.trigger == Trigger.BEFORE_ARCHIVING
    status = Status.SELLING if is_archiving else Status.PREPAY
    ticked = job.archiving_enabled or not is_archiving
    return bool(rule.date is not None and job.status == status and ticked)


def expected(rules: Iterable[Rule], *, at: datetime) -> Counter[tuple[int, int]]:
    """How many people each of these reminders would be for, if it were now; by `key`."""
    found: Counter[tuple[int, int]] = Counter()
    for row in selection.count([rule.slot(rule.before_date(), at=at) for rule in rules]):
        if row.status == PLANNED and not row.is_known:
            found[row.job_id, row.notification_id] += row.count
    return found


def key(rule: Rule) -> tuple[int, int]:
    return rule.job_id, rule.notification_id


def _planned(jobs: dict[int, Job], *, until: datetime) -> list[Any]:
    rows = Message.objects.filter(job__in=listed(jobs), status=PLANNED, due_at__lte=until)
    groups = rows.order_by().values_list("due_at", "job", "notification")
    return list(groups.annotate(count=Count("pk")))
