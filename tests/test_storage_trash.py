"""The trash is emptied after seven days, and files follow their rows (A14)."""

from datetime import timedelta

import pytest
from django.core.files.storage import InMemoryStorage

from shop import tasks
from shop.models import (
    Album,
    Appearance,
    DoomedFile,
    LinePicture,
    OrderPicture,
    Photo,
    Subject,
)
from shop.storing import doomed, purging
from tests.buying import add, visitor
from tests.factories import NOON, AlbumFactory, PhotoFactory, at, family
from tests.shop_rows import order_of
from tests.stored import files, names_of, put, trash, with_files

pytestmark = pytest.mark.django_db(transaction=True)
WEEK = timedelta(days=7)
TICK = timedelta(microseconds=1)
LATER = NOON + WEEK + TICK


def tick(now):
    purging.purge(clock=at(now))
    return doomed.delete_due(clock=at(now))


def test_A14_an_album_goes_one_tick_after_seven_days_and_not_before():
    trashed, other = AlbumFactory.create(), AlbumFactory.create()
    gone, kept = with_files(trashed, webp=True), with_files(other)
    trash(trashed, NOON)
    before = files()

    tick(NOON + WEEK)
    after_seven_days = files()
    tick(LATER)

    assert after_seven_days == before == sorted([*names_of(gone), *names_of(kept)])
    assert files() == names_of(kept)
    assert list(Album.objects.all()) == [other]
    assert list(Photo.objects.all()) == [kept]
    assert not DoomedFile.objects.exists()


def test_A14_a_single_photo_goes_and_its_album_stays():
    album = AlbumFactory.create()
    gone, kept = with_files(album, trashed_at=NOON), with_files(album)

    tick(NOON + WEEK)
    assert Photo.objects.count() == 2
    tick(LATER)

    assert list(Photo.objects.all()) == [kept]
    assert files() == names_of(kept)
    assert Album.objects.filter(pk=album.pk).exists()
    assert gone.pk != kept.pk


def test_A14_a_photo_that_came_into_a_trashed_album_later_keeps_it():
    album = AlbumFactory.create()
    PhotoFactory.create(album=album)
    trash(album, NOON)
    late = PhotoFactory.create(album=album, trashed_at=None)
    later = PhotoFactory.create(album=album, trashed_at=NOON + timedelta(days=3))

    tick(LATER)
    tick(LATER)

    assert set(Photo.objects.all()) == {late, later}
    assert Album.objects.get().trashed_at == NOON


def test_A14_an_empty_album_goes():
    album, kept = AlbumFactory.create(), AlbumFactory.create()
    trash(album, NOON)

    tick(NOON + WEEK)
    assert Album.objects.count() == 2
    tick(LATER)

    assert list(Album.objects.all()) == [kept]


def test_A14_persons_of_a_purged_album_keep_their_codes_and_other_photos():
    code = family(photos=2)
    album = code.subject.album
    elsewhere = PhotoFactory.create(album=AlbumFactory.create(job=code.job))
    Appearance.objects.create(photo=elsewhere, subject=code.subject)
    trash(album, NOON)

    tick(LATER)

    code.refresh_from_db()
    assert code.subject_id == Subject.objects.get().pk
    assert list(Photo.objects.of(Subject.objects.get())) == [elsewhere]


def test_A14_an_album_that_comes_back_while_the_purge_waits_stays(monkeypatch):
    album = AlbumFactory.create()
    trash(album, NOON)
    monkeypatch.setattr(purging, "hold", lambda job_id: Album.objects.update(trashed_at=None))

    tick(LATER)

    assert Album.objects.get().trashed_at is None


def test_A14_a_basket_keeps_the_name_of_a_purged_photo():
    code = family()
    add(visitor(code), code)
    trash(code.subject.album, NOON)

    tick(LATER)

    picture = LinePicture.objects.get()
    assert (picture.photo, picture.line.basket.studio) == (None, code.studio)


