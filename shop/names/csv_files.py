"""Text files with a separator, in the encodings that spreadsheet programs write. Pure."""

import codecs
import csv
import io
from collections.abc import Iterator

from django.utils.translation import gettext as _

from shop.names.table import Table, Unreadable, table

SEPARATORS = (";", ",", "\t")
_SAMPLE, _SAMPLE_CHARACTERS = 50, 100_000  # rows that say which separator it is
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_TOO_LONG = "field larger than field limit"
_NOT_CLOSED = "unexpected end of data"


def read(content: bytes) -> Table:
    """Raises Unreadable."""
    text, remarks = decoded(content)
    text, separator = _named_separator(text)
    separator = separator or _separator(text)
    return table(_rows(text, separator), remarks)


def decoded(content: bytes) -> tuple[str, list[str]]:
    """The text, and a sentence if its encoding had to be guessed. Raises Unreadable."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _checked(_decode(content[len(mark) :], encoding)), []
    if encoding := _wide_encoding(content):
        return _checked(_decode(content, encoding)), [
            _("The file does not say how its letters are stored. It was read as UTF-16.")
        ]
    try:
        return _checked(content.decode()), []
    except UnicodeDecodeError:
        remark = _(
            "The file does not say how its letters are stored. It was read as Windows text "
            "(Western European): check a name with an umlaut or an accent."
        )
        return _checked(_decode(content, "cp1252")), [remark]


def _decode(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise Unreadable(_not_text()) from None


def _wide_encoding(content: bytes) -> str:
    """UTF-16 without a mark: every other byte of most Western text is zero."""
    sample = content[:2_000]
    half = len(sample) // 2
    if len(content) % 2 == 0 and half:
        if sample[1::2].count(0) > half * 0.6 and not sample[0::2].count(0):
            return "utf-16-le"
        if sample[0::2].count(0) > half * 0.6 and not sample[1::2].count(0):
            return "utf-16-be"
    return ""


def _checked(text: str) -> str:
    strange = sum(text.count(character) for character in map(chr, range(32)))
    strange -= sum(text.count(character) for character in "\t\r\n")
    if "\0" in text or strange > len(text) / 100:
        raise Unreadable(_not_text())
    return text.lstrip("\ufeff")


def _not_text() -> str:
    return _(
        "This is no table that can be read. Save it as “CSV UTF-8” or as an Excel workbook "
        "(.xlsx) and choose that file."
    )


def _named_separator(text: str) -> tuple[str, str]:
    """Excel reads and writes a first line such as “sep=;”."""
    head, _end, rest = text.partition("\n")
    named = head.strip("\r\n ")
    if len(named) == 5 and named.lower().startswith("sep=") and named[4] in SEPARATORS:
        return f"\n{rest}", named[4]  # The empty line keeps the numbers of the others.
    return text, ""


def _separator(text: str) -> str:
    """The one with which the most rows are as wide as the first, and no quotation mark is loose."""
    best = max((_fitness(text[:_SAMPLE_CHARACTERS], each), -n) for n, each in enumerate(SEPARATORS))
    return SEPARATORS[-best[1]]


def _fitness(text: str, separator: str) -> tuple[int, bool, int]:
    widths: list[int] = []
    is_strict = True
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True):
            widths += [len(row)] if row else []
            if len(widths) == _SAMPLE:
                break
    except csv.Error as error:
        is_strict = _NOT_CLOSED in str(error)  # The sample may end inside of a cell.
    alike = widths.count(widths[0]) if widths and widths[0] > 1 else 0
    return alike, is_strict, widths[0] if widths else 0


def _rows(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Raises Unreadable where a quotation mark is never closed, or a cell has no end."""
    is_strict = _is_strict(text, separator)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=is_strict)
    number = 0
    try:
        for row in reader:
            number += 1
            yield number, row
    except csv.Error:
        raise Unreadable(
            _("Row %(number)d cannot be read: it has a cell without an end.")
            % {"number": number + 1}
        ) from None


def _is_strict(text: str, separator: str) -> bool:
    """False for a file with loose quotation marks inside of cells, which are then taken as text."""
    number = 0
    try:
        for _row in csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True):
            number += 1
    except csv.Error as error:
        if _NOT_CLOSED in str(error):
            raise Unreadable(
                _("A quotation mark in row %(number)d is opened and never closed.")
                % {"number": number + 1}
            ) from None
        return _TOO_LONG in str(error)
    return True
