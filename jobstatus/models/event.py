"""The record of every status change. Written once, never edited (L12)."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from jobstatus.lifecycle import MOVES, Status
from jobstatus.models.job import Job

REASON_LENGTH = 200


class RecordIsFinal(Exception):
    """A record of a status change cannot be edited or deleted."""


class JobEventQuerySet(models.QuerySet["JobEvent"]):
    def update(self, **kwargs: Any) -> int:
        raise RecordIsFinal("The history of a job cannot be edited.")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise RecordIsFinal("The history of a job cannot be deleted.")


class JobEvent(models.Model):
    """One status change: job, from, to, when, who and why. A database trigger refuses updates."""

    job = models.ForeignKey(
        Job, on_delete=models.PROTECT, related_name="events", verbose_name=_("job")
    )
    move = models.CharField(
        _("change"), max_length=30, choices=[(move.name, move.label) for move in MOVES.values()]
    )
    from_status = models.CharField(_("from"), max_length=10, choices=Status.choices)
    to_status = models.CharField(_("to"), max_length=10, choices=Status.choices)
    at = models.DateTimeField(_("when"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,  # None means the clock did it.
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("who"),
    )
    reason = models.CharField(_("why"), max_length=REASON_LENGTH, blank=True)
    archived_since = models.DateTimeField(
        _("archived since"),
        null=True,
        help_text=_("Start of the archived period that this change met (A11)."),
    )

    objects = JobEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("status change")
        verbose_name_plural = _("status changes")

    def __str__(self) -> str:
        return f"{self.job_id}: {self.from_status} → {self.to_status}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise RecordIsFinal("The history of a job cannot be edited.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise RecordIsFinal("The history of a job cannot be deleted.")
