"""People and their groups. Both belong to no studio, so only superusers see them."""

from typing import TYPE_CHECKING

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User

from config import job_admin
from jobstatus.admin.base import SuperuserOnly
from jobstatus.admin.studio import MembershipInline

if TYPE_CHECKING:
    AnyUserAdmin = UserAdmin[User]
else:
    AnyUserAdmin = UserAdmin

__all__ = ["PersonAdmin", "RoleAdmin", "job_admin"]

admin.site.unregister([User, Group])


@admin.register(User)
class PersonAdmin(SuperuserOnly, AnyUserAdmin):
    inlines = [MembershipInline]


@admin.register(Group)
class RoleAdmin(SuperuserOnly, GroupAdmin):
    pass
