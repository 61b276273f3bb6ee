"""Several at one file: takers, pieces, albums; and workers that are killed (G1)."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import FileSystemStorage, storages
from django.db import connection

from jobstatus import clock
from shop.models import Album, Photo, Upload
from shop.uploads import claims, places, receiving, taking
from tests import races
from tests.factories import NOON, AlbumFactory, at
from tests.uploads import BATCH, CLOCK, bytes_of, jpeg, on_the_way, stored, uploaded

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).parent.parent
ROUNDS = 6


def all_taken():
    return taking.take_waiting(clock=CLOCK, until=NOON + timedelta(hours=1))


def test_G1_two_workers_take_each_file_once(real_database):
    album = AlbumFactory.create()
    uploads = [uploaded(album, jpeg(number), name=f"{number}.jpg") for number in range(12)]

    with races.Racers(2) as racers:
        taken = racers.race(all_taken, all_taken)

    assert sum(taken) == len(uploads)
    assert Photo.objects.count() == len(uploads)
    assert set(Upload.objects.values_list("state", "attempts")) == {("done", 1)}
    assert len(stored()) == 5 * len(uploads)


def test_G1_the_same_content_in_two_workers_hands_becomes_one_photo(real_database):
    album = AlbumFactory.create()
    with races.Racers(2) as racers:
        for number in range(ROUNDS):
            uploaded(album, jpeg(number)), uploaded(album, jpeg(number))
            act = lambda: taking.take_next(clock=CLOCK)  # noqa: E731 - a short act
            assert all(isinstance(one, Upload) for one in racers.race(act, act))

    states = sorted(Upload.objects.values_list("state", flat=True))
    assert states == ["done"] * ROUNDS + ["known"] * ROUNDS
    assert Photo.objects.count() == ROUNDS
    assert len(stored()) == 5 * ROUNDS
    assert on_the_way() == []


def test_G1_pieces_that_come_twice_at_once_are_written_once(real_database):
    """As when a browser sends again what it believes to be lost."""
    album, content = AlbumFactory.create(), jpeg(3, (400, 300))
    half = len(content) // 2
    with races.Racers(2) as racers:
        for _round in range(ROUNDS):
            arrival = receiving.Arrival("a.jpg", len(content), BATCH, album_id=album.pk)
            upload = receiving.begin(album.job, arrival, by=None, at=NOON)
            for start, piece in ((0, content[:half]), (half, content[half:])):
                outcomes = racers.race(*[lambda u=upload, s=start, p=piece: append(u, s, p)] * 2)
                assert sorted(map(str, outcomes)) in (
                    sorted(["InHand", f"{start + len(piece)}"]),
                    sorted(["WrongOffset", f"{start + len(piece)}"]),
                )
            assert places.path_of(upload.token).read_bytes() == content


def append(upload, offset, piece):
    try:
        return receiving.append(upload, Slow(piece), offset=offset, clock=CLOCK)
    except (places.InHand, receiving.WrongOffset) as error:
        return type(error).__name__


class Slow:
    """Gives its bytes a hundred at a time, so that two have time to get in each other's way."""

    def __init__(self, content):
        self.content = content

    def read(self, size):
        piece, self.content = self.content[:100], self.content[100:]
        return piece


def test_G1_the_files_of_a_new_folder_share_one_album(real_database):
    job = AlbumFactory.create().job

    def begin(number):
        arrival = receiving.Arrival(f"{number}.jpg", 5, BATCH, folder="3a")
        return receiving.begin(job, arrival, by=None, at=NOON)

    with races.Racers(3) as racers:
        racers.race(*[lambda number=number: begin(number) for number in range(3)])

    assert Album.objects.filter(job=job, name="3a").count() == 1
    assert Upload.objects.filter(album__name="3a").count() == 3


@pytest.fixture
def own_storage(real_database, tmp_path, monkeypatch, settings):
    """On the disk, where a worker in a process of its own finds it, too."""
    storage = FileSystemStorage(location=tmp_path / "media", base_url=None)
    monkeypatch.setitem(storages._storages, "private", storage)
    for name in ("original", "preview", "thumbnail"):
        monkeypatch.setattr(Photo._meta.get_field(name), "storage", storage)
    stored_at = connection.settings_dict
    url = f"sqlite:///{stored_at['NAME']}"
    if connection.vendor == "postgresql":
        host, port = stored_at["HOST"] or "127.0.0.1", stored_at["PORT"] or 5432
        url = f"postgres://{stored_at['USER']}@{host}:{port}/{stored_at['NAME']}"
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": url,
        "PRIVATE_MEDIA_ROOT": f"{tmp_path / 'media'}",
        "UPLOAD_ROOT": f"{settings.UPLOAD_ROOT}",
        "DEBUG": "1",
    }


@pytest.mark.parametrize("files", [0, 1, 4])
def test_G1_the_file_of_a_killed_worker_is_picked_up_again(own_storage, files):
    """Killed when so many files were put away; 0: when all were, before the photo was written."""
    album, content = AlbumFactory.create(), jpeg(5)
    upload = uploaded(album, content)

    killed = subprocess.run(
        [sys.executable, "-m", "tests.upload_kills", f"{files}"], cwd=ROOT, env=own_storage
    )

    assert killed.returncode == -9
    assert len(stored()) == (files or 5)
    assert not Photo.objects.exists()
    assert taking.take_next(clock=clock.now) is None  # as long as it may still be at work
    later = at(clock.now() + claims.lease())
    assert taking.take_next(clock=later) == upload
    photo = Photo.objects.get()
    assert bytes_of(photo) == content
    assert {name.rpartition("/")[0] for name in stored()} == {
        photo.original.name.rpartition("/")[0]
    }
    assert len(stored()) == 5
    upload.refresh_from_db()
    assert (upload.state, upload.attempts) == ("done", 2)
    assert on_the_way() == []
