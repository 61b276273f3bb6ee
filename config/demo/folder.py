"""The demo's folder: database, queue and clock, and who uses it now."""

import fcntl
import os
import shutil
from datetime import timedelta
from pathlib import Path
from typing import IO
from urllib.parse import quote

TICK_SECONDS = 5  # archiving shows within seconds


class FolderInUse(Exception):
    """Another demo runs on this folder. The message is what that one wrote of itself."""


class DemoFolder:
    """Paths and what is kept in them. Nothing outside is ever written or removed."""

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()
        self.database = self.path / "db.sqlite3"
        self.unfinished = self.path / "unfinished.sqlite3"
        self.queue = self.path / "queue"
        self.mails = self.path / "mails"
        self.media = self.path / "media"
        self.uploads = self.path / "uploads"
        self.offset_file = self.path / "clock-offset-seconds"
        self.lock_file = self.path / "lock"
        self.path.mkdir(parents=True, exist_ok=True)

    def lock(self) -> IO[str]:
        """Hold the folder until this process ends. Raises FolderInUse."""
        lock = self.lock_file.open("a+")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise FolderInUse(lock.read().strip()) from None
        lock.truncate(0)
        lock.write(f"process {os.getpid()}")
        lock.flush()
        return lock

    def reset(self) -> None:
        """Remove what a demo leaves here, by name: the folder may be shared with other things."""
        self.forget_unfinished()
        for path in self._with_companions(self.database):
            path.unlink(missing_ok=True)
        self.offset_file.unlink(missing_ok=True)
        shutil.rmtree(self.mails, ignore_errors=True)

    def forget_unfinished(self) -> None:
        for path in self._with_companions(self.unfinished):
            path.unlink(missing_ok=True)
        if not self.database.exists():  # Photos without rows are of no use.
            shutil.rmtree(self.media, ignore_errors=True)
            shutil.rmtree(self.uploads, ignore_errors=True)
        # Beat's memory and queued ticks are worth nothing after a stop.
        shutil.rmtree(self.queue, ignore_errors=True)
        (self.queue / "taken").mkdir(parents=True)

    def offset(self) -> timedelta:
        """How far the product's clock is ahead of the machine's."""
        return timedelta(seconds=int(self.offset_file.read_text()))

    def keep_offset(self, offset: timedelta) -> None:
        """For this start and all later ones, so that the product's time never goes back."""
        self.offset_file.write_text(f"{round(offset.total_seconds())}")

    def environment(self, database: Path, offset: timedelta = timedelta()) -> dict[str, str]:
        """The settings of the children, whatever the caller's environment says."""
        return os.environ | {
            "DEBUG": "1",
            "DATABASE_URL": f"sqlite:///{quote(str(database))}",
            "BROKER_URL": "filesystem://localhost",
            "BROKER_FOLDER": str(self.queue),
            "PRIVATE_MEDIA_ROOT": str(self.media),
            "UPLOAD_ROOT": str(self.uploads),
            "EMAIL_URL": f"filemail:///{quote(str(self.mails))}",
            "DEFAULT_FROM_EMAIL": "shop@example.org",
            "CLOCK_OFFSET_SECONDS": str(round(offset.total_seconds())),
            "TICK_SECONDS": str(TICK_SECONDS),
            "TMPDIR": str(self.queue / "taken"),  # the queue moves what it reads to there
            "PYTHONUNBUFFERED": "1",
            "PYTHONWARNINGS": "ignore",
        }

    def _with_companions(self, database: Path) -> list[Path]:
        return [database, *(Path(f"{database}{end}") for end in ("-wal", "-shm", "-journal"))]
