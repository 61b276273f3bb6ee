"""What a message of the provider does to an order and its payments, once and in any order.

Messages come late, twice and reordered. Therefore each is judged against the rows as they are:
money that came beats a page that expired, money that went back beats money that came, and a row
that needs a person is left to one.
"""

import logging
from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from jobstatus import deadlines
from jobstatus.clock import Clock
from shop import orders
from shop.models import Order, OrderEvent, Payment, ProviderEvent
from shop.payments.provider import PLACEHOLDER, Notice, What
from shop.payments.remarks import (
    IS_DISPUTED,
    NOT_NEEDED,
    PAGE_CLOSED,
    PAGE_LEFT,
    RETURN_FAILED,
    RETURNED_PARTLY,
    RETURNED_THERE,
    WRONG_AMOUNT,
)

Money = Payment.Status
NOT_ANSWERED = (Money.STARTED, Money.FAILED)
REFUND_FAILED = "refund failed"  # kind of the row that remembers it

logger = logging.getLogger(__name__)


class UnknownPayment(Exception):
    """A message of one of our payments that is not there (yet). It must come again."""


@transaction.atomic(durable=True)
def apply(notice: Notice, *, clock: Clock) -> bool:
    """Do what the message says, and remember it, in one transaction. False if it is not news.

    Raises UnknownPayment, with nothing remembered, for one of ours whose order is not there. At
    most thirteen queries.
    """
    order_id = _order_of(notice)
    if order_id is None:
        if notice.what is What.REFUND_FAILED:
            # Not known to be ours yet. If it turns out to be, this must not have been forgotten.
            _remember(notice, _failed_key(notice, notice.refund), REFUND_FAILED, clock())
        return False
    order = orders.locked(order_id)
    at = deadlines.require_aware(clock())
    if notice.event_id and not _remember(notice, notice.event_id, notice.kind, at):
        return False
    payment = _payment_of(order, notice, at)
    if payment is None:
        return False
    EFFECTS[notice.what](order, payment, notice, at)
    return True


def _order_of(notice: Notice) -> int | None:
    """Whose message it is; None for a payment that this shop never asked for."""
    known = Payment.objects.filter(provider=notice.provider).values_list("order", flat=True)
    for name in ("reference", "intent"):
        value = getattr(notice, name)
        if value and (found := known.filter(**{name: value}).first()):
            return found
    if not notice.order_token:
        return None
    ours = Order.objects.filter(token=notice.order_token).values_list("pk", flat=True).first()
    if ours is None:
        raise UnknownPayment(f"No order for {notice.kind} {notice.event_id} of {notice.provider}.")
    return ours


def _payment_of(order: Order, notice: Notice, at: datetime) -> Payment | None:
    """The row, read under the order's lock. Money that came by a page we do not know gets one."""
    rows = list(order.payments.filter(provider=notice.provider).order_by("pk"))
    for payment in rows:
        if notice.reference and payment.reference == notice.reference:
            return payment
    for payment in rows:
        if notice.intent and payment.intent == notice.intent:
            return payment
    for payment in rows:
        # Its page, or its money, is not known to us yet: the message came first.
        is_new = payment.reference.startswith(PLACEHOLDER) or not notice.reference
        if payment.pk == notice.payment_id and is_new and not payment.intent:
            return payment
    if notice.refund or notice.what not in (What.PAID, What.REFUNDED):
        return None
    logger.warning("Order %s was paid on a page that nobody remembered.", order.pk)
    return Payment.objects.create(
        order=order,
        provider=notice.provider,
        reference=notice.reference or notice.intent,
        amount_cents=notice.amount_cents,
        currency=notice.currency,
        created_at=at,
    )


def _remember(notice: Notice, event_id: str, kind: str, at: datetime) -> bool:
    """False if it was there already."""
    _row, is_new = ProviderEvent.objects.get_or_create(
        provider=notice.provider, event_id=event_id, defaults={"kind": kind, "at": at}
    )
    return is_new


