"""Money with real connections: one wins, effects happen once, and nobody deadlocks."""

import time

import pytest
from django.db import transaction

from shop import orders, payments
from shop.models import Order, Payment
from tests import races
from tests.conftest import TORTURE
from tests.factories import NOON, StudioFactory, at
from tests.paying import deliver, kinds, placed, state, wrong_sums

pytestmark = pytest.mark.usefixtures("real_database")

ROUNDS = 1000 if TORTURE else 40
CLOCK = at(NOON)


def mark_paid(order):
    return lambda: orders.mark_paid(order.pk, by=None, clock=CLOCK)


def cancel(order):
    return lambda: orders.cancel(order.pk, by=None, clock=CLOCK, reason="Asked for")


def ending(result):
    if isinstance(result, orders.ChangeRefused):
        return "refused"
    return result.kind if hasattr(result, "kind") else repr(result)


def races_of(contest, rounds=ROUNDS):
    studio, ends = StudioFactory.create(), []
    made = [placed(studio=studio) for _ in range(rounds)]
    with races.Racers(2) as racers:
        for order in made:
            results = racers.race(*(act(order) for act in contest))
            ends.append((sorted(ending(result) for result in results), state(order)))
    return ends


PAID_FIRST = (
    ["cancelled", "paid"],
    ("cancelled", [("refund_due", 1900, True)], ["cancelled", "confirmation", "paid"]),
)
CANCELLED_FIRST = (["cancelled", "refused"], ("cancelled", [], ["cancelled", "confirmation"]))


@pytest.mark.postgresql
def test_S4_paid_against_cancelled_one_comes_first_and_the_money_adds_up():
    ends = races_of((mark_paid, cancel))

    assert [end for end in ends if end not in (PAID_FIRST, CANCELLED_FIRST)] == []
    assert PAID_FIRST in ends
    assert CANCELLED_FIRST in ends
    assert wrong_sums() == []


@pytest.mark.parametrize("act", [mark_paid, cancel])
def test_S4_of_two_people_who_do_the_same_one_does_it(act):
    ends = races_of((act, act))

    assert {tuple(kinds_) for kinds_, _state in ends} <= {("None", "paid"), ("None", "cancelled")}
    assert wrong_sums() == []


@pytest.mark.postgresql
def test_S4_without_the_lock_and_the_guard_the_same_checker_finds_it(monkeypatch):
    def unlocked(order_id):
        order = Order.objects.select_related("studio").get(pk=order_id)
        time.sleep(0.003)
        return order

    def unguarded(order, target, **day):
        Order.objects.filter(pk=order.pk).update(status=target, **day)
        order.status = target

    monkeypatch.setattr(orders, "locked", unlocked)
    monkeypatch.setattr(orders, "_move", unguarded)

    ends = races_of((mark_paid, cancel))

    wrong = [end for end in ends if end not in (PAID_FIRST, CANCELLED_FIRST)]
    assert len(wrong) >= ROUNDS // 10


def test_S4_the_same_message_from_two_connections_is_applied_once(card_provider):
    made = [placed() for _ in range(ROUNDS)]
    with races.Racers(2) as racers:
        for order in made:
            payments.start(order, back_url="http://127.0.0.1/", clock=CLOCK)
            card_provider.account.pay(order.payments.get().reference)
            message = card_provider.postman.held.pop()
            act = lambda message=message: deliver(message)  # noqa: E731 - a short act
            assert racers.race(act, act) == [200, 200]

    assert {tuple(kinds(order)) for order in made} == {("placed", "paid")}
    assert wrong_sums() == []


def test_S4_money_that_comes_while_the_order_is_cancelled_is_never_lost(card_provider):
    made = [placed() for _ in range(ROUNDS)]
    with races.Racers(2) as racers:
        for order in made:
            payments.start(order, back_url="http://127.0.0.1/", clock=CLOCK)
            card_provider.account.pay(order.payments.get().reference)
            message = card_provider.postman.held.pop()
            answer, event = racers.race(lambda m=message: deliver(m), cancel(order))
            assert (answer, event.kind) == (200, "cancelled")

    for order in made:
        assert state(order)[:2] == ("cancelled", [("refund_due", 1900, False)])


def test_S4_two_clicks_open_one_page(card_provider):
    made = [placed() for _ in range(ROUNDS // 4)]
    with races.Racers(2) as racers:
        for order in made:
            act = lambda order=order: payments.start(  # noqa: E731 - a short act
                order, back_url="http://127.0.0.1/", clock=CLOCK
            )
            first, second = racers.race(act, act)
            assert first == second
            assert first.startswith(card_provider.base)

    assert len(card_provider.account.pages) == len(made) == Payment.objects.count()


def test_S4_two_ticks_pay_back_once(card_provider):
    made = [placed() for _ in range(ROUNDS // 4)]
    for order in made:
        payments.start(order, back_url="http://127.0.0.1/", clock=CLOCK)
        card_provider.account.pay(order.payments.get().reference)
        deliver(card_provider.postman.held.pop())
        orders.cancel(order.pk, by=None, clock=CLOCK, reason="Asked for")
    card_provider.requests.clear()

    with races.Racers(2) as racers:
        act = lambda: payments.refund_due(clock=CLOCK)  # noqa: E731 - a short act
        done = [sum(racers.race(act, act))]
        while done[-1]:  # A tick takes a batch at a time.
            done.append(sum(racers.race(act, act)))

    assert sum(done) == len(made)
    assert len(card_provider.requests) == len(made)
    assert {tuple(kinds(order)).count("refunded") for order in made} == {1}


@pytest.mark.postgresql
def test_S4_a_change_that_waits_for_the_row_is_judged_by_what_it_finds():
    order = placed()

    def hold_and_cancel():
        with transaction.atomic():
            row = orders.locked(order.pk)
            time.sleep(0.3)
            orders.give_up(row, by=None, at=NOON, text="")

    def pay():
        time.sleep(0.1)
        return orders.mark_paid(order.pk, by=None, clock=CLOCK)

    with races.Racers(2) as racers:
        held, result = racers.race(hold_and_cancel, pay)

    assert held is None
    assert isinstance(result, orders.ChangeRefused)
    assert "is cancelled" in str(result)
