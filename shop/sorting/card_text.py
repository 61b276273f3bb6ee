"""What a QR code in a photo says: one of our access codes, or nothing that matters. Pure."""

from urllib.parse import unquote

from shop.codes import spelling

LONGEST_TEXT = 500  # of a QR code; our cards say less than half of it


def code_on(text: str | None) -> str:
    """The access code, as it is stored, of a card's link or of the bare code; empty for others.

    Any square on a T-shirt is read as well. Of such a text nothing is kept.
    """
    if not text or len(text) > LONGEST_TEXT:
        return ""
    # As on our cards: the code stands behind the “#”.
    _address, mark, fragment = text.strip().partition("#")
    try:
        return spelling.read(unquote(fragment) if mark else text.strip())
    except spelling.Mistyped:
        return ""
