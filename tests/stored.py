"""Photos with files and weights for the tests of storage."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import storages

from shop.models import Album, Photo
from tests.factories import PhotoFactory


def heavy(album: Album, *weights: int, **values: Any) -> list[Photo]:
    """Photos of the album with these weights in bytes. No files."""
    return [PhotoFactory.create(album=album, stored_bytes=weight, **values) for weight in weights]


def with_files(album: Album, *, webp: bool = False, **values: Any) -> Photo:
    """A photo whose files lie in the private storage, called as in life."""
    photo = PhotoFactory.create(album=album, has_webp=webp, **values)
    for name, place in (
        ("original", "original.jpg"),
        ("preview", "preview.jpg"),
        ("thumbnail", "thumbnail.jpg"),
    ):
        setattr(photo, name, f"jobs/{album.job_id}/{name}-{photo.pk}/{place}")
    photo.save()
    put(names_of(photo))
    return photo


def names_of(photo: Photo) -> list[str]:
    """The names of all its files, in order."""
    made = [str(photo.preview.name), str(photo.thumbnail.name)]
    siblings = [f"{name[:-4]}.webp" for name in made] if photo.has_webp else []
    return sorted([str(photo.original.name), *made, *siblings])


def put(names: Iterable[str]) -> None:
    """Files whose bytes are their names."""
    for name in names:
        storages["private"].save(name, ContentFile(name.encode()))


def trash(album: Album, at: datetime) -> None:
    """As the admin does it: the album and what is in it and not in the trash, at one instant."""
    Photo.objects.filter(album=album, trashed_at=None).update(trashed_at=at)
    Album.objects.filter(pk=album.pk).update(trashed_at=at)


def files() -> list[str]:
    """The names of all private files."""
    return sorted(_below(""))


def _below(folder: str) -> Iterable[str]:
    folders, names = storages["private"].listdir(folder)
    yield from (f"{folder}{name}" for name in names)
    for inner in folders:
        yield from _below(f"{folder}{inner}/")
