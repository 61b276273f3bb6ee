"""What is done to many photos at once, and how it is taken back (G2)."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jobstatus.models import Job
from shop.models import Album, Appearance, Photo, SortingStep
from shop.sorting import albums, photos, steps, trash, tying
from shop.sorting.albums import AlbumRefused
from shop.sorting.photos import NoSuchAlbum
from shop.sorting.steps import TooMany
from shop.sorting.tying import NoSuchPerson
from tests.factories import NOON, AlbumFactory, SubjectFactory
from tests.sorting_scene import Scene

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_G2_showing_leaves_cards_hidden_and_cards_are_no_group_photos(scene: Scene) -> None:
    Photo.objects.filter(pk__in=[p.pk for p in scene.mine]).update(
        is_hidden=True, card_code="0" * 13
    )

    assert photos.show(scene.job, scene.everything, by=None, at=NOON) is None
    assert photos.make_group(scene.job, scene.everything, by=None, at=NOON) is None
    assert tying.tie(scene.job, scene.everything, scene.child.pk, by=None, at=NOON) is None


@pytest.mark.parametrize("where", ["strange_album", "trashed"])
def test_G2_photos_move_to_albums_of_their_job_only(where: str, scene: Scene) -> None:
    if where == "trashed":
        trash.put_album(scene.job, scene.other.pk, by=None, at=NOON)
    target = scene.strange_album if where == "strange_album" else scene.other
    before = scene.state()

    with pytest.raises(NoSuchAlbum):
        photos.move(scene.job, [p.pk for p in scene.mine], target.pk, by=None, at=NOON)

    assert scene.state() == before


def test_G2_photos_are_tied_to_persons_of_their_job_only(scene: Scene) -> None:
    with pytest.raises(NoSuchPerson):
        tying.tie(scene.job, scene.everything, scene.stranger.pk, by=None, at=NOON)

    assert Appearance.objects.count() == 1


def test_G2_one_person_is_untied_and_others_stay(scene: Scene) -> None:
    sibling = SubjectFactory.create(album=scene.album)
    Appearance.objects.create(photo=scene.mine[2], subject=sibling)

    tying.untie(scene.job, scene.everything, scene.child.pk, by=None, at=NOON)

    assert list(Appearance.objects.values_list("subject_id", flat=True)) == [sibling.pk]


def test_G2_one_action_has_a_limit(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photos, "MOST_PHOTOS", 2)

    with pytest.raises(TooMany, match="At most 2"):
        photos.hide(scene.job, [1, 2, 3], by=None, at=NOON)


def test_G2_the_latest_steps_of_a_day_are_kept(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "MOST_STEPS", 3)
    for hour in (0, 24, 25, 26, 27):
        for do in (photos.hide, photos.show):
            do(scene.job, [scene.mine[0].pk], by=None, at=NOON + timedelta(hours=hour))

    kept = SortingStep.objects.order_by("pk").values_list("at", flat=True)
    assert list(kept) == [NOON + timedelta(hours=hour) for hour in (26, 27, 27)]


@pytest.mark.parametrize("count", [1, 3])
def test_G2_a_change_costs_the_same_for_any_number_of_photos(count: int, scene: Scene) -> None:
    ids = [photo.pk for photo in scene.mine[:count]]

    with CaptureQueriesContext(connection) as queries:
        photos.move(scene.job, ids, scene.other.pk, by=None, at=NOON)

    # Gallery, job in its place, album, photos, UPDATE, the step and what is old; two savepoints.
    assert len(queries) == 11


# Albums


def names(job: Job) -> list[str]:
    return [album.name for album in albums.of_job(job)]


def test_G2_albums_are_made_named_and_sorted() -> None:
    job = AlbumFactory.create(name="Class 10a").job
    second = albums.make(job, "  Class   2b ")
    first = albums.make(job, "Staff")

    albums.rename(job, first.pk, "Teachers")
    albums.sort(job, [first.pk, second.pk])

    assert names(job) == ["Teachers", "Class 2b", "Class 10a"]


@pytest.mark.parametrize("name", ["", " \0 ", "x" * 201, "cLASS 1"])
def test_G2_an_album_needs_a_name_of_its_own(name: str) -> None:
    album = AlbumFactory.create(name="Class 1")
    other = AlbumFactory.create(job=album.job, name="Class 2")

    with pytest.raises(AlbumRefused):
        albums.make(album.job, name)
    with pytest.raises(AlbumRefused):
        albums.rename(album.job, other.pk, name)

    assert names(album.job) == ["Class 1", "Class 2"]


@pytest.mark.parametrize("change", [albums.activate, albums.deactivate])
@pytest.mark.parametrize("which", ["strange", "trashed"])
def test_G2_albums_of_others_and_in_the_trash_are_not_changed(
    which: str, change: Any, scene: Scene
) -> None:
    trash.put_album(scene.job, scene.other.pk, by=None, at=NOON)
    pk = scene.strange_album.pk if which == "strange" else scene.other.pk

    with pytest.raises(AlbumRefused):
        change(scene.job, pk)
    with pytest.raises(AlbumRefused):
        albums.rename(scene.job, pk, "Mine")
    albums.sort(scene.job, [pk])

    assert Album.objects.filter(name="Mine").count() == 0


def test_G2_an_album_is_shown_or_not(scene: Scene) -> None:
    albums.deactivate(scene.job, scene.album.pk)
    assert not Album.objects.get(pk=scene.album.pk).is_active
    assert Photo.objects.shown().filter(job=scene.job).count() == 0

    albums.activate(scene.job, scene.album.pk)
    assert Photo.objects.shown().filter(job=scene.job).count() == 3
