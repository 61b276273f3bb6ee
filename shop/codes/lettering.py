"""Names in print, whatever letters they have: which glyphs to set, and where. No database.

The fonts that come with reportlab have the letters of Western Europe and of Turkish, and most marks
of the others. A letter that is missing is put together from its base and its marks, as a printer of
lead type would have done. Where the DejaVu fonts are installed, which continue the same design and
have most of the world's letters, they are used instead.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont

REGULAR, BOLD = "letters", "letters-bold"  # names of fonts inside a document
FILES = {
    REGULAR: ("DejaVuSans.ttf", "Vera.ttf"),
    BOLD: ("DejaVuSans-Bold.ttf", "VeraBd.ttf"),
}
LONGEST_TEXT = 200  # characters; names are not longer
SIZE_STEP = 0.5
MISSING = "□"
_OTHERWISE = {MISSING: "?", "Đ": "Ð", "\u2010": "-", "\u2011": "-", "\u202f": "\u00a0"}
# Combining marks and the glyphs that look like them.
_ABOVE = {
    "\u0300": "`", "\u0301": "´", "\u0302": "ˆ", "\u0303": "˜", "\u0304": "¯", "\u0306": "˘",
    "\u0307": "˙", "\u0308": "¨", "\u030a": "˚", "\u030b": "˝", "\u030c": "ˇ",
}  # fmt: skip
_BELOW = {"\u0323": ".", "\u0326": ",", "\u0327": "¸", "\u0328": "˛"}
_CARON_BESIDE = "dltL"  # these letters are too tall for a caron: it stands beside them
# Sizes of the font: how much higher a mark sits on a tall letter, and on another mark; how much
# lower a dot or a comma hangs under a letter.
_RAISED, _STACKED, _LOWERED = 0.18, 0.16, -0.24
_TALL = "bdfhklt"


@dataclass(frozen=True)
class Glyphs:
    """Text that is set in one go; `x` and `y` from the start of the line, in sizes of the font."""

    text: str
    x: float
    y: float = 0.0


def _font(name: str, candidates: tuple[str, ...]) -> Any:
    for candidate in candidates:
        try:
            return TTFont(name, candidate)
        except TTFError:
            continue
    raise LookupError(f"None of the fonts {', '.join(candidates)} can be read.")


@cache
def _installed() -> None:
    """Make the fonts known to reportlab, once."""
    for name, candidates in FILES.items():
        pdfmetrics.registerFont(_font(name, candidates))


def laid_out(text: str, font: str) -> tuple[list[Glyphs], float]:
    """The pieces of a line and its width, in sizes of the font."""
    pieces: list[Glyphs] = []
    run, start, x = "", 0.0, 0.0
    for letter in _letters(text):
        glyph, marks, advance = _set(letter, font)
        start = start if run else x
        run += glyph
        if marks:
            pieces += [Glyphs(mark.text, x + mark.x, mark.y) for mark in marks]
            pieces.append(Glyphs(run, start))
            run = ""
        x += advance
    return pieces + ([Glyphs(run, start)] if run else []), x


def line_width(text: str, font: str) -> float:
    return sum(_set(letter, font)[2] for letter in _letters(text))


def fitted(
    text: str, font: str, *, width: float, sizes: tuple[float, float], lines: int = 1
) -> list[tuple[str, float]]:
    """Lines and the size to set them in, in this width: the largest size that holds the text.

    Between the two sizes; on several lines only where the largest does not do; then cut with “…”.
    """
    largest, smallest = sizes
    text = " ".join(unicodedata.normalize("NFC", text[:LONGEST_TEXT]).split())
    for count in range(1, lines + 1):
        size = largest
        while size >= smallest:
            wrapped = _wrapped(text, font, width / size)
            if len(wrapped) <= count:
                return [(line, size) for line in wrapped]
            size -= SIZE_STEP
    wrapped = _wrapped(text, font, width / smallest)[:lines]
    return [(line, smallest) for line in [*wrapped[:-1], _cut(wrapped[-1], font, width / smallest)]]


def _wrapped(text: str, font: str, width: float) -> list[str]:
    """Lines of whole words; a word that is longer than a line is broken where the line ends."""
    lines: list[str] = []
    for word in text.split(" ") if text else []:
        if lines and line_width(f"{lines[-1]} {word}", font) <= width:
            lines[-1] = f"{lines[-1]} {word}"
            continue
        while line_width(word, font) > width and len(word) > 1:
            kept = _longest_start(word, font, width)
            lines.append(word[:kept])
            word = word[kept:]
        lines.append(word)
    return lines


def _longest_start(word: str, font: str, width: float) -> int:
    """How many characters fit, at least one."""
    used, kept = 0.0, 0
    for letter in _letters(word):
        used += _set(letter, font)[2]
        if used > width:
            break
        kept += len(letter)
    return max(1, kept)


def _cut(line: str, font: str, width: float) -> str:
    while line and line_width(f"{line}…", font) > width:
        line = line[:-1]
    return f"{line}…"


@lru_cache(maxsize=10_000)
def _set(letter: str, font: str) -> tuple[str, tuple[Glyphs, ...], float]:
    """What to set for a letter, its marks from where it begins, and how far it moves on."""
    base, marks = _parts(letter, font)
    return base, tuple(_placed(base, marks, font)), _width(base, font)


def _letters(text: str) -> Iterator[str]:
    """Letters with their marks, composed where Unicode has a character for both."""
    cluster = ""
    for character in unicodedata.normalize("NFC", text):
        category = unicodedata.category(character)
        if cluster and category == "Mn":
            cluster += character
            continue
        if cluster:
            yield cluster
        cluster = " " if category[0] in "CZ" else character
    if cluster:
        yield cluster


def _parts(letter: str, font: str) -> tuple[str, str]:
    """The glyph to set and the marks to draw on it; what stands for a letter that is missing."""
    if len(letter) == 1:
        for glyph in (letter, _OTHERWISE.get(letter, letter)):
            if _has(glyph, font):
                return glyph, ""
    apart = unicodedata.normalize("NFD", letter)
    base, marks = apart[0], apart[1:]
    drawn = "".join(mark for mark in marks if mark in _ABOVE or mark in _BELOW)
    if _has(base, font) and drawn:
        return base, drawn
    return (base if _has(base, font) else MISSING if _has(MISSING, font) else "?"), ""


def _placed(base: str, marks: str, font: str) -> Iterator[Glyphs]:
    """The marks over and under a letter."""
    middle = _width(base, font) / 2
    height = _RAISED if base.isupper() or base in _TALL else 0.0
    for mark in marks:
        if mark == "\u030c" and base in _CARON_BESIDE:
            yield Glyphs("’", _width(base, font) - _width("’", font) * 0.7)
        elif mark in _ABOVE:
            glyph = _ABOVE[mark]
            yield Glyphs(glyph, middle - _width(glyph, font) / 2, height)
            height += _STACKED
        else:
            glyph = _BELOW[mark]
            is_small = glyph in ".,"
            yield Glyphs(glyph, middle - _width(glyph, font) / 2, _LOWERED if is_small else 0.0)


def _width(glyphs: str, font: str) -> float:
    _installed()
    return float(pdfmetrics.stringWidth(glyphs, font, 1))


def _has(character: str, font: str) -> bool:
    _installed()
    # A font may list a character and lead to its empty box, the glyph 0.
    return bool(pdfmetrics.getFont(font).face.charToGlyph.get(ord(character)))
