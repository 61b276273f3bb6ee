"""What a way of tying photos to persons would do, before anything is written. Pure."""

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

Pair = tuple[int, int]  # of a photo and a person


@dataclass(frozen=True)
class Left:
    """A photo that stays as it is, and why, in words."""

    file_name: str
    reason: str


@dataclass
class Plan:
    """New ties, those that go, and the photos that a person should look at."""

    job_id: int
    new: list[Pair] = field(default_factory=list)
    gone: list[Pair] = field(default_factory=list)  # of cards only
    by_card: bool = False
    known: int = 0  # photos that show this person already
    other: list[str] = field(default_factory=list)  # file names: somebody else is on them
    unclear: list[Left] = field(default_factory=list)
    without: list[Left] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def photos(self) -> int:
        return len({photo for photo, _subject in self.new})

    @property
    def changes(self) -> bool:
        return bool(self.new or self.gone)

    def counts(self) -> Counter[int]:
        """How many photos each person gets."""
        return Counter(subject for _photo, subject in self.new)

    def mark(self) -> str:
        """The same for the same changes: what was looked at is what is done."""
        parts: Sequence[object] = [self.job_id, self.by_card, sorted(self.new), sorted(self.gone)]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]
