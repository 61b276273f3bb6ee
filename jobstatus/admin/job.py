"""The pages of a job in the admin: the list, the settings, and the way to the other tabs."""

from collections.abc import Iterable
from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.admin.options import ShowFacets
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jobstatus import ahead
from jobstatus.admin import confirming, deletion, job_list
from jobstatus.admin.ahead import ahead_view
from jobstatus.admin.base import without_field
from jobstatus.admin.control import EVERY_WAY
from jobstatus.admin.forms import JobForm
from jobstatus.admin.job_list import page_instant
from jobstatus.admin.locked import LockedFormAdmin, SavedMeanwhile
from jobstatus.admin.pages import history_view, job_context, selling_view
from jobstatus.admin.scope import own_studios
from jobstatus.ahead import Coming, Outlook
from jobstatus.lifecycle import MOVES, Kind
from jobstatus.models import Job, Studio

LIST_PAGE_SIZE = 50
DELETES = "jobstatus.delete_job"
LONGEST_ID = 18  # digits; more is a name, and no number that the database knows
SETTINGS = (
    "name",
    "archiving_enabled",
    "archive_date",
    "archive_delay",
    "prepay_deadline_date",
)
FIELDSETS: Any = (
    (gettext_lazy("Basics"), {"fields": ("name", "kind", "studio")}),
    (gettext_lazy("Important events"), {"fields": SETTINGS[1:]}),
)


def _action(name: str) -> Any:
    @admin.action(permissions=["change"], description=cast(Any, MOVES[name].label))
    def act(page: "JobAdmin", request: HttpRequest, jobs: Any) -> HttpResponse | None:
        return confirming.choose(page, request, (name,), jobs)

    act.__name__ = f"{name}_chosen"
    return act


