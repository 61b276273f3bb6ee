"""Whether messages leave. The admin's front page and the health page ask here."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import CharField, Exists, OuterRef, Value
from django.db.models.functions import Cast, Concat

from comms.models import Message, Pace
from comms.sending import mute, pace

LATE_AFTER = timedelta(minutes=10)
COUNTED = 10_000  # rows at the most: more is as bad


@dataclass(frozen=True)
class SendingHealth:
    is_muted: bool
    overdue: int  # due for long, of studios that nobody has served meanwhile
    unknown: int
    failed: int
    oldest_due_seconds: int

    @property
    def is_well(self) -> bool:
        return not (self.is_muted or self.overdue)


def sending_health(at: datetime) -> SendingHealth:
    """Five queries. Many messages at a slow pace are not overdue, if they are being sent."""
    key = Concat(Value(pace.of_studio("")), Cast(OuterRef("studio_id"), CharField()))
    is_served = Exists(Pace.objects.filter(pk=key, next_at__gt=at - LATE_AFTER))
    due = Message.objects.waiting().filter(due_at__lte=at)
    oldest = due.order_by("due_at").values_list("due_at", flat=True).first()
    late = due.filter(~is_served, due_at__lte=at - LATE_AFTER)
    person = Message.objects.needing_a_person()
    return SendingHealth(
        is_muted=mute.is_muted() is not None,
        overdue=late[:COUNTED].count(),
        unknown=person.filter(status=Message.Status.UNKNOWN)[:COUNTED].count(),
        failed=person.filter(status=Message.Status.FAILED)[:COUNTED].count(),
        oldest_due_seconds=int((at - oldest).total_seconds()) if oldest else 0,
    )
