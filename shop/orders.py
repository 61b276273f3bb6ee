"""The one door for an order's status, and for the money that belongs to it.

An order and its money are changed together: a paid order has exactly one received payment, a
cancelled one has none, and of a placed one received money waits for a person. All other money that
came is on its way back, or back. Each public function is
one durable transaction: lock the order, read the clock after the lock, judge, write the status
guarded by the old one, the event, the receipt and the payments, commit.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from jobstatus import deadlines
from jobstatus.clock import Clock
from shop.models import Order, OrderEvent, Payment, Receipt

TRANSFER = "transfer"  # the provider of money that a person found on the account
LONGEST_TEXT = 300  # of a reason or remark; what is longer is cut
Status, Money, What = Order.Status, Payment.Status, OrderEvent.Kind


class ChangeRefused(Exception):
    """The order or payment is not in a status from which this is possible. A sentence."""


@transaction.atomic(durable=True)
def mark_paid(
    order_id: int, *, by: Any, clock: Clock, remark: str = "", payment_id: int | None = None
) -> OrderEvent | None:
    """Somebody found the money: on the account, or in a payment that waited for a person.

    Without `payment_id` a transfer over the total is recorded; with it, that received payment is
    accepted as it is. None when the order is paid already: nothing happens. Raises ChangeRefused.
    """
    order = locked(order_id)
    at = deadlines.require_aware(clock())
    if order.status == Status.PAID:
        return None
    if order.status != Status.PLACED:
        raise ChangeRefused(
            _("Order %(number)s is cancelled and cannot be paid. Please pay the money back.")
            % {"number": order.number}
        )
    if payment_id is None:
        payment = _record_transfer(order, by=by, at=at, remark=remark)
    else:
        payment = _accept(order, payment_id, by=by, remark=remark)
    return pay(order, payment, by=by, at=at, text=remark)


@transaction.atomic(durable=True)
def cancel(order_id: int, *, by: Any, clock: Clock, reason: str) -> OrderEvent | None:
    """Cancel the order, placed or paid; what was received for it is to be paid back.

    Card money goes back by the tick; a transfer needs a person. None when the order is cancelled
    already: nothing happens. Raises ChangeRefused.
    """
    order = locked(order_id)
    at = deadlines.require_aware(clock())
    if order.status == Status.CANCELLED:
        return None
    return give_up(order, by=by, at=at, text=reason)


@transaction.atomic(durable=True)
def return_money(payment_id: int, *, by: Any, clock: Clock) -> OrderEvent:
    """A person decides that money which waits for one goes back to where it came from.

    Raises ChangeRefused when the payment does not wait, such as after it was accepted.
    """
    payment, order = _locked_payment(payment_id)
    at = deadlines.require_aware(clock())
    if payment.status != Money.RECEIVED or not payment.needs_person:
        raise ChangeRefused(_("This payment does not wait for a decision."))
    if order.status == Status.PAID:
        raise ChangeRefused(
            _("This payment pays order %(number)s. Cancel the order to pay it back.")
            % {"number": order.number}
        )
    return owe_back(order, payment, by=by, at=at)


@transaction.atomic(durable=True)
def confirm_returned(
    payment_id: int, *, by: Any, clock: Clock, remark: str = ""
) -> OrderEvent | None:
    """A person has paid the money back by hand. None when it was back already. ChangeRefused."""
    payment, order = _locked_payment(payment_id)
    at = deadlines.require_aware(clock())
    if payment.status == Money.REFUNDED:
        return None
    if payment.status != Money.REFUND_DUE or not payment.needs_person:
        raise ChangeRefused(_("This payment does not wait for a person to pay it back."))
    return gave_back(order, payment, by=by, at=at, text=remark)


@transaction.atomic(durable=True)
def settle(payment_id: int, *, by: Any, remark: str = "") -> None:
    """A person has looked into a payment of which no money has to move: it waits no longer.

    Without a remark the payment keeps the one that told what is wrong. Raises ChangeRefused, such
    as the second time, or when the money has to be accepted or paid back first.
    """
    payment, order = _locked_payment(payment_id)
    if payment.status == Money.REFUND_DUE or (
        payment.status == Money.RECEIVED and order.status != Status.PAID
    ):
        raise ChangeRefused(_("This money has to be accepted or paid back first."))
    waiting = Payment.objects.filter(pk=payment.pk, status=payment.status, needs_person=True)
    text = {"remark": remark[:LONGEST_TEXT]} if remark else {}
    if waiting.update(needs_person=False, by=by, **text) != 1:
        raise ChangeRefused(_("This payment does not wait for a decision."))


# What follows runs inside the caller's transaction, on an order that it has locked.


def locked(order_id: int) -> Order:
    """The order's row, held until the transaction ends. Always before those of its payments."""
    rows = Order.objects.select_related("studio").select_for_update(of=("self",), no_key=True)
    order = rows.filter(pk=order_id).first()
    if order is None:
        raise ChangeRefused(_("There is no such order."))
    return order


