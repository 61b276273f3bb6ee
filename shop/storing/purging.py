"""The trash is emptied: what lies in it for longer than seven days goes for ever (A14).

An album goes with its photos in one transaction that holds the job's gallery first, as a restore
does. So one of the two wins, nobody gets half an album back, and neither waits for the other twice.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from jobstatus.clock import Clock
from shop.holding import hold
from shop.models import Album, Photo
from shop.storing.removing import delete_photos

KEPT_IN_TRASH = timedelta(days=7)
# Of an album in the trash: its photos that went there with it, not those that were there before.
WENT_ALONG = Count("photos", filter=Q(photos__trashed_at=F("trashed_at")))
ALBUMS_AT_ONCE = 20  # in one tick
PHOTOS_AT_ONCE = 500  # in one transaction
MOST_BATCHES = 10  # in one tick


def purged_at(trashed_at: datetime) -> datetime:
    """From when on it can be gone for ever."""
    return trashed_at + KEPT_IN_TRASH


def purge(*, clock: Clock) -> int:
    """Delete what was in the trash for more than seven days. Returns how many rows.

    A bounded number in a tick. Files follow, by `doomed.delete_due`. Idle: two queries.
    """
    outdated = outdated_albums(clock() - KEPT_IN_TRASH).order_by("trashed_at", "pk")
    found = list(outdated.values_list("job_id", "pk")[:ALBUMS_AT_ONCE])
    rows = sum(_purge_album(job_id, pk, clock=clock) for job_id, pk in found)
    for _batch in range(MOST_BATCHES):
        photos = outdated_photos(clock() - KEPT_IN_TRASH).order_by("trashed_at", "pk")
        job_id = photos.values_list("job_id", flat=True).first()
        if job_id is None:
            break
        rows += _purge_photos(job_id, clock=clock)
    return rows


def outdated_albums(before: datetime) -> QuerySet[Album]:
    """With photos to purge, or empty. One with a photo that is not due keeps its row."""
    photos = Photo.objects.filter(album=OuterRef("pk"))
    work = Exists(photos.filter(trashed_at__lt=before)) | ~Exists(photos)
    return Album.objects.filter(work, trashed_at__lt=before)


@transaction.atomic(durable=True)
def _purge_album(job_id: int, album_id: int, *, clock: Clock) -> int:
    hold(job_id)
    at = clock()
    album = outdated_albums(at - KEPT_IN_TRASH).filter(pk=album_id).first()
    if album is None:
        return 0  # It was restored, or purged, meanwhile.
    photos = Photo.objects.filter(album=album)
    rows = _delete_held(photos.filter(trashed_at__lt=at - KEPT_IN_TRASH), at=at)
    if not photos.exists():
        album.delete()
        rows += 1
    return rows


def outdated_photos(before: datetime) -> QuerySet[Photo]:
    """Single photos: of an album that is not in the trash, or that went there after them."""
    alone = Q(album__trashed_at__isnull=True) | Q(trashed_at__lt=F("album__trashed_at"))
    return Photo.objects.filter(alone, trashed_at__lt=before)


@transaction.atomic(durable=True)
def _purge_photos(job_id: int, *, clock: Clock) -> int:
    """Of one job: two jobs would be two locks."""
    hold(job_id)
    at = clock()
    photos = outdated_photos(at - KEPT_IN_TRASH).filter(job=job_id)
    return _delete_held(photos.order_by("trashed_at", "pk")[:PHOTOS_AT_ONCE], at=at)


def _delete_held(photos: QuerySet[Photo], *, at: datetime) -> int:
    # What somebody has locked without holding the gallery is left for the next tick: to wait for it
    # with the gallery in hand could be a circle.
    held = photos.select_for_update(of=("self",), skip_locked=True)
    return delete_photos(list(held.values_list("pk", flat=True)), at=at)
