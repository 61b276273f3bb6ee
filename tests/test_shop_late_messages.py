"""Messages of the card provider in any order and number end in the same state."""

import itertools

import pytest

from tests.paying import deliver, event, paid_page, started, state, wrong_sums

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("is_late", [True, False])
def test_S4_money_that_came_beats_a_page_that_was_given_up(card_provider, is_late):
    order = started(card_provider)
    page = order.payments.get().reference
    paid = paid_page(card_provider, order)
    left = event("checkout.session.expired", card_provider.account.find_page(page))

    for message in (paid, left) if is_late else (left, paid):
        assert deliver(message) == 200

    assert state(order)[:2] == ("paid", [("received", 1900, False)])


def history(card_provider, story):
    """An order, and the messages of what happened to its page."""
    order = started(card_provider)
    account, page = card_provider.account, order.payments.get().reference
    if story == "expired":
        account.expire(page)
    else:
        account.pay(page)
        intent = account.pages[page]["payment_intent"]
        if story != "paid":
            account.refund({"payment_intent": intent})
        if story == "refund_failed":
            account.fail_refund(next(iter(account.refunds)))
    return order, list(card_provider.postman.held)


@pytest.mark.parametrize("story", ["paid", "expired", "refunded_there", "refund_failed"])
def test_S4_messages_end_in_the_same_state_in_any_order_and_number(card_provider, story):
    expected = {
        "paid": ("paid", [("received", 1900, False)]),
        "expired": ("placed", [("failed", 1900, False)]),
        "refunded_there": ("cancelled", [("refunded", 1900, False)]),
        "refund_failed": ("cancelled", [("refund_due", 1900, True)]),
    }[story]
    count = len(history(card_provider, story)[1])

    for permutation in itertools.permutations(range(count)):
        card_provider.postman.held.clear()
        card_provider.account.refunds.clear()
        order, messages = history(card_provider, story)
        for number in permutation:
            assert deliver(messages[number]) == 200
            assert wrong_sums() == []
            assert deliver(messages[number]) == 200
        assert (permutation, *state(order)[:2]) == (permutation, *expected)
