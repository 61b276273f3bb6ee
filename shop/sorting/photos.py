"""Many photos at once: hidden, shown, for everybody of an album, in another album.

Each of these takes the numbers of photos, changes those of the job that are not in the trash, and
returns what it did as a step that can be taken back; None if there was nothing to change. A fixed
number of queries.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from jobstatus.keys import listed
from jobstatus.models import Job
from shop.holding import hold
from shop.models import Album, Photo, SortingStep
from shop.sorting import steps
from shop.sorting.steps import MOST_PHOTOS, TooMany

Kind = SortingStep.Kind


class NoSuchAlbum(Exception):
    """The album is none of this job, or is in the trash. The message is a sentence."""


def of_job(job: Job, ids: Collection[int]) -> QuerySet[Photo]:
    """Those of these photos that can be changed. Raises TooMany."""
    if len(ids) > MOST_PHOTOS:
        text = _("At most %(count)d photos can be changed at once. Choose fewer.")
        raise TooMany(text % {"count": MOST_PHOTOS})
    return Photo.objects.filter(pk__in=listed(ids), job=job, trashed_at__isnull=True)


@transaction.atomic(durable=True)
def hide(job: Job, ids: Collection[int], *, by: Any, at: datetime) -> SortingStep | None:
    hold(job.pk)
    changed = _set(of_job(job, ids), "is_hidden", True)
    text = ngettext("%(count)d photo is hidden.", "%(count)d photos are hidden.", len(changed))
    return _flagged(job, Kind.HIDDEN, True, changed, text, by=by, at=at)


@transaction.atomic(durable=True)
def show(job: Job, ids: Collection[int], *, by: Any, at: datetime) -> SortingStep | None:
    """Cards stay hidden: they have the code of somebody."""
    hold(job.pk)
    changed = _set(of_job(job, ids).filter(card_code=""), "is_hidden", False)
    text = ngettext(
        "%(count)d photo is not hidden any more.",
        "%(count)d photos are not hidden any more.",
        len(changed),
    )
    return _flagged(job, Kind.HIDDEN, False, changed, text, by=by, at=at)


@transaction.atomic(durable=True)
def make_group(job: Job, ids: Collection[int], *, by: Any, at: datetime) -> SortingStep | None:
    """Everybody of their album sees them, beside those who are tied to them."""
    hold(job.pk)
    changed = _set(of_job(job, ids).filter(card_code=""), "is_group", True)
    text = ngettext(
        "%(count)d photo is a group photo now.",
        "%(count)d photos are group photos now.",
        len(changed),
    )
    return _flagged(job, Kind.GROUP, True, changed, text, by=by, at=at)


@transaction.atomic(durable=True)
def make_single(job: Job, ids: Collection[int], *, by: Any, at: datetime) -> SortingStep | None:
    hold(job.pk)
    changed = _set(of_job(job, ids), "is_group", False)
    text = ngettext(
        "%(count)d photo is no group photo any more.",
        "%(count)d photos are no group photos any more.",
        len(changed),
    )
    return _flagged(job, Kind.GROUP, False, changed, text, by=by, at=at)


@transaction.atomic(durable=True)
def move(
    job: Job, ids: Collection[int], album_id: int, *, by: Any, at: datetime
) -> SortingStep | None:
    """Into another album of the same job. Who is on them stays. Raises NoSuchAlbum."""
    hold(job.pk)
    album = Album.objects.filter(pk=album_id, job=job, trashed_at__isnull=True).first()
    if album is None:
        raise NoSuchAlbum(_("Choose an album of this job."))
    before: dict[str, list[int]] = {}
    rows = of_job(job, ids).exclude(album=album).order_by("pk")
    for photo, former in rows.values_list("pk", "album_id"):
        before.setdefault(str(former), []).append(photo)
    moved = [photo for photos in before.values() for photo in photos]
    if not moved:
        return None
    Photo.objects.filter(pk__in=listed(moved)).update(album=album)
    text = ngettext(
        "%(count)d photo is moved to “%(album)s”.",
        "%(count)d photos are moved to “%(album)s”.",
        len(moved),
    ) % {"count": len(moved), "album": album.name}
    return steps.keep(job, Kind.MOVED, {"to": album.pk, "from": before}, text, by=by, at=at)


@transaction.atomic(durable=True)
def take_for_photos(job: Job, ids: Collection[int], *, by: Any, at: datetime) -> SortingStep | None:
    """Cards that are none, as when a child held one up: plain photos again, still hidden.

    The photos after them keep their persons until the cards are read again.
    """
    hold(job.pk)
    cards = dict(of_job(job, ids).exclude(card_code="").values_list("pk", "card_code"))
    if not cards:
        return None
    Photo.objects.filter(pk__in=listed(cards)).update(card_code="")
    text = ngettext(
        "%(count)d card is a photo now. It is still hidden.",
        "%(count)d cards are photos now. They are still hidden.",
        len(cards),
    ) % {"count": len(cards)}
    rows = {"cards": {str(pk): code for pk, code in cards.items()}}
    return steps.keep(job, Kind.NO_CARD, rows, text, by=by, at=at)


def _set(photos: QuerySet[Photo], field: str, value: bool) -> list[int]:
    """The photos for which this is a change, after it."""
    changed = list(photos.filter(**{field: not value}).order_by("pk").values_list("pk", flat=True))
    if changed:
        Photo.objects.filter(pk__in=listed(changed)).update(**{field: value})
    return changed


def _flagged(
    job: Job, kind: str, to: bool, changed: list[int], text: str, *, by: Any, at: datetime
) -> SortingStep | None:
    if not changed:
        return None
    rows = {"to": to, "photos": changed}
    return steps.keep(job, kind, rows, text % {"count": len(changed)}, by=by, at=at)
