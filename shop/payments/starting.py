"""Sending a customer to the provider's page, once for each attempt however often it is clicked."""

import logging
import secrets

from django.db import transaction
from django.utils.translation import gettext as _

from jobstatus import deadlines
from jobstatus.clock import Clock
from shop import orders
from shop.models import Order, Payment
from shop.payments import ledger
from shop.payments.chosen import chosen_provider
from shop.payments.provider import (
    PLACEHOLDER,
    HostedPage,
    PageState,
    Provider,
    ProviderUnavailable,
)

MOST_ATTEMPTS = 30  # to pay one order
PAGES_TRIED = 2  # in one call: one that turns out to be closed, and a new one

Money = Payment.Status
logger = logging.getLogger(__name__)


def start(order: Order, *, back_url: str, clock: Clock) -> str:
    """The address of the page on which this order is paid; `back_url` is where it leads back to.

    A page that is still open is used again. When the money turns out to have come already, that
    is recorded and `back_url` returned. Writes the payment first and asks the provider outside
    any transaction, with a key made from the row: a crash between is harmless, and so is a second
    click. Raises ProviderUnavailable, or ChangeRefused when the order does not wait for payment.
    """
    provider = chosen_provider()
    for _attempt in range(PAGES_TRIED):
        payment = _attempt_to_pay(order.pk, provider, clock=clock)
        page = _page(provider, payment, back_url=back_url)
        if page.notice:
            ledger.apply(page.notice, clock=clock)
        if page.state is PageState.OPEN:
            return page.url
        if page.state in (PageState.PAID, PageState.PENDING):
            return f"{back_url}?returned=1"
    raise ProviderUnavailable(_("The payment page could not be opened. Please try again later."))


@transaction.atomic(durable=True)
def _attempt_to_pay(order_id: int, provider: Provider, *, clock: Clock) -> Payment:
    """The attempt that is under way, or a new one. Under the order's lock, so never two."""
    order = orders.locked(order_id)
    at = deadlines.require_aware(clock())
    if order.status != Order.Status.PLACED:
        raise orders.ChangeRefused(
            _("Order %(number)s does not wait for a payment.") % {"number": order.number}
        )
    attempts = order.payments.filter(provider=provider.name).select_related("order__studio")
    if under_way := attempts.filter(status=Money.STARTED).order_by("pk").last():
        return under_way
    if attempts.count() >= MOST_ATTEMPTS:
        logger.warning("Order %s: %s attempts to pay by card.", order.pk, MOST_ATTEMPTS)
        raise ProviderUnavailable(
            _("There were too many attempts to pay this order. Please ask the studio.")
        )
    return Payment.objects.create(
        order=order,
        provider=provider.name,
        reference=f"{PLACEHOLDER}{secrets.token_hex(16)}",
        amount_cents=order.total_cents,
        currency=order.currency,
        created_at=at,
    )


def _page(provider: Provider, payment: Payment, *, back_url: str) -> HostedPage:
    if not payment.reference.startswith(PLACEHOLDER):
        return provider.find_page(payment.reference)
    # The reference is random and ours: whoever repeats this call with it gets the same page.
    page = provider.open_page(payment, key=f"page-{payment.reference}", back_url=back_url)
    unknown = Payment.objects.filter(pk=payment.pk, reference=payment.reference)
    unknown.update(reference=page.reference)
    return page
