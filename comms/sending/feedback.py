"""What providers report of messages afterwards: came back, reported as spam, delivered (C9).

A report is believed after its sender has shown who it is, for messages of the last days only, and
once. Unknown ones change nothing.
"""

import hashlib
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext_noop

from comms.models import Message, ProviderEvent, Suppression
from comms.models.messages import REMARK_LENGTH
from comms.sending import claims, tags
from comms.texts import plain
from jobstatus.clock import Clock

YOUNG = timedelta(days=14)
MOST_SOFT_BOUNCES = 3  # of one address within that time
SOFT = "soft bounce"  # the provider's place in a row that counts one
KEY_LENGTH = 32
CAME_BACK = gettext_noop("The message came back: %s")
logger = logging.getLogger(__name__)


class What(Enum):
    DELIVERED = auto()
    HARD_BOUNCE = auto()  # there is no such address
    SOFT_BOUNCE = auto()  # a mailbox that is full, and the like
    COMPLAINED = auto()
    UNSUBSCRIBED = auto()


@dataclass(frozen=True)
class Report:
    provider: str
    event_id: str  # the same report has the same one
    what: What
    tag: str = ""  # of ours, if the provider gives it back
    provider_id: str = ""  # of the message, without brackets
    recipient: str = ""
    remark: str = ""


def take_in(report: Report, *, clock: Clock) -> bool:
    """False if nothing changed: an unknown message, or a report that was taken in before."""
    at = clock()
    message = _message(report, at)
    if message is None:
        logger.info("A report of %s is about no message of ours.", report.provider)
        return False
    try:
        with transaction.atomic():
            ProviderEvent.objects.create(
                provider=report.provider, event_id=_short(report.event_id), at=at
            )
            _apply(report, message, at)
    except IntegrityError:
        return False
    return True


def _message(report: Report, at: datetime) -> Message | None:
    """By our own tag, which nobody can forge, or by the provider's number and the address."""
    known = Q(pk=0)
    if (pk := tags.message_pk(report.tag)) is not None:
        known |= Q(pk=pk)
    if report.provider_id:
        known |= Q(provider_id=report.provider_id)
    young = Message.objects.exclude(status__in=["planned", "skipped"]).exclude(
        finished_at__lt=at - YOUNG
    )
    for message in young.filter(known).order_by("pk")[:2]:
        if not report.recipient or _is_same(report.recipient, message):
            return message
    return None


def _is_same(recipient: str, message: Message) -> bool:
    return recipient.strip().casefold() in (message.address_key, message.address.casefold())


def _apply(report: Report, message: Message, at: datetime) -> None:
    remark = plain.one_line(report.remark, REMARK_LENGTH)
    if report.what is What.DELIVERED:
        claims.resolve_as_sent(message, at=at, provider_id=report.provider_id)
        return
    if report.what is What.SOFT_BOUNCE:
        _count_soft_bounce(message, at)
    if report.what in SUPPRESSED:
        claims.suppress(message, SUPPRESSED[report.what], remark, at=at)
    if report.what in (What.HARD_BOUNCE, What.SOFT_BOUNCE):
        # It was sent: that is how it could come back.
        claims.resolve_as_sent(message, at=at, provider_id=report.provider_id)
        Message.objects.filter(pk=message.pk).update(remark=(CAME_BACK % remark)[:REMARK_LENGTH])


SUPPRESSED = {
    What.HARD_BOUNCE: Suppression.Why.BOUNCED,
    What.COMPLAINED: Suppression.Why.COMPLAINED,
    What.UNSUBSCRIBED: Suppression.Why.UNSUBSCRIBED,
}


def _count_soft_bounce(message: Message, at: datetime) -> None:
    """Once for each message; the third of an address within two weeks is as good as a hard one."""
    address = f"{message.studio_id}:{_digest(message.address_key)}:"
    ProviderEvent.objects.bulk_create(
        [ProviderEvent(provider=SOFT, event_id=f"{address}{message.pk}", at=at)],
        ignore_conflicts=True,
    )
    counted = ProviderEvent.objects.filter(
        provider=SOFT, event_id__startswith=address, at__gt=at - YOUNG
    )
    if counted.count() >= MOST_SOFT_BOUNCES:
        claims.suppress(message, Suppression.Why.BOUNCED, SOFT, at=at)


def _short(event_id: str) -> str:
    """As the column takes it; long ones by their digest."""
    longest = ProviderEvent._meta.get_field("event_id").max_length or 0
    return event_id if len(event_id) <= longest else _digest(event_id)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:KEY_LENGTH]
