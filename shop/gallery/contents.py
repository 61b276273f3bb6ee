"""Which photos several codes show, in a fixed number of queries.

The same choice as `Photo.objects.of(subject)`, for many persons at once.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet, Window
from django.db.models.functions import RowNumber

from jobstatus.keys import listed
from jobstatus.models import Job
from shop import access
from shop.models import AccessCode, Album, Appearance, Photo, PriceList, Subject

ORDER = ("is_group", "position", "pk")  # own photos first
PLAIN = ("pk", "is_group", "position", "width", "height")

Pictures = dict[int, list[Photo]]  # by the code's number


def photos_of(subject: Subject) -> QuerySet[Photo]:
    """A person's photos as their gallery sorts them."""
    return Photo.objects.of(subject).order_by(*ORDER)


def pictures(codes: Sequence[AccessCode], *, most: int) -> Pictures:
    """At most so many photos of each code, own ones first. Two queries; none without codes.

    Says nothing of the jobs' status: pass open codes only.
    """
    if not codes:
        return {}
    own = _own([code.subject_id for code in codes], most)
    group = _group([code.subject.album_id for code in codes if code.subject], most)
    found: Pictures = {}
    for code in codes:
        subject = code.subject
        if subject is None:
            continue
        photos = {photo.pk: photo for photo in own.get(subject.pk, [])}
        for photo in group.get(subject.album_id, []):
            if photo.job_id == subject.job_id:
                photos.setdefault(photo.pk, photo)
        found[code.pk] = sorted(photos.values(), key=_place)[:most]
    return found


def _own(subject_ids: Sequence[int | None], most: int) -> dict[int, list[Photo]]:
    shown = Appearance.objects.filter(
        subject__in=listed(pk for pk in subject_ids if pk is not None),
        photo__is_hidden=False,
        photo__trashed_at__isnull=True,
        photo__album__is_active=True,
        photo__job=F("subject__job"),
    )
    rows = _first(shown, most, by="subject", order=[f"photo__{field}" for field in ORDER])
    found: dict[int, list[Photo]] = {}
    for row in rows.select_related("photo"):
        found.setdefault(row.subject_id, []).append(row.photo)
    return found


def _group(album_ids: Sequence[int | None], most: int) -> dict[int | None, list[Photo]]:
    shown = Photo.objects.shown().filter(
        is_group=True, album__in=listed(pk for pk in album_ids if pk is not None)
    )
    found: dict[int | None, list[Photo]] = {}
    for photo in _first(shown, most, by="album", order=list(ORDER)):
        found.setdefault(photo.album_id, []).append(photo)
    return found


def _first(rows: Any, most: int, *, by: str, order: list[str]) -> Any:
    """The first rows of each, whatever their number altogether."""
    number = Window(RowNumber(), partition_by=[F(by)], order_by=order)
    return rows.annotate(place=number).filter(place__lte=most)


def _place(photo: Photo) -> tuple[bool, int, int]:
    return photo.is_group, photo.position, photo.pk


def jobs_with_active_albums(jobs: Sequence[Job]) -> set[int]:
    """An archived job without any is not shown to its customers (A7). One query."""
    if not jobs:
        return set()
    active = Album.objects.filter(is_active=True, trashed_at__isnull=True)
    albums = active.filter(job__in=listed(job.pk for job in jobs))
    return set(albums.values_list("job", flat=True))


def price_list_of(code: AccessCode) -> PriceList | None:
    """None for a job without a price list or without a page: nothing is for sale there."""
    storefront = getattr(code.job, "storefront", None)
    return None if storefront is None else storefront.price_list


def open_with(codes: Sequence[AccessCode], price_list_id: int, *, at: datetime) -> list[AccessCode]:
    """Those that are open now and whose job sells by this price list."""
    found = []
    for code in codes:
        prices = price_list_of(code)
        if prices is not None and prices.pk == price_list_id and access.is_open(code, at):
            found.append(code)
    return found


def job_of(code: AccessCode) -> Job:
    """A living code has one. Raises ValueError for a dead one."""
    if code.job is None:
        raise ValueError(f"The access code with number {code.pk} is dead.")
    return code.job
