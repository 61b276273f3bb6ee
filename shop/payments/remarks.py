"""What the system writes into payments and timelines: stored in English, translated when shown.

A remark that is none of these was written by a person, and stays as it is.
"""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

WRONG_AMOUNT = gettext_noop("Another amount came than the order's total.")
NOT_NEEDED = gettext_noop("The money came when the order was paid or cancelled already.")
RETURNED_THERE = gettext_noop("The money was paid back on the provider's own site.")
RETURNED_PARTLY = gettext_noop("A part of the money was paid back on the provider's own site.")
RETURN_FAILED = gettext_noop("The bank refused the money that was paid back.")
IS_DISPUTED = gettext_noop(
    "The customer disputes this payment. Please answer on the provider's site."
)
PAGE_LEFT = gettext_noop("The payment page was left, or the payment was refused.")
PAGE_CLOSED = gettext_noop("The payment page was closed, because the order is cancelled.")
TOO_MANY = gettext_noop("The provider could not pay the money back. Please do it on its site.")
REFUSED = gettext_noop("The provider refused to pay the money back. Please do it on its site.")
NO_ANSWER = gettext_noop("The provider does not say how this payment ended. Please look there.")

OF_THE_SYSTEM = frozenset(
    (
        WRONG_AMOUNT,
        NOT_NEEDED,
        RETURNED_THERE,
        RETURNED_PARTLY,
        RETURN_FAILED,
        IS_DISPUTED,
        PAGE_LEFT,
        PAGE_CLOSED,
        TOO_MANY,
        REFUSED,
        NO_ANSWER,
    )
)


def shown(remark: str) -> str:
    """In the language of the page."""
    return _(remark) if remark in OF_THE_SYSTEM else remark
