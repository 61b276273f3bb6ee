"""Payment by card on a provider's own page. Card data never reaches this system."""

from shop.payments.chosen import chosen_provider, is_available
from shop.payments.ledger import UnknownPayment, apply
from shop.payments.outbox import ask_about_started, close_pages, refund_due
from shop.payments.provider import NotGenuine, ProviderUnavailable
from shop.payments.starting import start

__all__ = [
    "NotGenuine",
    "ProviderUnavailable",
    "UnknownPayment",
    "apply",
    "ask_about_started",
    "chosen_provider",
    "close_pages",
    "is_available",
    "refund_due",
    "start",
]
