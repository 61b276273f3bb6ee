"""Orders of the prepay phase in the list of orders and its files: told apart, found, held."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from shop.delivery import exports
from shop.models import Order
from tests.factories import NOON, StudioFactory, family
from tests.prepay_orders import child, prepay_order, prepay_shop
from tests.shop_rows import order_of
from tests.staff import sign_in

pytestmark = pytest.mark.django_db
LIST = "/admin/shop/order/"


@pytest.fixture
def shop():
    return prepay_shop()


@pytest.fixture
def client(shop):
    return sign_in(shop.studio)


@pytest.fixture
def orders(shop):
    """One of each phase, a cancelled one, and those of another studio as noise."""
    mia = child(shop, "Mia")
    foreign = prepay_shop(StudioFactory.create())
    prepay_order(foreign, (child(foreign, "Mia"), "individual", 1), number=5)
    order_of(family(), number=6)
    wish = (mia, "individual", 1)
    order_of(family(studio=shop.studio), number=1)
    prepay_order(shop, wish, number=2)
    prepay_order(shop, wish, number=3, released_at=NOON)
    cancelled = {"status": "cancelled", "cancelled_at": NOON, "paid_at": None}
    prepay_order(shop, wish, number=4, **cancelled)
    return mia


def numbers(response):
    return [order.number for order in response.context["cl"].result_list]


@pytest.mark.parametrize(
    ("phase", "found"),
    [("standard", [1]), ("prepay", [4, 3, 2]), ("held", [2]), ("", []), ("junk", [])],
)
def test_P1_orders_are_filtered_by_phase(client, orders, phase, found):
    assert numbers(client.get(LIST, {"phase": phase})) == found


def test_P2_the_list_marks_what_is_held_and_not_cancelled(client, orders):
    assert client.get(LIST).text.count('<span class="pill pill-planning">held</span>') == 1


def test_P1_the_phase_goes_together_with_other_filters(client, orders):
    query = {"phase": "prepay", "status__exact": "paid"}

    assert numbers(client.get(LIST, query)) == [3, 2]
    assert numbers(client.get(LIST, query | {"q": "#3"})) == [3]


def test_P1_prepay_orders_are_found_by_their_job_child_and_code_before_they_have_photos(
    client, shop, orders
):
    other = prepay_shop(shop.studio)
    prepay_order(other, (child(other, "Ben"), "individual", 1), number=9)

    assert numbers(client.get(LIST, {"job": shop.job_id})) == [4, 3, 2]
    assert numbers(client.get(LIST, {"job": other.job_id})) == [9]
    assert numbers(client.get(LIST, {"q": "mia"})) == [4, 3, 2]
    assert numbers(client.get(LIST, {"q": orders.code})) == [4, 3, 2]


def test_J3_the_job_of_another_studio_shows_no_prepay_orders(client, orders):
    foreign = Order.objects.get(number=5)

    assert numbers(client.get(LIST, {"job": foreign.prepay_shop.job_id})) == []


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_P1_the_file_names_the_phase_of_each_order(client, orders, kind):
    content = b"".join(client.get(f"{LIST}export/{kind}/").streaming_content)

    if kind == "csv":
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    else:
        rows = [list(row) for row in load_workbook(io.BytesIO(content)).active.values]
    place = rows[0].index("Phase")
    assert [(str(row[0]), row[place]) for row in rows[1:]] == [
        ("4", "Prepay"),
        ("3", "Prepay"),
        ("2", "Prepay, held until populated"),
        ("1", "Standard"),
    ]


def test_P1_the_file_holds_what_the_filter_shows(client, orders):
    content = b"".join(client.get(f"{LIST}export/csv/", {"phase": "held"}).streaming_content)

    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert [(row["Order"], row["Person"]) for row in rows] == [("2", "Mia")]


@pytest.mark.parametrize("count", [1, 8])
def test_P1_the_filtered_list_and_the_file_cost_the_same_for_many_orders(client, shop, count):
    mia = child(shop)
    for _order in range(count):
        prepay_order(shop, (mia, "individual", 1))
    client.get(LIST)

    with CaptureQueriesContext(connection) as plain:
        client.get(LIST)
    with CaptureQueriesContext(connection) as filtered:
        assert len(numbers(client.get(LIST, {"phase": "held"}))) == count
    with CaptureQueriesContext(connection) as table:
        assert len(list(exports.rows(Order.objects.waiting().order_by("-pk")))) == count

    assert (len(filtered), len(table)) == (len(plain), 3)