@admin.register(Job)
class JobAdmin(LockedFormAdmin):
    studio_path = "studio"
    form = JobForm
    fieldsets = FIELDSETS
    change_form_template = "admin/jobstatus/job/settings.html"
    busy = gettext_lazy(
        "Somebody else is changing this job right now. Nothing is saved; your input is kept "
        "below. Save again in a moment."
    )

    list_filter = ["status", "kind", job_list.DeadlineFilter, "studio"]
    list_select_related = ["studio"]
    list_per_page = LIST_PAGE_SIZE
    list_max_show_all = 0
    search_fields = ["name"]
    search_help_text = gettext_lazy("Name or number of a job")
    ordering = ["-pk"]
    paginator = job_list.BoundedPaginator
    show_full_result_count = False
    show_facets = ShowFacets.NEVER
    actions = [_action("start_selling"), _action("archive"), _action("return_to_planning")]
    actions_selection_counter = True

    # The list

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        context = {
            "title": _("Jobs"),
            "ahead_url": reverse("admin:jobstatus_job_ahead_of_all"),
            **self.banners(request, None),
        }
        return super().changelist_view(request, {**context, **(extra_context or {})})

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        several = request.user.is_superuser or len(own_studios(request)) > 1
        return [
            "name",
            *(["studio"] if several else []),
            job_list.status_pill,
            "kind",
            job_list.archiving_date,
            job_list.deadline_column(page_instant(request)),
            *([] if several else [job_list.created]),  # There is no room for both.
        ]

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[Any, bool]:
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        term = search_term.strip()
        if term.isascii() and term.isdecimal() and len(term) <= LONGEST_ID:
            found |= queryset.filter(pk=int(term))
        return found, may_repeat

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Not from a list, nor by the admin's own page: see `delete_view` (A14)."""
        return False

    # The settings

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        if obj is not None and obj.kind != Kind.PREPAY:
            return without_field(fieldsets, "prepay_deadline_date")
        return fieldsets

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Kind and studio are chosen once. The kind then changes by its own recorded step (L8)."""
        readonly = super().get_readonly_fields(request, obj)
        if obj is None:
            return readonly
        return [*readonly, "kind", *(["studio"] if request.user.is_superuser else [])]

    def lock_row(self, obj: Job) -> None:
        """The studio before the job, as a change of the studio's zone does it."""
        Studio.objects.select_for_update(no_key=True).get(pk=obj.studio_id)
        Job.objects.select_for_update(no_key=True).get(pk=obj.pk)

    def save_model(self, request: Any, obj: Any, form: Any, change: Any) -> None:
        if not change:
            super().save_model(request, obj, form, change)
            return
        self.refuse_foreign_rows(request, obj)
        obj.set_closes_at()
        values = {name: getattr(obj, name) for name in SETTINGS if name in form.cleaned_data}
        # Guarded by the version: SQLite knows no row locks. Never a status column.
        written = Job.objects.filter(pk=obj.pk, version=obj.version).update(
            closes_at=obj.closes_at, version=F("version") + 1, **values
        )
        if written != 1:
            raise SavedMeanwhile

    def response_add(self, request: Any, obj: Any, post_url_continue: Any = None) -> Any:
        return self._saved(request, obj, _("“%(job)s” is created, in status Planning."))

    def response_change(self, request: Any, obj: Any) -> Any:
        return self._saved(request, obj, _("The settings of “%(job)s” are saved."))

    def _saved(self, request: HttpRequest, job: Job, sentence: str) -> HttpResponse:
        messages.success(request, sentence % {"job": job.name})
        if job.archive_date is not None and not job.archiving_enabled:
            text = _("The archiving date counts for nothing while “archive automatically” is off.")
            messages.warning(request, text)
        return HttpResponseRedirect(self.settings_url(job))

    def render_change_form(
        self,
        request: Any,
        context: Any,
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> Any:
        if obj is not None:
            # The form may have put unsaved input into the object that it was given.
            stored = self.get_queryset(request).select_related("studio").get(pk=obj.pk)
            context |= job_context(self, request, stored, "change")
            if request.user.has_perm(DELETES):
                context["delete_url"] = reverse("admin:jobstatus_job_delete", args=[obj.pk])
        basics, events = context["adminform"]
        context |= {"basics": basics, "events": events}
        return super().render_change_form(request, context, add, change, form_url, obj)

    # The other tabs and the confirmation page

    def get_urls(self) -> list[Any]:
        wrap = self.admin_site.admin_view
        return [
            path(
                "confirm/<str:way>/",
                wrap(self.confirm_chosen_view),
                name="jobstatus_job_confirm_chosen",
            ),
            path(
                "<path:object_id>/selling/", wrap(self.selling_view), name="jobstatus_job_selling"
            ),
            path("ahead/", wrap(self.ahead_of_all_view), name="jobstatus_job_ahead_of_all"),
            path("<path:object_id>/ahead/", wrap(self.ahead_view), name="jobstatus_job_ahead"),
            path(
                "<path:object_id>/confirm/<str:way>/",
                wrap(self.confirm_view),
                name="jobstatus_job_confirm",
            ),
            *super().get_urls(),
        ]

    def selling_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        job = self._own_job(request, object_id)
        return selling_view(self, request, job) if job else self._missing(request, object_id)

    def ahead_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        job = self._own_job(request, object_id)
        return ahead_view(self, request, job) if job else self._missing(request, object_id)

    def ahead_of_all_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        return ahead_view(self, request, None)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        job = self._own_job(request, object_id)
        return history_view(self, request, job) if job else self._missing(request, object_id)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        job = self._own_job(request, object_id, DELETES)
        return (
            deletion.delete_view(self, request, job) if job else self._missing(request, object_id)
        )

    def confirm_view(self, request: HttpRequest, object_id: str, way: str) -> HttpResponse:
        job = self._own_job(request, object_id)
        if job is None:
            return self._missing(request, object_id)
        if not self.has_change_permission(request, job):
            raise PermissionDenied
        return confirming.confirm_one(self, request, job, _steps(way))

    def confirm_chosen_view(self, request: HttpRequest, way: str) -> HttpResponse:
        if not self.has_change_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseRedirect(self.list_url())
        return confirming.confirm_chosen(self, request, _steps(way))

    def _own_job(self, request: HttpRequest, object_id: str, *permissions: str) -> Job | None:
        """As `_own_row`, for who has these permissions as well."""
        job: Job | None = self._own_row(request, object_id)
        if not request.user.has_perms(permissions):
            raise PermissionDenied
        return job

    def pages_of_job(self, prefix: str, pages: Iterable[tuple[str, Any, str]]) -> list[Any]:
        """Addresses below a job: what follows the prefix, the view, and the end of the name."""
        return [
            path(
                f"<path:object_id>/{prefix}{route}",
                self.admin_site.admin_view(view),
                name=f"jobstatus_job_{name}",
            )
            for route, view, name in pages
        ]

    def settings_url(self, job: Job) -> str:
        return reverse("admin:jobstatus_job_change", args=[job.pk])

    def list_url(self) -> str:
        return reverse("admin:jobstatus_job_changelist")

    def extra_tabs(self, request: HttpRequest, job: Job) -> dict[str, str]:
        """Labels of more tabs by the end of their URL's name, jobstatus_job_…, and of `current`."""
        return {}

    def banners(self, request: HttpRequest, job: Job | None) -> dict[str, Any]:
        """What stands above the pages of this job, or above the list: a `banner_template` and what
        it needs. The composition knows."""
        return {}

    def coming(self, request: HttpRequest, outlook: Outlook) -> Iterable[Coming]:
        """All that happens by itself, in any order. The composition adds to it."""
        return ahead.of_life_cycle(outlook)

    def shop_url(self, job: Job) -> str | None:
        """Where customers find this job. The composition knows; this app has no shop."""
        return None


def _steps(way: str) -> tuple[str, ...]:
    if way not in EVERY_WAY:
        raise Http404
    return EVERY_WAY[way]
