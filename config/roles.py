"""What people may do, as groups. Which rows they may do it to is their studio's (J3).

A photographer deletes whole jobs, on the page for it; nobody but a superuser deletes anything else.
"""

from typing import Any

from django.apps import apps as installed_apps

SHOP_SEEN = (
    "shop.view_storefront",
    "shop.view_terms",
    "shop.view_pricelist",
    "shop.view_product",
    "shop.view_customer",
    "shop.view_order",
    "shop.view_payment",
    "shop.view_album",
    "shop.view_photo",
    "shop.view_subject",
    "shop.view_accesscode",
)
COMMS_SEEN = (
    "comms.view_profile",
    "comms.view_notification",
    "comms.view_campaign",
    "comms.view_message",
    "comms.view_dispatch",
    "comms.view_sendingrules",
)
ROLES = {
    "Photographer": (
        "jobstatus.view_studio",
        "jobstatus.change_studio",
        "jobstatus.view_job",
        "jobstatus.add_job",
        "jobstatus.change_job",
        "jobstatus.delete_job",
        *SHOP_SEEN,
        "shop.add_storefront",
        "shop.change_storefront",
        "shop.add_terms",
        "shop.change_terms",
        "shop.add_pricelist",
        "shop.change_pricelist",
        "shop.add_product",
        "shop.change_product",
        "shop.change_customer",
        "shop.add_album",
        "shop.change_album",
        "shop.add_photo",
        "shop.change_photo",
        "shop.add_subject",
        "shop.change_subject",
        "shop.add_accesscode",
        "shop.change_accesscode",
        # To mark as paid, to cancel, to decide about money. No page edits an order or a payment.
        "shop.change_order",
        "shop.change_payment",
        *COMMS_SEEN,
        "comms.add_profile",
        "comms.change_profile",
        "comms.add_notification",
        "comms.change_notification",
        "comms.add_campaign",
        "comms.change_campaign",
        "comms.add_sendingrules",
        "comms.change_sendingrules",
        # To stop what a change planned, and to decide about messages. No page edits either.
        "comms.change_dispatch",
        "comms.change_message",
    ),
    "Viewer": (
        "jobstatus.view_studio",
        "jobstatus.view_job",
        *SHOP_SEEN,
        *COMMS_SEEN,
    ),
}


def write_roles(**kwargs: Any) -> None:
    """After every migration, give each role's group exactly its permissions. Idempotent."""
    from django.contrib.auth.management import create_permissions  # -- models are not loaded yet

    apps = kwargs.get("apps", installed_apps)  # A flush sends the signal without them.
    try:
        group_model = apps.get_model("auth", "Group")
    except LookupError:  # A migration of something else, before the tables of auth exist.
        return
    for label in ("jobstatus", "shop", "comms"):
        # The permissions of a fresh database come with the same signal, in no promised order.
        create_permissions(installed_apps.get_app_config(label), verbosity=0, apps=apps)
    permissions = apps.get_model("auth", "Permission").objects
    for name, labels in ROLES.items():
        group, _created = group_model.objects.get_or_create(name=name)
        codenames = [label.split(".", 1) for label in labels]
        # Some are missing after a migration of one app alone; the next one brings them.
        group.permissions.set(
            permission
            for app, codename in codenames
            for permission in permissions.filter(content_type__app_label=app, codename=codename)
        )
