"""How much an SMS costs: providers count in segments. Pure."""

from dataclasses import dataclass

MOST_CHARACTERS = 1_600  # what providers take at the most

# GSM 03.38: one septet each, and those that need an escape before them.
_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_ESCAPED = frozenset("\f^{}\\[~]|€")
_SINGLE, _JOINED = {True: 160, False: 70}, {True: 153, False: 67}


@dataclass(frozen=True)
class Size:
    units: int
    segments: int
    is_gsm: bool  # else one character of another alphabet made all of them cost double


def size(text: str) -> Size:
    """Of a text as it is sent. A pair of units, or an escaped character, is never torn apart."""
    is_gsm = all(c in _BASIC or c in _ESCAPED for c in text)
    widths = [_width(c, is_gsm=is_gsm) for c in text]
    units = sum(widths)
    if units <= _SINGLE[is_gsm]:
        return Size(units, 1 if units else 0, is_gsm)
    segments, used = 1, 0
    for width in widths:
        if used + width > _JOINED[is_gsm]:
            segments, used = segments + 1, 0
        used += width
    return Size(units, segments, is_gsm)


def _width(character: str, *, is_gsm: bool) -> int:
    if is_gsm:
        return 2 if character in _ESCAPED else 1
    return 2 if ord(character) > 0xFFFF else 1
