"""Child processes that read what strangers send: bounded, replaceable, gone with their parent.

Not multiprocessing: the processes of a Celery worker are daemonic and may not have such children.
A request and a reply are one line of JSON each. The child ends when its standard input does.
"""

import atexit
import contextlib
import json
import os
import selectors
import subprocess
import sys
import time
from pathlib import Path
from typing import IO, Any, cast

from shop.images import limits

ROOT = Path(__file__).resolve().parents[2]
# Nothing of the parent's environment: no passwords, no settings.
ENVIRONMENT = {
    "PATH": os.defpath,
    "LANG": "C.UTF-8",
    "VIPS_CONCURRENCY": "1",  # One core for one photo; as many photos as there are workers.
    "MALLOC_ARENA_MAX": "2",
    "PYTHONDONTWRITEBYTECODE": "1",
}

Reply = dict[str, Any]


class Died(Exception):
    """The child ended before it answered: a crash, or the limit on memory."""


class NotStarted(Exception):
    """The child ended before it was ready: something is wrong with this machine, not the file."""


class TooSlow(Exception):
    """The child did not answer in time and was killed."""


class Child:
    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "shop.images.child"],
            cwd=ROOT,
            env=ENVIRONMENT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
        )
        self._wishes = cast(IO[bytes], self._process.stdin)
        self._replies = cast(IO[bytes], self._process.stdout)
        self.pid = self._process.pid
        self.served = 0
        self._is_ready = False

    @property
    def has_served(self) -> bool:
        return self.served > 0

    @property
    def may_stay(self) -> bool:
        is_alive = self._process.poll() is None
        return is_alive and self.served < limits.FILES_OF_A_CHILD

    def ask(self, wish: dict[str, str]) -> Reply:
        """Raises NotStarted, Died or TooSlow; the child is gone then."""
        try:
            self._await_ready()
            until = time.monotonic() + limits.SECONDS
            self._send(json.dumps(wish).encode() + b"\n")
            reply: Reply = json.loads(self._line(until))
        except BaseException:
            # Whatever came in between, a late reply must not be taken for that to the next wish.
            self.end()
            raise
        self.served += 1
        return reply

    def end(self) -> None:
        """At once. Idempotent."""
        self._process.kill()
        self._process.wait()
        self.forget()

    def forget(self) -> None:
        """Let go of it without ending it: it belongs to another process."""
        self._wishes.close()
        self._replies.close()
        if self._process.returncode is None:
            self._process.returncode = 0  # Else Popen warns of a process that was left running.

    def _await_ready(self) -> None:
        if self._is_ready:
            return
        try:
            self._line(time.monotonic() + limits.SECONDS_TO_START)
        except (Died, TooSlow):
            raise NotStarted from None
        self._is_ready = True

    def _send(self, line: bytes) -> None:
        try:
            self._wishes.write(line)
        except BrokenPipeError:
            raise Died from None

    def _line(self, until: float) -> bytes:
        """What the child answers, as long as it has not said all."""
        answer = b""
        with selectors.DefaultSelector() as selector:
            selector.register(self._replies, selectors.EVENT_READ)
            while not answer.endswith(b"\n"):
                if not selector.select(max(0.0, until - time.monotonic())):
                    raise TooSlow
                part = self._replies.read(limits.LONGEST_REPLY)
                if not part or len(answer) > limits.LONGEST_REPLY:
                    raise Died
                answer += part
        return answer


_spare: list[Child] = []


def spare() -> Child:
    """One that waits, or a new one. No lock: taking from a list is one step for all threads."""
    with contextlib.suppress(IndexError):
        while True:
            child = _spare.pop()
            if child.may_stay:
                return child
            child.end()
    return Child()


def keep(child: Child) -> None:
    if child.may_stay and len(_spare) < limits.MOST_SPARE:
        _spare.append(child)
    else:
        child.end()


def end_all() -> None:
    while _spare:
        _spare.pop().end()


def _forget_all() -> None:
    while _spare:
        _spare.pop().forget()


atexit.register(end_all)
# A fork must not speak into its parent's pipes, nor hold them open when the parent ends.
os.register_at_fork(after_in_child=_forget_all)
