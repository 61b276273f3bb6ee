"""The one door through which an upload moves on from waiting. Each step is a conditional UPDATE."""

import secrets
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from shop.models import Photo, Upload

MOST_ATTEMPTS = 3
PAUSE = timedelta(minutes=1)
LEASE_BYTES = 12  # in hexadecimal the name of a folder as `models.gallery` makes them

State = Upload.State


def lease() -> timedelta:
    return timedelta(seconds=settings.UPLOAD_LEASE_SECONDS)


@transaction.atomic(durable=True)
def claim(*, at: datetime, only: int | None = None) -> tuple[Upload, str] | None:
    """The next file that nobody has in hand, and the lease that it had before, if it was lost.

    The attempt is counted here, before anything can go wrong. Files that were never tried come
    first: one that kills workers holds up no others. Two queries.
    """
    free = Upload.objects.waiting().filter(Q(leased_until=None) | Q(leased_until__lte=at))
    if only is not None:
        free = free.filter(pk=only)
    locked = free.select_for_update(skip_locked=True, no_key=True, of=("self",))
    upload = locked.select_related("job__studio", "album").order_by("attempts", "pk").first()
    if upload is None:
        return None
    before, new = upload.lease, secrets.token_hex(LEASE_BYTES)
    values = {"lease": new, "leased_until": at + lease(), "attempts": upload.attempts + 1}
    Upload.objects.filter(pk=upload.pk).update(**values)
    for name, value in values.items():
        setattr(upload, name, value)
    return upload, before


def held(upload: Upload) -> Any:
    """The row while it is still ours. Asked in the statement that settles it."""
    return Upload.objects.waiting().filter(pk=upload.pk, lease=upload.lease)


def settle_done(upload: Upload, photo: Photo, sha256: str, *, at: datetime) -> bool:
    """In the transaction that writes the photo. False: another worker has it by now."""
    return _settle(upload, at, state=State.DONE, photo=photo, sha256=sha256)


def settle_known(upload: Upload, photo: Photo, sha256: str, *, at: datetime) -> bool:
    return _settle(upload, at, state=State.KNOWN, photo=photo, sha256=sha256)


def refuse(upload: Upload, reason: str, facts: dict[str, Any], *, at: datetime) -> bool:
    return _settle(upload, at, state=State.REFUSED, reason=reason, reason_facts=facts)


def postpone(upload: Upload, *, at: datetime) -> bool:
    """It was no attempt: the storage did not answer. Later, and as often as it takes."""
    rows = held(upload)
    return bool(rows.update(leased_until=at + PAUSE, attempts=F("attempts") - 1))


def _settle(upload: Upload, at: datetime, **values: Any) -> bool:
    return bool(held(upload).update(changed_at=at, leased_until=None, **values))
