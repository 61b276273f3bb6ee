"""Communication's pages for staff. Importing this package registers them on the admin site.

What belongs to a page of a job, a customer or a studio is put there by the composition.
"""

from comms.admin import dispatches, ledger, notifications, profiles
from comms.admin.customer import CommunicationOfCustomer
from comms.admin.job_tab import JobCommunicationAdmin
from comms.admin.studio import CalendarOfStudioAdmin, SendingRulesInline

__all__ = [
    "CalendarOfStudioAdmin",
    "CommunicationOfCustomer",
    "JobCommunicationAdmin",
    "SendingRulesInline",
    "dispatches",
    "ledger",
    "notifications",
    "profiles",
]
