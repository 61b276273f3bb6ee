"""How a studio sends, and the address of its calendar, on the studio's page."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from comms.models import SendingRules
from comms.texts import calendar
from jobstatus.admin.base import StudioScopedInline, without_field
from jobstatus.admin.seen import SeenForm
from jobstatus.admin.studio import StudioAdmin
from jobstatus.models import Studio

if TYPE_CHECKING:
    AnyStackedInline = admin.StackedInline[Any, Any]
else:
    AnyStackedInline = admin.StackedInline

COLUMNS = (
    "quiet_from",
    "quiet_until",
    "hold_minutes",
    "per_minute",
    "sms_enabled",
    "phone_prefix",
)


class SendingRulesForm(SeenForm):
    class Meta:
        model = SendingRules
        fields = COLUMNS
        widgets = {
            name: forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
            for name in ("quiet_from", "quiet_until")
        }

    def facts(self) -> Any:
        return [str(getattr(self.instance, name)) for name in COLUMNS]

    def is_outdated(self, seen: str | None) -> bool:
        """On the studio's page the rules are one part of several; untouched, they are in no way."""
        return self.has_changed() and super().is_outdated(seen)


class SendingRulesInline(StudioScopedInline, AnyStackedInline):
    model = SendingRules
    form = SendingRulesForm
    studio_path = "studio"
    template = "admin/comms/studio_rules.html"
    extra = max_num = 1  # Not min_num: who leaves it untouched keeps the defaults, without a row.
    can_delete = False
    verbose_name = gettext_lazy("Messages to customers")
    fieldsets = (
        (None, {"fields": ("seen",)}),
        (gettext_lazy("Quiet hours"), {"fields": (("quiet_from", "quiet_until"),)}),
        (gettext_lazy("Sending"), {"fields": ("hold_minutes", "per_minute")}),
        (gettext_lazy("SMS"), {"fields": ("sms_enabled", "phone_prefix")}),
    )

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Who may only look has no form, and no hidden field of one."""
        fieldsets = super().get_fieldsets(request, obj)
        may_write = self.has_change_permission(request, obj)
        return fieldsets if may_write else without_field(fieldsets, "seen")


class CalendarOfStudioAdmin(StudioAdmin):
    """The studio's page with the address of its deadlines for a calendar program (X7)."""

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.calendar_view)
        own = path("<path:object_id>/calendar/", view, name="jobstatus_studio_calendar")
        return [own, *super().get_urls()]

    def render_change_form(
        self,
        request: Any,
        context: Any,
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> Any:
        if obj is not None and request.user.has_perm("comms.view_sendingrules"):
            context |= {
                "may_renew": request.user.has_perm("comms.change_sendingrules")
                and self.has_change_permission(request, obj),
                "calendar_url": _calendar_url(obj),
            }
        return super().render_change_form(request, context, add, change, form_url, obj)

    def calendar_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Make the address, or make a new one: the old one leads nowhere from then on."""
        studio = self.get_object(request, unquote(object_id))
        if studio is None:
            return self._missing(request, object_id)
        allowed = request.user.has_perm("comms.change_sendingrules")
        if not allowed or not self.has_change_permission(request, studio):
            raise PermissionDenied
        if request.method == "POST":
            calendar.renew_key(studio)
            text = _("The calendar has a new address. An old one leads nowhere from now on.")
            messages.success(request, text)
            self.log_change(request, studio, text)
        return HttpResponseRedirect(reverse("admin:jobstatus_studio_change", args=[studio.pk]))


def _calendar_url(studio: Studio) -> str:
    """The address that was handed out; empty if none was. One query."""
    rules = SendingRules.objects.filter(studio=studio).exclude(calendar_key="").first()
    if rules is None:
        return ""
    return f"{settings.PUBLIC_BASE_URL}{reverse('comms:calendar', args=[rules.calendar_key])}"
