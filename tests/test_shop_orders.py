"""The one door for an order's status: every change from every status, and what goes with it."""

import pytest
from django.db import transaction

from shop import orders
from shop.models import Order, OrderEvent, Payment
from tests.factories import NOON, StudioFactory, UserFactory, at
from tests.paying import MINUTE, add_line, kinds, placed, state, wrong_sums

pytestmark = pytest.mark.django_db(transaction=True)

LATER = NOON + MINUTE
CLOCK = at(LATER)


def in_status(status, **values):
    order = placed(**values)
    if status != "placed":
        orders.mark_paid(order.pk, by=None, clock=at(NOON))
    if status == "cancelled":
        orders.cancel(order.pk, by=None, clock=at(NOON), reason="Asked for")
    return Order.objects.get(pk=order.pk)


def mark_paid(order):
    return orders.mark_paid(order.pk, by=None, clock=CLOCK)


def cancel(order):
    return orders.cancel(order.pk, by=None, clock=CLOCK, reason="Asked for")


PAID, CANCELLED = OrderEvent.Kind.PAID, OrderEvent.Kind.CANCELLED


@pytest.mark.parametrize(
    ("status", "change", "expected"),
    [
        ("placed", mark_paid, PAID),
        ("placed", cancel, CANCELLED),
        ("paid", mark_paid, None),
        ("paid", cancel, CANCELLED),
        ("cancelled", mark_paid, orders.ChangeRefused),
        ("cancelled", cancel, None),
    ],
)
def test_S4_every_change_from_every_status(status, change, expected):
    other = placed()
    order = in_status(status, studio=other.studio)
    before = (state(order), kinds(order))

    if expected is orders.ChangeRefused:
        with pytest.raises(orders.ChangeRefused, match=r"^Order 1002 is cancelled .*\.$"):
            change(order)
    else:
        event = change(order)

    if expected in (PAID, CANCELLED):
        assert (event.kind, event.at) == (expected, LATER)
        assert kinds(order)[-1] == expected
        assert state(order)[0] == expected
    else:
        assert (state(order), kinds(order)) == before
    assert state(other) == ("placed", [], ["confirmation"])
    assert wrong_sums() == []


def test_S4_a_transfer_is_recorded_with_who_found_it():
    order, user = placed(method="invoice"), UserFactory.create()

    event = orders.mark_paid(order.pk, by=user, clock=CLOCK, remark="Statement 17")

    payment = order.payments.get()
    assert (payment.provider, payment.amount_cents, payment.status) == (
        "transfer",
        1900,
        "received",
    )
    assert (payment.by, payment.received_at, payment.remark) == (user, LATER, "Statement 17")
    assert (event.by, event.text) == (user, "Statement 17")
    assert state(order)[2] == ["confirmation", "paid"]
    assert Order.objects.get(pk=order.pk).paid_at == LATER


def test_S4_cancelling_a_transferred_order_asks_a_person_to_pay_back():
    order = in_status("paid")

    cancel(order)

    assert state(order) == (
        "cancelled",
        [("refund_due", 1900, True)],
        ["cancelled", "confirmation", "paid"],
    )
    assert kinds(order) == ["placed", "paid", "refund_asked", "cancelled"]


def test_S4_a_person_confirms_that_a_transfer_went_back():
    order, user = in_status("cancelled"), UserFactory.create()
    payment = order.payments.get()

    event = orders.confirm_returned(payment.pk, by=user, clock=CLOCK, remark="Statement 18")
    again = orders.confirm_returned(payment.pk, by=user, clock=CLOCK)

    assert (event.kind, event.text, again) == ("refunded", "Statement 18", None)
    assert state(order)[1] == [("refunded", 1900, False)]
    assert order.payments.get().refunded_at == LATER


def held(order, amount=500, **values):
    """Card money of another amount than the total: it waits for a person."""
    return Payment.objects.create(
        **{
            "order": order,
            "provider": "stripe",
            "reference": f"cs_{order.pk}_{amount}",
            "amount_cents": amount,
            "currency": "EUR",
            "status": "received",
            "needs_person": True,
            "created_at": NOON,
            "received_at": NOON,
        }
        | values
    )


def test_S4_money_that_waits_is_accepted_by_a_person():
    order, user = placed(), UserFactory.create()
    payment = held(order)

    orders.mark_paid(order.pk, by=user, clock=CLOCK, payment_id=payment.pk)

    assert state(order)[:2] == ("paid", [("received", 500, False)])
    assert wrong_sums() == []


def test_S4_money_that_waits_goes_back_when_the_order_is_paid_otherwise():
    order = placed()
    held(order)

    mark_paid(order)

    assert state(order)[:2] == ("paid", [("received", 1900, False), ("refund_due", 500, False)])
    assert wrong_sums() == []


