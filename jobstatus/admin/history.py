"""What happened to a job: its status changes and the changes of its settings, by time."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.admin.models import ADDITION, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.paginator import Page, Paginator
from django.db.models import Value
from django.utils.translation import gettext as _

from jobstatus import wording
from jobstatus.models import Job, JobEvent

HISTORY_PAGE_SIZE = 50


@dataclass(frozen=True)
class HistoryRow:
    """One thing that happened to a job: a status change, or a change of its settings."""

    at: datetime
    when: str
    who: str
    what: str
    why: str = ""
    from_status: str = ""
    to_status: str = ""
    from_label: str = ""
    to_label: str = ""

    @property
    def summary(self) -> str:
        """In a few words, for a sentence about it."""
        return self.why.rstrip(".") if self.why and not self.to_status else self.what


def history_page(job: Job, number: str) -> "Page[HistoryRow]":
    """Status changes and settings changes in one stream, the newest first. Four queries."""
    page = Paginator(_history_keys(job), HISTORY_PAGE_SIZE).get_page(number)
    page.object_list = _rows(job, list(page.object_list))
    return page


def latest_change(job: Job) -> HistoryRow | None:
    """The last thing that happened to this job. Up to three queries."""
    rows = _rows(job, list(_history_keys(job)[:1]))
    return rows[0] if rows else None


def _history_keys(job: Job) -> Any:
    """(instant, source, id) of all rows."""
    events = JobEvent.objects.filter(job=job)
    moves = events.annotate(source=Value("event")).values_list("at", "source", "id")
    saves = _log_entries(job).annotate(source=Value("entry"))
    saves = saves.values_list("action_time", "source", "id")
    return moves.union(saves, all=True).order_by("-at", "-source", "-id")


def _log_entries(job: Job) -> Any:
    kind = ContentType.objects.get_for_model(Job)
    return LogEntry.objects.filter(content_type=kind, object_id=str(job.pk)).order_by()


def _rows(job: Job, keys: list[tuple[datetime, str, int]]) -> list[HistoryRow]:
    event_ids = [pk for _at, source, pk in keys if source == "event"]
    entry_ids = [pk for _at, source, pk in keys if source == "entry"]
    events = JobEvent.objects.select_related("by").in_bulk(event_ids) if event_ids else {}
    entries = _log_entries(job).select_related("user").in_bulk(entry_ids) if entry_ids else {}
    zone = job.studio.timezone
    return [
        _of_event(events[pk], zone) if source == "event" else _of_entry(entries[pk], zone)
        for _at, source, pk in keys
    ]


def _of_event(event: JobEvent, zone: str) -> HistoryRow:
    # The reason of the sweep is stored in English and read in the language of the page.
    return HistoryRow(
        at=event.at,
        when=wording.moment(event.at, zone),
        who=_person(event.by) if event.by else _("the clock"),
        what=event.get_move_display(),
        why=_(event.reason) if event.reason and event.by is None else event.reason,
        from_status=event.from_status,
        to_status=event.to_status,
        from_label=event.get_from_status_display(),
        to_label=event.get_to_status_display(),
    )


def _of_entry(entry: LogEntry, zone: str) -> HistoryRow:
    created = entry.action_flag == ADDITION
    return HistoryRow(
        at=entry.action_time,
        when=wording.moment(entry.action_time, zone),
        who=_person(entry.user),
        what=_("Created") if created else _("Settings saved"),
        why="" if created else entry.get_change_message(),
    )


def _person(user: Any) -> str:
    return str(user.get_full_name() or user.get_username())
