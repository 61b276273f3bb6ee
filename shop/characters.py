"""The characters of codes, and the one that checks the others. Pure.

The alphabet has every digit and no I, L, O or U. The check character is a sum over GF(32), so that
it notices every single wrong character and every two that changed places (S1).
"""

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
JOB_CODE_RANDOM = 7  # characters of a prepay job's code, 35 bits; one more checks them
JOB_CODE_LENGTH = JOB_CODE_RANDOM + 1  # an access code has 13: nobody takes one for the other


def random_code(length: int) -> str:
    """So many random characters of 5 bits, and one that checks them."""
    digits = "".join(secrets.choice(ALPHABET) for _ in range(length))
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
    """The code in groups, as people read it: an access code, or that of a prepay job."""
    if len(code) == JOB_CODE_LENGTH:
        return f"{code[:4]}-{code[4:]}"
    return f"{code[:4]}-{code[4:8]}-{code[8:]}"
