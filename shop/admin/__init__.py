"""The shop's pages for staff. Importing this package registers them on the admin site.

What belongs to a page of a job or a studio is put there by the composition.
"""

from shop.admin import customers, orders, payments, prices
from shop.admin.job_codes import JobCodesAdmin
from shop.admin.job_names import JobNamesAdmin
from shop.admin.job_photo import JobPhotoAdmin
from shop.admin.job_photos import JobPhotosAdmin
from shop.admin.job_prepay_order import JobPrepayOrderAdmin
from shop.admin.job_ties import JobTiesAdmin
from shop.admin.job_trash import JobTrashAdmin
from shop.admin.storage import StorageOfStudioAdmin, StorageQuotaInline
from shop.admin.storefront import StorefrontInline
from shop.admin.terms import TermsInline

__all__ = [
    "JobCodesAdmin",
    "JobNamesAdmin",
    "JobPhotoAdmin",
    "JobPhotosAdmin",
    "JobPrepayOrderAdmin",
    "JobTiesAdmin",
    "JobTrashAdmin",
    "StorageOfStudioAdmin",
    "StorageQuotaInline",
    "StorefrontInline",
    "TermsInline",
    "customers",
    "orders",
    "payments",
    "prices",
]
