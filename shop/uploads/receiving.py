"""The bytes of a file, piece by piece, in order. What was confirmed is on the disk."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import PurePath
from typing import IO, Any, Protocol

from django.db import transaction
from django.db.models import F, Max, Sum
from django.utils.translation import gettext as _

from jobstatus.clock import Clock
from jobstatus.models import Job
from shop.holding import hold
from shop.models import Album, Photo, Upload
from shop.models.gallery import NAME_LENGTH
from shop.storing import quota
from shop.uploads import places

MOST_BYTES = 100_000_000  # of a file
MOST_FILES = 10_000  # dropped together
PIECE_BYTES = 1 << 18
KEPT_UNFINISHED = timedelta(hours=24)  # since the last byte

State = Upload.State


class Stream(Protocol):
    def read(self, size: int, /) -> bytes: ...


class NotTaken(Exception):
    """This file is not begun. The message says why, for the photographer."""


class TooLarge(NotTaken):
    """The file has more bytes than a photo may have."""


class NoRoom(NotTaken):
    """The studio has used up its storage: no other file will fit either."""


class WrongOffset(Exception):
    """These are not the next bytes of the file, or it is complete."""


class Gone(Exception):
    """The file was given up meanwhile."""


@dataclass(frozen=True)
class Arrival:
    """A file that is to come, and where it goes: into an album, or one of this name."""

    file_name: str
    length_bytes: int
    batch: str
    album_id: int | None = None
    folder: str = ""
    position: int | None = None
    sha256: str = ""


def begin(job: Job, arrival: Arrival, *, by: Any, at: datetime) -> Upload:
    """The row of a file whose bytes follow. Raises NotTaken, with a sentence.

    Seven queries; an album that does not exist yet is made.
    """
    if arrival.length_bytes > MOST_BYTES:
        text = _("“%(name)s” is larger than %(most)s MB.")
        raise TooLarge(text % {"name": arrival.file_name, "most": MOST_BYTES // 1_000_000})
    if Upload.objects.filter(job=job, batch=arrival.batch).count() >= MOST_FILES:
        raise NotTaken(
            _("No more than %(most)s files at once. Begin again with the rest.")
            % {"most": MOST_FILES}
        )
    _require_room(job, arrival)
    upload = Upload(
        job=job,
        album=_album(job, arrival),
        by=by,
        batch=arrival.batch,
        file_name=plain_name(arrival.file_name),
        position=arrival.position,
        sha256=arrival.sha256,
        length_bytes=arrival.length_bytes,
        state=State.RECEIVING if arrival.length_bytes else State.WAITING,
        created_at=at,
        changed_at=at,
    )
    if upload.state == State.WAITING:
        with places.held(upload.token):
            pass  # A worker may take it as soon as it has a row.
    upload.save()
    return upload


def _require_room(job: Job, arrival: Arrival) -> None:
    """What is under way counts as if it were stored."""
    under_way = Upload.objects.filter(
        job__studio=job.studio_id, state__in=[State.RECEIVING, State.WAITING]
    ).aggregate(sum=Sum("length_bytes"))
    try:
        quota.require_room(job.studio, bytes=(under_way["sum"] or 0) + arrival.length_bytes)
    except quota.NoRoom as error:
        raise NoRoom(str(error)) from None


def plain_name(file_name: str) -> str:
    """The last part of a path, without what no file system takes; it ends as it ended."""
    name = "".join(c for c in PurePath(file_name.replace("\\", "/")).name if c.isprintable())
    if len(name) > NAME_LENGTH:
        suffix = PurePath(name).suffix[:10]
        name = name[: NAME_LENGTH - len(suffix)] + suffix
    return name.strip() or "photo"


def _album(job: Job, arrival: Arrival) -> Album:
    albums = Album.objects.filter(job=job, trashed_at=None)
    if arrival.album_id is not None:
        album = albums.filter(pk=arrival.album_id).first()
        if album is None:
            raise NotTaken(_("The album does not exist any more. Choose another one."))
        return album
    name = arrival.folder.strip()[:NAME_LENGTH]
    if not name:
        raise NotTaken(_("Choose an album."))
    return albums.filter(name=name).order_by("pk").first() or _new_album(job, name)


@transaction.atomic
def _new_album(job: Job, name: str) -> Album:
    # The files of a folder come several at once: the second one sees the first one's album.
    hold(job.pk)
    albums = Album.objects.filter(job=job)
    known = albums.filter(name=name, trashed_at=None).order_by("pk").first()
    last = albums.aggregate(last=Max("position"))["last"]
    position = 0 if last is None else min(last + 1, 32_767)
    return known or Album.objects.create(job=job, name=name, position=position)


def next_position(job: Job) -> int:
    """Behind all photos of the job."""
    last = Photo.objects.filter(job=job).aggregate(last=Max("position"))["last"]
    return 0 if last is None else int(last) + 1


def append(upload: Upload, stream: Stream, *, offset: int, clock: Clock) -> int:
    """Take the bytes that begin at `offset`. Returns how many have come altogether.

    A connection that breaks leaves what came before. Raises InHand, WrongOffset, Gone. Nothing
    beyond the announced length is read. Two queries.
    """
    with places.held(upload.token) as file:
        # Read under the file's lock: another request may just have appended.
        row = Upload.objects.filter(pk=upload.pk).first()
        if row is None or row.state == State.REFUSED:
            places.forget(upload.token)
            raise Gone
        if row.state != State.RECEIVING or row.received_bytes != offset:
            raise WrongOffset
        file.truncate(offset)  # what a process wrote that died before it could confirm it
        file.seek(offset)
        count = _copy(stream, file, row.length_bytes - offset)
        places.keep(file)
        _confirm(row, count, at=clock())
    return offset + count


def receive(job: Job, arrival: Arrival, stream: Stream, *, by: Any, clock: Clock) -> Upload:
    """A whole file that is here already. Raises NotTaken."""
    upload = begin(job, arrival, by=by, at=clock())
    if upload.length_bytes and append(upload, stream, offset=0, clock=clock) < upload.length_bytes:
        give_up(upload)
        raise NotTaken(_("“%(name)s” did not arrive completely.") % {"name": arrival.file_name})
    return upload


def _copy(stream: Stream, file: IO[bytes], most: int) -> int:
    count = 0
    try:
        while count < most and (piece := stream.read(min(PIECE_BYTES, most - count))):
            count += file.write(piece)
    except OSError as error:
        # The browser went away, which is no error. A full disk is.
        if error.errno is not None and not isinstance(error, ConnectionError):
            raise
    return count


def _confirm(row: Upload, count: int, *, at: datetime) -> None:
    received = row.received_bytes + count
    is_complete = received == row.length_bytes
    # Guarded as well: on a disk whose locks do not work, one of two still loses.
    confirmed = Upload.objects.filter(
        pk=row.pk, state=State.RECEIVING, received_bytes=row.received_bytes
    ).update(
        received_bytes=F("received_bytes") + count,
        state=State.WAITING if is_complete else State.RECEIVING,
        changed_at=at,
    )
    if confirmed != 1:
        raise WrongOffset


def give_up(upload: Upload) -> bool:
    """The browser does not want it any more. False if it is complete: then it becomes a photo."""
    deleted, _rows = Upload.objects.receiving().filter(pk=upload.pk).delete()
    if deleted:
        places.forget(upload.token)
    return bool(deleted)


def expires_at(upload: Upload) -> datetime:
    return upload.changed_at + KEPT_UNFINISHED
