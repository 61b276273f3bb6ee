"""Copies of profiles: how a standard one becomes one's own (C1)."""

from django.db import transaction
from django.utils.translation import gettext as _

from comms.models import Notification, Profile, Text

NAME_LENGTH = 100


def free_name(name: str, studio_id: int) -> str:
    """This name, or with a number behind it, so that the studio has no other one of that name."""
    taken = set(Profile.objects.current().filter(studio=studio_id).values_list("name", flat=True))
    wanted, number = name[:NAME_LENGTH], 1
    while wanted in taken:
        end = _(" (copy)") if number == 1 else _(" (copy %(number)d)") % {"number": number}
        wanted, number = name[: NAME_LENGTH - len(end)] + end, number + 1
    return wanted


@transaction.atomic
def duplicate(original: Profile, *, studio_id: int, name: str) -> Profile:
    """The profile with its living notifications and their texts, as one of this studio.

    Nobody uses it yet. Five queries. Raises IntegrityError if the studio has that name by now.
    """
    copy = Profile.objects.create(studio_id=studio_id, name=name)
    sources = list(original.notifications.filter(retired_at__isnull=True).order_by("pk"))
    texts = list(Text.objects.filter(notification__in=sources).order_by("pk"))
    copies = {source.pk: source for source in sources}
    for source in sources:
        source.pk, source.profile = None, copy
        source._state.adding = True
    Notification.objects.bulk_create(sources)
    for text in texts:
        text.notification = copies[text.notification_id]
        text.pk = None
        text._state.adding = True
    Text.objects.bulk_create(texts)
    return copy
