"""A database that was restored from a backup, or copied, sends nothing until a person says so (X5).

The database counts minutes in which it was at work, and witnesses outside of it keep the count: a
name in the storage of private files, and the cache where processes share one. A database that has
not come as far as a witness is an older copy of itself.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from comms.models import Installation
from jobstatus.clock import Clock

FOLDER = "installation"
CACHE_KEY = "comms.installation"
UNSHARED_CACHES = ("locmem", "dummy")
MINUTE_SECONDS = 60
REASON_LENGTH = 300
LOOKS = 2
UUID_LENGTH = 36

BEHIND = gettext_noop(
    "The database is older than what was noted outside of it: it was restored from a backup."
)
ANOTHER = gettext_noop("The files belong to another installation: the database was copied.")
NO_WITNESS = gettext_noop(
    "The note of this installation is missing beside its files: the database was copied, or the "
    "files were lost."
)
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Witness:
    name: UUID
    counter: int
    file: str = field(default="", compare=False)  # as it is called in the folder


def may_send(*, clock: Clock) -> bool:
    """Ask the witnesses, count on, and say whether anything may be sent. Loud if not.

    One query and a look into the storage; once a minute an update and a small file more.
    """
    at = clock()
    try:
        row, seen, doubt = _look()
    except (OSError, ValueError):
        logger.exception("The witnesses of this installation cannot be asked; nothing is sent.")
        return False
    if row.muted_at is None:
        if not doubt:
            _count_on(row, seen, at)
            return True
        mute(doubt, clock=clock)
        row.muted_because = doubt
    logger.error("Nothing is sent: %s Release it with manage.py comms_release.", row.muted_because)
    return False


def mute(because: str, *, clock: Clock) -> None:
    """Nothing is sent from now on. Keeps the first instant and reason."""
    _row()
    Installation.objects.filter(muted_at=None).update(
        muted_at=clock(), muted_because=because[:REASON_LENGTH]
    )


def release(*, by: Any, clock: Clock) -> bool:
    """This database is the one that counts from now on. False if it was not mute.

    It takes a new name, so that another one with the same files falls silent.
    """
    at = clock()
    row = Installation.objects.filter(muted_at__isnull=False).first()
    if row is None:
        return False
    old = list(_witnesses())
    row.name = uuid4()
    row.counter = max([row.counter, _minute(at), *(witness.counter for witness in old)])
    row.muted_at, row.muted_because = None, ""
    # The witness first: without it the database would fall silent again.
    _note(Witness(row.name, row.counter), old)
    row.save()
    logger.warning("Messages are sent again: released by %s.", by)
    return True


def is_muted() -> Installation | None:
    """The row if nothing is sent. One query."""
    return Installation.objects.filter(muted_at__isnull=False).first()


def warnings() -> list[str]:
    """Sentences for the first page of the admin. One query."""
    row = is_muted()
    if row is None:
        return []
    words = _(
        "No messages are sent. %(why)s Somebody has to check it and release them with "
        "“manage.py comms_release”."
    )
    return [words % {"why": _(row.muted_because)}]


def _look() -> tuple[Installation, list[Witness], str]:
    """The row, its witnesses, and what is wrong with them.

    Witnesses are read before the row, which others may count on meanwhile; a doubt is looked at
    twice, because the very first one may have been written between the two.
    """
    for _attempt in range(LOOKS):
        seen = list(_witnesses())
        row = _row()
        doubt = _doubt(row, seen)
        if not doubt:
            break
    return row, seen, doubt


def _row() -> Installation:
    """Made at the very first start."""
    row = Installation.objects.first()
    if row is not None:
        return row
    Installation.objects.bulk_create([Installation()], ignore_conflicts=True)
    return Installation.objects.get()


def _doubt(row: Installation, seen: list[Witness]) -> str:
    if not seen:
        return NO_WITNESS if row.counter else ""
    if any(witness.name != row.name for witness in seen):
        return ANOTHER
    return BEHIND if max(witness.counter for witness in seen) > row.counter else ""


def _count_on(row: Installation, seen: list[Witness], at: datetime) -> None:
    """The database first, then the witness: a crash between the two leaves no doubt.

    The very first witness comes before the first count, or that would look like a lost one.
    """
    minute = _minute(at)
    try:
        if not seen:
            _note(Witness(row.name, row.counter), [])
        ours = Installation.objects.filter(name=row.name, counter__lt=minute)
        if row.counter < minute and ours.update(counter=minute):
            _note(Witness(row.name, minute), list(_witnesses()))
    except OSError:
        logger.exception("The witness of this installation cannot be written.")


def _minute(at: datetime) -> int:
    return int(at.timestamp()) // MINUTE_SECONDS


def _witnesses() -> Iterator[Witness]:
    try:
        _folders, files = storages["private"].listdir(FOLDER)
    except FileNotFoundError:
        files = []
    for name in files:
        yield _parsed(name)
    if _is_cache_shared() and (told := cache.get(CACHE_KEY)):
        yield _parsed(told)


def _note(witness: Witness, old: list[Witness]) -> None:
    """A new name before the old ones go, so that there always is one."""
    storage, name = storages["private"], _written(witness)
    if not storage.exists(f"{FOLDER}/{name}"):
        storage.save(f"{FOLDER}/{name}", ContentFile(b""))
    if _is_cache_shared():
        cache.set(CACHE_KEY, name, None)
    for other in old:
        if other != witness and other.file:
            storage.delete(f"{FOLDER}/{other.file}")


def _written(witness: Witness) -> str:
    return f"{witness.name}.{witness.counter}"


def _parsed(text: str) -> Witness:
    """Raises ValueError for what is none.

    A storage gives the second of two who write at once another name: it puts something between the
    name and the dot.
    """
    name, _dot, counter = text.partition(".")
    return Witness(UUID(name[:UUID_LENGTH]), int(counter), text)


def _is_cache_shared() -> bool:
    backend = settings.CACHES["default"]["BACKEND"]
    return not any(name in backend for name in UNSHARED_CACHES)
