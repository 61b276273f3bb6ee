"""What is asked of the provider by the tick: refunds, and how started payments ended."""

import logging
from collections.abc import Iterator, Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_noop

from jobstatus import deadlines
from jobstatus.clock import Clock
from shop import orders
from shop.models import Payment
from shop.payments import ledger
from shop.payments.chosen import chosen_provider
from shop.payments.provider import (
    PLACEHOLDER,
    Provider,
    ProviderUnavailable,
    RefundState,
)

BATCH_SIZE = 50  # payments asked about in one tick
# How long after the last attempt the next one is due. The first refund is due at once; a message
# about a payment usually comes within seconds, and a direct debit's end after days.
REFUND_WAITS = tuple(timedelta(minutes=n) for n in (0, 2, 10, 60, 240, 720, 1440, 1440))
ASK_WAITS = tuple(timedelta(minutes=n) for n in (5, 10, 30, 120, 480, 720, *[1440] * 14))

TOO_MANY = gettext_noop("The provider could not pay the money back. Please do it on its site.")
REFUSED = gettext_noop("The provider refused to pay the money back. Please do it on its site.")
NO_ANSWER = gettext_noop("The provider does not say how this payment ended. Please look there.")

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
    started = Payment.objects.filter(status=Money.STARTED, needs_person=False)
    # A page that is not known was never seen by anybody.
    started = started.exclude(reference__startswith=PLACEHOLDER)
    ended = 0
    for payment, provider in _claimed(started, ASK_WAITS, NO_ANSWER, clock=clock):
        try:
            page = provider.find_page(payment.reference)
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
