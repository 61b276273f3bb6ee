"""Marking orders as paid and cancelling them in the admin: confirmed, once, own ones only."""

import pytest
from django.db import OperationalError

from jobstatus import clock
from shop import orders
from shop.models import Order
from tests.factories import StudioFactory, family
from tests.shop_rows import order_of
from tests.staff import said, sign_in

pytestmark = pytest.mark.django_db
LIST = "/admin/shop/order/"


@pytest.fixture
def studio():
    return StudioFactory.create(timezone="America/New_York")


@pytest.fixture
def client(studio):
    return sign_in(studio, first_name="First", last_name="Last")


@pytest.fixture
def code(studio):
    return family(studio=studio)


def page_of(order: Order) -> str:
    return f"{LIST}{order.pk}/change/"


def way(order: Order, what: str) -> str:
    return f"{LIST}{order.pk}/confirm/{what}/"


def stored(order: Order) -> Order:
    return Order.objects.get(pk=order.pk)


def kinds(order: Order) -> list[str]:
    return list(order.events.order_by("pk").values_list("kind", flat=True))


def seen_on(client, order: Order, what: str = "mark_paid") -> str:
    return client.get(way(order, what)).context["seen"]


def test_S4_looking_at_the_confirmation_changes_nothing(client, code):
    order = order_of(code)

    html = client.get(way(order, "mark_paid")).text

    assert "bought files can" in html
    assert stored(order).status == "placed"


def test_S4_a_confirmed_payment_is_recorded_once_for_two_people(client, studio, code):
    order, colleague = order_of(code), sign_in(studio)
    seen = seen_on(client, order)
    data = {"seen": seen, "text": "Found on the account"}

    first = client.post(way(order, "mark_paid"), data, follow=True)
    second = colleague.post(way(order, "mark_paid"), data, follow=True)

    assert said(first) == [f"Order {order.number}: Paid."]
    assert said(second) == [f"Order {order.number} was in status “Paid” already."]
    assert kinds(order) == ["placed", "paid"]
    assert [payment.amount_cents for payment in order.payments.all()] == [order.total_cents]


def test_S4_two_people_who_confirm_at_the_same_instant_pay_it_once(client, code, monkeypatch):
    """Both passed the check of `seen`: the order's one door lets one of them through."""
    order = order_of(code)
    seen = seen_on(client, order)
    mark_paid = orders.mark_paid

    def both(order_id, **how):
        mark_paid(order_id, **how)
        return mark_paid(order_id, **how)

    monkeypatch.setattr(orders, "mark_paid", both)
    response = client.post(way(order, "mark_paid"), {"seen": seen}, follow=True)

    assert said(response) == [f"Order {order.number} was in status “Paid” already."]
    assert kinds(order) == ["placed", "paid"]


def test_S4_cancelling_asks_for_a_reason_and_says_what_is_to_be_paid_back(client, code):
    order = order_of(code)
    client.post(way(order, "mark_paid"), {"seen": seen_on(client, order)})
    page = client.get(way(order, "cancel"))
    data = {"seen": page.context["seen"]}

    without = client.post(way(order, "cancel"), data)
    after_refusal = stored(order).status
    client.post(way(order, "cancel"), data | {"text": "Ordered twice"})

    assert "€22.90 were received and will have to be paid back." in page.text
    assert "Write why the order is cancelled." in without.text
    assert after_refusal == "paid"
    assert stored(order).status == "cancelled"
    cancelled = order.events.get(kind="cancelled")
    assert (cancelled.text, cancelled.by.first_name) == ("Ordered twice", "First")


@pytest.mark.parametrize("seen", ["", "crafted", "0" * 32])
def test_S4_a_confirmation_of_other_facts_does_nothing(client, code, seen):
    order = order_of(code)

    response = client.post(way(order, "cancel"), {"seen": seen, "text": "Ordered twice"})

    assert response.status_code == 409
    assert "The facts changed since this page was shown" in response.text
    assert 'value="Ordered twice"' in response.text
    assert stored(order).status == "placed"