def test_S4_money_that_waits_is_returned_by_a_person():
    order = placed()
    payment = held(order)

    orders.return_money(payment.pk, by=UserFactory.create(), clock=CLOCK)

    assert state(order)[:2] == ("placed", [("refund_due", 500, False)])


def test_S4_the_payment_of_a_paid_order_is_not_returned_alone():
    order = in_status("paid")
    payment = order.payments.get()
    Payment.objects.filter(pk=payment.pk).update(needs_person=True)  # disputed, say

    with pytest.raises(orders.ChangeRefused, match="Cancel the order"):
        orders.return_money(payment.pk, by=None, clock=CLOCK)


@pytest.mark.parametrize("wrong", ["of_another_order", "not_waiting", "missing"])
def test_S4_only_money_that_waits_for_this_order_is_accepted(wrong):
    order, other = placed(), placed()
    payment_id = {
        "of_another_order": held(other).pk,
        "not_waiting": held(order, needs_person=False, status="failed", received_at=None).pk,
        "missing": 10**9,
    }[wrong]

    with pytest.raises(orders.ChangeRefused):
        orders.mark_paid(order.pk, by=None, clock=CLOCK, payment_id=payment_id)

    assert state(order)[0] == "placed"


@pytest.mark.parametrize("act", [orders.return_money, orders.confirm_returned])
def test_S4_a_payment_that_does_not_wait_is_left_alone(act):
    payment = in_status("paid").payments.get()

    with pytest.raises(orders.ChangeRefused, match=r"does not wait"):
        act(payment.pk, by=None, clock=CLOCK)
    with pytest.raises(orders.ChangeRefused, match=r"no such payment"):
        act(10**9, by=None, clock=CLOCK)


@pytest.mark.parametrize(
    ("status", "money", "is_settled"),
    [
        ("placed", "started", True),
        ("placed", "failed", True),
        ("placed", "received", False),
        ("placed", "refund_due", False),
        ("placed", "refunded", True),
        ("paid", "received", True),
        ("paid", "refund_due", False),
        ("cancelled", "received", False),
        ("cancelled", "refund_due", False),
    ],
)
def test_S4_a_person_settles_a_payment_of_which_no_money_has_to_move(status, money, is_settled):
    order, user = in_status(status), UserFactory.create()
    refunded_at = NOON if money == "refunded" else None
    payment = held(order, status=money, refunded_at=refunded_at, remark="Look")
    noise = held(placed(), status="started", remark="Look")

    if is_settled:
        orders.settle(payment.pk, by=user, remark="Spoke with the bank")
    else:
        with pytest.raises(orders.ChangeRefused, match="accepted or paid back first"):
            orders.settle(payment.pk, by=user, remark="Spoke with the bank")

    payment.refresh_from_db()
    noise.refresh_from_db()
    expected = (False, user, "Spoke with the bank") if is_settled else (True, None, "Look")
    assert (payment.needs_person, payment.by, payment.remark) == expected
    assert (payment.status, noise.needs_person) == (money, True)


def test_S4_a_payment_is_settled_once_and_keeps_its_remark_when_nothing_is_added():
    payment = held(placed(), status="failed", remark="Look")

    orders.settle(payment.pk, by=UserFactory.create())
    with pytest.raises(orders.ChangeRefused, match="does not wait"):
        orders.settle(payment.pk, by=None, remark="Again")

    payment.refresh_from_db()
    assert (payment.needs_person, payment.remark) == (False, "Look")


def test_S4_an_order_that_is_not_there_is_told():
    with pytest.raises(orders.ChangeRefused, match=r"^There is no such order\.$"):
        orders.mark_paid(10**9, by=None, clock=CLOCK)


def test_S4_the_update_is_guarded_by_the_status_that_was_judged(monkeypatch):
    order = placed()
    stale = Order.objects.select_related("studio").get(pk=order.pk)
    cancel(order)
    monkeypatch.setattr(orders, "locked", lambda order_id: stale)

    with pytest.raises(orders.ChangeRefused, match="Someone else"):
        mark_paid(order)

    assert state(order) == ("cancelled", [], ["cancelled", "confirmation"])


@pytest.mark.parametrize("change", [mark_paid, cancel])
def test_S4_a_change_is_a_transaction_of_its_own(change):
    order = placed()

    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        change(order)


def test_S4_a_change_is_done_as_a_whole_or_not_at_all(monkeypatch):
    order = placed()

    def fail(*args, **values):
        raise OSError

    monkeypatch.setattr(orders, "record", fail)

    with pytest.raises(OSError, match=r"^$"):
        mark_paid(order)

    assert (state(order), kinds(order)) == (("placed", [], ["confirmation"]), ["placed"])


@pytest.mark.parametrize("lines", [1, 30])
def test_S4_a_change_costs_the_same_whatever_was_bought(django_assert_num_queries, lines):
    order = placed(studio=StudioFactory.create())
    for _ in range(lines - 1):
        add_line(order)

    with django_assert_num_queries(8):
        mark_paid(order)
