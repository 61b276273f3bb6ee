"""Whether receipts leave. The admin's front page and the health page ask here."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Min, QuerySet

from shop.delivery.receipts import LEASE
from shop.models import Receipt

# One whose worker was lost is sent again after the lease: that is no reason to wake anybody.
LATE_AFTER = LEASE + timedelta(minutes=5)
COUNTED = 10_000  # rows at the most: more is as bad


@dataclass(frozen=True)
class ReceiptsHealth:
    overdue: int
    oldest_due_seconds: int

    @property
    def is_well(self) -> bool:
        return not self.overdue


def overdue(at: datetime) -> QuerySet[Receipt]:
    """Due for long and neither sent nor given up: no mail server, or no tick of the shop."""
    waiting = Receipt.objects.filter(status__in=[Receipt.Status.WAITING, Receipt.Status.CLAIMED])
    return waiting.filter(due_at__lte=at - LATE_AFTER)


def receipts_health(at: datetime) -> ReceiptsHealth:
    """Two queries on the index of receipts that are not sent, one if all is well."""
    late = overdue(at)
    count = late[:COUNTED].count()
    oldest = late.aggregate(at=Min("due_at"))["at"] if count else None
    return ReceiptsHealth(count, int((at - oldest).total_seconds()) if oldest else 0)
