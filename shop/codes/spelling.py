"""Access codes as text: made, written in groups, read back. Pure: no database.

Twelve random characters of 5 bits each and one that checks them. The alphabet has every digit and
no I, L, O or U; whoever reads O for 0 or I for 1 is understood. The check character is a sum over
GF(32), so that it notices every single wrong character and every two that changed places (S1).
"""

import re
import secrets

from django.utils.translation import gettext as _

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
RANDOM_LENGTH = 12  # 60 bits
LENGTH = RANDOM_LENGTH + 1
LONGEST_INPUT = 100  # whatever is longer was not read off a slip
_GROUPS = ((0, 4), (4, 8), (8, 13))
_READ_AS = str.maketrans("OIL", "011")
_SEPARATORS = re.compile(r"[\s\-‐-―._:/·]+")


class Mistyped(Exception):
    """The text cannot be a code. The message is a sentence for a person."""


def new_code() -> str:
    """A random code of 13 characters, as it is stored. That it is new, only the database knows."""
    digits = "".join(secrets.choice(ALPHABET) for _ in range(RANDOM_LENGTH))
    return digits + check_character(digits)


def check_character(digits: str) -> str:
    total = 0
    for character in digits:
        total = _doubled(total) ^ ALPHABET.index(character)
    return ALPHABET[_doubled(total)]


def _doubled(value: int) -> int:
    """Times x in GF(32), whose polynomial is x⁵ + x² + 1."""
    value <<= 1
    return value ^ 0b100101 if value & 0b100000 else value


def written(code: str) -> str:
    """The code in groups, as people read it."""
    return "-".join(code[start:end] for start, end in _GROUPS)


def read(text: str) -> str:
    """The code that a person meant. Raises Mistyped, also when the check character disagrees."""
    if len(text) > LONGEST_INPUT:
        raise Mistyped(_("That is too long for an access code. It has 13 characters."))
    code = _SEPARATORS.sub("", text).upper().translate(_READ_AS)
    if not code:
        raise Mistyped(_("Type the access code from your slip."))
    if any(character not in ALPHABET for character in code):
        raise Mistyped(_("An access code has only letters and digits, and never the letter U."))
    if len(code) != LENGTH:
        raise Mistyped(
            _("An access code has 13 characters, yours has %(count)d.") % {"count": len(code)}
        )
    if check_character(code[:RANDOM_LENGTH]) != code[-1]:
        raise Mistyped(_("There is a typing error in this code. Compare it with your slip."))
    return code
