"""The trash: what goes in is shown nowhere, what comes back is what went (A14)."""

from datetime import timedelta
from typing import Any

import pytest

from shop.models import AccessCode, Album, Appearance, Photo
from shop.sorting import arrivals, trash, undoing
from shop.sorting.trash import Restored
from shop.storing import purging
from tests.buying import photos_of
from tests.factories import (
    NOON,
    AlbumFactory,
    PhotoFactory,
    family,
)
from tests.trash_surfaces import (
    album_of,
    in_choices,
    job_of,
    put_album,
    put_photo,
    restore_album,
    restore_photo,
)
from tests.visitors import stop_clock

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    stop_clock(monkeypatch, NOON)


@pytest.fixture
def code() -> AccessCode:
    return family(photos=1)


# What comes back


def test_A14_a_photo_does_not_come_back_without_its_album(code: AccessCode) -> None:
    trash.put_photos(job_of(code), [photos_of(code)[0].pk], by=None, at=NOON - HOUR)
    put_album(code)

    found = restore_photo(code)

    assert found.photos == 0
    assert found.in_trashed_album == [photos_of(code)[0].file_name]
    assert "Restore the album" in trash.stayed(found)[0]


def test_A14_a_photo_that_was_uploaded_again_stays_in_the_trash(code: AccessCode) -> None:
    album, content = album_of(code), "a" * 64
    Photo.objects.filter(album=album).update(sha256=content)
    fine = PhotoFactory.create(album=album, sha256="b" * 64)
    first = photos_of(code)[0]
    put_album(code)
    again = PhotoFactory.create(album=AlbumFactory.create(job=job_of(code)), sha256=content)

    found = restore_album(code)

    assert (found.photos, found.there_again) == (1, [first.file_name])
    assert trash.stayed(found) == [
        "1 photo stays in the trash, because the same picture was uploaded again: "
        f"{first.file_name}"
    ]
    there = Photo.objects.filter(job=job_of(code), trashed_at__isnull=True)
    assert set(there.values_list("pk", flat=True)) == {again.pk, fine.pk}


def test_A14_of_two_copies_in_the_trash_one_comes_back(code: AccessCode) -> None:
    copies = []
    for hours in (2, 1):
        copy = PhotoFactory.create(album=album_of(code), sha256="c" * 64)
        trash.put_photos(job_of(code), [copy.pk], by=None, at=NOON - hours * HOUR)
        copies.append(copy)

    found = trash.restore_photos(job_of(code), [copy.pk for copy in copies])

    assert (found.photos, found.there_again) == (1, [copies[1].file_name])


def test_A14_rows_of_another_job_are_neither_trashed_nor_restored(code: AccessCode) -> None:
    stranger = family(photos=1)
    job = job_of(stranger)

    assert trash.put_photos(job, [photos_of(code)[0].pk], by=None, at=NOON) is None
    assert trash.put_album(job, album_of(code).pk, by=None, at=NOON) is None
    put_album(code)
    assert trash.restore_album(job, album_of(code).pk) == Restored()
    assert trash.restore_photos(job, [photos_of(code)[0].pk]) == Restored()

    assert not Photo.objects.filter(pk=photos_of(code)[0].pk, trashed_at=None).exists()


def test_A14_trashing_twice_and_restoring_twice_changes_nothing(code: AccessCode) -> None:
    assert put_album(code) is not None
    assert put_album(code) is None
    assert Album.objects.get(pk=album_of(code).pk).trashed_at == NOON

    assert restore_album(code).albums == 1
    assert restore_album(code) == Restored()


@pytest.mark.parametrize("put", [put_photo, put_album])
def test_A14_an_undo_brings_back_what_went(put: Any, code: AccessCode) -> None:
    step = put(code)
    earlier = PhotoFactory.create(album=album_of(code), trashed_at=NOON - HOUR)

    done = undoing.undo(job_of(code), step.pk, at=NOON + HOUR)

    assert done.count == 1
    assert in_choices(code)
    assert Album.objects.get(pk=album_of(code).pk).trashed_at is None
    earlier.refresh_from_db()
    assert earlier.trashed_at == NOON - HOUR


def test_A14_an_older_step_does_not_bring_back_what_went_again(code: AccessCode) -> None:
    step = put_album(code)
    assert step is not None
    restore_album(code)
    trash.put_album(job_of(code), album_of(code).pk, by=None, at=NOON + HOUR)

    done = undoing.undo(job_of(code), step.pk, at=NOON + HOUR)

    assert done.count == 0
    assert Album.objects.get(pk=album_of(code).pk).trashed_at == NOON + HOUR


def test_A14_a_photo_that_comes_into_a_trashed_album_comes_back_with_it(code: AccessCode) -> None:
    put_album(code)
    late = PhotoFactory.create(album=album_of(code))
    Appearance.objects.create(photo=late, subject=code.subject)
    arrivals.tie(late, None)

    assert not in_choices(code)
    assert restore_album(code).photos == 2


@pytest.mark.parametrize(
    ("after", "days"),
    [
        (timedelta(), 7),
        (timedelta(days=1) - timedelta(seconds=1), 7),
        (timedelta(days=1), 6),
        (timedelta(days=7) - timedelta(microseconds=1), 1),
        (timedelta(days=7), 0),
        (timedelta(days=30), 0),
    ],
)
def test_A14_seven_days_are_counted_down(after: timedelta, days: int) -> None:
    assert trash.days_left(NOON, at=NOON + after) == days
    assert purging.purged_at(NOON) == NOON + timedelta(days=7)
