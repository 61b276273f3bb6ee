"""People, workers and the tick at the photos of one job at the same instant, and the checker.

Each round has a job of its own. The checker believes no act: it asks whether an act raised what no
page knows (a deadlock, above all), and compares rows with what the acts say they did. Files are for
`check_media`.
"""

import random
import shutil
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from threading import Event

from jobstatus import deleting
from jobstatus.models import Job
from shop import images
from shop.models import Album, Photo, Storefront, Subject, Upload
from shop.sorting import photos, trash, tying, undoing
from shop.storing import purging
from shop.uploads import taking
from tests.factories import NOON, AlbumFactory, SubjectFactory, at
from tests.stored import with_files
from tests.uploads import CLOCK, uploaded

LATER = at(NOON + timedelta(days=7, microseconds=1))  # The trash of NOON is due.
PHOTOS = 3
TOLD = (undoing.UndoRefused, photos.NoSuchAlbum, deleting.JobIsGone)  # The pages say so.


@dataclass
class Round:
    album: Album
    other: Album
    child: Subject
    photos: list[Photo] = field(default_factory=list)
    upload: Upload | None = None
    content: str = ""  # of what is uploaded

    @property
    def job(self) -> Job:
        return self.album.job

    @property
    def ids(self) -> list[int]:
        return [photo.pk for photo in self.photos]


WRITING = Event()  # The taker is about to put its files away, and to write its row.
LONGEST_SECONDS = 0.004


def quick_images(source, folder, *, watermark):
    """In place of `images.make`: the files, and no time."""
    WRITING.set()
    for name in ("preview.jpg", "preview.webp", "thumbnail.jpg", "thumbnail.webp"):
        shutil.copy(source, folder / name)
    return images.Made(64, 48, ".jpg", None)


def scene(has_page):
    """A job without a page, as integrations leave them, has another row that is held."""
    album = AlbumFactory.create()
    if has_page:
        Storefront.objects.create(job=album.job)
    other = AlbumFactory.create(job=album.job)
    child = SubjectFactory.create(job=album.job, album=None)
    return Round(album, other, child, [with_files(album, webp=True) for _n in range(PHOTOS)])


def with_upload(has_page):
    """A file waits whose content is in the trash already."""
    found, content = scene(has_page), b"picture"
    found.content = sha256(content).hexdigest()
    Photo.objects.filter(pk=found.ids[0]).update(sha256=found.content, trashed_at=NOON)
    found.upload = uploaded(found.album, content)
    return found


def when_it_hurts(act):
    """Not before the other one is where both meet, and at any instant after that."""

    def later():
        WRITING.wait(10)
        time.sleep(random.uniform(0, LONGEST_SECONDS))
        return act()

    return later


def take(one):
    return lambda: taking.take_next(clock=CLOCK, only=one.upload.pk)


def delete(one):
    return lambda: deleting.delete_job(one.job.pk, typed=one.job.name, by=None, clock=CLOCK)


def purge():
    WRITING.set()
    return purging.purge(clock=LATER)


# Contests: the acts of a round


def an_album_is_restored_and_purged(one):
    trash.put_album(one.job, one.album.pk, by=None, at=NOON)
    return purge, lambda: trash.restore_album(one.job, one.album.pk)


def photos_are_restored_and_purged(one):
    trash.put_photos(one.job, one.ids, by=None, at=NOON)
    return purge, lambda: trash.restore_photos(one.job, one.ids)


def a_job_is_deleted_and_its_trash_purged(one):
    trash.put_album(one.job, one.album.pk, by=None, at=NOON)
    return purge, delete(one)


def a_copy_comes_back(one):
    return take(one), lambda: trash.restore_photos(one.job, one.ids)


def its_album_goes(one):
    return take(one), lambda: trash.put_album(one.job, one.album.pk, by=None, at=NOON)


def others_are_moved(one):
    return take(one), lambda: photos.move(one.job, one.ids, one.other.pk, by=None, at=NOON)


def others_are_tied(one):
    return take(one), lambda: tying.tie(one.job, one.ids, one.child.pk, by=None, at=NOON)


def its_job_is_deleted(one):
    return take(one), delete(one)


def an_undo_brings_the_copy_back(one):
    step = trash.put_photos(one.job, one.ids[1:], by=None, at=NOON)
    return take(one), lambda: undoing.undo(one.job, step.pk, at=NOON)


PURGES = (
    an_album_is_restored_and_purged,
    photos_are_restored_and_purged,
    a_job_is_deleted_and_its_trash_purged,
)
ARRIVALS = (
    a_copy_comes_back,
    its_album_goes,
    others_are_moved,
    others_are_tied,
    its_job_is_deleted,
    an_undo_brings_the_copy_back,
)


def run_rounds(racers, contests, rounds):
    """Race so often. Returns a sentence for each round that went wrong, and how rounds ended."""
    wrong, endings = [], Counter()
    for number in range(rounds):
        WRITING.clear()
        contest, has_page = contests[number % len(contests)], number // len(contests) % 2 == 0
        one = with_upload(has_page) if contest in ARRIVALS else scene(has_page)
        first, second = contest(one)
        results = racers.race(first, when_it_hurts(second))
        found = [repr(r) for r in results if isinstance(r, Exception) and not isinstance(r, TOLD)]
        found += wrong_rows(one, results[1])
        if found:
            wrong.append(f"{contest.__name__}: {found}")
        endings[contest.__name__, ending(one, results[1])] += 1
    return wrong, endings


def ending(one, told):
    """What became of the file, or of what was in the trash."""
    if one.upload is not None:
        state = Upload.objects.filter(pk=one.upload.pk).values_list("state", flat=True).first()
        return state or "gone"
    return f"{told.photos} back" if isinstance(told, trash.Restored) else type(told).__name__


def wrong_rows(one, told):
    """Whole or not at all; nothing shown of an album in the trash; a content once."""
    job_id = one.job.pk
    there = Photo.objects.filter(job=job_id)
    if not Job.objects.filter(pk=job_id).exists():
        if there.exists():
            yield "photos without a job"
        return
    if isinstance(told, trash.Restored) and one.upload is None:
        if (told.photos, there.count()) not in ((PHOTOS, PHOTOS), (0, 0)):
            yield f"{told.photos} photos came back, {there.count()} are there"
        if Album.objects.filter(pk=one.album.pk).exists() < bool(told.photos):
            yield "photos came back without their album"
    if there.filter(trashed_at=None, album__trashed_at__isnull=False).exists():
        yield "photos are shown of an album in the trash"
    if one.upload is not None:
        yield from wrong_arrival(one, there)


def wrong_arrival(one, there):
    one.upload.refresh_from_db()
    if one.upload.state not in ("done", "known", "refused"):
        yield f"the file is {one.upload.state} still"
    shown = there.filter(sha256=one.content, trashed_at=None).count()
    in_trash = Album.objects.filter(pk=one.album.pk, trashed_at__isnull=False).exists()
    if shown != (not in_trash):
        yield f"its content is there {shown} times, the album is in the trash: {in_trash}"
