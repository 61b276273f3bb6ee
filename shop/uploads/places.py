"""Where the bytes of a file lie until it is a photo, in a folder that all processes see."""

import fcntl
import math
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import IO

from django.conf import settings

ENDING = ".part"


class InHand(Exception):
    """Another request is writing this file right now. It ends by itself; ask again."""


def path_of(token: str) -> Path:
    # A thousand files in one folder are slow to list on some disks.
    return Path(settings.UPLOAD_ROOT) / token[:2] / f"{token}{ENDING}"


@contextmanager
def held(token: str) -> Iterator[IO[bytes]]:
    """The file for writing, by this process alone; made if it is new. Raises InHand.

    The lock ends with the process, however that ends.
    """
    path = path_of(token)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    number = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(number, "r+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InHand from None
        yield file


def keep(file: IO[bytes]) -> None:
    """Not before this returns do the bytes outlast a loss of power."""
    file.flush()
    os.fsync(file.fileno())


def forget(token: str) -> None:
    """Remove the file. The second time, and for one that never was, nothing happens."""
    path_of(token).unlink(missing_ok=True)


def all_files() -> Iterator[Path]:
    yield from Path(settings.UPLOAD_ROOT).glob(f"*/*{ENDING}")


def token_of(path: Path) -> str:
    return path.name.removesuffix(ENDING)


def older_than(age: timedelta) -> list[Path]:
    """By the machine's time, as files have it; the product's clock may be another."""
    instant = time.time() - age.total_seconds()
    return [path for path in all_files() if _written_at(path) < instant]


def _written_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:  # Another process was faster.
        return math.inf
