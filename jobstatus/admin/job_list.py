"""The job list: columns, filters, and a count that stays cheap beside a million jobs."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.utils.formats import number_format
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jobstatus import clock, deadlines, wording
from jobstatus.admin.control import pill
from jobstatus.lifecycle import Status
from jobstatus.models import Job, JobQuerySet

if TYPE_CHECKING:
    AnyPaginator = Paginator[Any]
else:
    AnyPaginator = Paginator

COUNT_LIMIT = 10_000  # Counting further costs more than anybody reads.
SOON = timedelta(days=7)
NOTHING = mark_safe('<span class="nothing">–</span>')  # left out on a narrow screen


class BoundedPaginator(AnyPaginator):
    """Counts up to a limit. What lies behind it is reached by search and filter."""

    @cached_property
    def _counted(self) -> int:
        rows: Any = self.object_list
        return int(rows.order_by()[: COUNT_LIMIT + 1].count())

    @property
    def count(self) -> int:
        return min(self._counted, COUNT_LIMIT)

    @property
    def count_text(self) -> str:
        shown = number_format(self.count, use_l10n=True, force_grouping=True)
        return f"{shown}+" if self._counted > COUNT_LIMIT else shown


class DeadlineFilter(admin.SimpleListFilter):
    title = gettext_lazy("archiving deadline")
    parameter_name = "deadline"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("soon", _("In the next 7 days")),
            ("passed", _("Passed")),
            ("none", _("None")),
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> JobQuerySet:
        jobs: JobQuerySet = queryset
        at = page_instant(request)
        if self.value() == "soon":
            return jobs.filter(closes_at__gt=at, closes_at__lte=at + SOON)
        if self.value() == "passed":
            return jobs.filter(closes_at__lte=at)
        if self.value() == "none":
            return jobs.filter(closes_at__isnull=True)
        return jobs


def page_instant(request: HttpRequest) -> datetime:
    """The one instant of this page: every row and filter is judged by it."""
    at: datetime | None = getattr(request, "_page_instant", None)
    if at is None:
        at = request._page_instant = clock.now()  # type: ignore[attr-defined]
    return at


@admin.display(description=gettext_lazy("status"), ordering="status")
def status_pill(job: Job) -> SafeString:
    return pill(job)


@admin.display(description=gettext_lazy("archiving date"), ordering="archive_date")
def archiving_date(job: Job) -> SafeString:
    if not job.archiving_enabled or job.archive_date is None:
        return NOTHING
    return _labelled(_("Archiving date"), wording.day(job.archive_date))


@admin.display(description=gettext_lazy("created"), ordering="pk")
def created(job: Job) -> SafeString:
    day = deadlines.local_date(job.created_at, job.studio.timezone)
    return _labelled(_("Created"), wording.day(day))


def deadline_column(at: datetime) -> Callable[[Job], SafeString]:
    @admin.display(description=gettext_lazy("archiving deadline"), ordering="closes_at")
    def deadline(job: Job) -> SafeString:
        if job.archiving_enabled and job.closes_at is None:
            return _labelled(_("Deadline"), _("never automatically"))
        if job.closes_at is None:
            return NOTHING
        zone = job.studio.timezone
        left = wording.distance(job.closes_at, zone, at)
        overdue = job.status == Status.SELLING and at >= job.closes_at
        return format_html(
            '{} <span class="distance{}">{}</span>',
            _labelled(_("Deadline"), wording.last_minute(job.closes_at, zone)),
            " distance-overdue" if overdue else "",
            left,
        )

    return deadline


def _labelled(label: str, text: str) -> SafeString:
    """A cell that names itself where a narrow screen shows no column heads."""
    return format_html('<span class="cell-label">{}</span> {}', label, text)
