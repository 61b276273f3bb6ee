"""The job's pages with what the shop adds to them; the job's own app knows no shop."""

from django.contrib import admin

from jobstatus.admin.job import JobAdmin
from jobstatus.models import Job
from shop.admin import StorefrontInline
from shop.models import Storefront

admin.site.unregister(Job)


@admin.register(Job)
class ComposedJobAdmin(JobAdmin):
    inlines = [StorefrontInline]

    def shop_url(self, job: Job) -> str | None:
        storefront = Storefront.objects.filter(job=job).first()
        return storefront.get_absolute_url() if storefront else None
