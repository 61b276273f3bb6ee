"""A complete file becomes a photo: judged, made smaller, put away, written down.

The work is done outside of any transaction. Until the photo's row is there, nobody sees anything
of it; a worker that dies on the way leaves an upload whose lease ends, and files that the next one
removes.
"""

import hashlib
import logging
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.core.files.storage import Storage, storages
from django.db import IntegrityError, transaction
from django.db.models import Max

from jobstatus.clock import Clock
from shop import images
from shop.holding import hold
from shop.models import Album, Photo, Upload
from shop.sorting import arrivals
from shop.uploads import claims, places
from shop.uploads.reasons import Reason

ORIGINAL, PREVIEW, THUMBNAIL = "original", "preview.jpg", "thumbnail.jpg"
logger = logging.getLogger(__name__)


class NotNow(Exception):
    """Not the file's fault: a disk or a storage. It is tried again, however often that takes."""


class Lost(Exception):
    """Another worker has the file by now; what this one did is undone."""


@dataclass(frozen=True)
class Taken:
    """A file that is put away, with its photo still to be written."""

    place: str
    sha256: str
    made: images.Made
    stored_bytes: int


def take_waiting(*, clock: Clock, until: datetime) -> int:
    """Make photos of what waits, until nothing does or the instant has come. Returns how many."""
    taken = 0
    while clock() < until and take_next(clock=clock) is not None:
        taken += 1
    return taken


def take_next(*, clock: Clock, only: int | None = None) -> Upload | None:
    """The next file that waits; None if there is none, or (`only`) somebody else has it."""
    claimed = claims.claim(at=clock(), only=only)
    if claimed is None:
        return None
    upload, lost = claimed
    storage = storages["private"]
    if lost:
        remove(storage, place_of(upload, lost))
    try:
        _take(upload, storage, clock)
    except NotNow:
        logger.exception("Could not take upload %s; it is tried again.", upload.pk)
        claims.postpone(upload, at=clock())
    except Exception:
        # Tried again when the lease ends, and given up after a few times.
        logger.exception("Could not make a photo of upload %s.", upload.pk)
    return upload


def _take(upload: Upload, storage: Storage, clock: Clock) -> None:
    source = places.path_of(upload.token)
    reason, facts = _impossible(upload, source)
    if not reason:
        sha256 = digest(source)
        known = _known(upload, sha256)
        if known is not None:
            _end(upload, claims.settle_known(upload, known, sha256, at=clock()))
            return
        try:
            taken = _put_away(upload, source, sha256, storage)
        except images.Refused as refusal:
            reason, facts = refusal.reason, refusal.facts
        else:
            _write(upload, taken, storage, clock)
            return
    _end(upload, claims.refuse(upload, reason, facts, at=clock()))


def _impossible(upload: Upload, source: Path) -> tuple[str, dict[str, Any]]:
    if upload.attempts > claims.MOST_ATTEMPTS:
        return Reason.GIVEN_UP, {}
    if not source.exists():
        return Reason.NO_FILE, {}
    if upload.album is None or upload.album.trashed_at is not None:
        return Reason.NO_ALBUM, {}
    return "", {}


def digest(source: Path) -> str:
    with source.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _known(upload: Upload, sha256: str) -> Photo | None:
    same = Photo.objects.filter(job=upload.job_id, sha256=sha256, trashed_at=None)
    return same.order_by("pk").first()


def place_of(upload: Upload, lease: str) -> str:
    """A random folder for each attempt: no name leads to another one, and none is written twice."""
    return f"jobs/{upload.job_id}/{lease}"


def _put_away(upload: Upload, source: Path, sha256: str, storage: Storage) -> Taken:
    place = place_of(upload, upload.lease)
    with tempfile.TemporaryDirectory(prefix="photo-") as name:
        folder = Path(name)
        try:
            made = images.make(source, folder, watermark=upload.job.studio.name)
        except (images.MakingFailed, OSError) as error:
            raise NotNow from error
        files = [(f"{ORIGINAL}{made.kind}", source)]
        files += [(path.name, path) for path in sorted(folder.iterdir())]
        try:
            for file_name, path in files:
                with path.open("rb") as file:
                    storage.save(f"{place}/{file_name}", File(file))
        except Exception as error:  # A storage in a network raises what its library likes.
            raise NotNow from error
        stored_bytes = sum(path.stat().st_size for _name, path in files)
    return Taken(place, sha256, made, stored_bytes)


def _write(upload: Upload, taken: Taken, storage: Storage, clock: Clock) -> None:
    try:
        is_written = _write_photo(upload, taken, clock)
    except Lost:
        remove(storage, taken.place)
        return
    except IntegrityError:
        # The same content came twice at the same time, and the other one was faster.
        known = _known(upload, taken.sha256)
        if known is None:
            raise
        remove(storage, taken.place)
        _end(upload, claims.settle_known(upload, known, taken.sha256, at=clock()))
        return
    if not is_written:
        remove(storage, taken.place)
        claims.refuse(upload, Reason.NO_ALBUM, {}, at=clock())
    places.forget(upload.token)


@transaction.atomic(durable=True)
def _write_photo(upload: Upload, taken: Taken, clock: Clock) -> bool:
    """The photo, its ties and the end of the upload, together. False: its album is gone.

    Holds the gallery before it looks: else an album could go, a copy come back from the trash or
    the job be deleted between the look and the row, which then would be waited for in a circle.
    """
    hold(upload.job_id)
    albums = Album.objects.filter(trashed_at=None)
    album = albums.filter(pk=upload.album_id or 0).first()
    if album is None:
        return False
    photo = Photo.objects.create(
        job_id=upload.job_id,
        album=album,
        file_name=upload.file_name,
        position=_position(upload, album),
        width=taken.made.width,
        height=taken.made.height,
        original=f"{taken.place}/{ORIGINAL}{taken.made.kind}",
        preview=f"{taken.place}/{PREVIEW}",
        thumbnail=f"{taken.place}/{THUMBNAIL}",
        sha256=taken.sha256,
        stored_bytes=taken.stored_bytes,
        has_webp=True,
    )
    arrivals.tie(photo, taken.made.card)
    if not claims.settle_done(upload, photo, taken.sha256, at=clock()):
        raise Lost
    return True


def _position(upload: Upload, album: Album) -> int:
    if upload.position is not None:
        return upload.position
    last = Photo.objects.filter(album=album).aggregate(last=Max("position"))["last"]
    return 0 if last is None else last + 1


def _end(upload: Upload, is_ours: bool) -> None:
    if is_ours:
        places.forget(upload.token)


def remove(storage: Storage, place: str) -> None:
    """The files of an attempt that came to nothing. What is left is found by `check_media`."""
    try:
        _folders, names = storage.listdir(place)
        for name in names:
            storage.delete(f"{place}/{name}")
        if names:
            storage.delete(place)  # the folder itself, where there are such
    except FileNotFoundError:
        pass
    except Exception:
        logger.exception("Could not remove %s from the storage.", place)
