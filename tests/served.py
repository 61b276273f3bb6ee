"""What is in a file that visitors get, read byte by byte: pixels and nothing else."""

import struct
from pathlib import Path

from PIL import Image

from shop import images

NAMES = ["preview.jpg", "preview.webp", "thumbnail.jpg", "thumbnail.webp"]
WATERMARK = "Studio Möwe & Söhne"
# Size and density, tables, frame, scans: no application segment but the first, no comment.
PIXEL_MARKERS = {0xE0, 0xDB, 0xC0, 0xC2, 0xC4, 0xDA, 0xDD}
IN_SCANS = {0, *range(0xD0, 0xD8)}
JFIF_BYTES = 16


def made(data: bytes, folder: Path, name: str = "photo.jpg") -> images.Made:
    source = folder / name
    source.write_bytes(data)
    return images.make(source, folder, watermark=WATERMARK)


def opened(folder: Path, name: str = "thumbnail.webp") -> Image.Image:
    with Image.open(folder / name) as image:
        image.load()
        return image


def is_bare(path: Path) -> bool:
    """Whether a file has no room for anything but pixels."""
    data = path.read_bytes()
    return _is_bare_jpeg(data) if path.suffix == ".jpg" else _is_bare_webp(data)


def _is_bare_jpeg(data: bytes) -> bool:
    at, markers, first = 2, set(), 0
    while data[at + 1] != 0xD9:
        marker, length = struct.unpack_from(">xBH", data, at)
        markers.add(marker)
        first = length if marker == 0xE0 else first
        at += 2 + length
        while marker == 0xDA and not (data[at] == 0xFF and data[at + 1] not in IN_SCANS):
            at += 1
    return markers <= PIXEL_MARKERS and first in (0, JFIF_BYTES) and at + 2 == len(data)


def _is_bare_webp(data: bytes) -> bool:
    """One chunk of the plain kind: metadata needs the extended one."""
    length = struct.unpack_from("<I", data, 16)[0]
    return data[12:16] == b"VP8 " and 20 + length + length % 2 == len(data)