def test_A14_what_was_bought_stays_with_its_original(caplog):
    code = family(photos=0)
    photo = with_files(code.subject.album, webp=True)
    Appearance.objects.create(photo=photo, subject=code.subject)
    order = order_of(code)
    OrderPicture.objects.update(original_name=photo.original.name)
    trash(code.subject.album, NOON)

    tick(LATER)

    picture = OrderPicture.objects.get()
    assert files() == [photo.original.name] == [picture.original_name]
    assert (picture.photo, picture.job, picture.file_name) == (None, code.job, photo.file_name)
    assert (picture.line.order, picture.line.title) == (order, "Print 13 × 18 cm")
    assert not DoomedFile.objects.exists()
    assert caplog.records == []  # Its file was never noted.
    assert doomed.doom([photo.original.name], at=NOON) == 0


def test_A14_an_original_that_was_doomed_before_somebody_ordered_it_stays():
    photo = with_files(AlbumFactory.create())
    doomed.doom([photo.original.name, photo.preview.name], at=NOON)
    order_of(family())
    OrderPicture.objects.update(original_name=photo.original.name)

    tick(NOON)

    assert files() == sorted([photo.original.name, photo.thumbnail.name])
    assert not DoomedFile.objects.exists()


def test_A14_a_large_trash_goes_in_batches(monkeypatch):
    monkeypatch.setattr(purging, "PHOTOS_AT_ONCE", 2)
    monkeypatch.setattr(purging, "MOST_BATCHES", 2)
    album = AlbumFactory.create()
    PhotoFactory.create_batch(5, album=album, trashed_at=NOON)

    left = []
    for _tick in range(2):
        tick(LATER)
        left.append(Photo.objects.count())

    assert left == [1, 0]


def test_A14_the_shops_tick_empties_the_trash():
    album = AlbumFactory.create()
    with_files(album, webp=True)
    trash(album, NOON)

    tasks.run(clock=at(LATER))

    left = [name for name in files() if name.startswith("jobs/")]
    assert [Album.objects.count(), Photo.objects.count(), left] == [0, 0, []]


# Files


def test_A14_doomed_files_are_noted_once_and_deleted_once():
    put(["a.jpg", "b.jpg"])

    for _time in range(2):
        doomed.doom(["a.jpg", "a.jpg", "never-there.jpg", ""], at=NOON)

    assert DoomedFile.objects.count() == 2
    assert [tick(NOON), tick(NOON)] == [2, 0]
    assert files() == ["b.jpg"]


def test_A14_a_file_that_cannot_be_deleted_is_tried_again_and_holds_up_no_other(
    monkeypatch, caplog
):
    put(["a.jpg", "b.jpg"])
    doomed.doom(["a.jpg", "b.jpg"], at=NOON)
    delete = InMemoryStorage.delete

    def fail(storage, name):
        if name == "a.jpg":
            raise OSError("The disk is gone.")
        delete(storage, name)

    monkeypatch.setattr(InMemoryStorage, "delete", fail)
    now, waits = NOON, []
    for _attempt in range(3):
        tick(now)
        row = DoomedFile.objects.get()
        waits.append(row.retry_at - now)
        assert tick(row.retry_at - TICK) == 0
        now = row.retry_at

    assert (row.name, row.attempts, doomed.stuck()) == ("a.jpg", 3, 1)
    assert waits == [timedelta(minutes=n) for n in (1, 2, 4)]
    assert [record.levelname for record in caplog.records] == ["WARNING", "WARNING", "ERROR"]


def test_A14_a_very_long_outage_waits_some_hours_at_most(monkeypatch):
    put(["a.jpg"])
    doomed.doom(["a.jpg"], at=NOON)
    DoomedFile.objects.update(attempts=400)
    monkeypatch.setattr(InMemoryStorage, "delete", lambda storage, name: 1 / 0)

    tick(NOON)

    assert DoomedFile.objects.get().retry_at == NOON + timedelta(hours=6)
