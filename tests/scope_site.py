"""An admin site that uses every feature of the scoped base classes, as a URLconf for tests.

The product's own pages use a few of them each; the next page will use another.
"""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import User
from django.urls import include, path

from config.site import StudioAdminSite
from jobstatus.admin.base import StudioScopedAdmin, StudioScopedInline
from jobstatus.models import Job, Membership, Studio
from shop.models import Basket, LinePicture, Storefront

JOBS = "/admin/jobstatus/job/"
SHOPS = "/admin/shop/storefront/"

site = StudioAdminSite(name="admin")
site.register(User, UserAdmin)
site.register(Basket)


@admin.register(Studio, site=site)
class StudioPage(StudioScopedAdmin):
    studio_path = "pk"
    search_fields = ["name"]
    ordering = ["name"]


class StorefrontInline(StudioScopedInline, admin.TabularInline):
    studio_path = "job__studio"
    model = Storefront


class UnscopedInline(admin.TabularInline):
    model = LinePicture


@admin.register(Job, site=site)
class JobPage(StudioScopedAdmin):
    studio_path = "studio"
    fields = ["studio", "name"]
    inlines = [StorefrontInline, UnscopedInline]
    list_display = ["pk", "name"]
    list_editable = ["name"]
    list_filter = ["studio", "name"]
    search_fields = ["name", "studio__name"]
    ordering = ["name"]
    actions = ["mark"]

    @admin.action(permissions=["change"])
    def mark(self, request: Any, queryset: Any) -> None:
        queryset.update(name="marked")


@admin.register(Storefront, site=site)
class StorefrontPage(StudioScopedAdmin):
    studio_path = "job__studio"
    list_filter = ["job", "job__studio"]


@admin.register(LinePicture, site=site)
class PicturePage(StudioScopedAdmin):
    studio_path = "job__studio"
    raw_id_fields = ["job"]


@admin.register(Membership, site=site)
class MembershipPage(StudioScopedAdmin):
    studio_path = "studio"
    autocomplete_fields = ["studio"]


urlpatterns = [
    path("admin/", site.urls),
    path("shop/", include("shop.urls")),
    path("prepay/", include("shop.prepay_urls")),
]