def _received(order: Order, payment: Payment, notice: Notice, at: datetime) -> None:
    if payment.status not in NOT_ANSWERED:
        return
    is_wanted = order.status == Order.Status.PLACED
    fits = (notice.amount_cents, notice.currency) == (order.total_cents, order.currency)
    payment.status, payment.received_at, payment.intent = Money.RECEIVED, at, notice.intent
    payment.reference = notice.reference or payment.reference
    payment.amount_cents, payment.currency = notice.amount_cents, notice.currency
    payment.needs_person = is_wanted and not fits
    payment.remark = NOT_NEEDED if not is_wanted else "" if fits else WRONG_AMOUNT
    payment.save()
    if not is_wanted:
        orders.owe_back(order, payment, by=None, at=at)
    elif fits:
        orders.pay(order, payment, by=None, at=at)


def _failed(order: Order, payment: Payment, notice: Notice, at: datetime) -> None:
    if payment.status == Money.STARTED:
        payment.status, payment.reference = Money.FAILED, notice.reference or payment.reference
        payment.save(update_fields=["status", "reference"])
        text = PAGE_CLOSED if order.status == Order.Status.CANCELLED else PAGE_LEFT
        orders.record(order, OrderEvent.Kind.PAYMENT_FAILED, by=None, at=at, text=text)


def _returned(order: Order, payment: Payment, notice: Notice, at: datetime) -> None:
    """The provider paid the money back: because we asked, or somebody did it on its site."""
    if not notice.refund:
        # Of the whole charge. It may come before the message that the charge was paid.
        _received(order, payment, notice, at)
    elif _has_failed(notice, notice.refund):
        return
    elif notice.amount_cents < payment.amount_cents:
        _returned_partly(order, payment, notice, at)
        return
    if payment.status in (*NOT_ANSWERED, Money.REFUNDED):
        return
    payment = _owed_back(order, payment, at)
    if not notice.refund and _has_failed(notice):
        _for_a_person(payment, RETURN_FAILED)
    else:
        orders.gave_back(order, payment, by=None, at=at)


def _returned_partly(order: Order, payment: Payment, notice: Notice, at: datetime) -> None:
    if payment.status in (Money.RECEIVED, Money.REFUND_DUE):
        _for_a_person(payment, RETURNED_PARTLY)


def _return_failed(order: Order, payment: Payment, notice: Notice, at: datetime) -> None:
    """Also of a refund that was reported as done: the money is owed back again, by a person."""
    _remember(notice, _failed_key(notice, notice.refund), REFUND_FAILED, at)
    if payment.status in NOT_ANSWERED:
        return
    payment = _owed_back(order, payment, at)
    payment.status, payment.refunded_at = Money.REFUND_DUE, None
    payment.save(update_fields=["status", "refunded_at"])
    _for_a_person(payment, RETURN_FAILED)


def _disputed(order: Order, payment: Payment, notice: Notice, at: datetime) -> None:
    if payment.status not in NOT_ANSWERED:
        _for_a_person(payment, IS_DISPUTED)


def _owed_back(order: Order, payment: Payment, at: datetime) -> Payment:
    """The payment as one that is owed back. If it paid the order, the order is cancelled."""
    payment.refresh_from_db()
    if payment.status == Money.RECEIVED and order.status == Order.Status.PAID:
        orders.give_up(order, by=None, at=at, text=RETURNED_THERE)
        payment.refresh_from_db()
    elif payment.status == Money.RECEIVED:
        orders.owe_back(order, payment, by=None, at=at)
    return payment


def _for_a_person(payment: Payment, remark: str) -> None:
    payment.needs_person, payment.remark = True, remark
    payment.save(update_fields=["needs_person", "remark"])


def _failed_key(notice: Notice, refund: str) -> str:
    return f"{notice.intent} {refund}"


def _has_failed(notice: Notice, refund: str = "") -> bool:
    rows = ProviderEvent.objects.filter(provider=notice.provider, kind=REFUND_FAILED)
    return rows.filter(event_id__startswith=_failed_key(notice, refund)).exists()


Effect = Callable[[Order, Payment, Notice, datetime], None]
EFFECTS: dict[What, Effect] = {
    What.PAID: _received,
    What.FAILED: _failed,
    What.REFUNDED: _returned,
    What.REFUNDED_PARTLY: _returned_partly,
    What.REFUND_FAILED: _return_failed,
    What.DISPUTED: _disputed,
}
