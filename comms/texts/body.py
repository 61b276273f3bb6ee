"""A text with its values in place, as plain text and as blocks for HTML. Pure.

What a user wrote may have addresses that become links; what stands in a value never does.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from comms.texts.vocabulary import PLACEHOLDERS, Part, Slot, missing, parsed

BETWEEN_LINKS = " · "
LONGEST_ADDRESS = 2_000

_ADDRESS = re.compile(r"https?://[^\s<>\"']+")
_BEHIND_ADDRESS = ".,;:!?)]}»”’"


@dataclass(frozen=True)
class Link:
    url: str
    label: str  # on its button
    name: str = ""  # tells it from its siblings
    is_button: bool = True


Value = str | tuple[Link, ...]
Values = Mapping[str, Value]


@dataclass(frozen=True)
class Piece:
    text: str
    url: str = ""


@dataclass(frozen=True)
class Block:
    """A paragraph of lines, or one of buttons."""

    lines: tuple[tuple[Piece, ...], ...] = ()
    buttons: tuple[Link, ...] = ()


Line = tuple[Piece, ...] | Block


@dataclass(frozen=True)
class Body:
    blocks: tuple[Block, ...]
    text: str


def build(text: str, values: Values, trigger: str) -> Body:
    """Lines whose placeholder has no value are left out. Raises vocabulary.Unknown."""
    lines = [line for parts in parsed(text, trigger) for line in _filled(parts, values)]
    blocks = tuple(_blocks(lines))
    return Body(blocks, "\n\n".join(_plain(block) for block in blocks))


def subject(text: str, values: Values, trigger: str) -> str:
    """A single line, without what has no value and without links. Raises vocabulary.Unknown."""
    found = []
    for line in parsed(text, trigger):
        for part in line:
            value = values.get(part.name) if isinstance(part, Slot) else part
            found.append(value if isinstance(value, str) else "")
    return "".join(found)


def _filled(parts: tuple[Part, ...], values: Values) -> Iterator[Line]:
    if missing(parts, values):
        return
    alone = _alone(parts)
    value = values[alone.name] if alone else ""
    if alone and isinstance(value, tuple):
        buttons = tuple(link for link in value if link.is_button)
        yield Block(buttons=buttons) if buttons else tuple(Piece(v.label, v.url) for v in value)
    elif alone and isinstance(value, str) and PLACEHOLDERS[alone.name].has_lines:
        for line in value.split("\n"):
            yield tuple(_linked(line))
    else:
        yield tuple(piece for part in parts for piece in _pieces(part, values))


def _alone(parts: tuple[Part, ...]) -> Slot | None:
    words = [part for part in parts if isinstance(part, Slot) or part.strip()]
    return words[0] if len(words) == 1 and isinstance(words[0], Slot) else None


def _pieces(part: Part, values: Values) -> Iterator[Piece]:
    if isinstance(part, str):
        yield from _linked(part)
        return
    value = values[part.name]
    if isinstance(value, str):
        yield Piece(" ".join(value.split("\n")))
        return
    for number, link in enumerate(value):
        if number:
            yield Piece(BETWEEN_LINKS)
        if link.name:
            yield Piece(f"{link.name}: ")
        yield Piece(link.url, link.url)


def _linked(text: str) -> Iterator[Piece]:
    """Addresses that the user typed as links, without the full stop behind them."""
    done = 0
    for found in _ADDRESS.finditer(text):
        address = found.group().rstrip(_BEHIND_ADDRESS)
        if len(address) > LONGEST_ADDRESS:
            continue
        if found.start() > done:
            yield Piece(text[done : found.start()])
        yield Piece(address, address)
        done = found.start() + len(address)
    if done < len(text) or not text:
        yield Piece(text[done:])


def _blocks(lines: list[Line]) -> Iterator[Block]:
    """Paragraphs end at empty lines, however many, and at buttons."""
    paragraph: list[tuple[Piece, ...]] = []
    for line in [*lines, ()]:
        if not isinstance(line, Block) and any(piece.text.strip() for piece in line):
            paragraph.append(line)
            continue
        if paragraph:
            yield Block(lines=tuple(paragraph))
            paragraph = []
        if isinstance(line, Block):
            yield line


def _plain(block: Block) -> str:
    if len(block.buttons) == 1:
        return block.buttons[0].url
    if block.buttons:
        return "\n".join(f"{link.name or link.label}: {link.url}" for link in block.buttons)
    return "\n".join("".join(map(_plain_piece, line)).strip() for line in block.lines)


def _plain_piece(piece: Piece) -> str:
    is_labelled = piece.url and piece.url != piece.text
    return f"{piece.text}: {piece.url}" if is_labelled else piece.text
