"""The page of one notification, with its texts. It belongs to a profile, and so to its studio."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from comms import wording
from comms.admin.fields import number_in
from comms.admin.notification_forms import REST, WHEN, WHOM, NotificationForm
from comms.admin.preview import PreviewPages
from comms.ledger.moments import Quiet
from comms.models import Message, Notification, Profile, SendingRules
from comms.texts.vocabulary import PLACEHOLDERS
from jobstatus import clock
from jobstatus.admin.locked import LockedFormAdmin
from jobstatus.admin.scope import own_studios
from jobstatus.lifecycle import Status

MOST_NOTIFICATIONS = 40  # in one profile

FIELDSETS: Any = (
    (gettext_lazy("When"), {"fields": WHEN}),
    (gettext_lazy("To whom"), {"fields": WHOM}),
    (gettext_lazy("Also"), {"fields": REST}),
)


@admin.register(Notification)
class NotificationAdmin(PreviewPages, LockedFormAdmin):
    studio_path = "profile__studio"
    busy = gettext_lazy(
        "Somebody else is changing this notification right now. Nothing is saved; your input is "
        "kept below. Save again in a moment."
    )
    form = NotificationForm
    fieldsets = FIELDSETS
    change_form_template = "admin/comms/notification/page.html"
    list_select_related = ["profile"]
    ordering = ["pk"]

    # Whose they are: those of the profiles that a person sees

    def get_queryset(self, request: HttpRequest) -> Any:
        profiles = self.admin_site.get_model_admin(Profile).get_queryset(request)
        rows = Notification.objects.filter(retired_at__isnull=True)
        return rows.filter(profile__in=profiles.values("pk")).order_by(*self.ordering)

    def _is_own(self, request: HttpRequest, obj: Any) -> bool:
        if obj is not None and obj.profile.is_standard and not request.user.is_superuser:
            return bool(own_studios(request))
        return super()._is_own(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if obj is not None and obj.profile.is_standard:
            return False
        return super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The ledger goes on naming it, so that it is only taken out of use."""
        return False

    def has_module_permission(self, request: HttpRequest) -> bool:
        """They are reached from their profile; a list of all of them is of no use."""
        return False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        return HttpResponseRedirect(reverse("admin:comms_profile_changelist"))

    # A new one, in a profile

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        profile = self._profile_asked_for(request)
        if profile is None:
            messages.warning(request, _("Choose the profile of the new notification first."))
            return HttpResponseRedirect(reverse("admin:comms_profile_changelist"))
        if profile.notifications.filter(retired_at__isnull=True).count() >= MOST_NOTIFICATIONS:
            text = _("A profile has at most %(count)d notifications.")
            messages.warning(request, text % {"count": MOST_NOTIFICATIONS})
            return HttpResponseRedirect(self.profile_url(profile))
        request._profile = profile  # type: ignore[attr-defined]
        return super().add_view(request, form_url, extra_context)

    def _profile_asked_for(self, request: HttpRequest) -> Profile | None:
        """An own one that can be changed; one that cannot answers as one that is not there."""
        number = number_in(request.GET.get("profile"))
        if number is None:
            return None
        page = self.admin_site.get_model_admin(Profile)
        profile: Profile | None = page.get_queryset(request).filter(pk=number).first()
        if profile is None or not page.has_change_permission(request, profile):
            return None
        return profile

    def get_form(
        self, request: Any, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> type[Any]:
        form = super().get_form(request, obj, change=change, **kwargs)
        profile = getattr(request, "_profile", None)
        if obj is not None or profile is None:
            return form

        def __init__(own: Any, *args: Any, **options: Any) -> None:
            form.__init__(own, *args, **options)
            own.instance.profile = profile

        return type(form.__name__, (form,), {"__init__": __init__, "refused": form.refused})

    # The page

    def lock_row(self, obj: Notification) -> None:
        """The profile before the notification, as taking it out of use does it."""
        Profile.objects.select_for_update(no_key=True).get(pk=obj.profile_id)
        Notification.objects.select_for_update(no_key=True).get(pk=obj.pk)

    def save_related(self, request: Any, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        form.save_texts(form.instance)

    def render_change_form(
        self,
        request: Any,
        context: Any,
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> Any:
        form = context["adminform"].form
        profile = obj.profile if obj is not None else request._profile
        stored = self.get_queryset(request).get(pk=obj.pk) if obj is not None else None
        may_write = add or self.has_change_permission(request, stored)
        context |= {
            "parent": profile,
            "parent_url": self.profile_url(profile),
            "heading": wording.when(stored) if stored else _("New notification"),
            "whom": wording.whom(stored) if stored else "",
            "may_write": may_write,
            "texts": form.texts if may_write else [],
            "stored_texts": list(stored.texts.order_by("language")) if stored else [],
            "placeholders": [
                (entry, " ".join(sorted(entry.triggers))) for entry in PLACEHOLDERS.values()
            ],
            **self._reach(stored),
        }
        return super().render_change_form(request, context, add, change, form_url, obj)

    def _reach(self, stored: Notification | None) -> dict[str, int]:
        """What a change reaches at once. Two queries."""
        if stored is None:
            return {"selling_count": 0, "waiting_count": 0}
        using = stored.profile.campaigns.filter(job__status=Status.SELLING)
        waiting = Message.objects.waiting().filter(notification=stored)
        return {"selling_count": using.count(), "waiting_count": waiting.count()}

    def response_add(self, request: Any, obj: Any, post_url_continue: Any = None) -> Any:
        return self._saved(request, obj)

    def response_change(self, request: Any, obj: Any) -> Any:
        return self._saved(request, obj)

    def _saved(self, request: HttpRequest, notification: Notification) -> HttpResponse:
        text = _("“%(when)s” is saved.") % {"when": wording.when(notification)}
        messages.success(request, text)
        _warn_of_quiet_hours(request, notification)
        if "_preview" in request.POST:
            return HttpResponseRedirect(self.preview_url(notification))
        return HttpResponseRedirect(self.profile_url(notification.profile))

    # The way out of use, and the preview

    def get_urls(self) -> list[Any]:
        wrap = self.admin_site.admin_view
        own = [("retire", self.retire_view), *self.preview_views()]
        urls = [
            path(
                f"<path:object_id>/{name.replace('_', '/')}/",
                wrap(view),
                name=f"comms_notification_{name}",
            )
            for name, view in own
        ]
        return [*urls, *super().get_urls()]

    def retire_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        notification = self._own_row(request, object_id)
        if notification is None:
            return self._missing(request, object_id)
        if not self.has_change_permission(request, notification):
            raise PermissionDenied
        back = self.profile_url(notification.profile)
        if request.method == "POST":
            rows = Notification.objects.filter(pk=notification.pk, retired_at__isnull=True)
            if rows.update(retired_at=clock.now()) == 1:
                self.log_change(request, notification, _("Deleted"))
                text = _("“%(when)s” is deleted. Nobody gets it any more.")
                messages.success(request, text % {"when": wording.when(notification)})
            return HttpResponseRedirect(back)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": wording.when(notification),
            "parent": notification.profile,
            "parent_url": back,
            "back": reverse("admin:comms_notification_change", args=[notification.pk]),
            **self._reach(notification),
        }
        return TemplateResponse(request, "admin/comms/notification/retire.html", context)

    def profile_url(self, profile: Profile) -> str:
        return reverse("admin:comms_profile_change", args=[profile.pk])


def _warn_of_quiet_hours(request: HttpRequest, notification: Notification) -> None:
    studio_id, at = notification.profile.studio_id, notification.send_time
    if at is None or studio_id is None:
        return
    rules = SendingRules.objects.filter(studio=studio_id).first() or SendingRules()
    if Quiet(rules.quiet_from, rules.quiet_until).covers(at):
        text = _("%(time)s is in the quiet hours of your studio: it is sent at %(end)s instead.")
        times = {
            "time": wording.clock_time(at),
            "end": wording.clock_time(rules.quiet_until),
        }
        messages.warning(request, text % times)
