"""The photos of a job over HTTP: whose they are, and what a form does to them."""

from typing import Any

from django.test import Client

from jobstatus.models import Job, Studio
from shop.models import Album, Appearance, Photo
from tests.factories import AlbumFactory, JobFactory, PhotoFactory, SubjectFactory
from tests.staff import LIST


class Scene:
    """A job with an album of four photos, and the same of another studio and of another job."""

    def __init__(self, studio: Studio) -> None:
        self.job = JobFactory.create(studio=studio)
        self.album = AlbumFactory.create(job=self.job, name="Class 3a")
        self.other = AlbumFactory.create(job=self.job, name="Class 3b")
        self.photos = PhotoFactory.create_batch(4, album=self.album)
        self.child = SubjectFactory.create(album=self.album, name="Mia")
        self.strange = [AlbumFactory.create(), AlbumFactory.create(job__studio=studio)]
        self.strange_photos = [PhotoFactory.create(album=album) for album in self.strange]
        self.strangers = [SubjectFactory.create(album=album, name="Leo") for album in self.strange]

    def url(self, rest: str = "", job: Job | None = None) -> str:
        return f"{LIST}{(job or self.job).pk}/photos/{rest}"

    def forged(self) -> list[int]:
        return [photo.pk for photo in self.strange_photos]


def everything() -> list[Any]:
    """All that the pages could change."""
    return [
        *Photo.objects.order_by("pk").values_list(),
        *Album.objects.order_by("pk").values_list(),
        *Appearance.objects.order_by("pk").values_list(),
    ]


def press(client: Client, scene: Scene, do: str, *ids: int, **more: Any) -> Any:
    data = {"do": do, "photo": ids, **more}
    return client.post(scene.url("change/"), data, follow=True)
