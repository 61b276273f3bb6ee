"""The trash of a job: photos and albums for seven days, and back (A14).

An album and those of its photos that were not in the trash go at the same instant, which is how
they are found again. What is purged after those days: not here.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from jobstatus.keys import listed, listed_texts
from jobstatus.models import Job
from shop.holding import hold
from shop.models import Album, Photo, SortingStep
from shop.sorting import photos, steps
from shop.storing import purging


@dataclass
class Restored:
    """What came back, and the names of the photos that stay in the trash, by the reason."""

    photos: int = 0
    albums: int = 0
    there_again: list[str] = field(default_factory=list)  # the same content came anew meanwhile
    in_trashed_album: list[str] = field(default_factory=list)


def days_left(trashed_at: datetime, *, at: datetime) -> int:
    """Days that begin count: 7 in the first second, 1 on the last day, then 0."""
    left = purging.purged_at(trashed_at) - at
    return max(0, -(-left // timedelta(days=1)))


@transaction.atomic(durable=True)
def put_photos(job: Job, ids: Collection[int], *, by: Any, at: datetime) -> SortingStep | None:
    hold(job.pk)
    rows = photos.of_job(job, ids)
    gone = list(rows.order_by("pk").values_list("pk", flat=True))
    if not gone:
        return None
    Photo.objects.filter(pk__in=listed(gone)).update(trashed_at=at)
    text = ngettext(
        "%(count)d photo is in the trash.", "%(count)d photos are in the trash.", len(gone)
    ) % {"count": len(gone)}
    return _kept(job, {"at": at.isoformat(), "album": None}, text, by=by, at=at)


@transaction.atomic(durable=True)
def put_album(job: Job, album_id: int, *, by: Any, at: datetime) -> SortingStep | None:
    """The album with its photos. None if it is gone, or in the trash already."""
    hold(job.pk)
    album = Album.objects.filter(pk=album_id, job=job, trashed_at__isnull=True).first()
    if album is None:
        return None
    Album.objects.filter(pk=album.pk).update(trashed_at=at)
    count = Photo.objects.filter(album=album, trashed_at__isnull=True).update(trashed_at=at)
    text = ngettext(
        "“%(album)s” with %(count)d photo is in the trash.",
        "“%(album)s” with %(count)d photos is in the trash.",
        count,
    ) % {"album": album.name, "count": count}
    return _kept(job, {"at": at.isoformat(), "album": album.pk}, text, by=by, at=at)


@transaction.atomic(durable=True)
def restore_photos(job: Job, ids: Collection[int]) -> Restored:
    """Those of these photos that are in the trash, and whose album is not."""
    hold(job.pk)
    return bring_back(Photo.objects.filter(pk__in=listed(ids), job=job))


@transaction.atomic(durable=True)
def restore_album(job: Job, album_id: int) -> Restored:
    """The album with exactly the photos that went with it."""
    hold(job.pk)
    return bring_album_back(job, album_id)


def bring_album_back(job: Job, album_id: int) -> Restored:
    """In the caller's transaction, which holds the gallery."""
    album = Album.objects.filter(pk=album_id, job=job, trashed_at__isnull=False).first()
    if album is None:
        return Restored()
    Album.objects.filter(pk=album.pk).update(trashed_at=None)
    found = bring_back(Photo.objects.filter(album=album, trashed_at=album.trashed_at))
    found.albums = 1
    return found


def bring_back(rows: QuerySet[Photo]) -> Restored:
    """In the caller's transaction, which holds the gallery. Idempotent."""
    trashed = rows.filter(trashed_at__isnull=False).order_by("pk")
    facts = list(trashed.values_list("pk", "job_id", "file_name", "sha256", "album__trashed_at"))
    present = _present(facts)
    found, back = Restored(), []
    for pk, job_id, file_name, content, album_trashed_at in facts:
        if album_trashed_at is not None:
            found.in_trashed_album.append(file_name)
        elif content and (job_id, content) in present:
            found.there_again.append(file_name)
        else:
            back.append(pk)
            # Two of one content can be in the trash: the first one comes back.
            present.add((job_id, content))
    if back:
        Photo.objects.filter(pk__in=listed(back)).update(trashed_at=None)
    found.photos = len(back)
    return found


def _present(facts: Iterable[tuple[Any, ...]]) -> set[tuple[int, str]]:
    """Which of these contents are in their job now."""
    rows = list(facts)
    there = Photo.objects.filter(
        job__in=listed({row[1] for row in rows}),
        sha256__in=listed_texts({row[3] for row in rows if row[3]}),
        trashed_at__isnull=True,
    )
    return set(there.values_list("job_id", "sha256"))


def told(found: Restored) -> str:
    """What came back, as a sentence."""
    count = {"count": found.photos}
    if found.albums:
        return (
            ngettext(
                "The album is back with %(count)d photo.",
                "The album is back with %(count)d photos.",
                found.photos,
            )
            % count
        )
    return ngettext("%(count)d photo is back.", "%(count)d photos are back.", found.photos) % count


def stayed(found: Restored) -> list[str]:
    """Sentences for what stays in the trash."""
    sentences = []
    if found.there_again:
        text = ngettext(
            "%(count)d photo stays in the trash, because the same picture was uploaded again: "
            "%(names)s",
            "%(count)d photos stay in the trash, because the same pictures were uploaded again: "
            "%(names)s",
            len(found.there_again),
        )
        sentences.append(_named(text, found.there_again))
    if found.in_trashed_album:
        text = ngettext(
            "%(count)d photo stays in the trash with its album. Restore the album: %(names)s",
            "%(count)d photos stay in the trash with their album. Restore the album: %(names)s",
            len(found.in_trashed_album),
        )
        sentences.append(_named(text, found.in_trashed_album))
    return sentences


def _named(text: str, names: list[str]) -> str:
    shown = ", ".join(names[:5])
    more = _("%(names)s and more") % {"names": shown} if len(names) > 5 else shown
    return text % {"count": len(names), "names": more}


def _kept(job: Job, rows: dict[str, Any], text: str, *, by: Any, at: datetime) -> SortingStep:
    return steps.keep(job, SortingStep.Kind.TRASHED, rows, text, by=by, at=at)
