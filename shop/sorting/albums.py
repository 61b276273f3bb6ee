"""The albums of a job: made, named, sorted, shown or not. What goes into the trash: `trash`."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from jobstatus.models import Job
from shop.holding import hold
from shop.models import Album
from shop.models.gallery import NAME_LENGTH

ORDER = ("position", "name", "pk")
MOST_ALBUMS = 2_000  # of a job


class AlbumRefused(Exception):
    """An album cannot be so. The message is a sentence for a person."""


def of_job(job: Job) -> QuerySet[Album]:
    """Those that are not in the trash, in their order."""
    return Album.objects.filter(job=job, trashed_at__isnull=True).order_by(*ORDER)


@transaction.atomic(durable=True)
def make(job: Job, name: str) -> Album:
    """The last one of its job. Raises AlbumRefused."""
    hold(job.pk)
    albums = of_job(job)
    clean = _clean(albums, name)
    if albums.count() >= MOST_ALBUMS:
        raise AlbumRefused(_("A job has %(count)d albums at most.") % {"count": MOST_ALBUMS})
    last = albums.aggregate(last=Max("position"))["last"]
    return Album.objects.create(job=job, name=clean, position=0 if last is None else last + 1)


@transaction.atomic(durable=True)
def rename(job: Job, album_id: int, name: str) -> str:
    """Returns the name as it is written. Raises AlbumRefused."""
    hold(job.pk)
    albums = of_job(job)
    clean = _clean(albums.exclude(pk=album_id), name)
    if not albums.filter(pk=album_id).update(name=clean):
        raise AlbumRefused(_gone())
    return clean


@transaction.atomic(durable=True)
def activate(job: Job, album_id: int) -> None:
    """Customers see its photos. Raises AlbumRefused."""
    hold(job.pk)
    if not of_job(job).filter(pk=album_id).update(is_active=True):
        raise AlbumRefused(_gone())


@transaction.atomic(durable=True)
def deactivate(job: Job, album_id: int) -> None:
    """No customer sees its photos. Raises AlbumRefused."""
    hold(job.pk)
    if not of_job(job).filter(pk=album_id).update(is_active=False):
        raise AlbumRefused(_gone())


@transaction.atomic(durable=True)
def sort(job: Job, ids: Sequence[int]) -> None:
    """In this order; albums that are not named come after, as they were. Two queries."""
    hold(job.pk)
    albums = list(of_job(job))
    place = {pk: number for number, pk in enumerate(ids)}
    albums.sort(key=lambda album: place.get(album.pk, len(place)))
    changed = []
    for number, album in enumerate(albums):
        if album.position != number:
            album.position = number
            changed.append(album)
    Album.objects.bulk_update(changed, ["position"], batch_size=500)


def _clean(others: QuerySet[Album], name: str) -> str:
    clean = " ".join(name.replace("\0", "").split())
    if not clean:
        raise AlbumRefused(_("Write a name for the album."))
    if len(clean) > NAME_LENGTH:
        text = _("The name of an album has %(count)d characters at most.")
        raise AlbumRefused(text % {"count": NAME_LENGTH})
    if others.filter(name__iexact=clean).exists():
        raise AlbumRefused(_("There is an album “%(name)s” already.") % {"name": clean})
    return clean


def _gone() -> str:
    return _("This album is gone, or in the trash.")
