"""Access codes as text: made, written in groups, read back. Pure: no database.

Twelve random characters of 5 bits each and one that checks them. Whoever reads O for 0 or I for 1
is understood. The code of a prepay job looks alike and is shorter.
"""

import re

from django.utils.translation import gettext as _

from shop.characters import ALPHABET, JOB_CODE_LENGTH, check_character, random_code
from shop.characters import written as written

RANDOM_LENGTH = 12  # 60 bits
LENGTH = RANDOM_LENGTH + 1
LONGEST_INPUT = 100  # whatever is longer was not read off a slip
_READ_AS = str.maketrans("OIL", "011")
_SEPARATORS = re.compile(r"[\s\-‐-―._:/·]+")


class Mistyped(Exception):
    """The text cannot be a code. The message is a sentence for a person."""


def new_code() -> str:
    """A random code of 13 characters, as it is stored. That it is new, only the database knows."""
    return random_code(RANDOM_LENGTH)


def read_either(text: str) -> str:
    """As `read`, but the code of a prepay job is understood as well. They differ in length."""
    code = _plain(text) if len(text) <= LONGEST_INPUT else ""
    if len(code) != JOB_CODE_LENGTH or not set(code) <= set(ALPHABET):
        return read(text)
    if check_character(code[:-1]) != code[-1]:
        raise Mistyped(_("There is a typing error in this code. Compare it with your slip."))
    return code


def is_of_job(code: str) -> bool:
    """Whether this is the code of a prepay job, and not an access code."""
    return len(code) == JOB_CODE_LENGTH


def _plain(text: str) -> str:
    return _SEPARATORS.sub("", text).upper().translate(_READ_AS)


def read(text: str) -> str:
    """The code that a person meant. Raises Mistyped, also when the check character disagrees."""
    if len(text) > LONGEST_INPUT:
        raise Mistyped(_("That is too long for an access code. It has 13 characters."))
    code = _plain(text)
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
