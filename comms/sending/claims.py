"""The one door through which a message moves from planned to its end.

Each step is an UPDATE that holds only for whoever has the row now, by its status and its token. So
two workers, or one that was asleep beyond its lease, never both act on a row.
"""

import logging
import secrets
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from itertools import takewhile

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Case, F, PositiveSmallIntegerField, When
from django.utils.translation import gettext_noop

from comms.models import Message, MessageQuerySet, Reason, Suppression
from comms.models.messages import REMARK_LENGTH
from comms.sending.channels import End, Ending

MOST_LOSSES = 5  # of senders over one message; then a person has to look at it
BACK_OFF = tuple(timedelta(minutes=n) for n in (1, 5, 15, 30, 60))  # and every hour from then on
RECOVERED_AT_ONCE = 5_000
PARKED = gettext_noop("Its sender was lost again and again.")
LOST = gettext_noop("The sender was lost while it handed the message over.")

COUNT = PositiveSmallIntegerField()
Status = Message.Status
IN_HAND = (Status.CLAIMED, Status.TRANSMITTING)
logger = logging.getLogger(__name__)


def lease() -> timedelta:
    return timedelta(seconds=settings.SENDER_LEASE_SECONDS)


@transaction.atomic(durable=True)
def claim(studio_id: int, channel: str, *, most: int, at: datetime) -> list[Message]:
    """The oldest due messages of a studio, with their notifications. The attempt is counted here.

    One whose sender was lost before comes alone: if it is what kills senders, it takes no other
    one along. Two queries.
    """
    due = Message.objects.waiting().filter(studio=studio_id, channel=channel, due_at__lte=at)
    oldest = (
        due.select_related("notification")
        .select_for_update(skip_locked=True, of=("self",), no_key=True)
        .order_by("due_at", "pk")[:most]
    )
    found = list(oldest)
    batch = list(takewhile(lambda row: not _is_suspect(row), found)) or found[:1]
    if not batch:
        return []
    token, until = secrets.token_hex(16), at + lease()
    _rows(batch).update(
        status=Status.CLAIMED, token=token, leased_until=until, attempts=F("attempts") + 1
    )
    for message in batch:
        message.status, message.token, message.leased_until = Status.CLAIMED, token, until
        message.attempts += 1
    return batch


def _is_suspect(message: Message) -> bool:
    return message.attempts > 0 and message.reason != Reason.RETRY


def renew(batch: Collection[Message], *, at: datetime) -> list[Message]:
    """Those that are still ours, with a lease from now on."""
    until = at + lease()
    held = _claimed(batch)
    held.update(leased_until=until)
    ours = set(held.values_list("pk", flat=True))
    kept = [message for message in batch if message.pk in ours]
    for message in kept:
        message.leased_until = until
    return kept


def mark(message: Message, *, subject: str, text: str, at: datetime) -> bool:
    """Note that it leaves now; only then may its last byte. False: it must not leave.

    Asked in the same statement: whether it is still ours, and whether the address is still wanted.
    """
    instant = connection.ops.adapt_datetimefield_value
    values = [instant(at + lease()), subject, text, message.pk, message.token, instant(at)]
    with connection.cursor() as cursor:
        cursor.execute(_MARK, values)
        return bool(cursor.rowcount == 1)


def settle(message: Message, end: End, *, at: datetime) -> bool:
    """Write down how an attempt ended. Too late only if somebody has acted on the row since."""
    ours = Message.objects.filter(
        pk=message.pk, token=message.token, status__in=[*IN_HAND, Status.UNKNOWN]
    )
    remark = end.remark[:REMARK_LENGTH]
    if end.what is Ending.SENT:
        return _settle_sent(message, end.provider_id[:200], at=at)
    if end.what is Ending.LATER:
        wait = end.wait or BACK_OFF[min(message.attempts, len(BACK_OFF)) - 1]
        return _back(ours, due_at=at + wait, reason=Reason.RETRY, remark=remark)
    if end.what is Ending.DOUBT:
        # The token stays: evidence may still come.
        return bool(
            ours.update(status=Status.UNKNOWN, finished_at=at, leased_until=None, remark=remark)
        )
    if end.what is Ending.ABORTED:
        return _settle_unwanted(message, at=at) or give_back([message]) == 1
    with transaction.atomic(durable=True):
        is_ours = _finish(ours, Status.FAILED, at, remark=remark)
        if is_ours and (end.is_bounce or end.is_unwanted):
            why = Suppression.Why.UNSUBSCRIBED if end.is_unwanted else Suppression.Why.BOUNCED
            suppress(message, why, remark, at=at)
    return is_ours


def _settle_sent(message: Message, provider_id: str, *, at: datetime) -> bool:
    finished_at = connection.ops.adapt_datetimefield_value(at)
    with connection.cursor() as cursor:
        cursor.execute(_SENT, [finished_at, provider_id, message.pk, message.token])
        return bool(cursor.rowcount == 1)


# Two for each message: as SQL, since writing it anew each time took Django longer than the
# database needs to carry it out.
_MARK = """
UPDATE comms_message SET status = 'transmitting', leased_until = %s, subject = %s, text = %s
WHERE id = %s AND token = %s AND status = 'claimed' AND leased_until > %s
    AND NOT EXISTS (
        SELECT 1 FROM comms_suppression AS unwanted
        WHERE unwanted.studio_id = comms_message.studio_id
            AND unwanted.address_key = comms_message.address_key
    )
"""
_SENT = """
UPDATE comms_message SET status = 'sent', finished_at = %s, provider_id = %s, leased_until = NULL,
    token = '', remark = '', reason = ''
WHERE id = %s AND token = %s AND status IN ('claimed', 'transmitting', 'unknown')
"""


