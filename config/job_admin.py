"""The pages of a job and of a studio with what the shop adds; their own app knows no shop."""

from django.contrib import admin

from jobstatus.admin.studio import StudioAdmin
from jobstatus.models import Job, Studio
from shop.admin import JobCodesAdmin, StorefrontInline, TermsInline
from shop.models import Storefront

admin.site.unregister([Job, Studio])


@admin.register(Job)
class ComposedJobAdmin(JobCodesAdmin):
    inlines = [StorefrontInline]

    def shop_url(self, job: Job) -> str | None:
        storefront = Storefront.objects.filter(job=job).first()
        return storefront.get_absolute_url() if storefront else None


@admin.register(Studio)
class ComposedStudioAdmin(StudioAdmin):
    inlines = [*StudioAdmin.inlines, TermsInline]
    change_form_template = "admin/shop/studio.html"
