"""The trash is emptied: what lies in it for longer than seven days goes for ever (A14).

An album goes with its photos in one transaction that holds the album's row first, as a restore
does. So one of the two wins, and nobody gets half an album back.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from jobstatus.clock import Clock
from shop.models import Album, Photo
from shop.storing.removing import delete_photos

KEPT_IN_TRASH = timedelta(days=7)
ALBUMS_AT_ONCE = 20  # in one tick
PHOTOS_AT_ONCE = 500  # in one transaction
MOST_BATCHES = 10  # in one tick


def purge(*, clock: Clock) -> int:
    """Delete what was in the trash for more than seven days. Returns how many rows.

    A bounded number in a tick. Files follow, by `doomed.delete_due`. Idle: two queries.
    """
    outdated = _outdated_albums(clock() - KEPT_IN_TRASH)
    found = list(outdated.order_by("trashed_at", "pk").values_list("pk", flat=True))
    rows = sum(_purge_album(pk, clock=clock) for pk in found[:ALBUMS_AT_ONCE])
    for _batch in range(MOST_BATCHES):
        if not _outdated_photos(clock() - KEPT_IN_TRASH).exists():
            break
        rows += _purge_photos(clock=clock)
    return rows


def _outdated_albums(before: datetime) -> QuerySet[Album]:
    """With photos to purge, or empty. One with a photo that is not due keeps its row."""
    photos = Photo.objects.filter(album=OuterRef("pk"))
    work = Exists(photos.filter(trashed_at__lt=before)) | ~Exists(photos)
    return Album.objects.filter(work, trashed_at__lt=before)


@transaction.atomic(durable=True)
def _purge_album(album_id: int, *, clock: Clock) -> int:
    held = Album.objects.select_for_update().filter(pk=album_id, trashed_at__isnull=False)
    album, before = held.first(), clock() - KEPT_IN_TRASH
    if album is None or album.trashed_at is None or not album.trashed_at < before:
        return 0  # It was restored, or purged, meanwhile.
    photos = Photo.objects.filter(album=album)
    rows = _delete_held(photos.filter(trashed_at__lt=before), at=before + KEPT_IN_TRASH)
    if not photos.exists():
        album.delete()
        rows += 1
    return rows


def _outdated_photos(before: datetime) -> QuerySet[Photo]:
    """Single photos: of an album that is not in the trash, or that went there after them."""
    alone = Q(album__trashed_at__isnull=True) | Q(trashed_at__lt=F("album__trashed_at"))
    return Photo.objects.filter(alone, trashed_at__lt=before)


@transaction.atomic(durable=True)
def _purge_photos(*, clock: Clock) -> int:
    at = clock()
    photos = _outdated_photos(at - KEPT_IN_TRASH)
    return _delete_held(photos.order_by("trashed_at", "pk")[:PHOTOS_AT_ONCE], at=at)


def _delete_held(photos: QuerySet[Photo], *, at: datetime) -> int:
    # Whoever restores one of them waits for the lock, and finds none; what is locked is left.
    held = photos.select_for_update(of=("self",), skip_locked=True)
    return delete_photos(list(held.values_list("pk", flat=True)), at=at)
