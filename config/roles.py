"""What people may do, as groups. Which rows they may do it to is their studio's (J3)."""

from typing import Any

ROLES = {
    "Photographer": (
        "jobstatus.view_studio",
        "jobstatus.change_studio",
        "jobstatus.view_job",
        "jobstatus.add_job",
        "jobstatus.change_job",
        "jobstatus.view_taskrun",
        "shop.view_storefront",
        "shop.add_storefront",
        "shop.change_storefront",
    ),
    "Viewer": (
        "jobstatus.view_studio",
        "jobstatus.view_job",
        "shop.view_storefront",
    ),
}


def write_roles(**kwargs: Any) -> None:
    """After every migration, give each role's group exactly its permissions. Idempotent."""
    from django.contrib.auth.management import create_permissions
    from django.contrib.auth.models import Group, Permission

    apps = kwargs["apps"]
    for label in ("jobstatus", "shop"):
        # The permissions of a fresh database come with the same signal, in no promised order.
        create_permissions(_app_config(label), verbosity=0, apps=apps)
    for name, labels in ROLES.items():
        group, _created = Group.objects.get_or_create(name=name)
        codenames = [label.split(".", 1) for label in labels]
        group.permissions.set(
            Permission.objects.get(content_type__app_label=app, codename=codename)
            for app, codename in codenames
        )


def _app_config(label: str) -> Any:
    from django.apps import apps

    return apps.get_app_config(label)
