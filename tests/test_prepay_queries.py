"""The pages and the order of a prepay shop cost as much for one child as for many."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jobstatus import clock
from tests import prepaying
from tests.factories import NOON
from tests.factories import at as standing
from tests.prepaying import at, fill, parent, prepay_shop

pytestmark = pytest.mark.django_db

NAMES = [f"Child {number}" for number in range(6)]


@pytest.fixture(autouse=True)
def _at_noon(monkeypatch):
    monkeypatch.setattr(clock, "now", standing(NOON))


def cost(act):
    with CaptureQueriesContext(connection) as queries:
        assert act().status_code in (200, 302)
    return len(queries)


@pytest.mark.parametrize("names", [NAMES[:1], NAMES[:3]])
def test_P1_the_shop_with_its_basket_costs_nine_queries(names):
    shop = prepay_shop()
    client = parent(shop)
    fill(client, shop, *names)
    client.get(at("shop", shop))  # PostgreSQL plans the price list's query once.

    # Studio with terms; session; shop; products on sale; the basket; shop and lines of the
    # counter; questions; children.
    assert cost(lambda: client.get(at("shop", shop))) == 9


@pytest.mark.parametrize("name", ["new_child", "child", "checkout"])
def test_P1_pages_cost_the_same_for_one_child_and_for_six(name):
    costs = set()
    for names in (NAMES[:1], NAMES):
        shop = prepay_shop()
        client = parent(shop)
        child = fill(client, shop, *names)[0]
        more = [child.pk] if name == "child" else []
        url = at(name, shop, *more)
        client.get(url)
        costs.add(cost(lambda c=client, u=url: c.get(u)))

    assert len(costs) == 1


def test_P1_an_order_costs_the_same_for_one_new_child_and_for_six():
    costs = set()
    for names in (NAMES[:1], NAMES):
        shop = prepay_shop()
        client = parent(shop)
        fill(client, shop, *names)
        form = prepaying.checkout_form(client, shop, email=f"{len(names)}@example.org")
        costs.add(cost(lambda c=client, s=shop, f=form: c.post(at("checkout", s), f)))

    assert len(costs) == 1
