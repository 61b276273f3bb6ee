"""Messages that need a person, and the release of a system that fell silent (C11, X5)."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.options import ShowFacets
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from comms import by_hand, explain
from comms import wording as words
from comms.admin.banners import muted
from comms.admin.fields import labelled
from comms.models import Message
from comms.sending import mute
from jobstatus import clock, wording
from jobstatus.admin.base import StudioScopedAdmin
from jobstatus.admin.job_list import NOTHING, BoundedPaginator, page_instant
from jobstatus.admin.scope import within

LIST_PAGE_SIZE = 50


class StateFilter(admin.SimpleListFilter):
    """Those that need a person, unless somebody asks for others."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(state, explain.state_label(state)) for state in explain.STATES]

    def choices(self, changelist: Any) -> Any:
        yield {
            "selected": self.value() is None,
            "query_string": changelist.get_query_string(remove=[self.parameter_name]),
            "display": _("Need a person"),
        }
        for state, label in self.lookup_choices:
            yield {
                "selected": self.value() == state,
                "query_string": changelist.get_query_string({self.parameter_name: state}),
                "display": label,
            }

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        state = self.value()
        if state in explain.STATES:
            return queryset.filter(explain.in_state(state))
        return queryset.needing_a_person()


@admin.register(Message)
class MessageAdmin(StudioScopedAdmin):
    """`change` means to decide about one; there is no form that writes a message."""

    studio_path = "studio"
    list_display = ["recipient", "state_pill", "what", "of_job", "when", "why"]
    list_filter = [StateFilter, "channel", "studio"]
    list_select_related = ["studio", "notification", "job", "customer"]
    list_per_page = LIST_PAGE_SIZE
    list_max_show_all = 0
    search_fields = ["address"]
    search_help_text = gettext_lazy("Address")
    ordering = ["-pk"]
    paginator = BoundedPaginator
    show_full_result_count = False
    show_facets = ShowFacets.NEVER
    actions = ["it_arrived", "send_again"]
    actions_selection_counter = True

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The ledger knows who got what, so that nobody gets it twice (C4)."""
        return False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        context = {"title": _("Messages"), "muted": muted()}
        return super().changelist_view(request, {**context, **(extra_context or {})})

    # The list

    @admin.display(description=gettext_lazy("address"), ordering="address")
    def recipient(self, message: Message) -> str:
        return message.address or str(message.customer or _("no address"))

    @admin.display(description=gettext_lazy("state"), ordering="status")
    def state_pill(self, message: Message) -> SafeString:
        state = explain.state_of(message.status, message.reason)
        label = explain.state_label(state)
        return format_html('<span class="pill pill-message pill-{}">{}</span>', state, label)

    @admin.display(description=gettext_lazy("notification"))
    def what(self, message: Message) -> SafeString:
        return labelled(_("Notification"), words.when(message.notification))

    @admin.display(description=gettext_lazy("job"), ordering="job")
    def of_job(self, message: Message) -> SafeString:
        return labelled(_("Job"), message.job.name) if message.job else NOTHING

    @admin.display(description=gettext_lazy("when"), ordering="due_at")
    def when(self, message: Message) -> SafeString:
        at = message.finished_at or message.due_at
        return labelled(_("When"), wording.moment(at, message.studio.timezone))

    @admin.display(description=gettext_lazy("why"))
    def why(self, message: Message) -> str:
        return explain.why(message) or NOTHING

    @admin.action(permissions=["change"], description=gettext_lazy("It arrived"))
    def it_arrived(self, request: HttpRequest, rows: Any) -> None:
        self._decide(request, rows, "arrived")

    @admin.action(
        permissions=["change"], description=gettext_lazy("Send again (it may arrive twice)")
    )
    def send_again(self, request: HttpRequest, rows: Any) -> None:
        self._decide(request, rows, "send_again")

    def _decide(self, request: HttpRequest, rows: Any, name: str) -> None:
        ids = list(rows.order_by("pk").values_list("pk", flat=True)[: by_hand.MOST_AT_ONCE + 1])
        if len(ids) > by_hand.MOST_AT_ONCE:
            text = _("At most %(count)d messages can be decided at once. Choose fewer.")
            messages.error(request, text % {"count": by_hand.MOST_AT_ONCE})
            return
        if name == "arrived":
            count = by_hand.arrived(ids)
            text = ngettext(
                "%(count)d message counts as sent.", "%(count)d messages count as sent.", count
            )
        else:
            count = by_hand.send_again(ids, clock=clock.now)
            text = ngettext(
                "%(count)d message is sent again.", "%(count)d messages are sent again.", count
            )
        messages.add_message(
            request, messages.SUCCESS if count else messages.INFO, text % {"count": count}
        )
        if count < len(ids):
            left = _("The others wait for no such decision.")
            messages.info(request, left)

    # The page of one

    def get_urls(self) -> list[Any]:
        wrap = self.admin_site.admin_view
        own = [
            path("release/", wrap(self.release_view), name="comms_message_release"),
            path("<path:object_id>/decide/", wrap(self.decide_view), name="comms_message_decide"),
        ]
        return [*own, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        message = self._own_row(request, object_id)
        if request.method == "POST":
            raise PermissionDenied
        if message is None:
            return self._missing(request, object_id)
        status = message.status
        may_decide = self.has_change_permission(request, message)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": message.address or _("Message"),
            "message": message,
            "entries": [explain.entry(message, message.studio.timezone)],
            "may_confirm": may_decide and status == Message.Status.UNKNOWN,
            "may_repeat": may_decide and status in (Message.Status.UNKNOWN, Message.Status.FAILED),
        }
        return TemplateResponse(request, "admin/comms/message/page.html", context)

    def decide_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        message = self._own_row(request, object_id)
        if message is None:
            return self._missing(request, object_id)
        if not self.has_change_permission(request, message):
            raise PermissionDenied
        wanted = request.POST.get("do")
        if request.method == "POST" and wanted in ("arrived", "send_again"):
            self._decide(request, Message.objects.filter(pk=message.pk), wanted)
        return HttpResponseRedirect(reverse("admin:comms_message_change", args=[message.pk]))

    # The release

    def release_view(self, request: HttpRequest) -> HttpResponse:
        """What would be sent if this database is the right one. Superusers only."""
        if not request.user.is_superuser:
            raise PermissionDenied
        row = mute.is_muted()
        home = reverse("admin:index")
        if row is None:
            messages.info(request, _("Messages are sent; nothing is held back."))
            return HttpResponseRedirect(home)
        if request.method == "POST":
            mute.release(by=request.user, clock=clock.now)
            messages.success(request, _("Messages are sent again."))
            return HttpResponseRedirect(home)
        at = page_instant(request)
        waiting = Message.objects.waiting()
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("No messages are sent"),
            "because": _(row.muted_because),
            "since": wording.moment(row.muted_at, "UTC") if row.muted_at else "",
            "due": waiting.filter(due_at__lte=at).count(),
            "later": waiting.filter(due_at__gt=at).count(),
        }
        return TemplateResponse(request, "admin/comms/message/release.html", context)


def front_page(request: HttpRequest) -> list[Any]:
    """Sentences about messages for the front page. Two queries."""
    said: list[Any] = []
    because = muted()
    if because:
        text = _("No messages are sent. %(why)s") % {"why": because}
        url = reverse("admin:comms_message_release")
        link = format_html(' <a href="{}">{}</a>', url, _("Look at it"))
        said.append(format_html("{}{}", text, link if request.user.is_superuser else ""))
    if request.user.has_perm("comms.view_message"):
        rows = Message.objects.needing_a_person()
        count = within(rows, MessageAdmin.studio_path, request).count()
        if count:
            text = ngettext(
                "%(count)d message needs a person: it failed, or nobody knows whether it arrived.",
                "%(count)d messages need a person: they failed, or nobody knows whether they "
                "arrived.",
                count,
            ) % {"count": count}
            url = reverse("admin:comms_message_changelist")
            said.append(format_html('{} <a href="{}">{}</a>', text, url, _("Look at them")))
    return said
