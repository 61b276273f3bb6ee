"""Payments that need a person: where staff meet them, and what they decide."""

import pytest

from shop.models import Payment
from tests.factories import StudioFactory, family
from tests.shop_rows import order_of, payment_of
from tests.staff import said, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def studio():
    return StudioFactory.create(timezone="America/New_York")


@pytest.fixture
def client(studio):
    return sign_in(studio, first_name="First", last_name="Last")


@pytest.fixture
def code(studio):
    return family(studio=studio)


def test_S4_the_front_page_counts_the_own_payments_that_need_a_person(client, code):
    payment_of(order_of(code))
    payment_of(order_of(code), needs_person=False)
    payment_of(order_of(family()))

    html = client.get("/admin/").text

    assert "1 payment needs a person." in html
    assert 'href="/admin/shop/payment/"' in html


def test_S4_the_list_of_payments_begins_with_those_that_wait(client, code):
    waiting = payment_of(order_of(code))
    settled = payment_of(order_of(code), needs_person=False)
    payment_of(order_of(family()))

    def shown(query):
        return {row.pk for row in client.get("/admin/shop/payment/", query).context["cl"].queryset}

    assert shown({}) == {waiting.pk}
    assert shown({"show": "all"}) == {waiting.pk, settled.pk}


@pytest.mark.parametrize(
    ("status", "order_status", "names"),
    [
        ("received", "placed", ["accept", "return"]),
        ("received", "cancelled", ["return"]),
        ("received", "paid", ["settled"]),
        ("refund_due", "cancelled", ["returned"]),
        ("started", "placed", ["settled"]),
        ("failed", "placed", ["settled"]),
        ("refunded", "cancelled", ["settled"]),
    ],
)
def test_S4_each_payment_offers_the_decisions_that_are_possible(
    client, code, status, order_status, names
):
    payment = payment_of(order_of(code, status=order_status), status)
    everything = ["accept", "return", "returned", "settled"]

    answers = {name: client.get(settle_url(payment, name)).status_code for name in everything}

    assert [name for name, answer in answers.items() if answer == 200] == names


def settle_url(payment: Payment, name: str) -> str:
    return f"/admin/shop/payment/{payment.pk}/settle/{name}/"


@pytest.mark.parametrize(
    ("name", "status", "provider", "after"),
    [
        ("accept", "received", "stripe", ("received", False, "paid")),
        ("return", "received", "stripe", ("refund_due", False, "placed")),
        ("returned", "refund_due", "transfer", ("refunded", False, "placed")),
        ("settled", "started", "stripe", ("started", False, "placed")),
    ],
)
def test_S4_a_decision_is_carried_out_once_it_is_confirmed(
    client, code, name, status, provider, after
):
    payment = payment_of(order_of(code), status, provider=provider)
    url = settle_url(payment, name)
    data = {"seen": client.get(url).context["seen"], "text": "Spoke with the bank"}

    client.post(url, data)
    again = client.post(url, data, follow=True)

    payment = Payment.objects.select_related("order").get(pk=payment.pk)
    assert (payment.status, payment.needs_person, payment.order.status) == after
    assert "is settled already" in said(again)[-1]


@pytest.mark.parametrize("seen", ["", "crafted"])
def test_S4_a_decision_about_other_facts_does_nothing(client, code, seen):
    payment = payment_of(order_of(code))

    response = client.post(settle_url(payment, "accept"), {"seen": seen})

    assert response.status_code == 409
    assert Payment.objects.get().needs_person


@pytest.mark.parametrize("name", ["accept", "return", "returned", "settled"])
def test_J3_a_payment_of_another_studio_cannot_be_decided(client, code, name):
    payment = payment_of(order_of(family()))

    response = client.post(settle_url(payment, name), {"seen": "crafted"})

    assert response.status_code == 302
    assert Payment.objects.get().needs_person
