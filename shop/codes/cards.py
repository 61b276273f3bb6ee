"""Access codes on paper: cards to cut out, and a table for whoever prints their own.

A link carries its code behind the “#”, which browsers do not send: it reaches no log (S1).
"""

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import islice

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.pdfgen.pathobject import PDFPathObject

from shop.cells import safe_cell
from shop.codes import lettering, spelling
from shop.codes.lettering import BOLD, REGULAR
from shop.models import AccessCode
from shop.qr import qr_code

MOST_CARDS = 5_000  # in one file
BYTE_ORDER_MARK = "\ufeff"  # Without it some spreadsheet programs take the text for Latin 1.
COLUMNS, ROWS = 2, 5
CARD_WIDTH, CARD_HEIGHT = 92 * mm, 54 * mm
_LEFT = (A4[0] - COLUMNS * CARD_WIDTH) / 2
_TOP = A4[1] - (A4[1] - ROWS * CARD_HEIGHT) / 2
_MARK, _GAP = 5 * mm, 1.5 * mm  # a cut mark's length, and how far from the cards it ends
_PADDING, _QR_SIZE = 5 * mm, 24 * mm
_INNER = CARD_WIDTH - 2 * _PADDING
_WORDS = _INNER - _QR_SIZE - 3 * mm  # beside the QR code


class TooManyCards(Exception):
    """More codes than one file may have. The message is a sentence for a person."""


def link(code: AccessCode, *, base_url: str) -> str:
    """What the QR code says. `base_url` is where the installation is reached: https://…"""
    address = reverse("shop:entry", args=[code.studio.slug])
    return f"{base_url.rstrip('/')}{address}#{spelling.written(code.code)}"


def as_csv(given: Iterable[AccessCode], *, base_url: str) -> bytes:
    """A line for each living code, in their order, after a head in the language of the page.

    Needs studio, and subject with album loaded. Raises TooManyCards.
    """
    text = io.StringIO(newline="")
    text.write(BYTE_ORDER_MARK)
    table = csv.writer(text)
    table.writerow([_("Person"), _("Album"), _("Access code"), _("Link")])
    for code in _living(given):
        subject, album = _names(code)
        cells = (subject, album, spelling.written(code.code), link(code, base_url=base_url))
        table.writerow([safe_cell(cell) for cell in cells])
    return text.getvalue().encode()


def as_pdf(given: Iterable[AccessCode], *, base_url: str) -> bytes:
    """Sheets of A4 with ten cards each and marks to cut along, in the active language.

    Needs studio, job, and subject with album loaded. About 5 ms and 1 KB for a card. Raises
    TooManyCards. Without a living code there is one sheet that says so.
    """
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=A4, pageCompression=1, invariant=1)
    canvas.setTitle(_("Access codes"))
    living, sheets = _living(given), 0
    while sheet := list(islice(living, COLUMNS * ROWS)):
        _draw_marks(canvas)
        for place, code in enumerate(sheet):
            row, column = divmod(place, COLUMNS)
            canvas.saveState()
            canvas.translate(_LEFT + column * CARD_WIDTH, _TOP - (row + 1) * CARD_HEIGHT)
            _draw_card(canvas, code, base_url)
            canvas.restoreState()
        canvas.showPage()
        sheets += 1
    if not sheets:
        _draw_line(canvas, _LEFT, _TOP, _("There are no access codes to print."), REGULAR, 12)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def _living(given: Iterable[AccessCode]) -> Iterator[AccessCode]:
    """Without dead codes: there is nobody to hand the card to."""
    count = 0
    for code in given:
        if code.subject is None or code.job is None:
            continue
        count += 1
        if count > MOST_CARDS:
            raise TooManyCards(
                ngettext(
                    "One file has %(count)d card at most. Choose fewer access codes.",
                    "One file has %(count)d cards at most. Choose fewer access codes.",
                    MOST_CARDS,
                )
                % {"count": MOST_CARDS}
            )
        yield code


def _names(code: AccessCode) -> tuple[str, str]:
    subject = code.subject
    if subject is None:
        return "", ""
    return subject.name, subject.album.name if subject.album else ""


