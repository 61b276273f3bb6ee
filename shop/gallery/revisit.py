"""For how long a page that a browser keeps may be shown again, and what such a page is told by.

A kept page still says how many seconds it is valid, counted from when it was made. So it may only
be shown again within a stretch of time, and it promises a stretch less than is left; its script
then comes back early, and near the end of its time it gets a page that is exact to the second.
"""

import functools
import hashlib
from datetime import datetime
from pathlib import Path

from django.conf import settings

STRETCHES_SECONDS = (1800, 300)
SHOP = Path(__file__).parent.parent


def stretch(seconds: int, at: datetime) -> tuple[int, int]:
    """After how many seconds the page looks again, and the stretch for its fingerprint.

    `seconds` are those until it reads differently.
    """
    now = int(at.timestamp())
    for length in STRETCHES_SECONDS:
        if seconds > 2 * length:
            return seconds - length, now // length
    return seconds, now


@functools.cache
def release() -> str:
    """The words and the form of the shop's pages, whatever is on them. Read once per process."""
    folders = [SHOP / "templates", SHOP / "static", *map(Path, settings.LOCALE_PATHS)]
    files = sorted(path for folder in folders for path in folder.rglob("*") if path.is_file())
    digest = hashlib.sha256(settings.STATIC_URL.encode())
    for path in files:
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]
