"""The admin as one site."""

from django.contrib.admin import AdminSite


class StudioAdminSite(AdminSite):
    pass
