"""A file as a table of text, and what is too much of it. Pure."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

MOST_BYTES = 10_000_000
MOST_ROWS = 20_000
MOST_COLUMNS = 50
MOST_CHARACTERS = 20_000_000  # in all cells together; a workbook can say one text many times
LONGEST_CELL = 1_000  # characters; what is longer is cut one later, which a check then notices


class Unreadable(Exception):
    """The file cannot be read as a table. The message is a sentence for a person."""


@dataclass(frozen=True)
class Row:
    number: int  # as the spreadsheet program or editor counts them, from 1
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    rows: tuple[Row, ...]
    remarks: tuple[str, ...] = ()  # sentences about how the file was understood

    @property
    def width(self) -> int:
        return max((len(row.cells) for row in self.rows), default=0)


def table(numbered: Iterable[tuple[int, Iterable[str]]], remarks: Iterable[str] = ()) -> Table:
    """The rows that have something in them, tidied. Stops reading at a limit: raises Unreadable."""
    rows: list[Row] = []
    characters = 0
    for number, texts in numbered:
        cells = [tidy(text) for text in texts]
        while cells and not cells[-1]:
            cells.pop()
        if not cells:
            continue
        if len(cells) > MOST_COLUMNS:
            raise Unreadable(_too_wide())
        characters += sum(map(len, cells))
        rows.append(Row(number, tuple(cells)))
        # One more than the limit: the headings.
        if len(rows) > MOST_ROWS + 1 or characters > MOST_CHARACTERS:
            raise Unreadable(_too_long())
    if not rows:
        raise Unreadable(_("There is nothing in this file."))
    return Table(tuple(rows), tuple(remarks))


def tidy(text: str) -> str:
    """One line, single blanks, composed letters, nothing that a reader does not see; cut."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())[: LONGEST_CELL + 1]
    text = unicodedata.normalize("NFC", text[: 4 * LONGEST_CELL])
    shown = (" " if c.isspace() else c for c in text if c.isspace() or _is_shown(c))
    return " ".join("".join(shown).split())[: LONGEST_CELL + 1]


def _is_shown(character: str) -> bool:
    # Joiners stay: names in some scripts are written with them.
    return unicodedata.category(character)[0] != "C" or character in "\u200c\u200d"


def _too_wide() -> str:
    return _("The table has more than %(count)d columns. Delete those that are not needed.") % {
        "count": MOST_COLUMNS
    }


def _too_long() -> str:
    return _("The table has more than %(count)d rows or far too much text. Split the file.") % {
        "count": MOST_ROWS
    }
