"""Why a file is not taken, as the child says it. The sentences are in `refusals`."""

from enum import StrEnum


class Reason(StrEnum):
    EMPTY = "empty"
    TOO_MANY_BYTES = "too many bytes"
    OTHER_KIND = "other kind"  # with its name
    UNKNOWN_KIND = "unknown kind"
    TIFF_OR_RAW = "tiff or raw"
    TRUNCATED = "truncated"
    BROKEN = "broken"
    TWO_IN_ONE = "two in one"
    MOVES = "moves"
    DEPTH = "depth"
    TOO_MANY_PIXELS = "too many pixels"
    TOO_MANY_AT_ONCE = "too many pixels at once"
    TOO_MUCH_WORK = "too much work"  # memory, time, or a crash


class NotTaken(Exception):
    """The file is at fault. Raised in the child, with the facts of the sentence."""

    def __init__(self, reason: Reason, **facts: str | int) -> None:
        super().__init__(reason)
        self.reason, self.facts = reason, facts
