"""What a visitor asked for in a form, read strictly. Pure: whether it exists is asked later."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from shop.models.basket import HIGHEST_QUANTITY
from shop.models.prices import MOST_PICTURES

_KEY = re.compile(r"[1-9][0-9]{0,17}", re.ASCII)  # what fits the column of a key
_NUMBER = re.compile(r"[+-]?[0-9]+", re.ASCII)
_LONGEST_NUMBER = 20  # digits; whatever is longer is told like what is too high


class Refused(Exception):
    """Nothing was changed. The message is a sentence for the visitor that says why."""


@dataclass(frozen=True)
class Choice:
    """A product with its photos, each a pair of access code and photo, and how often."""

    product_id: int
    picks: Sequence[tuple[int, int]]
    quantity: int


def read_choice(data: QueryDict) -> Choice:
    """The form that puts something into the basket. Raises Refused."""
    product_id = read_key(data.get("product", ""))
    if product_id is None:
        raise Refused(_("Choose a product first."))
    pairs = data.getlist("photo")
    if not pairs:
        raise Refused(_("Choose a photo first."))
    if len(pairs) > MOST_PICTURES:
        raise Refused(
            ngettext(
                "A product has at most %(count)d photo.",
                "A product has at most %(count)d photos.",
                MOST_PICTURES,
            )
            % {"count": MOST_PICTURES}
        )
    picks = tuple(_read_pair(pair) for pair in pairs)
    return Choice(product_id, picks, read_quantity(data.get("quantity", "1")))


def read_quantity(text: str) -> int:
    """Raises Refused with the sentence that fits what was typed."""
    text = text.strip()
    if not _NUMBER.fullmatch(text):
        raise Refused(_("Type the quantity as a whole number, such as 2."))
    is_low = text.startswith("-") or not text.strip("+0")
    if is_low:
        raise Refused(_("The quantity must be at least 1. To take a product out, remove it."))
    if len(text) > _LONGEST_NUMBER or int(text) > HIGHEST_QUANTITY:
        raise Refused(too_many())
    return int(text)


def too_many() -> str:
    return _("You can order each product at most %(count)d times here.") % {
        "count": HIGHEST_QUANTITY
    }


def read_key(text: str) -> int | None:
    return int(text) if _KEY.fullmatch(text) else None


def not_yours() -> str:
    """One sentence for photos that do not exist and for those of other people."""
    return _("This photo is not available with your access codes. Choose it in “My photos” again.")


def _read_pair(text: str) -> tuple[int, int]:
    code, _colon, photo = text.partition(":")
    code_id, photo_id = read_key(code), read_key(photo)
    if code_id is None or photo_id is None:
        raise Refused(not_yours())
    return code_id, photo_id