def _draw_marks(canvas: Canvas) -> None:
    """Short lines outside the cards, where the knife goes along."""
    canvas.setLineWidth(0.3)
    bottom, right = _TOP - ROWS * CARD_HEIGHT, _LEFT + COLUMNS * CARD_WIDTH
    for column in range(COLUMNS + 1):
        x = _LEFT + column * CARD_WIDTH
        canvas.line(x, _TOP + _GAP, x, _TOP + _GAP + _MARK)
        canvas.line(x, bottom - _GAP, x, bottom - _GAP - _MARK)
    for row in range(ROWS + 1):
        y = _TOP - row * CARD_HEIGHT
        canvas.line(_LEFT - _GAP, y, _LEFT - _GAP - _MARK, y)
        canvas.line(right + _GAP, y, right + _GAP + _MARK, y)


def _draw_card(canvas: Canvas, code: AccessCode, base_url: str) -> None:
    """One card, from its lower left corner."""
    target = link(code, base_url=base_url)
    subject, album = _names(code)
    left, y = _PADDING, CARD_HEIGHT - _PADDING
    _draw_qr(canvas, target, left + _INNER - _QR_SIZE, y - _QR_SIZE)
    y = _draw_text(canvas, left, y, subject, BOLD, sizes=(13, 9), width=_WORDS, lines=2)
    y = _draw_text(canvas, left, y - 2, album, REGULAR, sizes=(9, 7), width=_WORDS)
    y = _draw_text(canvas, left, y - 4, code.job.name if code.job else "", REGULAR, width=_WORDS)
    _draw_text(canvas, left, y, code.studio.name, REGULAR, width=_WORDS)
    y = CARD_HEIGHT - _PADDING - _QR_SIZE - 2
    written = spelling.written(code.code)
    y = _draw_text(canvas, left, y, written, BOLD, sizes=(21, 12), width=_INNER)
    address = target.partition("#")[0].partition("://")[2]
    told = _("Scan the square, or type this code at:")
    y = _draw_text(canvas, left, y - 1, told, REGULAR, sizes=(7.5, 5), width=_INNER)
    y = _draw_text(canvas, left, y, address, BOLD, sizes=(7.5, 4), width=_INNER)
    if last := _last_day(code):
        _draw_text(canvas, left, y, last, REGULAR, sizes=(7.5, 5), width=_INNER)


def _last_day(code: AccessCode) -> str:
    """The last day to order, as customers are told it (A6); empty when none is told."""
    job = code.job
    if job is None or not job.archiving_enabled or job.archive_date is None:
        return ""
    day = date_format(job.archive_date, pgettext("date with weekday", "l, j F Y"))
    return _("Order until %(day)s") % {"day": day}


def _draw_text(
    canvas: Canvas,
    x: float,
    top: float,
    text: str,
    font: str,
    *,
    width: float,
    sizes: tuple[float, float] = (8, 6.5),
    lines: int = 1,
) -> float:
    """Text in this width, smaller if it is long, on more lines if it may, then cut. The new top."""
    for line, size in lettering.fitted(text, font, width=width, sizes=sizes, lines=lines):
        top -= size * 1.2
        _draw_line(canvas, x, top + size * 0.2, line, font, size)
    return top


def _draw_line(canvas: Canvas, x: float, y: float, text: str, font: str, size: float) -> None:
    pieces, _width = lettering.laid_out(text, font)
    canvas.setFont(font, size)
    for piece in pieces:
        canvas.drawString(x + piece.x * size, y + piece.y * size, piece.text)


def _draw_qr(canvas: Canvas, text: str, x: float, y: float) -> None:
    """As lines of ink, so that it is sharp at every size. The card is white round it."""
    code = qr_code(text)
    canvas.saveState()
    canvas.translate(x, y)
    canvas.scale(_QR_SIZE / code.modules_a_side, _QR_SIZE / code.modules_a_side)
    # Operators of the path as text: they are whole numbers, and there are hundreds of them.
    ink = [
        f"{column} {code.modules_a_side - row - 1} {length} 1 re"
        for row, column, length in code.dark
    ]
    canvas.drawPath(PDFPathObject(code=ink), stroke=0, fill=1)
    canvas.restoreState()
