"""What the system asks of many jobs at once."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import F

from jobstatus import deadlines
from jobstatus.lifecycle import Status
from jobstatus.models.studio import Studio

if TYPE_CHECKING:
    from jobstatus.models.job import Job  # noqa: F401 - ruff does not read the base class below


class JobQuerySet(models.QuerySet["Job"]):
    def of(self, user: Any) -> "JobQuerySet":
        """The jobs of the user's studios; all of them for a superuser (J3)."""
        if user.is_superuser:
            return self
        return self.filter(studio__in=Studio.objects.of(user))

    def selling(self) -> "JobQuerySet":
        return self.filter(status=Status.SELLING)

    def due(self, at: datetime) -> "JobQuerySet":
        """Selling jobs whose archiving deadline has passed, longest overdue first (A3)."""
        return self.selling().filter(closes_at__lte=at).order_by("closes_at", "pk")

    def recompute_deadlines(self) -> int:
        """Bring `closes_at` in line with dates and zones. Returns how many jobs it moved.

        Idempotent. One query, and one more for each distinct (zone, date, delay, closes_at) that
        is wrong. Writes only where it still finds what it read.
        """
        return sum(
            self.filter(**where).update(closes_at=right, version=F("version") + 1)
            for where, right in self.wrong_deadlines()
        )

    def wrong_deadlines(self) -> Iterator[tuple[dict[str, Any], datetime | None]]:
        """What those with another deadline than they should have are found by, and the right one.

        One query.
        """
        groups = (
            self.filter(archiving_enabled=True)
            .order_by()
            .values_list(
                "studio_id", "studio__timezone", "archive_date", "archive_delay", "closes_at"
            )
            .distinct()
        )
        for studio_id, zone, date, delay, stored in groups:
            right = deadlines.closes_at(
                archiving_enabled=True, archive_date=date, archive_delay=delay, zone=zone
            )
            if right != stored:
                where = {
                    "studio_id": studio_id,
                    "archiving_enabled": True,
                    "archive_date": date,
                    "archive_delay": delay,
                    "closes_at": stored,
                }
                yield where, right
