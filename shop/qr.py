"""QR codes, as whoever draws them needs them. Pure: no database."""

from collections.abc import Iterator
from dataclasses import dataclass

from reportlab.graphics.barcode import qrencoder

_MASK = 0  # Every mask can be read. Choosing the best of eight takes eight times as long.


@dataclass(frozen=True)
class QRCode:
    """Modules are the small squares. A reader needs four light ones on every side."""

    modules_a_side: int
    dark: list[tuple[int, int, int]]  # row, column and length of what is dark in a row


def qr_code(text: str) -> QRCode:
    """Can still be read when 15 % of it is dirty."""
    code = qrencoder.QRCode(None, qrencoder.QRErrorCorrectLevel.M)
    code.addData(qrencoder.QR8bitByte(text))
    code.version = code.calculate_version()
    code.makeImpl(False, _MASK)
    dark = [
        (row, start, length)
        for row, modules in enumerate(code.modules)
        for start, length in _runs(modules)
    ]
    return QRCode(code.moduleCount, dark)


def _runs(modules: list[bool]) -> Iterator[tuple[int, int]]:
    start = None
    for place, is_dark in enumerate([*modules, False]):
        if is_dark and start is None:
            start = place
        elif not is_dark and start is not None:
            yield start, place - start
            start = None
