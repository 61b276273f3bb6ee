"""What comes (X1): what will leave the trash for ever, and that it leaves just then (A14)."""

from datetime import timedelta
from typing import Any

import pytest

from jobstatus import clock
from shop.models import Album, Photo
from shop.storing import ahead, purging
from tests.ahead_pages import ALL, of, outlook, shown
from tests.factories import NOON, AlbumFactory, PhotoFactory, StudioFactory, at, job_in
from tests.staff import sign_in
from tests.stored import trash

WEEK = timedelta(days=7)
TICK = timedelta(microseconds=1)
ALBUM = "The album “Class 1” with 2 photos leaves the trash and is gone for ever."
EMPTY = "The album “Empty” with 0 photos leaves the trash and is gone for ever."


def in_the_trash(job: Any) -> None:
    """An album with two photos, a day later an empty one, a day later two photos; some stay."""
    full, empty = (AlbumFactory.create(job=job, name=name) for name in ("Class 1", "Empty"))
    PhotoFactory.create_batch(2, album=full)
    trash(full, NOON)
    trash(empty, NOON + timedelta(days=1))
    other = AlbumFactory.create(job=job)
    PhotoFactory.create_batch(2, album=other, trashed_at=NOON + timedelta(days=2))
    PhotoFactory.create(album=other)


@pytest.mark.django_db(transaction=True)
def test_A14_what_is_foreseen_to_leave_the_trash_is_what_leaves_it() -> None:
    in_the_trash(job_in("archived"))
    texts = [ALBUM, EMPTY, "2 photos leave the trash and are gone for ever."]

    coming = sorted(ahead.purges(outlook(until=NOON + 2 * WEEK)), key=lambda row: row.at)

    assert [(row.at, row.text) for row in coming] == [
        (NOON + WEEK + timedelta(days=n), text) for n, text in enumerate(texts)
    ]
    left = [(3, 5), (2, 3), (1, 3), (1, 1)]
    for number, row in enumerate(coming):
        for moment, expected in ((row.at, left[number]), (row.at + TICK, left[number + 1])):
            foreseen = len(list(ahead.purges(outlook(until=moment))))
            purging.purge(clock=at(moment))
            assert (Album.objects.count(), Photo.objects.count()) == expected
            assert foreseen == (moment > row.at)


@pytest.mark.django_db
def test_A14_a_photo_that_went_before_its_album_is_named_alone() -> None:
    album = AlbumFactory.create(name="Class 1")
    PhotoFactory.create(album=album, trashed_at=NOON - timedelta(days=1))
    PhotoFactory.create_batch(2, album=album)
    trash(album, NOON)

    coming = sorted(ahead.purges(outlook(until=NOON + 2 * WEEK)), key=lambda row: row.at)

    assert [row.text for row in coming] == ["1 photo leaves the trash and is gone for ever.", ALBUM]


@pytest.mark.django_db
def test_A14_what_is_overdue_in_the_trash_goes_next() -> None:
    PhotoFactory.create(trashed_at=NOON)
    late = NOON + 2 * WEEK

    assert [row.at for row in ahead.purges(outlook(until=late + TICK, now=late))] == [late]


@pytest.mark.django_db
def test_X1_the_trash_of_all_own_jobs_is_shown_whatever_their_status(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(clock, "now", at(NOON))
    studio = StudioFactory.create()
    job = job_in("archived", studio=studio, name="Gala")
    other = job_in("archived")
    for each in (job, job_in("planning", studio=studio, name="Spring"), other):
        PhotoFactory.create(album=AlbumFactory.create(job=each), trashed_at=NOON)
    trash(AlbumFactory.create(job=other), NOON)
    client = sign_in(studio)
    when, text = "Mon 11 May 2026, 14:00 CEST", "1 photo leaves the trash and is gone for ever."

    assert shown(client.get(ALL)) == [("Gala", when, text, None), ("Spring", when, text, None)]
    assert shown(client.get(of(job))) == [("Gala", when, text, None)]
