"""File names in the order in which a camera gave them, and which photos follow which card. Pure.

A card counts for the photos of its own series only: those whose names begin alike, so that the
pictures of a second camera in the same album belong to nobody rather than to the wrong child.
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

_DIGITS = re.compile(r"([0-9]+)")

Key = tuple[str, tuple[Any, ...], int]


@dataclass(frozen=True)
class Shot:
    """A photo in the order of its album. `code` is that of the card that it shows, or empty."""

    pk: int
    file_name: str
    code: str = ""

    @property
    def series(self) -> str:
        return _series(_stem(self.file_name))

    @property
    def key(self) -> Key:
        """Series, then numbers by value: IMG_2 before IMG_10. The last part decides a draw."""
        stem = _stem(self.file_name)
        return _series(stem), by_number(stem), self.pk


def by_number(text: str) -> tuple[Any, ...]:
    """For sorting: numbers by their value, as people count. 2b before 10a."""
    pieces = enumerate(_DIGITS.split(text.casefold()))
    return tuple((piece, 0) if place % 2 == 0 else ("", int(piece)) for place, piece in pieces)


def _stem(file_name: str) -> str:
    """Without folder and extension, small, composed: as different systems mean the same name."""
    name = unicodedata.normalize("NFC", file_name).replace("\\", "/").rsplit("/", 1)[-1]
    return name.rsplit(".", 1)[0].casefold()


def _series(stem: str) -> str:
    """What stands before the longest number, which is the one that the camera counts."""
    numbers = list(_DIGITS.finditer(stem))
    if not numbers:
        return stem
    return stem[: max(numbers, key=lambda found: len(found.group())).start()]


def followed(shots: Iterable[Shot]) -> dict[int, str]:
    """The code of the last card before each photo; of a photo without one, an empty text.

    Cards are not in it. The same whatever the order of `shots`.
    """
    found: dict[int, str] = {}
    series, code = None, ""
    for shot in sorted(shots, key=lambda shot: shot.key):
        if shot.series != series:
            series, code = shot.series, ""
        if shot.code:
            code = shot.code
        else:
            found[shot.pk] = code
    return found


def card_before(shot: Shot, cards: Sequence[Shot]) -> str:
    """The code that this one photo follows, as `followed` says it of all."""
    mine = sorted((card for card in cards if card.series == shot.series), key=lambda card: card.key)
    place = bisect_left([card.key for card in mine], shot.key)
    return mine[place - 1].code if place else ""


def followers(card: Shot, shots: Iterable[Shot]) -> list[int]:
    """The photos between this card and the next one of its series."""
    found: list[int] = []
    for shot in sorted(shots, key=lambda shot: shot.key):
        if shot.series != card.series or shot.key <= card.key:
            continue
        if shot.code:
            break
        found.append(shot.pk)
    return found
