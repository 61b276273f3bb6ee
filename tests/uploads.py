"""Files on their way in, for tests: pictures, the requests of a tus client, the bytes stored."""

import io
from base64 import b64encode
from pathlib import Path
from typing import Any

from django.core.files.storage import storages
from django.test import Client
from PIL import Image

from jobstatus.models import Job
from shop.models import Album, Photo, Upload
from shop.uploads import places, receiving
from tests.factories import NOON, AlbumFactory, at

CLOCK = at(NOON)
BATCH = "0123456789abcdef"
TUS = {"Tus-Resumable": "1.0.0"}
PIECES = "application/offset+octet-stream"


def jpeg(number: int = 0, size: tuple[int, int] = (64, 48)) -> bytes:
    """A small photo; another one for each number."""
    colour = (number * 37 % 256, number // 7 % 256, number * 11 % 256)
    image = Image.new("RGB", size, colour)
    image.putpixel((0, 0), (number % 256, number // 256 % 256, 99))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=90, comment=f"photo {number}")
    return out.getvalue()


def uploaded(
    album: Album, content: bytes | None = None, *, name: str = "IMG_1.jpg", **values: Any
) -> Upload:
    """A complete file that waits for a worker."""
    content = jpeg() if content is None else content
    arrival = receiving.Arrival(
        name, len(content), values.pop("batch", BATCH), album_id=album.pk, **values
    )
    return receiving.receive(album.job, arrival, io.BytesIO(content), by=None, clock=CLOCK)


def bytes_of(photo: Photo) -> bytes:
    with storages["private"].open(photo.original.name) as file:
        return bytes(file.read())


def stored() -> list[str]:
    """All files of the private storage."""
    return sorted(_below("jobs"))


def _below(place: str) -> list[str]:
    try:
        folders, names = storages["private"].listdir(place)
    except FileNotFoundError:
        return []
    inner = [path for folder in folders for path in _below(f"{place}/{folder}")]
    return [*inner, *(f"{place}/{name}" for name in names)]


def on_the_way() -> list[Path]:
    """Bytes that no photo was made of yet."""
    return list(places.all_files())


class TusClient:
    """What the script in the browser sends, one request at a time."""

    def __init__(self, client: Client, job: Job) -> None:
        self.client, self.job = client, job
        self.collection = f"/admin/jobstatus/job/{job.pk}/photos/uploads/files/"

    def create(self, length: Any, headers: dict[str, str] | None = None, **told: str) -> Any:
        told = {"filename": "IMG_1.jpg", "batch": BATCH, "folder": "3a"} | told
        sent = {**TUS, "Upload-Length": f"{length}", "Upload-Metadata": pairs(told)}
        return self.client.post(self.collection, headers=sent | (headers or {}))

    def patch(self, url: str, offset: Any, body: bytes, **headers: str) -> Any:
        kind = headers.pop("content_type", PIECES)
        return self.client.generic(
            "PATCH",
            url,
            body,
            headers={**TUS, "Upload-Offset": f"{offset}", **headers},
            CONTENT_TYPE=kind,  # also of an empty body
        )

    def head(self, url: str) -> Any:
        return self.client.head(url, headers=TUS)

    def delete(self, url: str) -> Any:
        return self.client.delete(url, headers=TUS)

    def begun(self, length: int, **told: str) -> str:
        """The address of a file that was begun."""
        answer = self.create(length, **told)
        assert answer.status_code == 201, answer.content
        return str(answer["Location"])


def pairs(told: dict[str, str]) -> str:
    return ",".join(f"{name} {b64encode(value.encode()).decode()}" for name, value in told.items())


def album_of(job: Job, name: str = "3a") -> Album:
    return AlbumFactory.create(job=job, name=name)
