"""What one status change planned: its page, and the two buttons for it (X2)."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.options import ShowFacets
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from comms import by_hand, held
from comms.admin.banners import muted
from comms.admin.fields import labelled
from comms.models import Dispatch
from jobstatus import clock, wording
from jobstatus.admin.base import StudioScopedAdmin
from jobstatus.admin.confirming import safe_way_back
from jobstatus.admin.job_list import BoundedPaginator
from jobstatus.lifecycle import MOVES

LIST_PAGE_SIZE = 50


@admin.register(Dispatch)
class DispatchAdmin(StudioScopedAdmin):
    """`change` means to stop it and to let it go; nobody edits one."""

    studio_path = "studio"
    list_display = ["what", "when", "who", "state"]
    list_select_related = ["studio", "by"]
    list_per_page = LIST_PAGE_SIZE
    list_max_show_all = 0
    ordering = ["-pk"]
    paginator = BoundedPaginator
    show_full_result_count = False
    show_facets = ShowFacets.NEVER
    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Reached from what stands above a job's pages."""
        return False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        context = {"title": _("Planned by status changes")}
        return super().changelist_view(request, {**context, **(extra_context or {})})

    @admin.display(description=gettext_lazy("change"), ordering="move")
    def what(self, dispatch: Dispatch) -> str:
        return move_label(dispatch)

    @admin.display(description=gettext_lazy("when"), ordering="pk")
    def when(self, dispatch: Dispatch) -> SafeString:
        return labelled(_("When"), wording.moment(dispatch.at, dispatch.studio.timezone))

    @admin.display(description=gettext_lazy("who"))
    def who(self, dispatch: Dispatch) -> SafeString:
        return labelled(_("Who"), person(dispatch.by))

    @admin.display(description=gettext_lazy("state"))
    def state(self, dispatch: Dispatch) -> SafeString:
        return labelled(_("State"), _("Stopped") if dispatch.stopped_at else _("Not stopped"))

    def get_urls(self) -> list[Any]:
        wrap = self.admin_site.admin_view
        own = [("stop", self.stop_view), ("release", self.release_view)]
        urls = [
            path(f"<path:object_id>/{name}/", wrap(view), name=f"comms_dispatch_{name}")
            for name, view in own
        ]
        return [*urls, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        dispatch = self._own_row(request, object_id)
        if request.method == "POST":
            raise PermissionDenied
        if dispatch is None:
            return self._missing(request, object_id)
        jobs, counts, more = held.jobs_of(dispatch)
        zone = dispatch.studio.timezone
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": move_label(dispatch),
            "dispatch": dispatch,
            "when": wording.moment(dispatch.at, zone),
            "who": person(dispatch.by),
            "stopped": wording.moment(dispatch.stopped_at, zone) if dispatch.stopped_at else "",
            "jobs": jobs,
            "more": more,
            "counts": counts,
            "waiting": held.of_dispatch(dispatch),
            "may_stop": self.has_change_permission(request, dispatch),
            "muted": muted(),
        }
        return TemplateResponse(request, "admin/comms/dispatch/page.html", context)

    def stop_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """At once, without a question: it is the way back."""
        return self._decide(request, object_id, by_hand.stop, _stopped)

    def release_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._decide(request, object_id, by_hand.release, _released)

    def _decide(
        self, request: HttpRequest, object_id: str, act: Any, sentence: Any
    ) -> HttpResponse:
        dispatch = self._own_row(request, object_id)
        if dispatch is None:
            return self._missing(request, object_id)
        if not self.has_change_permission(request, dispatch):
            raise PermissionDenied
        page = reverse("admin:comms_dispatch_change", args=[dispatch.pk])
        if request.method == "POST":
            count = act(dispatch.pk, clock=clock.now)
            level = messages.SUCCESS if count else messages.INFO
            text = sentence(count)
            messages.add_message(request, level, text)
            if count:
                self.log_change(request, dispatch, text)
        return HttpResponseRedirect(safe_way_back(request, page))


def move_label(dispatch: Dispatch) -> str:
    move = MOVES.get(dispatch.move)
    return str(move.label) if move else _("Made up for the “selling” message")


def person(user: Any) -> str:
    return str(user.get_full_name() or user.get_username()) if user else _("the clock")


def _stopped(count: int) -> str:
    if not count:
        return _("There was nothing left to stop.")
    return ngettext(
        "%(count)d message is stopped. You can send it later from the Communication tab of its "
        "job.",
        "%(count)d messages are stopped. You can send them later from the Communication tab of "
        "their job.",
        count,
    ) % {"count": count}


def _released(count: int) -> str:
    if not count:
        return _("Nothing waits only so that it could be stopped.")
    return ngettext("%(count)d message leaves now.", "%(count)d messages leave now.", count) % {
        "count": count
    }
