"""Account numbers (IBAN), checked before money is asked for on them. Pure: no database."""

import re

from django.utils.translation import gettext as _

SHORTEST, LONGEST = 15, 34
EXAMPLE = "DE02 1203 0000 0000 2020 51"
# Where transfers in euro go. An account of another country is checked by its digits only.
LENGTHS = {
    **dict.fromkeys(("NO",), 15),
    **dict.fromkeys(("BE",), 16),
    **dict.fromkeys(("DK", "FI", "NL"), 18),
    **dict.fromkeys(("SI",), 19),
    **dict.fromkeys(("AT", "EE", "LT", "LU"), 20),
    **dict.fromkeys(("CH", "HR", "LI", "LV"), 21),
    **dict.fromkeys(("BG", "DE", "GB", "IE", "VA"), 22),
    **dict.fromkeys(("GI",), 23),
    **dict.fromkeys(("AD", "CZ", "ES", "RO", "SE", "SK"), 24),
    **dict.fromkeys(("PT",), 25),
    **dict.fromkeys(("IS",), 26),
    **dict.fromkeys(("FR", "GR", "IT", "MC", "SM"), 27),
    **dict.fromkeys(("CY", "HU", "PL"), 28),
    **dict.fromkeys(("MT",), 31),
}
_FORM = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]+", re.ASCII)
_SPACES = re.compile(r"[\s-]+")


class NotAnAccount(Exception):
    """The text cannot be an IBAN. The message is a sentence for a person."""


def read(text: str) -> str:
    """The IBAN in groups of four, as it stands on invoices. Raises NotAnAccount."""
    iban = _SPACES.sub("", text).upper()
    if not _FORM.fullmatch(iban):
        raise NotAnAccount(
            _("An IBAN begins with two letters and two digits, such as %(example)s.")
            % {"example": EXAMPLE}
        )
    wanted = LENGTHS.get(iban[:2])
    if wanted is not None and len(iban) != wanted:
        raise NotAnAccount(
            _("An IBAN of %(country)s has %(wanted)d characters, yours has %(count)d.")
            % {"country": iban[:2], "wanted": wanted, "count": len(iban)}
        )
    if not SHORTEST <= len(iban) <= LONGEST:
        raise NotAnAccount(
            _("An IBAN has %(shortest)d to %(longest)d characters, yours has %(count)d.")
            % {"shortest": SHORTEST, "longest": LONGEST, "count": len(iban)}
        )
    if int("".join(str(int(character, 36)) for character in iban[4:] + iban[:4])) % 97 != 1:
        raise NotAnAccount(
            _("There is a typing error in this IBAN: its check digits do not agree with the rest.")
        )
    return " ".join(iban[start : start + 4] for start in range(0, len(iban), 4))
