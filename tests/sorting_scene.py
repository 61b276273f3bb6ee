"""Photos of two jobs, and everything that is done to many of them at once (G2)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from jobstatus.models import Job
from shop.models import Album, Appearance, Photo, SortingStep, Subject
from shop.sorting import photos, trash, tying
from tests.factories import NOON, AlbumFactory, PhotoFactory, SubjectFactory

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


def mark(scene: Scene, count: int, **values: Any) -> None:
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
        lambda scene: mark(scene, 2, is_hidden=True),
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
        lambda scene: mark(scene, 2, is_group=True),
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
        lambda scene: mark(scene, 2, is_hidden=True, card_code="0" * 13),
    ),
]
each_deed = pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.name)