def test_S4_a_page_left_open_while_the_order_was_paid_asks_again(client, code):
    order = order_of(code)
    seen = seen_on(client, order, "cancel")
    orders.mark_paid(order.pk, by=None, clock=clock.now)

    response = client.post(way(order, "cancel"), {"seen": seen, "text": "Too late"})

    assert response.status_code == 409
    assert "will have to be paid back" in response.text
    assert stored(order).status == "paid"


def test_S4_a_cancelled_order_cannot_be_marked_as_paid(client, code):
    order = order_of(code, status="cancelled")

    page = client.get(way(order, "mark_paid"))
    data = {"seen": page.context["seen"]}
    said_then = said(client.post(way(order, "mark_paid"), data, follow=True))

    assert page.context["button"] is None
    assert said_then == []
    assert stored(order).status == "cancelled"


def test_S4_a_busy_database_is_told_and_the_input_kept(client, code, monkeypatch):
    order = order_of(code)
    seen = seen_on(client, order)

    def busy(*args, **kwargs):
        raise OperationalError("canceling statement due to lock timeout")

    monkeypatch.setattr(orders, "mark_paid", busy)
    response = client.post(way(order, "mark_paid"), {"seen": seen, "text": "On 4 May"})

    assert response.status_code == 503
    assert 'value="On 4 May"' in response.text


@pytest.mark.parametrize("what", ["refund", "delete", "..."])
def test_S4_there_is_no_other_change(client, code, what):
    assert client.get(way(order_of(code), what)).status_code == 404


# Many at once


def choose(client, what: str, *rows: Order):
    data = {"action": f"{what}_chosen", "_selected_action": [row.pk for row in rows]}
    return client.post(LIST, data)


def test_S4_many_orders_are_marked_as_paid_after_one_confirmation(client, code):
    first, second, paid = order_of(code), order_of(code), order_of(code, status="paid")
    noise, foreign = order_of(code), order_of(family())

    page = choose(client, "mark_paid", first, second, paid, foreign)
    data = {"seen": page.context["seen"], "orders": page.context["order_ids"], "next": LIST}
    before = stored(first).status
    response = client.post(f"{LIST}confirm/mark_paid/", data, follow=True)

    assert before == "placed"
    assert page.context["button"] == "Mark as paid: 2"
    assert said(response) == ["2 orders: Paid."]
    statuses = [stored(row).status for row in (first, second, noise, foreign)]
    assert statuses == ["paid", "paid", "placed", "placed"]


@pytest.mark.parametrize("what", ["mark_paid", "cancel"])
def test_J3_foreign_orders_in_the_hidden_field_are_missing(client, code, what):
    own, foreign = order_of(code), order_of(family())
    page = choose(client, what, own)
    data = {"seen": page.context["seen"], "text": "Crafted"}
    url = f"{LIST}confirm/{what}/"

    alone = client.post(url, data | {"orders": f"{foreign.pk}"}, follow=True)
    both = client.post(url, data | {"orders": f"{own.pk},{foreign.pk},{10**40},x"}, follow=True)

    assert said(alone) == ["These orders no longer exist."]
    assert both.status_code == 200
    assert stored(foreign).status == "placed"
    assert stored(own).status == ("paid" if what == "mark_paid" else "cancelled")


def test_S4_more_orders_than_one_confirmation_takes_are_refused(client, code):
    ids = ",".join(map(str, range(1, 202)))

    response = client.post(f"{LIST}confirm/cancel/", {"orders": ids}, follow=True)

    assert "At most 200 orders can be changed at once." in said(response)[0]


def test_J3_the_way_back_stays_on_this_site(client, code):
    order = order_of(code)
    data = {"seen": seen_on(client, order), "next": "https://example.org/"}

    response = client.post(way(order, "mark_paid"), data)

    assert response.url == page_of(order)
