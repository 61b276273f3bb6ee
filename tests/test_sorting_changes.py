"""What is done to many photos at once, and how it is taken back (G2)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from jobstatus.models import Job
from shop.models import Album, Appearance, Photo, SortingStep, Subject
from shop.sorting import photos, trash, tying, undoing
from shop.sorting.undoing import UndoRefused
from tests.factories import NOON, AlbumFactory, PhotoFactory, SubjectFactory, UserFactory

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)
Rows = list[tuple[Any, ...]]


class Scene:
    """An album of three photos in each of two jobs, the second one a stranger's."""

    def __init__(self) -> None:
        self.album, self.strange_album = AlbumFactory.create(), AlbumFactory.create()
        self.job: Job = self.album.job
        self.other: Album = AlbumFactory.create(job=self.job)
        self.mine = PhotoFactory.create_batch(3, album=self.album)
        self.strange = PhotoFactory.create_batch(3, album=self.strange_album)
        self.trashed = PhotoFactory.create(album=self.album, trashed_at=NOON)
        self.child: Subject = SubjectFactory.create(album=self.album)
        self.stranger: Subject = SubjectFactory.create(album=self.strange_album)
        Appearance.objects.create(photo=self.mine[2], subject=self.child)

    @property
    def everything(self) -> list[int]:
        """What a forged form may name: own, strange, trashed and missing photos."""
        rows = [*self.mine, *self.strange, self.trashed]
        return [*(photo.pk for photo in rows), 987_654_321]

    def state(self) -> Rows:
        columns = ("pk", "album_id", "is_hidden", "is_group", "trashed_at", "card_code")
        ties = Appearance.objects.order_by("photo_id", "subject_id")
        return [
            *Photo.objects.order_by("pk").values_list(*columns),
            *ties.values_list("photo_id", "subject_id", "by_card"),
        ]

    def strange_state(self) -> Rows:
        others = {photo.pk for photo in [*self.strange, self.trashed]}
        return [row for row in self.state() if row[0] in others]


@pytest.fixture
def scene() -> Scene:
    return Scene()


def _mark(scene: Scene, count: int, **values: Any) -> None:
    """Some of the own photos, and all of the stranger's."""
    rows = [*scene.mine[:count], *scene.strange]
    Photo.objects.filter(pk__in=[photo.pk for photo in rows]).update(**values)


@dataclass(frozen=True)
class Deed:
    name: str
    do: Callable[..., SortingStep | None]  # scene, numbers, by, at
    count: int
    text: str
    prepare: Callable[[Scene], Any] = lambda scene: None


DEEDS = [
    Deed(
        "hide",
        lambda scene, ids, **said: photos.hide(scene.job, ids, **said),
        2,
        "2 photos are hidden.",
        lambda scene: Photo.objects.filter(pk=scene.mine[0].pk).update(is_hidden=True),
    ),
    Deed(
        "show",
        lambda scene, ids, **said: photos.show(scene.job, ids, **said),
        2,
        "2 photos are not hidden any more.",
        lambda scene: _mark(scene, 2, is_hidden=True),
    ),
    Deed(
        "make_group",
        lambda scene, ids, **said: photos.make_group(scene.job, ids, **said),
        3,
        "3 photos are group photos now.",
    ),
    Deed(
        "make_single",
        lambda scene, ids, **said: photos.make_single(scene.job, ids, **said),
        2,
        "2 photos are no group photos any more.",
        lambda scene: _mark(scene, 2, is_group=True),
    ),
    Deed(
        "move",
        lambda scene, ids, **said: photos.move(scene.job, ids, scene.other.pk, **said),
        2,
        "2 photos are moved to “{other}”.",
        lambda scene: Photo.objects.filter(pk=scene.mine[0].pk).update(album=scene.other),
    ),
    Deed(
        "tie",
        lambda scene, ids, **said: tying.tie(scene.job, ids, scene.child.pk, **said),
        2,
        "2 photos are tied to {child}.",
    ),
    Deed(
        "untie",
        lambda scene, ids, **said: tying.untie(scene.job, ids, None, **said),
        2,
        "2 photos lost their persons.",
        lambda scene: Appearance.objects.bulk_create(
            [
                Appearance(photo=scene.mine[0], subject=scene.child, by_card=True),
                Appearance(photo=scene.strange[0], subject=scene.stranger),
                Appearance(photo=scene.trashed, subject=scene.child),
            ]
        ),
    ),
    Deed(
        "trash",
        lambda scene, ids, **said: trash.put_photos(scene.job, ids, **said),
        3,
        "3 photos are in the trash.",
    ),
    Deed(
        "no_card",
        lambda scene, ids, **said: photos.take_for_photos(scene.job, ids, **said),
        2,
        "2 cards are photos now. They are still hidden.",
        lambda scene: _mark(scene, 2, is_hidden=True, card_code="0" * 13),
    ),
]
each_deed = pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.name)


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
    _mark(scene, 2, is_group=True)
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
    _mark(scene, 2, is_hidden=True, card_code="0" * 13)
    step = photos.take_for_photos(scene.job, scene.everything, by=None, at=NOON)
    assert step is not None
    photos.show(scene.job, [scene.mine[0].pk], by=None, at=NOON)

    done = undoing.undo(scene.job, step.pk, at=NOON)

    assert (done.count, done.left) == (1, 1)
