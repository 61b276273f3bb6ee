"""Photos with files in tests, and their addresses as a visitor's pages have them."""

from datetime import datetime
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage
from django.test import Client

from shop.gallery import media
from shop.models import AccessCode, Photo
from tests.visitors import page_of

FILES = ("original", *media.SIZES)


def in_memory(monkeypatch: pytest.MonkeyPatch) -> InMemoryStorage:
    """A storage in memory, until the test ends, in the place of the private one."""
    memory = InMemoryStorage()
    for name in FILES:
        monkeypatch.setattr(Photo._meta.get_field(name), "storage", memory)
    return memory


def stored(files: InMemoryStorage, code: AccessCode) -> Photo:
    """The code's first photo, with files whose bytes are their names."""
    assert code.subject is not None
    photo = Photo.objects.of(code.subject).order_by("pk")[0]
    for name in FILES:
        files.save(getattr(photo, name).name, ContentFile(name.encode()))
    return photo


def address(
    client: Client, code: AccessCode, photo: Photo, size: str = "preview", *, at: datetime
) -> str:
    """As the pages of this visitor have it: made with the visitor's own session."""
    client.get(page_of("gallery", code))
    request: Any = type("Request", (), {"session": client.session})()
    return media.picture_url(request, code, photo.pk, size, at=at)
