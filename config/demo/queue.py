"""The demo's broker: kombu's folder of messages, made safe for several processes.

Kombu opens a message, or the list of queues, for writing where the readers look, so that a reader
can meet an empty file and die of it.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic_ns
from typing import Any
from uuid import uuid4

from kombu.transport import filesystem
from kombu.utils.json import dumps


class Channel(filesystem.Channel):
    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:  # type: ignore[override]
        name = f"{monotonic_ns()}_{uuid4()}.{queue}.msg"
        draft = Path(self.data_folder_out, f".{name}")  # Readers pass over what begins with a dot.
        draft.write_text(dumps(payload))
        draft.rename(draft.with_name(name))

    def get_table(self, exchange: str) -> Any:
        with self._turn():
            return super().get_table(exchange)

    def _queue_bind(self, *args: Any) -> None:
        with self._turn():
            super()._queue_bind(*args)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """One process at a time reads or writes the list of queues."""
        self.control_folder.mkdir(exist_ok=True)
        with (self.control_folder / "turn").open("w") as turn:
            fcntl.flock(turn, fcntl.LOCK_EX)
            yield


class Transport(filesystem.Transport):
    Channel = Channel
