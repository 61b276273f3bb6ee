"""The customer's page of an order: by its address alone, for nobody else, and the way to pay."""

import pytest
from django.test import Client

from shop import orders, payments
from shop.models import OrderPicture, Payment, Terms
from tests.factories import NOON, at
from tests.paying import add_line, deliver, placed, state, terms_of

pytestmark = pytest.mark.django_db(transaction=True)

CLOCK = at(NOON)


def text(response):
    return " ".join(response.content.decode().split())


def address(order, end=""):
    return f"/shop/order/{order.token}/{end}"


def test_S4_the_page_shows_what_was_bought_and_how_to_pay(client):
    order = placed(method="invoice", note="Ring twice", street="Example Street 1", city="Berlin")
    placed(name="Somebody else")

    html = text(client.get(address(order)))

    for words in (
        "Order 1001",
        "Waiting for payment",
        "Print 13 × 18 cm",
        "Child 1 · a.jpg · School",
        "€19.00",
        "€3.03",
        "DE02 1203 0000 0000 2020 51",
        "BYLADEM1001",
        "Please transfer the total until Monday, 18 May 2026.",
        "You placed the order.",
        "Ring twice",
        "Example Street 1",
        "Example Street 1<br>12345 Example",
    ):
        assert words in html, words
    assert "Somebody else" not in html
    assert "Pay by card" not in html


def test_S4_the_page_is_kept_by_nobody(client):
    response = client.get(address(placed()))

    assert response["Cache-Control"] == "private, no-store"
    assert response["X-Robots-Tag"] == "noindex"
    assert response["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize(
    "token", ["0" * 32, "0" * 31, "0" * 33, "A" * 32, "1001", "x" * 5000, "..", "%00" * 32]
)
@pytest.mark.parametrize("end", ["", "pay/", "download/1/"])
def test_S4_a_wrong_address_is_answered_the_same_way_always(client, token, end):
    order = placed()
    OrderPicture.objects.update(line=order.lines.get())
    method = client.post if end == "pay/" else client.get

    response = method(f"/shop/order/{token}/{end}")

    assert response.status_code == 404
    if token != "..":
        assert "We could not find this page" in text(response)
        assert response["Cache-Control"] == "private, no-store"


def test_S4_a_wrong_address_costs_one_query_and_what_is_no_token_none(
    client, django_assert_num_queries
):
    with django_assert_num_queries(1):
        client.get(f"/shop/order/{'0' * 32}/")
    with django_assert_num_queries(0):
        client.get(f"/shop/order/{'x' * 32}/")


@pytest.mark.parametrize("lines", [1, 40])
def test_S4_the_page_costs_the_same_whatever_was_bought(client, django_assert_num_queries, lines):
    order = placed()
    for _ in range(lines - 1):
        add_line(order, kind="download")

    with django_assert_num_queries(4):
        client.get(address(order))


@pytest.mark.parametrize(
    ("change", "words", "not_words"),
    [
        ("mark_paid", "Thank you, your order is paid.", "Please transfer"),
        ("cancel", "This order was cancelled.", "Please transfer"),
    ],
)
def test_S4_the_page_tells_how_the_order_stands(client, change, words, not_words):
    order = placed(method="invoice")
    reason = {"reason": "For the studio's eyes"} if change == "cancel" else {}
    getattr(orders, change)(order.pk, by=None, clock=CLOCK, **reason)

    html = text(client.get(address(order)))

    assert words in html
    assert not_words not in html
    assert "For the studio" not in html


def test_S4_the_page_speaks_german(client):
    order = placed()

    html = text(client.get(address(order), {"lang": "de"}))

    assert '<html lang="de">' in html
    assert "19,00" in html


def test_S4_a_studio_without_terms_has_pages_of_orders_too(client):
    order = placed()
    Terms.objects.all().delete()

    response = client.get(address(order))
    client.post(address(order, "pay/"))

    assert response.status_code == 200
    assert "will tell you how to pay" in text(response)


def test_S4_names_are_escaped(client):
    order = placed(name="<script>alert(1)</script>", note='"><img src=x>')

    html = text(client.get(address(order)))

    assert "<script>alert" not in html
    assert "<img src=x" not in html


def test_S4_pay_now_leads_to_the_providers_page_and_back(client, card_provider):
    order = placed()
    page = client.get(address(order))

    response = client.post(address(order, "pay/"))

    (session,) = card_provider.account.pages.values()
    assert "Pay by card now" in text(page)
    assert (response.status_code, response["Location"]) == (302, session["url"])
    assert session["cancel_url"] == f"http://127.0.0.1:8000{address(order)}"
    assert response["Cache-Control"] == "private, no-store"


def test_S4_pay_now_is_a_form_with_a_token_against_forgery(card_provider):
    order, strict = placed(), Client(enforce_csrf_checks=True)

    assert strict.post(address(order, "pay/")).status_code == 403
    assert strict.get(address(order, "pay/")).status_code == 405
    assert card_provider.requests == []


@pytest.mark.parametrize("fault", ["fail", "off"])
def test_S4_when_the_provider_is_down_the_order_stays_and_the_page_says_so(
    client, card_provider, fault
):
    order = placed()
    if fault == "off":
        terms_of(order.studio, card_enabled=False)
    card_provider.faults = ["fail", "fail"]

    response = client.post(address(order, "pay/"), follow=True)

    html = text(response)
    assert response.redirect_chain == [(address(order), 302)]
    assert ("not answer" if fault == "fail" else "not available") in html
    assert ("Pay by card now" in html) is (fault == "fail")
    assert state(order)[0] == "placed"


def test_S4_pay_now_for_a_paid_order_is_told(client, card_provider):
    order = placed()
    orders.mark_paid(order.pk, by=None, clock=CLOCK)

    html = text(client.post(address(order, "pay/"), follow=True))

    assert "Order 1001 does not wait for a payment." in html
    assert card_provider.requests == []


def test_S4_who_comes_back_from_the_provider_waits_for_its_confirmation(client, card_provider):
    order = placed()
    client.post(address(order, "pay/"))
    card_provider.account.pay(order.payments.get().reference)

    waiting = text(client.get(address(order), {"returned": "1"}))
    deliver(card_provider.postman.held[0])
    paid = text(client.get(address(order), {"returned": "1"}))

    assert "We are waiting for the confirmation of your payment." in waiting
    assert "shop/order.js" in waiting
    assert 'data-order-status="placed"' in waiting
    assert "Thank you, your order is paid." in paid
    assert "We are waiting" not in paid
    assert "shop/order.js" not in paid


def test_S4_nobody_waits_for_what_was_never_started(client):
    order = placed()

    html = text(client.get(address(order), {"returned": "1"}))

    assert "We are waiting" not in html
    assert not Payment.objects.exists()


def test_S4_forms_may_lead_to_the_providers_page_only_if_there_is_one(settings):
    from config.settings import CARD_PAGE_ORIGINS  # -- reason: as the environment gave it

    assert CARD_PAGE_ORIGINS == []
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    assert directives["form-action"] == ["'self'"]
    assert payments.is_available(None) is False
