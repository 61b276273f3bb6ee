"""What is asked of the provider by the tick: refunds, closed pages, how payments ended."""

import logging
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from jobstatus import deadlines
from jobstatus.clock import Clock
from shop import orders
from shop.models import Order, Payment
from shop.payments import ledger
from shop.payments.chosen import chosen_provider
from shop.payments.provider import (
    PLACEHOLDER,
    HostedPage,
    Provider,
    ProviderUnavailable,
    RefundState,
)
from shop.payments.remarks import NO_ANSWER, REFUSED, TOO_MANY

BATCH_SIZE = 50  # payments asked about in one tick
# How long after the last attempt the next one is due. The first refund is due at once; a message
# about a payment usually comes within seconds, and a direct debit's end after days.
REFUND_WAITS = tuple(timedelta(minutes=n) for n in (0, 2, 10, 60, 240, 720, 1440, 1440))
ASK_WAITS = tuple(timedelta(minutes=n) for n in (5, 10, 30, 120, 480, 720, *[1440] * 14))
CLOSE_WAITS = (timedelta(0), *ASK_WAITS)

Money = Payment.Status
logger = logging.getLogger(__name__)


def refund_due(*, clock: Clock) -> int:
    """Pay back what is owed back. Returns how many payments are settled.

    Each row is claimed by a conditional UPDATE that counts the attempt first; the provider is
    asked outside any transaction, always with the payment's own key. After the last attempt, or
    a refusal for good, the payment needs a person. Idle: one query and the clock's.
    """
    owed = Payment.objects.filter(status=Money.REFUND_DUE, needs_person=False)
    settled = 0
    for payment, provider in _claimed(owed, REFUND_WAITS, TOO_MANY, clock=clock):
        try:
            answer = provider.pay_back(payment, key=f"refund-{payment.reference}")
        except ProviderUnavailable:
            continue  # logged by the provider; due again after the wait
        if answer.state is RefundState.DONE:
            settled += _settle(payment, clock=clock)
        elif answer.state is RefundState.REFUSED:
            logger.error("Payment %s cannot be paid back: %s.", payment.pk, answer.text)
            _give_to_a_person(payment, REFUSED)
    return settled


def ask_about_started(*, clock: Clock) -> int:
    """Ask how payments ended whose message has not come. Returns how many have ended.

    So that an endpoint that was set up wrongly, or a lost message, costs minutes and no money.
    """
    started = _started().exclude(order__status=Order.Status.CANCELLED)
    return _ended(started, ASK_WAITS, lambda provider: provider.find_page, clock=clock)


def close_pages(*, clock: Clock) -> int:
    """Close the pages of cancelled orders, so that nobody pays there. Returns how many have ended.

    Money that came meanwhile is recorded, and goes back as all money of a cancelled order. What
    has been filled in and is not paid yet, such as a direct debit, is asked about like others.
    """
    left = _started().filter(order__status=Order.Status.CANCELLED)
    return _ended(left, CLOSE_WAITS, lambda provider: provider.close_page, clock=clock)


def _started() -> QuerySet[Payment]:
    """A page that is not known was never seen by anybody."""
    started = Payment.objects.filter(status=Money.STARTED, needs_person=False)
    return started.exclude(reference__startswith=PLACEHOLDER)


def _ended(
    payments: QuerySet[Payment],
    waits: Sequence[timedelta],
    question: Callable[[Provider], Callable[[str], HostedPage]],
    *,
    clock: Clock,
) -> int:
    ended = 0
    for payment, provider in _claimed(payments, waits, NO_ANSWER, clock=clock):
        try:
            page = question(provider)(payment.reference)
        except ProviderUnavailable:
            continue
        if page.notice:
            ended += ledger.apply(page.notice, clock=clock)
    return ended


def _claimed(
    payments: QuerySet[Payment], waits: Sequence[timedelta], remark: str, *, clock: Clock
) -> Iterator[tuple[Payment, Provider]]:
    """Those that are due, each claimed when its turn comes; what another worker took is left out.

    A payment whose attempts are used up is given to a person instead.
    """
    at = deadlines.require_aware(clock())
    due = Q(pk__in=[])
    for number, wait in enumerate((*waits, waits[-1])):
        last = "claimed_at" if number else "created_at"
        due |= Q(attempts=number, **{f"{last}__lte": at - wait})
    rows = payments.filter(due).select_related("order").order_by("pk")[:BATCH_SIZE]
    for payment in rows:
        if payment.attempts >= len(waits):
            logger.error("Payment %s needs a person: %s", payment.pk, remark)
            _give_to_a_person(payment, remark)
            continue
        try:
            provider = chosen_provider(payment.provider)
        except ProviderUnavailable:
            logger.error("Payment %s: %s is not set up.", payment.pk, payment.provider)
            continue
        seen = Payment.objects.filter(
            pk=payment.pk,
            status=payment.status,
            attempts=payment.attempts,
            claimed_at=payment.claimed_at,
        )
        if seen.update(attempts=payment.attempts + 1, claimed_at=clock()) == 1:
            yield payment, provider


@transaction.atomic(durable=True)
def _settle(payment: Payment, *, clock: Clock) -> bool:
    """The provider says that the money is back. False if its message told us before."""
    order = orders.locked(payment.order_id)
    at = deadlines.require_aware(clock())
    row = order.payments.get(pk=payment.pk)
    if row.status != Money.REFUND_DUE:
        return False
    orders.gave_back(order, row, by=None, at=at)
    return True


def _give_to_a_person(payment: Payment, remark: str) -> None:
    rows = Payment.objects.filter(pk=payment.pk, status=payment.status)
    rows.update(needs_person=True, remark=remark)
