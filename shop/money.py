"""Amounts as people read them. Everywhere else money is a whole number of cents."""

import re
from decimal import ROUND_HALF_UP, Decimal

from babel.numbers import format_currency, get_decimal_symbol
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext as _

LONGEST_AMOUNT = 20  # characters; more is no amount that somebody typed
_AMOUNT = re.compile(r"([0-9]+)(?:[.,]([0-9]{1,2}))?", re.ASCII)
_SEVERAL_SEPARATORS = re.compile(r"[0-9]+(?:[.,'’ \u00a0\u202f][0-9]+)+", re.ASCII)


class NotAnAmount(Exception):
    """The text is no amount of money, or could be two. The message is a sentence for a person."""


def read(text: str, *, highest_cents: int) -> int:
    """The cents that a person meant by “9,50”, “9.5” or “9”. Raises NotAnAmount.

    Nothing is guessed: “9,999” is nine and something to one reader, ten thousand to another.
    """
    text = text.strip()
    found = _AMOUNT.fullmatch(text) if len(text) <= LONGEST_AMOUNT else None
    if found is None:
        raise NotAnAmount(_why_not(text))
    cents = int(found[1]) * 100 + int((found[2] or "0").ljust(2, "0"))
    if cents > highest_cents:
        highest = typed(highest_cents)
        raise NotAnAmount(_("At most %(highest)s is possible.") % {"highest": highest})
    return cents


def _why_not(text: str) -> str:
    if text.startswith(("-", "−", "–")):
        return _("An amount cannot be negative.")
    if len(text) <= LONGEST_AMOUNT and _SEVERAL_SEPARATORS.fullmatch(text):
        return _(
            "Write at most two digits after the comma or point, and nothing between the thousands."
        )
    return _("Write an amount in digits, such as %(example)s.") % {"example": typed(950)}


def typed(cents: int) -> str:
    """“9.50” or “9,50”, as a person types it in the language of the page."""
    symbol = get_decimal_symbol(locale=to_locale(get_language() or "en"))
    return f"{cents // 100}{symbol}{cents % 100:02}"


def written(cents: int, currency: str, language: str | None = None) -> str:
    """“€12.50” or “12,50 €”, in this language or the one of the page."""
    locale = to_locale(language or get_language() or "en")
    return format_currency(Decimal(cents) / 100, currency, locale=locale)


def tax_included(gross_cents: int, percent: Decimal) -> int:
    """The tax that a price includes, rounded half up to a cent."""
    return int((gross_cents * percent / (100 + percent)).quantize(Decimal(1), ROUND_HALF_UP))
