"""Names lists between upload and import: kept in the private storage for some hours.

A draft belongs to a job and a person. Its place is made of both, of the hour it came in, and of a
key that nobody can guess; what came hours ago is found by listing the hours.
"""

import gzip
import json
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import storages

from shop.names.table import Row, Table

KEPT = timedelta(hours=12)  # as long as a person stays signed in
FOLDER = "names-lists"
LONGEST_NAME = 100
DELETED_AT_ONCE = 500
_HOUR = "%Y%m%d%H"
_KEY = re.compile(r"(\d{10})-([0-9a-f]{32})")


@dataclass(frozen=True)
class Draft:
    key: str
    file_name: str
    table: Table

    @property
    def reference(self) -> str:
        """Names the import in the history, and makes it happen once."""
        return self.key[-32:-20].upper()


def keep(table: Table, *, job_id: int, user_id: int, file_name: str, at: datetime) -> str:
    """Store a table; returns the key to it."""
    key = f"{at.astimezone(UTC).strftime(_HOUR)}-{secrets.token_hex(16)}"
    content = {
        "file_name": file_name[-LONGEST_NAME:],
        "rows": [[row.number, *row.cells] for row in table.rows],
        "remarks": table.remarks,
    }
    packed = gzip.compress(json.dumps(content).encode(), compresslevel=1)
    storages["private"].save(_place(key, job_id, user_id), ContentFile(packed))
    return key


def find(key: str, *, job_id: int, user_id: int, at: datetime) -> Draft | None:
    """The draft of this job and person; None if there is none, or none any more."""
    if not _KEY.fullmatch(key) or _is_over(key[:10], at):
        return None
    try:
        with storages["private"].open(_place(key, job_id, user_id)) as file:
            content = json.loads(gzip.decompress(file.read()))
    except FileNotFoundError:
        return None
    rows = (Row(number, tuple(cells)) for number, *cells in content["rows"])
    return Draft(key, content["file_name"], Table(tuple(rows), tuple(content["remarks"])))


def discard(key: str, *, job_id: int, user_id: int) -> None:
    if _KEY.fullmatch(key):
        storages["private"].delete(_place(key, job_id, user_id))


def forget_outdated(*, at: datetime) -> int:
    """Delete what nobody can open any more, some hundred at once. No query."""
    storage, deleted = storages["private"], 0
    try:
        hours, _files = storage.listdir(FOLDER)
    except FileNotFoundError:
        return 0
    for hour in sorted(hours):
        if not hour.isdecimal() or not _is_over(hour, at):
            continue
        folder = f"{FOLDER}/{hour}"
        _folders, files = storage.listdir(folder)
        for name in files[: DELETED_AT_ONCE - deleted]:
            storage.delete(f"{folder}/{name}")
            deleted += 1
        if not files:
            storage.delete(folder)  # An empty folder; object stores have none.
    return deleted


def _place(key: str, job_id: int, user_id: int) -> str:
    return f"{FOLDER}/{key[:10]}/{job_id}-{user_id}-{key[11:]}.json.gz"


def _is_over(hour: str, at: datetime) -> bool:
    try:
        came = datetime.strptime(hour, _HOUR).replace(tzinfo=UTC)
    except ValueError:
        return True
    return at >= came + KEPT + timedelta(hours=1)
