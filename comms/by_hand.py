"""What a person decides about messages: to stop them (X2), or what became of them (C11).

Each is one conditional UPDATE: whoever is second finds nothing to do.
"""

from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext_noop

from comms.models import Dispatch, Message, MessageQuerySet, Reason
from jobstatus.clock import Clock
from jobstatus.keys import listed

MOST_AT_ONCE = 1_000
ARRIVED = gettext_noop("A person says that it arrived.")
AGAIN = gettext_noop("A person lets it be sent again.")
Status = Message.Status


@transaction.atomic(durable=True)
def stop(dispatch_id: int, *, clock: Clock) -> int:
    """Skip what a change planned and nobody has begun to send; returns how many (X2)."""
    at = clock()
    Dispatch.objects.filter(pk=dispatch_id, stopped_at__isnull=True).update(stopped_at=at)
    waiting = Message.objects.waiting().filter(dispatch=dispatch_id)
    return waiting.update(status=Status.SKIPPED, reason=Reason.STOPPED, finished_at=at)


@transaction.atomic(durable=True)
def release(dispatch_id: int, *, clock: Clock) -> int:
    """Let go now what only waits so that it could be stopped; returns how many."""
    at = clock()
    Dispatch.objects.filter(pk=dispatch_id, releases_at__gt=at).update(releases_at=at)
    held = Message.objects.waiting().filter(dispatch=dispatch_id, reason=Reason.HOLD)
    return held.update(due_at=at, reason="")


def arrived(message_ids: Collection[int]) -> int:
    """Unknown ones count as sent from now on. Returns how many."""
    rows = _chosen(message_ids).filter(status=Status.UNKNOWN)
    return rows.update(status=Status.SENT, reason="", remark=ARRIVED)


def send_again(message_ids: Collection[int], *, clock: Clock) -> int:
    """Unknown and failed ones are planned for now. Whether they are still wanted and true is asked
    when they leave, as of any other. Returns how many."""
    at = clock()
    rows = _chosen(message_ids).filter(status__in=[Status.UNKNOWN, Status.FAILED])
    return rows.update(
        status=Status.PLANNED,
        reason="",
        remark=AGAIN,
        due_at=at,
        meant_at=at,  # Its lateness is the person's wish.
        planned_at=at,
        finished_at=None,
        attempts=0,
        token="",
        leased_until=None,
        dispatch=None,
    )


def _chosen(message_ids: Collection[int]) -> MessageQuerySet:
    return Message.objects.filter(pk__in=listed(message_ids))
