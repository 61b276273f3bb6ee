"""The pages of a job, a customer and a studio with what all apps add to them."""

from django.contrib import admin

from comms.admin import (
    CalendarOfStudioAdmin,
    CommunicationOfCustomer,
    JobCommunicationAdmin,
    SendingRulesInline,
)
from jobstatus.models import Job, Studio
from shop.admin import (
    JobCodesAdmin,
    JobNamesAdmin,
    JobPhotoAdmin,
    JobPhotosAdmin,
    JobPrepayOrderAdmin,
    JobTiesAdmin,
    JobTrashAdmin,
    StorageOfStudioAdmin,
    StorageQuotaInline,
    StorefrontInline,
    TermsInline,
)
from shop.admin.customers import CustomerAdmin
from shop.models import Customer, Storefront

admin.site.unregister([Job, Studio, Customer])


@admin.register(Job)
class ComposedJobAdmin(
    JobPrepayOrderAdmin,
    JobCommunicationAdmin,
    JobPhotosAdmin,
    JobPhotoAdmin,
    JobTiesAdmin,
    JobTrashAdmin,
    JobNamesAdmin,
    JobCodesAdmin,
):
    inlines = [StorefrontInline]

    def shop_url(self, job: Job) -> str | None:
        storefront = Storefront.objects.filter(job=job).first()
        return storefront.get_absolute_url() if storefront else None


@admin.register(Customer)
class ComposedCustomerAdmin(CommunicationOfCustomer, CustomerAdmin):
    change_form_template = "admin/customer.html"


@admin.register(Studio)
class ComposedStudioAdmin(StorageOfStudioAdmin, CalendarOfStudioAdmin):
    inlines = [
        *CalendarOfStudioAdmin.inlines,
        TermsInline,
        SendingRulesInline,
        StorageQuotaInline,
    ]
    change_form_template = "admin/studio.html"
