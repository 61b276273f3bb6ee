"""The child: reads wishes, makes files. `python -m shop.images.child`, started by `children`."""

import contextlib
import faulthandler
import json
import logging
import os
import queue
import resource
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from shop.images import limits
from shop.images.reasons import NotTaken, Reason


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the parent, which then ends us.
    faulthandler.enable()
    logging.disable()  # libvips says of each broken file what the reply says as well.
    replies = _quiet_output()
    _bound()
    os.nice(limits.NICENESS)
    wishes: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(wishes,), daemon=True).start()
    from shop.images import pipeline  # -- after the limits: what it loads counts

    _answer(replies, {"ready": os.getpid()})
    while True:
        _answer(replies, _reply(pipeline.run, json.loads(wishes.get())))


def _listen(wishes: "queue.SimpleQueue[bytes]") -> None:
    """In a thread of its own, so that work ends in the middle when the parent is gone."""
    for line in sys.stdin.buffer:
        wishes.put(line)
    os._exit(0)


def _quiet_output() -> BinaryIO:
    """Replies get a way of their own: what a library prints goes to standard error."""
    replies = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    return replies


def _bound() -> None:
    for what, most in (
        (resource.RLIMIT_DATA, limits.MEMORY_BYTES),
        (resource.RLIMIT_FSIZE, limits.MOST_BYTES),
        (resource.RLIMIT_CORE, 0),
    ):
        # A system that does not know a limit, or has a lower one, keeps its own.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(what, (most, most))


def _answer(replies: BinaryIO, reply: dict[str, Any]) -> None:
    replies.write(json.dumps(reply).encode() + b"\n")


def _reply(
    run: Callable[[Path, Path, str], dict[str, Any]], wish: dict[str, str]
) -> dict[str, Any]:
    try:
        made = run(Path(wish["source"]), Path(wish["folder"]), wish["watermark"])
    except NotTaken as no:
        return {"refused": no.reason, "facts": no.facts}
    except MemoryError:
        return {"refused": Reason.TOO_MUCH_WORK, "facts": {}}
    except Exception as error:
        return {"failed": f"{type(error).__name__}: {error}"}
    return {"made": made}


if __name__ == "__main__":
    main()
