"""What is done to many photos at once, and how it is taken back (G2)."""

from datetime import timedelta
from typing import Any

import pytest

from shop.models import Appearance, Photo, SortingStep
from shop.sorting import photos, trash, tying, undoing
from shop.sorting.undoing import UndoRefused
from tests.factories import NOON, AlbumFactory, UserFactory
from tests.sorting_scene import Deed, Scene, each_deed, mark

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)


@pytest.fixture
def scene() -> Scene:
    return Scene()


@each_deed
def test_G2_a_change_takes_photos_of_its_job_only_and_can_be_taken_back(
    deed: Deed, scene: Scene
) -> None:
    deed.prepare(scene)
    before, strange = scene.state(), scene.strange_state()

    step = deed.do(scene, scene.everything, by=UserFactory.create(), at=LATER)
    assert step is not None
    assert step.text == deed.text.format(other=scene.other.name, child=scene.child.name)
    assert scene.state() != before
    assert scene.strange_state() == strange

    done = undoing.undo(scene.job, step.pk, at=LATER + timedelta(hours=23))
    assert (done.count, done.left) == (deed.count, 0)
    assert scene.state() == before


@each_deed
def test_G2_nothing_to_change_leaves_no_step(deed: Deed, scene: Scene) -> None:
    deed.prepare(scene)
    foreign = [photo.pk for photo in [*scene.strange, scene.trashed]]

    assert deed.do(scene, [], by=None, at=LATER) is None
    assert deed.do(scene, foreign, by=None, at=LATER) is None
    assert not SortingStep.objects.exists()


def test_G2_an_undo_leaves_what_was_changed_since(scene: Scene) -> None:
    step = photos.hide(scene.job, scene.everything, by=None, at=NOON)
    assert step is not None
    photos.show(scene.job, [scene.mine[0].pk], by=None, at=NOON)
    photos.hide(scene.job, [scene.mine[0].pk], by=None, at=NOON)
    photos.show(scene.job, [scene.mine[1].pk], by=None, at=NOON)
    trash.put_photos(scene.job, [scene.mine[2].pk], by=None, at=NOON)

    done = undoing.undo(scene.job, step.pk, at=NOON)

    assert (done.count, done.left) == (1, 2)
    assert done.told() == "Taken back: 1 photo is as before."
    assert done.stayed() == ["2 photos were changed since, and stay so."]


def test_G2_an_undo_works_once_for_a_day_and_in_its_own_job(scene: Scene) -> None:
    step = photos.hide(scene.job, scene.everything, by=None, at=NOON)
    assert step is not None

    with pytest.raises(UndoRefused):
        undoing.undo(scene.strange_album.job, step.pk, at=NOON)
    with pytest.raises(UndoRefused):
        undoing.undo(scene.job, step.pk, at=NOON + timedelta(hours=24))
    undoing.undo(scene.job, step.pk, at=NOON + timedelta(hours=23))
    with pytest.raises(UndoRefused):
        undoing.undo(scene.job, step.pk, at=NOON)


def test_G2_an_undone_move_does_not_fill_the_trash(scene: Scene) -> None:
    step = photos.move(scene.job, [p.pk for p in scene.mine], scene.other.pk, by=None, at=NOON)
    assert step is not None
    trash.put_album(scene.job, scene.album.pk, by=None, at=NOON)

    done = undoing.undo(scene.job, step.pk, at=NOON)

    assert (done.count, done.left) == (0, 3)


def test_G2_an_undone_hiding_does_not_show_a_card(scene: Scene) -> None:
    step = photos.hide(scene.job, scene.everything, by=None, at=NOON)
    assert step is not None
    Photo.objects.filter(pk=scene.mine[0].pk).update(card_code="0" * 13)

    done = undoing.undo(scene.job, step.pk, at=NOON)

    assert (done.count, done.left) == (2, 1)


def test_G2_an_undo_leaves_who_is_no_group_photo_any_more(scene: Scene) -> None:
    step = photos.make_group(scene.job, scene.everything, by=None, at=NOON)
    assert step is not None
    photos.make_single(scene.job, [scene.mine[0].pk], by=None, at=NOON)

    done = undoing.undo(scene.job, step.pk, at=NOON)

    assert (done.count, done.left) == (2, 1)


def test_G2_an_undo_makes_no_card_a_group_photo(scene: Scene) -> None:
    mark(scene, 2, is_group=True)
    step = photos.make_single(scene.job, scene.everything, by=None, at=NOON)
    assert step is not None
    Photo.objects.filter(pk=scene.mine[0].pk).update(card_code="0" * 13, is_hidden=True)

    undoing.undo(scene.job, step.pk, at=NOON)

    assert list(Photo.objects.filter(job=scene.job, is_group=True)) == [scene.mine[1]]


def test_G2_an_undone_move_leaves_what_was_moved_on(scene: Scene) -> None:
    third = AlbumFactory.create(job=scene.job)
    step = photos.move(scene.job, [p.pk for p in scene.mine], scene.other.pk, by=None, at=NOON)
    assert step is not None
    photos.move(scene.job, [scene.mine[0].pk], third.pk, by=None, at=NOON)

    done = undoing.undo(scene.job, step.pk, at=NOON)

    assert (done.count, done.left) == (2, 1)
    assert Photo.objects.get(album=third) == scene.mine[0]


@pytest.mark.parametrize("deed", [tying.tie, tying.untie])
def test_G2_an_undo_of_ties_leaves_the_trash(deed: Any, scene: Scene) -> None:
    step = deed(scene.job, scene.everything, scene.child.pk, by=None, at=NOON)
    assert step is not None
    trash.put_photos(scene.job, [p.pk for p in scene.mine], by=None, at=NOON)
    before = scene.state()

    done = undoing.undo(scene.job, step.pk, at=NOON)

    assert done.count == 0
    assert scene.state() == before


def test_G2_an_undo_ties_nobody_who_is_gone(scene: Scene) -> None:
    step = tying.untie(scene.job, scene.everything, None, by=None, at=NOON)
    assert step is not None
    scene.child.delete()

    done = undoing.undo(scene.job, step.pk, at=NOON)

    assert (done.count, done.left) == (0, 1)
    assert not Appearance.objects.exists()


def test_G2_an_undo_makes_no_card_of_what_is_shown_by_now(scene: Scene) -> None:
    mark(scene, 2, is_hidden=True, card_code="0" * 13)
    step = photos.take_for_photos(scene.job, scene.everything, by=None, at=NOON)
    assert step is not None
    photos.show(scene.job, [scene.mine[0].pk], by=None, at=NOON)

    done = undoing.undo(scene.job, step.pk, at=NOON)

    assert (done.count, done.left) == (1, 1)
