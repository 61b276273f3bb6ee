"""Child processes that share one terminal, and end together however the parent ends."""

import ctypes
import os
import select
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import IO, Any, cast

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
STOP_SECONDS = 3  # then hard: no work is lost, every change is one transaction
LOOK_SECONDS = 0.2
COLOURS = (36, 32, 33, 35)
PR_SET_PDEATHSIG = 1


class Stopped(Exception):
    """Somebody asked the demo to stop."""


class ChildDied(Exception):
    """A child ended by itself. The message is a sentence that names it."""


@dataclass
class Child:
    name: str
    process: subprocess.Popen[bytes]
    colour: int
    is_quiet: bool
    rest: bytes = b""  # an unfinished line
    lines: list[str] = field(default_factory=list)


class Family:
    """Start, watch and stop children. In the main thread only: it takes over the stop signals."""

    def __init__(self) -> None:
        self.children: list[Child] = []
        self.stop_asked = 0
        self.selector = selectors.DefaultSelector()
        self.terminal = select.poll()
        self.terminal.register(1, 0)  # tells only of its end
        self.has_colours = sys.stdout.isatty() and "NO_COLOR" not in os.environ
        for number in STOP_SIGNALS:
            signal.signal(number, self._ask_to_stop)

    def start(self, name: str, command: Sequence[str], **options: Any) -> Child:
        """A child in a process group of its own: Ctrl-C reaches the parent, which stops them all.

        Its lines come out with its name before them.
        """
        colour = COLOURS[len(self.children) % len(COLOURS)]
        return self._start(name, command, colour, is_quiet=False, **options)

    def run(self, name: str, command: Sequence[str], **options: Any) -> str:
        """Run a child to its end and return its output. Raises ChildDied, with it, if it failed."""
        child = self._start(name, command, 0, is_quiet=True, **options)
        self._look_until(lambda: child.process.poll() is not None)
        self._end(child)
        output = "\n".join(child.lines)
        if child.process.returncode:
            raise ChildDied(f"{output}\nThe step “{name}” has failed.")
        return output

    def watch(self, is_over: Callable[[], bool]) -> None:
        """Show the children's lines until it is over. Raises Stopped, or ChildDied for any."""

        def is_over_or_dead() -> bool:
            for child in self.children:
                code = child.process.poll()
                if code is not None:
                    self._read_all(child)
                    raise ChildDied(f"The {child.name} has ended by itself ({_ending(code)}).")
            return is_over()

        self._look_until(is_over_or_dead)

    def stop(self) -> None:
        """End all children and whatever they started. A second signal or 3 s end them hard."""
        asked_before = self.stop_asked
        for child in self.children:
            _signal_group(child, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        while any(child.process.poll() is None for child in self.children):
            if time.monotonic() > deadline or self.stop_asked > max(asked_before, 1):
                break
            self._look()
        for child in list(self.children):
            self._end(child)

    def say(self, text: str) -> None:
        # Straight to the terminal: it may be gone already, and that must not stop the stopping.
        with suppress(OSError):
            os.write(1, f"{text}\n".encode())

    def _ask_to_stop(self, number: int, frame: object) -> None:
        self.stop_asked += 1

    def _start(
        self, name: str, command: Sequence[str], colour: int, *, is_quiet: bool, **options: Any
    ) -> Child:
        parent = os.getpid()
        process = subprocess.Popen(  # noqa: S603 -- our own commands
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=lambda: _end_with(parent),  # safe: this process has one thread
            **options,
        )
        child = Child(name, process, colour, is_quiet)
        self.children.append(child)
        output = cast(IO[bytes], process.stdout)
        os.set_blocking(output.fileno(), False)
        self.selector.register(output, selectors.EVENT_READ, child)
        return child

    def _look_until(self, is_over: Callable[[], bool]) -> None:
        while not is_over():
            # A closed terminal signals make, which tells nobody: so the demo looks by itself.
            if self.stop_asked or self.terminal.poll(0):
                raise Stopped
            self._look()

    def _look(self) -> None:
        for key, _events in self.selector.select(LOOK_SECONDS):
            self._read(key.data)

    def _read(self, child: Child) -> bool:
        """Take what the child has written. False at the end, or when there is nothing now."""
        stream = cast(IO[bytes], child.process.stdout)
        if stream.closed:
            return False
        chunk = stream.read(65536)
        if chunk == b"":
            self.selector.unregister(stream)
            stream.close()
        *lines, child.rest = (child.rest + (chunk or b"")).split(b"\n")
        for line in lines:
            self._show(child, line.decode(errors="replace").rstrip())
        return bool(chunk)

    def _read_all(self, child: Child) -> None:
        while self._read(child):
            pass

    def _show(self, child: Child, line: str) -> None:
        if child.is_quiet:
            child.lines.append(line)
        elif line:
            name = f"{child.name:<7}"
            self.say((f"\033[{child.colour}m{name}\033[0m" if self.has_colours else name) + line)

    def _end(self, child: Child) -> None:
        """Kill what is left of the child's group, and forget it."""
        _signal_group(child, signal.SIGKILL)
        child.process.wait()
        self._read_all(child)
        stream = cast(IO[bytes], child.process.stdout)
        if not stream.closed:  # Something outside the group may still hold its other end.
            self.selector.unregister(stream)
            stream.close()
        self.children.remove(child)


def _end_with(parent: int) -> None:
    """In the new child: ask Linux for SIGTERM when the parent is killed and cannot stop it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)


def _signal_group(child: Child, number: int) -> None:
    # The group outlives its first process if that left something behind.
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.process.pid, number)


def _ending(code: int) -> str:
    return f"exit code {code}" if code >= 0 else f"killed by signal {-code}"
