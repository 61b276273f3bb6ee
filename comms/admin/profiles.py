"""Communication profiles: list, page, copies, and taking one out of use."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.options import ShowFacets
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from comms.admin import profile_page
from comms.admin.fields import counted, jobs_text, labelled, pill
from comms.admin.profile_forms import NAME_TAKEN, CopyForm, ProfileForm
from comms.models import Campaign, Notification, Profile
from comms.texts import copies
from jobstatus import clock
from jobstatus.admin.base import without_field
from jobstatus.admin.job_list import BoundedPaginator
from jobstatus.admin.locked import LockedFormAdmin
from jobstatus.admin.scope import own_studios
from jobstatus.lifecycle import Status
from jobstatus.models import Studio

LIST_PAGE_SIZE = 50


@admin.register(Profile)
class ProfileAdmin(LockedFormAdmin):
    """A studio's own profiles, and those that ship with the system, which nobody changes (C1)."""

    studio_path = "studio"
    busy = gettext_lazy(
        "Somebody else is changing this profile right now. Nothing is saved; your input is kept "
        "below. Save again in a moment."
    )
    form = ProfileForm
    fields = ("studio", "name")
    change_form_template = "admin/comms/profile/page.html"
    list_filter = ["studio"]
    list_select_related = ["studio"]
    list_per_page = LIST_PAGE_SIZE
    list_max_show_all = 0
    search_fields = ["name"]
    search_help_text = gettext_lazy("Name of a profile")
    ordering = [models.F("standard_key").asc(nulls_first=True), "name", "pk"]
    paginator = BoundedPaginator
    show_full_result_count = False
    show_facets = ShowFacets.NEVER
    actions = None

    # Whose they are

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Own ones and standard ones; nothing for who belongs to no studio."""
        living = Profile.objects.current()
        rows: models.QuerySet[Any] = living
        if not request.user.is_superuser:
            own = list(own_studios(request))
            mine = living.filter(models.Q(studio__in=own) | models.Q(studio__isnull=True))
            rows = mine if own else living.none()
        using = Campaign.objects.all()
        annotated: models.QuerySet[Any] = rows.annotate(
            notification_count=counted(
                Notification.objects.filter(retired_at__isnull=True, is_active=True), "profile"
            ),
            job_count=counted(self._of_own(request, using), "profile"),
            selling_count=counted(
                self._of_own(request, using.filter(job__status=Status.SELLING)), "profile"
            ),
        ).order_by(*self.ordering)
        return annotated

    def _of_own(
        self, request: HttpRequest, rows: models.QuerySet[Campaign]
    ) -> models.QuerySet[Campaign]:
        """A standard profile is used by everybody's jobs; a person sees and counts own ones."""
        if request.user.is_superuser:
            return rows
        return rows.filter(job__studio__in=list(own_studios(request)))

    def _is_own(self, request: HttpRequest, obj: Any) -> bool:
        if obj is not None and obj.is_standard and not request.user.is_superuser:
            return bool(own_studios(request))
        return super()._is_own(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if obj is not None and obj.is_standard:
            return False
        return super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The ledger goes on naming a profile, so that it is only taken out of use."""
        return False

    # The list

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        context = {"title": _("Communication profiles")}
        return super().changelist_view(request, {**context, **(extra_context or {})})

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        """Nothing to choose for who has one studio, although standard ones have none."""
        several = request.user.is_superuser or len(own_studios(request)) > 1
        return super().get_list_filter(request) if several else []

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        several = request.user.is_superuser or len(own_studios(request)) > 1
        return ["named", *(["of_studio"] if several else []), "rules", "used_by"]

    @admin.display(description=gettext_lazy("name"), ordering="name")
    def named(self, profile: Profile) -> SafeString:
        if profile.is_standard:
            return format_html("{} {}", profile.name, pill("planning", _("Standard")))
        return format_html("{}", profile.name)

    @admin.display(description=gettext_lazy("studio"), ordering="studio")
    def of_studio(self, profile: Profile) -> str:
        return str(profile.studio) if profile.studio else _("all")

    @admin.display(description=gettext_lazy("notifications"), ordering="notification_count")
    def rules(self, profile: Profile) -> SafeString:
        count = profile.notification_count  # type: ignore[attr-defined]  # an annotation
        text = ngettext("%(count)d notification", "%(count)d notifications", count)
        return labelled(_("Notifications"), text % {"count": count})

    @admin.display(description=gettext_lazy("used by"), ordering="job_count")
    def used_by(self, profile: Profile) -> SafeString:
        row: Any = profile
        if not row.selling_count:
            return format_html("{}", jobs_text(row.job_count))
        selling = ngettext("%(count)d selling", "%(count)d selling", row.selling_count)
        text = pill("selling", selling % {"count": row.selling_count})
        return format_html("{} {}", jobs_text(row.job_count), text)

    # The page

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """The studio is chosen once: its jobs use the profile."""
        readonly = super().get_readonly_fields(request, obj)
        return [*readonly, "studio"] if obj is not None and request.user.is_superuser else readonly

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        is_standard = obj is not None and obj.is_standard
        return without_field(fieldsets, "studio") if is_standard else fieldsets

    def lock_row(self, obj: Profile) -> None:
        Profile.objects.select_for_update(no_key=True).get(pk=obj.pk)

    def render_change_form(
        self,
        request: Any,
        context: Any,
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> Any:
        context["heading"] = _("New communication profile")
        if obj is not None:
            # The form may have put unsaved input into the object that it was given.
            stored = self.get_queryset(request).get(pk=obj.pk)
            context |= profile_page.facts(stored, self._of_own(request, stored.campaigns.all()))
            context |= {
                "may_add_rules": self.has_change_permission(request, stored)
                and request.user.has_perm("comms.add_notification"),
                "may_copy": self.has_add_permission(request),
                "may_retire": self.has_change_permission(request, stored),
            }
        return super().render_change_form(request, context, add, change, form_url, obj)

    def response_add(self, request: Any, obj: Any, post_url_continue: Any = None) -> Any:
        text = _("“%(name)s” is created. Now add its notifications.")
        messages.success(request, text % {"name": obj.name})
        return HttpResponseRedirect(self.page_url(obj))

    def response_change(self, request: Any, obj: Any) -> Any:
        messages.success(request, _("“%(name)s” is saved.") % {"name": obj.name})
        return HttpResponseRedirect(self.page_url(obj))

    # Copies, and the way out of use

    def get_urls(self) -> list[Any]:
        wrap = self.admin_site.admin_view
        own = [("duplicate", self.duplicate_view), ("retire", self.retire_view)]
        urls = [
            path(f"<path:object_id>/{name}/", wrap(view), name=f"comms_profile_{name}")
            for name, view in own
        ]
        return [*urls, *super().get_urls()]

    def duplicate_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        original = self._own_row(request, object_id)
        if original is None:
            return self._missing(request, object_id)
        if not self.has_add_permission(request):
            raise PermissionDenied
        studios = self._studios_for(request, original)
        first = studios.first()
        suggestion = copies.free_name(original.name, first.pk) if first else original.name
        form = CopyForm(
            request.POST if request.method == "POST" else None,
            studios=studios,
            suggestion=suggestion,
        )
        if request.method == "POST" and form.is_valid():
            try:
                copy = copies.duplicate(
                    original, studio_id=form.chosen_studio().pk, name=form.cleaned_data["name"]
                )
            except IntegrityError:  # Somebody took the name at the same instant.
                form.add_error("name", str(NAME_TAKEN))
            else:
                self.log_addition(request, copy, [{"added": {}}])
                text = _("“%(copy)s” is a copy of “%(name)s”. No job uses it yet.")
                messages.success(request, text % {"copy": copy.name, "name": original.name})
                return HttpResponseRedirect(self.page_url(copy))
        return self._small_page(request, original, "duplicate", {"form": form})

    def _studios_for(self, request: HttpRequest, original: Profile) -> models.QuerySet[Studio]:
        """A copy of a studio's profile stays in it; a standard one goes where the person works."""
        rows = Studio.objects.order_by("name", "pk")
        if original.studio_id is not None:
            return rows.filter(pk=original.studio_id)
        return rows if request.user.is_superuser else rows.filter(pk__in=list(own_studios(request)))

    def retire_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        profile = self._own_row(request, object_id)
        if profile is None:
            return self._missing(request, object_id)
        if not self.has_change_permission(request, profile):
            raise PermissionDenied
        if request.method == "POST":
            rows = Profile.objects.current().filter(pk=profile.pk)
            if rows.update(retired_at=clock.now()) == 1:
                self.log_change(request, profile, _("Deleted"))
                text = _("“%(name)s” is deleted. Nobody gets a message from it any more.")
                messages.success(request, text % {"name": profile.name})
            return HttpResponseRedirect(reverse("admin:comms_profile_changelist"))
        return self._small_page(request, profile, "retire", profile_page.consequences(profile))

    def _small_page(
        self, request: HttpRequest, profile: Profile, name: str, context: dict[str, Any]
    ) -> HttpResponse:
        frame = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": profile.name,
            "profile": profile,
            "back": self.page_url(profile),
        }
        return TemplateResponse(request, f"admin/comms/profile/{name}.html", frame | context)

    def page_url(self, profile: Profile) -> str:
        return reverse("admin:comms_profile_change", args=[profile.pk])
