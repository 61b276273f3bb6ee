"""The pages for staff. Importing this package registers them on the admin site."""

from jobstatus.admin import job, studio

__all__ = ["job", "studio"]
