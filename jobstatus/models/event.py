"""The record of every status change. Written once, never edited (L12)."""

from collections.abc import Sequence
from operator import attrgetter
from typing import Any

from django.conf import settings
from django.db import connection, models
from django.utils.translation import gettext_lazy as _

from jobstatus.keys import listed
from jobstatus.lifecycle import MOVES, Status
from jobstatus.models.job import Job

REASON_LENGTH = 200
SHARED = ("move", "from_status", "to_status", "at", "by", "reason", "archived_since")
RECORD_ALIKE = """
INSERT INTO jobstatus_jobevent
    (job_id, move, from_status, to_status, at, by_id, reason, archived_since)
SELECT key, %s, %s, %s, %s, %s, %s, %s FROM ({jobs}) AS jobs RETURNING job_id, id
"""


class RecordIsFinal(Exception):
    """A record of a status change cannot be edited or deleted."""


class JobEventQuerySet(models.QuerySet["JobEvent"]):
    def record(self, events: Sequence["JobEvent"]) -> None:
        """Write new events and give them their keys. One query.

        Events that differ in the job only, as those of a sweep do, go as one list of jobs, which
        is several times as fast as value by value.
        """
        fields = [field for field in self.model._meta.concrete_fields if field.name in SHARED]
        contents = set(map(attrgetter(*(field.attname for field in fields)), events))
        if max(map(len, {event.reason for event in events}), default=0) > REASON_LENGTH:
            raise ValueError(f"A reason has {REASON_LENGTH} characters at the most.")
        by_job = {event.job_id: event for event in events}
        returns_keys = connection.features.can_return_rows_from_bulk_insert
        if len(contents) != 1 or len(by_job) != len(events) or not returns_keys:
            self.bulk_create(events)
            return
        jobs = listed(by_job)
        values = [
            field.get_db_prep_save(value, connection)
            for field, value in zip(fields, contents.pop(), strict=True)
        ]
        with connection.cursor() as cursor:
            cursor.execute(RECORD_ALIKE.format(jobs=jobs.sql), [*values, *jobs.params])
            for job_id, key in cursor.fetchall():
                event = by_job[job_id]
                event.pk, event._state.adding, event._state.db = key, False, self.db

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
