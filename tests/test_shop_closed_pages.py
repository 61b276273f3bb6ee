"""The payment page of an order that was cancelled is closed at the provider, once."""

from datetime import timedelta

import pytest

from shop import orders, payments
from shop.models import OrderEvent, Payment
from shop.payments import ledger, outbox
from tests.factories import NOON, at
from tests.paying import MINUTE, deliver, paid_page, placed, started, state, wrong_sums

pytestmark = pytest.mark.django_db(transaction=True)
LATER = at(NOON + timedelta(hours=2))


def cancelled(card_provider, order=None):
    """An order that is cancelled while its page is open; noise beside it whose pages stay so."""
    order = order or started(card_provider)
    orders.cancel(order.pk, by=None, clock=LATER, reason="Asked for")
    card_provider.requests.clear()
    return order


def page_of(order, card_provider):
    return card_provider.account.pages[order.payments.get(provider="stripe").reference]


def asked(card_provider):
    """What was asked about pages, without their numbers."""
    return [
        (method, "expire" if path.endswith("/expire") else "look")
        for method, path, _request in card_provider.requests
    ]


def test_S4_the_page_of_a_cancelled_order_is_closed_by_the_next_tick_and_no_other(card_provider):
    waiting, paid_by_transfer = started(card_provider), started(card_provider)
    orders.mark_paid(paid_by_transfer.pk, by=None, clock=LATER)
    never_opened = placed()
    order = cancelled(card_provider)

    ended = [payments.close_pages(clock=LATER) for _ in range(3)]

    assert ended == [1, 0, 0]
    assert asked(card_provider) == [("POST", "expire")]
    assert page_of(order, card_provider)["status"] == "expired"
    assert state(order)[:2] == ("cancelled", [("failed", 1900, False)])
    for other in (waiting, paid_by_transfer):
        assert page_of(other, card_provider)["status"] == "open"
    assert not never_opened.payments.exists()
    told = order.events.filter(kind=OrderEvent.Kind.PAYMENT_FAILED)
    assert list(told.values_list("text", flat=True)) == [ledger.PAGE_CLOSED]


def test_S4_the_providers_own_message_of_the_closing_changes_nothing_more(card_provider):
    order = cancelled(card_provider)
    payments.close_pages(clock=LATER)
    events = order.events.count()

    statuses = [deliver(message) for message in card_provider.postman.held]

    assert statuses == [200]
    assert order.events.count() == events
    assert state(order)[:2] == ("cancelled", [("failed", 1900, False)])


def test_S4_an_attempt_that_was_asked_about_for_long_is_closed_at_once_all_the_same(card_provider):
    order = started(card_provider)
    Payment.objects.filter(order=order).update(attempts=9, claimed_at=LATER() - MINUTE)

    cancelled(card_provider, order)

    assert payments.ask_about_started(clock=LATER) == 0
    assert payments.close_pages(clock=LATER) == 1


def test_S4_money_that_came_before_the_page_was_closed_goes_back(card_provider):
    order = started(card_provider)
    paid_page(card_provider, order)  # Its message is under way.
    cancelled(card_provider, order)

    assert payments.close_pages(clock=LATER) == 1

    assert asked(card_provider) == [("POST", "expire"), ("GET", "look")]
    assert state(order)[:2] == ("cancelled", [("refund_due", 1900, False)])
    assert payments.refund_due(clock=LATER) == 1
    assert state(order)[:2] == ("cancelled", [("refunded", 1900, False)])
    assert {deliver(message) for message in card_provider.postman.held} == {200}
    assert state(order)[:2] == ("cancelled", [("refunded", 1900, False)])
    assert wrong_sums() == []


def test_S4_a_debit_that_takes_days_is_waited_for_and_goes_back_when_it_comes(card_provider):
    order = cancelled(card_provider)
    page = page_of(order, card_provider)
    page["status"] = "complete"  # and not paid yet

    assert payments.close_pages(clock=LATER) == 0
    assert state(order)[:2] == ("cancelled", [("started", 1900, False)])
    page["status"] = "open"
    card_provider.account.pay(page["id"])
    tomorrow = at(LATER() + timedelta(days=1))

    assert payments.close_pages(clock=tomorrow) == 1
    assert state(order)[:2] == ("cancelled", [("refund_due", 1900, False)])


@pytest.mark.parametrize("fault", ["fail", "lose"])
def test_S4_without_an_answer_the_page_is_closed_later(card_provider, fault):
    order = cancelled(card_provider)
    card_provider.faults = [fault, fault]  # The library asks twice.
    waits = iter(outbox.CLOSE_WAITS)

    first = payments.close_pages(clock=at(LATER() + next(waits)))
    too_early = payments.close_pages(clock=at(LATER() + MINUTE))
    second = payments.close_pages(clock=at(LATER() + next(waits)))

    assert (first, too_early, second) == (0, 0, 1)
    assert page_of(order, card_provider)["status"] == "expired"
    assert state(order)[:2] == ("cancelled", [("failed", 1900, False)])


def test_S4_a_page_that_cannot_be_closed_is_a_persons_in_the_end(card_provider, settings):
    order = cancelled(card_provider)
    settings.STRIPE_API_BASE = "http://127.0.0.1:9"
    now = LATER()

    for wait in (*outbox.CLOSE_WAITS, outbox.CLOSE_WAITS[-1]):
        now += wait
        assert payments.close_pages(clock=at(now)) == 0

    assert state(order)[:2] == ("cancelled", [("started", 1900, True)])
    assert order.payments.get().remark == outbox.NO_ANSWER
