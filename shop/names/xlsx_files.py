"""Excel workbooks: the values of the first sheet. Formulas are not worked out.

What openpyxl gets was judged before: how large it says it is when unpacked, which zipfile then
holds it to, and that no part declares a document type, where entities would be.
"""

import io
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from xml.parsers import expat

from django.utils.translation import gettext as _
from openpyxl import load_workbook

from shop.names.table import MOST_COLUMNS, Table, Unreadable, table

MOST_PARTS = 500
MOST_UNPACKED_BYTES = 100_000_000
MOST_SHEET_ROWS = 1_048_576  # with the empty ones; Excel has no more
_CHUNK = 64_000
_WORKBOOK = "xl/workbook.xml"


class _Seen(Exception):
    """The first element came, and no document type before it."""


def read(content: bytes) -> Table:
    """Raises Unreadable."""
    _judge(content)
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        if not sheets:
            raise Unreadable(_("The workbook has no sheet with a table."))
        sheet = sheets[0]
        # What a sheet says of its size is often wrong.
        sheet.reset_dimensions()
        remarks = [_of_several(sheet.title, len(sheets))] if len(sheets) > 1 else []
        return table(_rows(sheet), remarks)
    except Unreadable:
        raise
    except Exception:
        # The library raises whatever comes up in a broken file: KeyError, TypeError, ParseError …
        raise Unreadable(_broken()) from None


def _judge(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            if _WORKBOOK not in archive.namelist():
                raise Unreadable(
                    _("This is no Excel workbook. Save it as .xlsx or as CSV and choose that file.")
                )
            size = sum(part.file_size for part in parts)
            if len(parts) > MOST_PARTS or size > MOST_UNPACKED_BYTES:
                raise Unreadable(
                    _("The workbook is too large when unpacked. Save only the list itself.")
                )
            for part in parts:
                _refuse_document_type(archive, part)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, EOFError):
        raise Unreadable(_broken()) from None


def _refuse_document_type(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """Whatever a part is called. Reads no further than its first element, or what is no XML."""
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _forbidden
    parser.StartElementHandler = _first
    try:
        with archive.open(part) as file:
            while chunk := file.read(_CHUNK):
                parser.Parse(chunk)
    except (_Seen, expat.ExpatError):
        return


def _forbidden(*declared: Any) -> None:
    raise Unreadable(_broken())


def _first(*element: Any) -> None:
    raise _Seen


def _rows(sheet: Any) -> Iterator[tuple[int, list[str]]]:
    # One column more than allowed, so that too many are noticed, and no more.
    rows = sheet.iter_rows(max_col=MOST_COLUMNS + 1, max_row=MOST_SHEET_ROWS, values_only=True)
    for number, row in enumerate(rows, start=1):
        if any(value is not None for value in row):
            yield number, [_text(value) for value in row]


def _text(value: Any) -> str:
    """As a person sees it: 3.0 is 3, a day has no time."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 10**15:
        return str(int(value))
    if isinstance(value, (float, Decimal)):
        return format(value, ".15g") if isinstance(value, float) else str(value)
    if isinstance(value, datetime):
        is_day = value.time() == time()
        return value.date().isoformat() if is_day else value.isoformat(" ", "minutes")
    if isinstance(value, (date, time)):
        return value.isoformat()
    return str(value)


def _of_several(title: str, count: int) -> str:
    text = _("The workbook has %(count)d sheets. The first one, “%(title)s”, was read.")
    return text % {"count": count, "title": title}


def _broken() -> str:
    return _("The workbook cannot be read. Open it, save it again as .xlsx and choose that file.")
