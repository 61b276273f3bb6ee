"""What every way out has in common: open, send one message to one recipient, close.

`send` calls `hand_over` at the last moment at which the message can still be kept back, which is
before the final dot of SMTP or before the request to a provider. Only if that returns true may the
rest leave. So a process that is killed leaves no doubt except between these two.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto
from typing import Protocol

from comms.texts.letters import Letter

HandOver = Callable[[], bool]


class Unreachable(Exception):
    """Nobody answers, or lets us in. Certainly nothing has left."""


@dataclass(frozen=True)
class Envelope:
    address: str
    letter: Letter
    tag: str  # comes back with a provider's reports


class Ending(Enum):
    SENT = auto()
    LATER = auto()  # certainly not accepted; worth another attempt
    NEVER = auto()  # certainly not accepted, and never will be
    DOUBT = auto()  # it may have left
    ABORTED = auto()  # kept back, because `hand_over` said so


@dataclass(frozen=True)
class End:
    what: Ending
    remark: str = ""
    is_bounce: bool = False  # the address is the reason
    is_unwanted: bool = False  # the receiver has told the provider to stop
    wait: timedelta | None = None  # as the provider asks
    provider_id: str = ""


class Channel(Protocol):
    def open(self) -> None:
        """Be ready to send. Does nothing the second time. Raises Unreachable."""

    def send(self, envelope: Envelope, hand_over: HandOver) -> End:
        """Raises Unreachable if it is known that nothing has left."""

    def close(self) -> None:
        """Raises nothing."""
