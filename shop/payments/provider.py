"""What a payment provider must be able to do, in the shop's words. One implementation: Stripe."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from shop.models import Payment

PLACEHOLDER = "new-"  # begins the reference of a payment whose page is not known yet


class ProviderUnavailable(Exception):
    """The provider did not answer or refused. A sentence for the customer; the order stays."""


class NotGenuine(Exception):
    """A message that the provider did not sign, or that is too old. Nobody is told why."""


class PageState(StrEnum):
    OPEN = "open"
    PAID = "paid"
    PENDING = "pending"  # filled in, but the money has not arrived yet
    CLOSED = "closed"  # expired or given up


class What(StrEnum):
    """What a message tells of a payment."""

    PAID = "paid"
    FAILED = "failed"
    REFUNDED = "refunded"
    REFUNDED_PARTLY = "refunded-partly"
    REFUND_FAILED = "refund-failed"
    DISPUTED = "disputed"


@dataclass(frozen=True)
class Notice:
    """A message of the provider, or its answer to a question (then without `event_id`)."""

    provider: str
    what: What
    event_id: str = ""
    kind: str = ""  # in the provider's words
    reference: str = ""  # of the hosted page
    intent: str = ""  # of the money
    refund: str = ""  # of the money that goes back
    order_token: str = ""  # as we gave it to the provider; empty if it is not known to be ours
    payment_id: int = 0
    amount_cents: int = 0
    currency: str = ""


@dataclass(frozen=True)
class HostedPage:
    reference: str
    url: str
    state: PageState
    notice: Notice | None = None  # what the page's state tells, if it is final


class RefundState(StrEnum):
    DONE = "done"
    PENDING = "pending"
    REFUSED = "refused"  # for good: asking again does not help


@dataclass(frozen=True)
class RefundAnswer:
    state: RefundState
    text: str = ""


class Provider(Protocol):
    """Every method but `read` makes an HTTP call or two; call them outside transactions.

    They raise ProviderUnavailable when there is no usable answer; asking again later is safe.
    """

    name: str

    def open_page(self, payment: Payment, *, key: str, back_url: str) -> HostedPage:
        """A page on which the order is paid. The same key gives the same page."""

    def find_page(self, reference: str) -> HostedPage: ...

    def close_page(self, reference: str) -> HostedPage:
        """Nobody can pay there any more; a page that was used already is returned as it is."""

    def pay_back(self, payment: Payment, *, key: str) -> RefundAnswer:
        """Pay the whole amount back. The same key pays it back once."""

    def read(self, body: bytes, headers: Mapping[str, str]) -> Notice | None:
        """What this message says; None if it is of no interest. Raises NotGenuine."""
