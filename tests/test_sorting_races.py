"""A14, G1, G2 with real connections: purge, restore, undo, arriving files and a job that goes."""

import io
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from jobstatus import clock
from shop import images
from shop.models import Appearance, DoomedFile, Photo
from shop.sorting import photos, trash, tying, undoing
from shop.storing import doomed, purging
from shop.uploads import taking
from tests import races, sorting_races
from tests.conftest import TORTURE
from tests.factories import NOON
from tests.sorting_races import ARRIVALS, PURGES

pytestmark = pytest.mark.usefixtures("real_database")

ROUNDS = 1_000 if TORTURE else 36
LEAST_CAUGHT = 100 if TORTURE else 3


@pytest.fixture(autouse=True)
def _quick_images(monkeypatch):
    monkeypatch.setattr(images, "make", sorting_races.quick_images)


@pytest.fixture
def racers():
    with races.hasty_racers(2) as racers:
        yield racers


@pytest.mark.postgresql
@pytest.mark.parametrize("contests", [PURGES, ARRIVALS], ids=["purge", "arrival"])
def test_A14_whoever_is_at_the_photos_of_a_job_at_once_leaves_rows_and_files_whole(
    contests, racers, monkeypatch
):
    wrong, endings = sorting_races.run_rounds(racers, contests, ROUNDS)

    print(dict(endings))  # noqa: T201
    assert wrong == []
    assert what_check_media_says(monkeypatch).endswith("Files and rows agree.\n")
    assert not DoomedFile.objects.exists()
    assert len(endings) > len(contests)  # Now one is first, now the other.


def what_check_media_says(monkeypatch):
    """After the tick, and when no file can be on its way any more."""
    doomed.delete_due(clock=sorting_races.LATER)
    out, later = io.StringIO(), timezone.now() + timedelta(days=2)
    monkeypatch.setattr(clock, "now", lambda: later)
    call_command("check_media", stdout=out)
    return out.getvalue()


@pytest.mark.postgresql
@pytest.mark.parametrize(
    ("contests", "module"),
    [(PURGES[:2], purging), (ARRIVALS[:1], taking)],
    ids=["purge", "arrival"],
)
def test_A14_without_the_gallery_in_hand_the_same_checker_finds_it(
    contests, module, racers, monkeypatch
):
    monkeypatch.setattr(module, "hold", lambda job_id: None)

    wrong, _endings = sorting_races.run_rounds(racers, contests, ROUNDS)

    print(f"{len(wrong)} of {ROUNDS} rounds went wrong, such as: {wrong[:2]}")  # noqa: T201
    assert len(wrong) >= LEAST_CAUGHT


def hidden(one):
    return photos.hide(one.job, one.ids, by=None, at=NOON)


def moved(one):
    return photos.move(one.job, one.ids, one.other.pk, by=None, at=NOON)


def tied(one):
    return tying.tie(one.job, one.ids, one.child.pk, by=None, at=NOON)


def trashed(one):
    return trash.put_album(one.job, one.album.pk, by=None, at=NOON)


def test_G2_two_undos_at_once_take_back_once(racers):
    deeds = (hidden, moved, tied, trashed)
    for number in range(ROUNDS):
        one = sorting_races.scene(number // len(deeds) % 2 == 0)
        step = deeds[number % len(deeds)](one)
        act = lambda one=one, step=step: undoing.undo(one.job, step.pk, at=NOON)  # noqa: E731

        results = racers.race(act, act)

        assert sorted(type(r).__name__ for r in results) == ["UndoRefused", "Undone"], results
        (done,) = [r for r in results if isinstance(r, undoing.Undone)]
        assert (done.count, done.left) == (sorting_races.PHOTOS, 0)
        as_before = {"album": one.album, "is_hidden": False, "trashed_at": None}
        assert Photo.objects.filter(job=one.job, **as_before).count() == sorting_races.PHOTOS
    assert not Appearance.objects.exists()
