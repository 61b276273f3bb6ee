"""A folder of the server's disk: what is in it, and its way into a job."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PHOTO_ENDINGS = (".jpg", ".jpeg", ".png", ".heic", ".heif")


@dataclass(frozen=True)
class Found:
    path: Path
    album: str  # the folder that it lies in


def photos_in(folder: Path) -> Iterator[Found]:
    """All photos below, in the order of their names as people count: 9 before 10."""
    for path in sorted(folder.rglob("*"), key=lambda path: natural(str(path.relative_to(folder)))):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if not hidden and path.suffix.lower() in PHOTO_ENDINGS and path.is_file():
            yield Found(path, path.parent.name or folder.resolve().name)


def natural(name: str) -> tuple[Any, ...]:
    """Numbers by their value."""
    pieces = re.split(r"([0-9]+)", name.casefold())
    return tuple((piece, 0) if n % 2 == 0 else ("", int(piece)) for n, piece in enumerate(pieces))
