"""The shop's pages for staff. Importing this package registers them on the admin site.

What belongs to a page of a job or a studio is put there by the composition.
"""

from shop.admin import customers, orders, payments, prices
from shop.admin.job_codes import JobCodesAdmin
from shop.admin.job_names import JobNamesAdmin
from shop.admin.storefront import StorefrontInline
from shop.admin.terms import TermsInline

__all__ = [
    "JobCodesAdmin",
    "JobNamesAdmin",
    "StorefrontInline",
    "TermsInline",
    "customers",
    "orders",
    "payments",
    "prices",
]
