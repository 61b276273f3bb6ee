"""The studio's page, and the runs of the recurring tasks."""

from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from jobstatus import clock
from jobstatus.admin.base import StudioScopedAdmin, SuperuserOnly
from jobstatus.heartbeat import LATE_AFTER
from jobstatus.models import Membership, Studio, TaskRun

if TYPE_CHECKING:
    AnyAdmin = admin.ModelAdmin[Any]
    AnyInline = admin.TabularInline[Any, Any]
    StudioModelForm = forms.ModelForm[Studio]
else:
    AnyAdmin, AnyInline = admin.ModelAdmin, admin.TabularInline
    StudioModelForm = forms.ModelForm


class StudioForm(StudioModelForm):
    """Offers every zone that exists, and says what a change of it moves."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "timezone" not in self.fields:  # Someone who may only look has no such field.
            return
        stored = self.instance.timezone
        names = sorted(available_timezones() | {stored})
        self.fields["timezone"].widget = forms.Select(choices=[(name, name) for name in names])
        if self.instance.pk is not None:
            self.fields["timezone"].help_text = moved_by_zone(self.instance)


def moved_by_zone(studio: Studio) -> str:
    count = studio.jobs.filter(closes_at__isnull=False).count()
    return ngettext(
        "All dates include their whole day in this zone. A change moves the archiving deadline of "
        "%(count)d job.",
        "All dates include their whole day in this zone. A change moves the archiving deadlines of "
        "%(count)d jobs.",
        count,
    ) % {"count": count}


class MembershipInline(SuperuserOnly, AnyInline):
    model = Membership
    extra = 0
    autocomplete_fields = ["user", "studio"]


@admin.register(Studio)
class StudioAdmin(StudioScopedAdmin):
    studio_path = "pk"
    form = StudioForm
    fields = ["name", "slug", "timezone"]
    inlines = [MembershipInline]
    list_display = ["name", "timezone"]
    search_fields = ["name", "slug"]
    ordering = ["name", "pk"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A studio is the fence itself, so that nobody inside one builds another."""
        return bool(request.user.is_superuser) and super().has_add_permission(request)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        readonly = super().get_readonly_fields(request, obj)
        return readonly if request.user.is_superuser else [*readonly, "slug"]


@admin.register(TaskRun)
class TaskRunAdmin(SuperuserOnly, AnyAdmin):
    """What the recurring tasks did, over all studios. Nobody writes here."""

    list_display = ["task", "started_at", "finished_at", "state", "done", "failed"]
    list_filter = ["task"]
    ordering = ["-started_at", "-pk"]

    def has_add_permission(self, request: HttpRequest, *args: Any, **kwargs: Any) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, *args: Any, **kwargs: Any) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, *args: Any, **kwargs: Any) -> bool:
        return False

    @admin.display(description=gettext_lazy("state"))
    def state(self, run: TaskRun) -> str:
        return run_state(run, clock.now())


def run_state(run: TaskRun, at: datetime) -> str:
    if run.failed:
        return _("Some jobs failed")
    if run.finished_at is not None:
        return _("Done")
    if run.started_at < at - LATE_AFTER:
        return _("Late: started, but not finished")
    return _("Running")
