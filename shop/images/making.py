"""The one door: a photo's files are made by a child process, or refused."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

from shop.images import children, limits
from shop.images.reasons import Reason
from shop.images.refusals import Refused


class MakingFailed(Exception):
    """Not the file's fault: a full disk, a folder that is gone. Try again later."""


@dataclass(frozen=True)
class Made:
    width: int  # of the original, upright
    height: int
    kind: str  # the true ending of the original: ".jpg", ".png" or ".heic"
    card: str | None  # what the QR code says if this is a photographed card


def make(source: Path, folder: Path, *, watermark: str) -> Made:
    """Write `preview` and `thumbnail`, each as .webp and .jpg, into the folder, which must exist.

    They appear complete, one after the other; a second time replaces them by the same. A caller
    that is killed may leave a folder `.making-…` in there. Safe in threads and in Celery's
    processes. Takes at most `limits.SECONDS`, twice that if a child that served before crashes.
    Raises Refused when the file is at fault, MakingFailed or OSError when it is not.
    """
    size = source.stat().st_size
    if size == 0:
        raise Refused(Reason.EMPTY)
    if size > limits.MOST_BYTES:
        raise Refused(Reason.TOO_MANY_BYTES, megabytes=-(-size // 10**6))
    with tempfile.TemporaryDirectory(prefix=".making-", dir=folder) as place:
        wish = {"source": str(source), "folder": place, "watermark": watermark}
        reply = _asked(wish)
        for file in sorted(Path(place).iterdir()):
            file.replace(folder / file.name)
    return Made(**reply["made"])


def _asked(wish: dict[str, str]) -> children.Reply:
    child = children.spare()
    try:
        try:
            reply = child.ask(wish)
        except children.Died:
            if not child.has_served:
                raise
            # It may be ill itself, from what it read before. A fresh one has the last word.
            child = children.Child()
            reply = child.ask(wish)
    except (children.Died, children.TooSlow):
        raise Refused(Reason.TOO_MUCH_WORK) from None
    except children.NotStarted:
        raise MakingFailed("The process that reads photos does not start.") from None
    children.keep(child)
    if "refused" in reply:
        raise Refused(Reason(reply["refused"]), **reply["facts"])
    if "failed" in reply:
        raise MakingFailed(reply["failed"])
    return reply
