"""A bank transfer as a code that banking apps read: account, amount and reference in one.

The form is the European Payments Council's, “Quick Response Code: guidelines to enable data
capture for the initiation of a SEPA credit transfer” (EPC069-12), version 002.
"""

from dataclasses import dataclass

from shop.qr import qr_code

CURRENCY = "EUR"  # the only one of these transfers
LONGEST_NAME, LONGEST_REFERENCE = 70, 140
MOST_CENTS = 99_999_999_999
MOST_BYTES = 331  # of the whole text
LIGHT_MODULES = 4  # on every side


@dataclass(frozen=True)
class TransferCode:
    """A drawing of `size` by `size` units, with its light border, and the path of what is dark."""

    size: int
    path: str


def transfer_text(
    *, holder: str, iban: str, bic: str, cents: int, currency: str, reference: str
) -> str:
    """What the code says; empty where no such transfer is possible."""
    if currency != CURRENCY or not 0 < cents <= MOST_CENTS:
        return ""
    lines = (
        *("BCD", "002", "1", "SCT"),  # this form, its version, UTF-8, a credit transfer
        _line(bic).replace(" ", ""),
        _line(holder)[:LONGEST_NAME],
        _line(iban).replace(" ", ""),
        f"{CURRENCY}{cents // 100}.{cents % 100:02}",
        *("", ""),  # a purpose and a structured reference, which this is not
        _line(reference)[:LONGEST_REFERENCE],
    )
    text = "\n".join(lines)
    return text if len(text.encode()) <= MOST_BYTES else ""


def transfer_code(text: str) -> TransferCode:
    code = qr_code(text)
    path = "".join(
        f"M{column + LIGHT_MODULES} {row + LIGHT_MODULES}h{length}v1h-{length}z"
        for row, column, length in code.dark
    )
    return TransferCode(code.modules_a_side + 2 * LIGHT_MODULES, path)


def _line(text: str) -> str:
    return " ".join(text.split())