def suppress(message: Message, why: str, remark: str, *, at: datetime) -> None:
    """From now on the studio writes no marketing to this address. Once or twice is the same."""
    row = Suppression(studio_id=message.studio_id, address_key=message.address_key, why=why, at=at)
    row.remark = remark[:REMARK_LENGTH]
    Suppression.objects.bulk_create([row], ignore_conflicts=True)


def _settle_unwanted(message: Message, *, at: datetime) -> bool:
    """Whether it was kept back because the customer unsubscribed at the last moment."""
    rows = Suppression.objects.filter(studio=message.studio_id, address_key=message.address_key)
    why = rows.order_by("pk").values_list("why", flat=True).first()
    return why is not None and skip([message], why, at=at) == 1


def skip(batch: Collection[Message], reason: str, *, at: datetime, remark: str = "") -> int:
    return _claimed(batch).update(
        status=Status.SKIPPED,
        reason=reason,
        remark=remark[:REMARK_LENGTH],
        finished_at=at,
        leased_until=None,
        token="",
    )


def skip_planned_of(job_id: int, reason: str, *, at: datetime) -> int:
    """All that the job has planned and nobody has begun to send. One query."""
    planned = Message.objects.waiting().filter(job=job_id)
    return planned.update(status=Status.SKIPPED, reason=reason, finished_at=at)


def fail(message: Message, remark: str, *, at: datetime, reason: str = "") -> bool:
    return _finish(_claimed([message]), Status.FAILED, at, remark=remark, reason=reason)


def postpone(batch: Collection[Message], *, due_at: datetime, reason: str) -> int:
    """It was no attempt: its moment has not come.

    Refusals before it are forgotten with their reason, or they would count as losses of senders.
    """
    return _claimed(batch).update(
        status=Status.PLANNED,
        reason=reason,
        due_at=due_at,
        attempts=Case(
            When(reason=Reason.RETRY, then=0), default=F("attempts") - 1, output_field=COUNT
        ),
        leased_until=None,
        token="",
    )


def give_back(batch: Collection[Message]) -> int:
    """As if they had not been claimed; certainly nothing of them has left."""
    if not batch:
        return 0
    ours = _rows(batch).filter(token__in={row.token for row in batch}, status__in=IN_HAND)
    return ours.update(
        status=Status.PLANNED, attempts=F("attempts") - 1, leased_until=None, token=""
    )


def recover_lost(*, at: datetime) -> int:
    """Take up messages whose sender is gone. Idle: one query.

    Claimed ones had not left: they are planned again, and parked after too many losses. Those that
    were just leaving are in doubt. They are never repeated by themselves.
    """
    late = Message.objects.filter(status__in=IN_HAND, leased_until__lte=at)
    found = list(
        late.order_by("leased_until", "pk").values_list("pk", flat=True)[:RECOVERED_AT_ONCE]
    )
    if not found:
        return 0
    lost = late.filter(pk__in=found)
    doubtful = lost.filter(status=Status.TRANSMITTING).update(
        status=Status.UNKNOWN, finished_at=at, leased_until=None, remark=LOST
    )
    claimed = lost.filter(status=Status.CLAIMED)
    parked = claimed.filter(attempts__gte=MOST_LOSSES).exclude(reason=Reason.RETRY)
    failed = parked.update(
        status=Status.FAILED, finished_at=at, leased_until=None, token="", remark=PARKED
    )
    # An answer of the provider shows that it kills no sender: the count of losses begins anew.
    again = claimed.update(
        status=Status.PLANNED,
        attempts=Case(When(reason=Reason.RETRY, then=1), default=F("attempts"), output_field=COUNT),
        reason="",
        leased_until=None,
        token="",
    )
    if doubtful or failed:
        logger.error(
            "Senders were lost: %s messages may have left, %s are given up, %s are sent again.",
            doubtful,
            failed,
            again,
        )
    return doubtful + failed + again


def _rows(batch: Iterable[Message]) -> MessageQuerySet:
    return Message.objects.filter(pk__in=[message.pk for message in batch])


def _claimed(batch: Iterable[Message]) -> MessageQuerySet:
    """Those of a batch that are still claimed by us."""
    tokens = {message.token for message in batch}
    return _rows(batch).filter(token__in=tokens, status=Status.CLAIMED)


def _finish(rows: MessageQuerySet, status: str, at: datetime, **values: str) -> bool:
    """`sent` forgets an earlier remark."""
    values = {"remark": "", "reason": "", **values}
    return bool(rows.update(status=status, finished_at=at, leased_until=None, token="", **values))


def _back(rows: MessageQuerySet, *, due_at: datetime, reason: str, remark: str) -> bool:
    return bool(
        rows.update(
            status=Status.PLANNED,
            due_at=due_at,
            reason=reason,
            remark=remark,
            finished_at=None,
            leased_until=None,
            token="",
        )
    )


def resolve_as_sent(message: Message, *, at: datetime, provider_id: str = "") -> bool:
    """It has arrived, as the provider says. False if it is not in doubt any more.

    Also while it is being handed over: its sender may be gone, and the report comes once.
    """
    doubtful = [Status.TRANSMITTING, Status.UNKNOWN]
    rows = Message.objects.filter(pk=message.pk, status__in=doubtful)
    known = {"provider_id": provider_id[:200]} if provider_id else {}
    return _finish(rows, Status.SENT, at, **known)
