"""A names list from whatever file somebody chose. What it is, its content says, not its name."""

from django.utils.translation import gettext as _

from shop.names import csv_files, xlsx_files
from shop.names.table import MOST_BYTES, Table, Unreadable

_ZIP = b"PK\x03\x04"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def read(content: bytes) -> Table:
    """The file as a table of text. Raises Unreadable, whatever the bytes are."""
    if len(content) > MOST_BYTES:
        raise Unreadable(too_large())
    if not content.strip():
        raise Unreadable(_("This file is empty."))
    if content.startswith(_OLD_OFFICE):
        raise Unreadable(
            _(
                "This is an Excel file of the old kind, or one with a password. Save it without a "
                "password as .xlsx and choose that file."
            )
        )
    if content.startswith(_ZIP):
        return xlsx_files.read(content)
    return csv_files.read(content)


def too_large() -> str:
    text = _("The file is larger than %(count)d MB. Save only the list itself.")
    return text % {"count": MOST_BYTES // 1_000_000}