def pay(order: Order, payment: Payment, *, by: Any, at: datetime, text: str = "") -> OrderEvent:
    """The order becomes paid by this received payment, and its customer is owed a receipt.

    Money that was received for it besides, and waited for a person, is owed back.
    """
    _move(order, Status.PAID, paid_at=at)
    for other in order.payments.filter(status=Money.RECEIVED).exclude(pk=payment.pk):
        owe_back(order, other, by=by, at=at)
    return _tell(order, What.PAID, Receipt.Kind.PAID, by=by, at=at, text=text)


def give_up(order: Order, *, by: Any, at: datetime, text: str) -> OrderEvent:
    """The order becomes cancelled, and all money received for it is owed back.

    A page on which it could be paid is closed by the tick, at once.
    """
    _move(order, Status.CANCELLED, cancelled_at=at)
    order.payments.filter(status=Money.STARTED).update(attempts=0, claimed_at=None)
    for payment in order.payments.filter(status=Money.RECEIVED).order_by("pk"):
        owe_back(order, payment, by=by, at=at)
    return _tell(order, What.CANCELLED, Receipt.Kind.CANCELLED, by=by, at=at, text=text)


def owe_back(order: Order, payment: Payment, *, by: Any, at: datetime) -> OrderEvent:
    """Received money is to be paid back: by the tick, or by a person if it was a transfer."""
    payment.status = Money.REFUND_DUE
    payment.needs_person = payment.provider == TRANSFER
    payment.attempts, payment.claimed_at = 0, None
    payment.save(update_fields=["status", "needs_person", "attempts", "claimed_at"])
    return record(order, What.REFUND_ASKED, by=by, at=at)


def gave_back(
    order: Order, payment: Payment, *, by: Any, at: datetime, text: str = ""
) -> OrderEvent:
    payment.status, payment.refunded_at, payment.needs_person = Money.REFUNDED, at, False
    payment.save(update_fields=["status", "refunded_at", "needs_person"])
    return record(order, What.REFUNDED, by=by, at=at, text=text)


def record(order: Order, kind: str, *, by: Any, at: datetime, text: str = "") -> OrderEvent:
    return OrderEvent.objects.create(order=order, kind=kind, at=at, by=by, text=text[:LONGEST_TEXT])


def _move(order: Order, target: str, **day: datetime) -> None:
    """Guarded by the status that was judged: the second guard beside the lock."""
    rows = Order.objects.filter(pk=order.pk, status=order.status)
    if rows.update(status=target, **day) != 1:
        raise ChangeRefused(
            _("Someone else changed order %(number)s meanwhile. Please look at it again.")
            % {"number": order.number}
        )
    order.status = target
    for name, value in day.items():
        setattr(order, name, value)


def _tell(order: Order, kind: str, receipt: str, *, by: Any, at: datetime, text: str) -> OrderEvent:
    Receipt.objects.create(order=order, kind=receipt, due_at=at)
    return record(order, kind, by=by, at=at, text=text)


def _record_transfer(order: Order, *, by: Any, at: datetime, remark: str) -> Payment:
    return Payment.objects.create(
        order=order,
        provider=TRANSFER,
        reference=f"order-{order.pk}",  # unique: an order is paid by transfer once
        amount_cents=order.total_cents,
        currency=order.currency,
        status=Money.RECEIVED,
        remark=remark[:LONGEST_TEXT],
        created_at=at,
        received_at=at,
        by=by,
    )


def _accept(order: Order, payment_id: int, *, by: Any, remark: str) -> Payment:
    waiting = order.payments.filter(pk=payment_id, status=Money.RECEIVED, needs_person=True)
    if waiting.update(needs_person=False, by=by, remark=remark[:LONGEST_TEXT]) != 1:
        raise ChangeRefused(_("This payment does not wait for a decision."))
    return order.payments.get(pk=payment_id)


def _locked_payment(payment_id: int) -> tuple[Payment, Order]:
    order_id = Payment.objects.filter(pk=payment_id).values_list("order", flat=True).first()
    if order_id is None:
        raise ChangeRefused(_("There is no such payment."))
    order = locked(order_id)
    return Payment.objects.select_for_update(no_key=True).get(pk=payment_id), order
