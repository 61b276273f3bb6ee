"""The card provider of the demo and the tests: its page, and its messages."""

import time

import pytest
import requests

from config.demo import card_messages
from shop import payments
from shop.models import Order
from tests.factories import NOON, at
from tests.paying import placed, wrong_sums

pytestmark = pytest.mark.django_db(transaction=True)

BACK = "http://127.0.0.1:8000/shop/order/x/"


def start(order):
    return payments.start(order, back_url=BACK, clock=at(NOON))


def test_S4_the_page_of_the_demo_says_that_no_money_moves_and_pays(card_provider):
    order = placed()
    url = start(order)
    page_id = url.rsplit("/", 1)[1]

    html = requests.get(url, timeout=5).text
    left = requests.post(url, data={"action": "cancel"}, allow_redirects=False, timeout=5)
    done = requests.post(url, data={"action": "pay"}, allow_redirects=False, timeout=5)
    again = requests.post(url, data={"action": "pay"}, allow_redirects=False, timeout=5)

    assert "No money moves" in html
    assert "€19.00" in html
    assert (left.status_code, left.headers["Location"]) == (303, BACK)
    assert (done.status_code, done.headers["Location"]) == (303, f"{BACK}?returned=1")
    assert again.status_code == 409
    assert card_provider.account.pages[page_id]["payment_status"] == "paid"
    assert [m.event["type"] for m in card_provider.postman.held] == ["checkout.session.completed"]


def test_S4_a_message_that_was_not_taken_comes_again(card_provider, live_server, monkeypatch):
    monkeypatch.setattr(card_messages, "RETRY_WAITS_SECONDS", (0.05,) * 100)
    order = placed()
    start(order)
    answers = iter([503, 503])
    apply = payments.apply

    def not_at_once(notice, *, clock):
        if next(answers, None):
            raise payments.UnknownPayment("Not yet.")
        return apply(notice, clock=clock)

    monkeypatch.setattr(payments, "apply", not_at_once)
    postman = card_messages.Postman(
        url=f"{live_server.url}/shop/payments/stripe/", secret=card_provider.postman.secret
    )
    card_provider.account.tell = postman.tell

    card_provider.account.pay(order.payments.get().reference)

    wait_for(lambda: Order.objects.get(pk=order.pk).status == "paid")
    assert next(answers, None) is None
    assert wrong_sums() == []


def wait_for(condition, seconds=10):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "It did not happen."
        time.sleep(0.02)
