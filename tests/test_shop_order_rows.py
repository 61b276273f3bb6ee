"""What an order is when it is written: rows, numbers, sums, customers (S4)."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shop.buying import checkout
from shop.models import (
    BasketLine,
    Contact,
    Customer,
    LinePicture,
    Order,
    OrderCounter,
    OrderEvent,
    OrderLine,
    OrderPicture,
    Payment,
    PriceList,
    Product,
    Receipt,
)
from tests.buying import (
    add,
    checkout_form,
    order,
    photos_of,
    pick,
    print_of,
    second_child,
    second_job,
    visitor,
)
from tests.buying import at as address
from tests.factories import NOON, CustomerFactory, ProductFactory, at, family

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jobstatus.clock.now", at(NOON))


def test_S4_an_order_has_all_rows_with_the_names_and_prices_of_then() -> None:
    code = family(name="School")
    PriceList.objects.update(shipping_cents=490, tax_percent=Decimal("7"))
    client = visitor(code)
    add(client, code, quantity="2")

    response = order(client, code.studio, phone="0123", note="Thank you", country="Nowhere")

    placed = Order.objects.get()
    assert (response.status_code, response.url) == (302, placed.get_absolute_url())
    assert (placed.number, placed.status, placed.method, placed.placed_at) == (
        *(1, "placed", "invoice"),
        NOON,
    )
    assert (placed.goods_cents, placed.shipping_cents, placed.total_cents, placed.tax_cents) == (
        *(1900, 490, 2390),
        156,
    )
    assert (placed.name, placed.email, placed.phone, placed.note, placed.language) == (
        *("A parent", "parent@example.org", "0123"),
        *("Thank you", "en"),
    )
    assert (placed.street, placed.postal_code, placed.city, placed.country) == (
        *("Long Road 1", "12345"),
        *("Harbour", "Nowhere"),
    )


def test_S4_an_order_has_its_lines_its_timeline_its_receipt_and_a_contact() -> None:
    code = family(name="School")
    PriceList.objects.update(tax_percent=Decimal("7"))
    client = visitor(code)
    add(client, code, quantity="2")

    order(client, code.studio)

    line, picture = OrderLine.objects.get(), OrderPicture.objects.get()
    assert (line.title, line.kind, line.quantity, line.price_cents, line.tax_percent) == (
        *("Print 13 × 18 cm", "print", 2),
        *(950, Decimal("7")),
    )
    photo = photos_of(code)[0]
    assert code.subject is not None
    assert (picture.job_name, picture.subject_name, picture.file_name) == (
        *("School", code.subject.name),
        photo.file_name,
    )
    assert (picture.original_name, picture.photo_id, picture.job_id) == (
        *(photo.original.name, photo.pk),
        code.job_id,
    )
    assert list(OrderEvent.objects.values_list("kind", "at")) == [("placed", NOON)]
    assert list(Receipt.objects.values_list("kind", "status", "due_at")) == [
        ("confirmation", "waiting", NOON)
    ]
    contact = Contact.objects.get()
    assert (contact.job_id, contact.subject_id, contact.source) == (
        *(code.job_id, code.subject_id),
        "order",
    )
    assert not BasketLine.objects.exists()
    assert not LinePicture.objects.exists()
    assert not Payment.objects.exists()


def test_S4_numbers_of_each_studio_have_no_gaps() -> None:
    code, other = family(), family()

    for buyer in (code, other, code, code):
        client = visitor(buyer)
        add(client, buyer)
        order(client, buyer.studio)
        client.post(address("checkout", buyer.studio), {})  # refused: takes no number

    numbers = Order.objects.order_by("pk").values_list("studio", "number")
    assert list(numbers) == [
        *((code.studio_id, 1), (other.studio_id, 1)),
        *((code.studio_id, 2), (code.studio_id, 3)),
    ]
    assert dict(OrderCounter.objects.values_list("studio", "last")) == {
        code.studio_id: 3,
        other.studio_id: 1,
    }


def test_S4_shipping_is_the_highest_of_the_price_lists_and_tax_is_by_rate() -> None:
    code = family()
    other = family(studio=code.studio)
    for of, shipping, percent in ((code, 300, 19), (other, 490, 7)):
        PriceList.objects.filter(pk=print_of(of).price_list_id).update(
            shipping_cents=shipping, tax_percent=percent
        )
    client = visitor(code, other)
    add(client, code)
    add(client, other)

    order(client, code.studio)

    placed = Order.objects.get()
    assert (placed.shipping_cents, placed.total_cents) == (490, 2390)
    assert placed.tax_cents == 152 + 94  # of 9.50 at 19 percent, and of 14.40 at 7 percent


def test_S4_downloads_only_have_no_shipping_and_ask_for_no_address() -> None:
    code = family()
    PriceList.objects.update(shipping_cents=490)
    Product.objects.update(kind="download")
    client = visitor(code)
    add(client, code)

    page = client.get(address("checkout", code.studio))
    order(client, code.studio)

    assert "street" not in page.context["form"].fields
    placed = Order.objects.get()
    assert (placed.shipping_cents, placed.street, placed.city) == (0, "", "")


def test_S4_an_order_of_gifts_is_paid_at_once() -> None:
    code = family()
    Product.objects.update(price_cents=0)
    client = visitor(code)
    add(client, code)

    order(client, code.studio, method="card")

    placed = Order.objects.get()
    assert (placed.status, placed.method, placed.total_cents, placed.paid_at) == (
        *("paid", "invoice", 0),
        NOON,
    )
    assert list(OrderEvent.objects.values_list("kind", flat=True)) == ["placed", "paid"]
    assert list(Payment.objects.values_list("amount_cents", "status")) == [(0, "received")]
    assert list(Receipt.objects.values_list("kind", flat=True)) == ["confirmation"]


def test_S4_the_dearest_order_fits_its_columns() -> None:
    code = family()
    Product.objects.update(price_cents=1_000_000)
    client = visitor(code)
    add(client, code, quantity="99")

    order(client, code.studio)

    assert Order.objects.get().total_cents == 99_000_000


def test_S4_an_address_is_one_customer_and_a_stranger_does_not_rename_it() -> None:
    code = family()
    known = CustomerFactory.create(
        studio=code.studio, email="Parent@example.org", name="Known", phone="1"
    )
    CustomerFactory.create(email="parent@example.org")
    client = visitor(code)
    add(client, code)

    order(client, code.studio, email="PARENT@example.org", name="Somebody else")

    assert Order.objects.get().customer == known
    known.refresh_from_db()
    assert (known.name, known.phone) == ("Known", "1")
    assert Customer.objects.count() == 2


def test_S4_a_customer_who_had_no_name_gets_one() -> None:
    code = family()
    known = CustomerFactory.create(studio=code.studio, email="parent@example.org")
    client = visitor(code)
    add(client, code)

    order(client, code.studio)

    known.refresh_from_db()
    assert known.name == "A parent"


def test_S2_one_order_for_two_children_of_two_jobs_has_both_contacts() -> None:
    code = family()
    codes = [code, second_child(code), second_job(code)]
    package = ProductFactory.create(
        price_list=print_of(code).price_list, kind="package", picture_count=3
    )
    client = visitor(*codes)
    add(client, code, product=package.pk, photo=[pick(one) for one in codes])
    for one in codes:
        add(client, one, product=print_of(code).pk)

    order(client, code.studio)

    assert set(Contact.objects.values_list("job", "subject")) == {
        (one.job_id, one.subject_id) for one in codes
    }
    pictures = OrderPicture.objects.values_list("line__kind", "subject_name")
    assert len(pictures) == 6
    assert OrderLine.objects.count() == 4


@pytest.mark.parametrize("count", [1, 50])
def test_S4_an_order_of_fifty_lines_costs_as_many_queries_as_one_of_one(count: int) -> None:
    code = family(photos=count)
    client = visitor(code)
    add(client, code)
    line = BasketLine.objects.get()
    for photo in photos_of(code)[1:]:
        more = line.basket.lines.create(product=line.product, title=line.title, price_cents=950)
        more.pictures.create(job=code.job, photo=photo, code=code)
    seen = checkout_form(client, code.studio)["seen"]
    values = {"email": "parent@example.org", "name": "A", "method": "invoice", "language": "en"}

    with CaptureQueriesContext(connection) as queries:
        checkout.place_order(
            line.basket_id,
            counter=checkout.PhotoCounter(code.studio, [code.pk]),
            buyer=checkout.Buyer(**values),
            key="key",
            seen=seen,
            clock=at(NOON),
        )

    assert OrderLine.objects.count() == OrderPicture.objects.count() == count
    # Savepoint and release; jobs, basket, order with this key; six of the basket; customer (3),
    # contacts, number, order, lines, pictures, event, receipt; two deletions.
    assert len(queries) == 23 + (1 if connection.vendor == "postgresql" else 0)
