"""Why somebody did or did not get a message: the ledger in words (C13).

Reads only. The number of queries does not depend on the number of messages.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from comms import wording
from comms.models import Message, Notification, Reason
from jobstatus import wording as dates
from jobstatus.models import Job

PAGE_SIZE = 25  # messages with their texts
MOST_OF_CUSTOMER = 200

PLANNED, HELD, SENT, SKIPPED, FAILED, UNKNOWN = STATES = (
    "planned",
    "held",
    "sent",
    "skipped",
    "failed",
    "unknown",
)
_WAITS_SHORTLY = (Reason.HOLD, Reason.QUIET)
_S = Message.Status


def state_of(status: str, reason: str) -> str:
    """One of STATES: what a message is for a person, who cares for no leases."""
    if status in (_S.CLAIMED, _S.TRANSMITTING):
        return PLANNED
    if status == _S.PLANNED and reason in _WAITS_SHORTLY:
        return HELD
    return str(status)


def state_label(state: str) -> str:
    return {
        PLANNED: _("Planned"),
        HELD: _("Held"),
        SENT: _("Sent"),
        SKIPPED: _("Skipped"),
        FAILED: _("Failed"),
        UNKNOWN: _("Unknown"),
    }[state]


def in_state(state: str) -> Q:
    held = Q(status=_S.PLANNED, reason__in=_WAITS_SHORTLY)
    if state == HELD:
        return held
    if state == PLANNED:
        return Q(status__in=[_S.PLANNED, _S.CLAIMED, _S.TRANSMITTING]) & ~held
    return Q(status=state)


@dataclass(frozen=True)
class Entry:
    """A message in words."""

    message: Message
    state: str
    label: str
    what: str
    whom: str
    when: str
    why: str
    subject: str
    text: str


def found(job: Job, *, state: str, rule: int | None, query: str) -> QuerySet[Message]:
    """A job's messages, narrowed; the latest first."""
    rows = Message.objects.filter(job=job)
    if state in STATES:
        rows = rows.filter(in_state(state))
    if rule is not None:
        rows = rows.filter(notification=rule)
    if query:
        rows = rows.filter(Q(address__icontains=query) | Q(customer__name__icontains=query))
    return rows.order_by("-due_at", "-pk")


def page_of(rows: QuerySet[Message], number: str, *, zone: str) -> "Page[Any]":
    """Two queries."""
    related = rows.select_related("notification", "customer")
    page: Page[Any] = Paginator(related, PAGE_SIZE).get_page(number)
    page.object_list = [entry(message, zone) for message in page.object_list]
    return page


def of_customer(customer: Any) -> list[Entry]:
    """What was, is or is not written to them in all jobs of the studio. One query."""
    rows = Message.objects.filter(customer=customer, studio=customer.studio_id)
    related = rows.select_related("notification", "customer", "job")
    zone = customer.studio.timezone
    newest = related.order_by("-due_at", "-pk")[:MOST_OF_CUSTOMER]
    return [entry(message, zone) for message in newest]


def entry(message: Message, zone: str) -> Entry:
    state = state_of(message.status, message.reason)
    customer: Any = message.customer
    return Entry(
        message=message,
        state=state,
        label=state_label(state),
        what=wording.when(message.notification),
        whom=str(customer.name or "") if customer else "",
        when=dates.moment(message.finished_at or message.due_at, zone),
        why=why(message),
        subject=message.subject,
        text=message.text,
    )


def why(message: Message) -> str:
    """In words: the reason, and what the provider or a person said of it."""
    said = []
    if message.status == _S.UNKNOWN:
        said.append(_("It may have arrived or not."))
    elif message.reason:
        said.append(str(Reason(message.reason).label))
    if message.remark:
        said.append(_(message.remark))
    return " ".join(said)


def named_rules(job: Job) -> Sequence[tuple[int, str]]:
    """The notifications that have messages in this job, for a choice. One query."""
    rows = Notification.objects.filter(messages__job=job).distinct()
    return [(row.pk, wording.when(row)) for row in sorted(rows, key=wording.place)]
