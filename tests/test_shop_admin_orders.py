"""The list and the page of orders in the admin, over HTTP."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage
from django.db import connection

from jobstatus import clock
from shop import orders
from shop.codes import spelling
from shop.models import Order, OrderEvent, Photo
from tests.factories import StudioFactory, family
from tests.shop_rows import order_of, payment_of
from tests.staff import said, sign_in

pytestmark = pytest.mark.django_db
LIST = "/admin/shop/order/"
CLOCK_QUERIES = 1 if connection.vendor == "postgresql" else 0


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


def numbers(response) -> list[int]:
    return [order.number for order in response.context["cl"].result_list]


def stored(order: Order) -> Order:
    return Order.objects.get(pk=order.pk)


def test_S4_the_list_shows_the_newest_order_first_in_the_zone_of_the_studio(client, code):
    order_of(code, number=1, placed_at=datetime(2026, 5, 4, 3, 30, tzinfo=UTC))
    order_of(code, number=2, status="paid", method="card")
    order_of(family())

    response = client.get(LIST)

    assert numbers(response) == [2, 1]
    assert "Sun 3 May 2026, 23:30 EDT" in response.text
    assert '<span class="pill pill-paid">Paid</span>' in response.text
    assert "€22.90" in response.text


@pytest.mark.parametrize(
    ("term", "found"),
    [
        ("7", [7]),
        ("#7", [7]),
        ("mia", [7]),
        ("parent-of-mia@", [7]),
        ("MIA parent", [7]),
        ("Grandma", [7]),
        ("Grandma mia", [7]),
        ("Grandma leo", []),
        ("nobody", []),
        ("0" * 400, []),
        ("%", []),
        ("9" * 30, []),
    ],
)
def test_S4_orders_are_found_by_number_name_address_and_child(client, studio, term, found):
    mia, leo = family(studio=studio), family(studio=studio)
    mia.subject.name, leo.subject.name = "Grandma's Mia", "Grandpa's Leo"
    order_of(mia, number=7, name="Parent of Mia", email="parent-of-mia@example.org")
    order_of(leo, number=8, name="Parent of Leo", email="parent-of-leo@example.org")

    assert numbers(client.get(LIST, {"q": term})) == found


def test_S4_orders_are_found_by_access_code_however_it_is_written(client, studio, code):
    other = family(studio=studio)
    order_of(code, number=7)
    order_of(other, number=8)
    foreign = family()
    order_of(foreign, number=9)

    for text in (code.code, spelling.written(code.code).lower()):
        assert numbers(client.get(LIST, {"q": text})) == [7]
    assert numbers(client.get(LIST, {"q": foreign.code})) == []
    assert numbers(client.get(LIST, {"q": spelling.new_code()})) == []


def test_S4_orders_are_filtered_by_status_payment_and_job(client, studio, code):
    other = family(studio=studio)
    order_of(code, number=1)
    order_of(code, number=2, status="paid", method="card")
    order_of(other, number=3, status="cancelled")
    foreign = family()
    order_of(foreign, number=4)

    answers = [
        numbers(client.get(LIST, query))
        for query in (
            {"status__exact": "paid"},
            {"method__exact": "invoice"},
            {"job": other.job_id},
            {"job": foreign.job_id},
            {"job": "junk"},
            {"job": 10**30},
        )
    ]

    assert answers == [[2], [3, 1], [3], [], [], []]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"from": "2026-05-03", "until": "2026-05-03"}, [2, 1]),
        ({"from": "2026-05-04"}, [3]),
        ({"until": "2026-05-02"}, []),
        ({"from": "2026-05-03", "until": ""}, [3, 2, 1]),
        ({"from": "2026-02-31"}, []),
        ({"from": "yesterday"}, []),
        ({"from": "9999-12-31"}, []),
    ],
)
def test_S4_a_day_of_the_filter_is_a_day_of_the_studio(client, code, query, found):
    """New York, 3 May: from 4:00 UTC until 4:00 UTC of the day after."""
    midnight = datetime(2026, 5, 3, 4, tzinfo=UTC)
    order_of(code, number=1, placed_at=midnight)
    order_of(code, number=2, placed_at=midnight + timedelta(days=1, microseconds=-1))
    order_of(code, number=3, placed_at=midnight + timedelta(days=1))

    response = client.get(LIST, query)

    assert numbers(response) == found
    if found == [] and query != {"until": "2026-05-02"}:
        assert "is not a date, so that no order is shown." in said(response)[0]


def test_S4_the_page_shows_everything_that_was_bought(client, code):
    order = order_of(code, note="Ring twice", phone="030 123")
    Photo.objects.all().delete()

    html = client.get(page_of(order)).text

    for text in ("2 × Print 13 × 18 cm", "€19.00", "€22.90", "€3.66", "€3.90", "Ring twice"):
        assert text in html
    for text in (code.subject.name, code.job.name, "Example Street 1", "12345 Example Town"):
        assert text in html
    assert 'name="name"' not in html


def test_S4_the_timeline_says_in_words_what_happened_and_who_did_it(client, code):
    order = order_of(code)
    by = get_user_model().objects.get()
    orders.mark_paid(order.pk, by=by, clock=clock.now, remark="On 4 May")

    steps = client.get(page_of(order)).context["steps"]

    assert [(step.what, step.who, step.text) for step in steps] == [
        ("The payment was received.", "First Last", "On 4 May"),
        ("The order was placed.", "the customer", ""),
    ]


def test_J3_nobody_edits_or_deletes_an_order_not_even_a_superuser(studio, code):
    order = order_of(code)
    boss = sign_in(**{"is_superuser": True})

    answers = [
        boss.post(page_of(order), {"name": "Crafted", "status": "paid"}),
        boss.get(f"{LIST}add/"),
        boss.post(f"{LIST}{order.pk}/delete/", {"post": "yes"}),
        boss.post(LIST, {"action": "delete_selected", "_selected_action": [order.pk]}),
    ]

    assert [answer.status_code for answer in answers[:3]] == [403, 403, 403]
    assert stored(order) == order
    assert (stored(order).name, stored(order).status) == (order.name, "placed")


def test_J3_the_picture_of_an_order_is_shown_to_its_own_studio_only(client, code, monkeypatch):
    monkeypatch.setattr(Photo._meta.get_field("thumbnail"), "storage", InMemoryStorage())
    order, other = order_of(code), order_of(family())
    for row in (order, other):
        picture = row.lines.get().pictures.get()
        picture.photo.thumbnail.save("thumbnail.jpg", ContentFile(b"jpeg"))
        row.picture = picture.pk

    own = client.get(f"{LIST}{order.pk}/picture/{order.picture}/")
    crafted = client.get(f"{LIST}{order.pk}/picture/{other.picture}/")
    foreign = client.get(f"{LIST}{other.pk}/picture/{other.picture}/")

    assert b"".join(own.streaming_content) == b"jpeg"
    assert (crafted.status_code, foreign.status_code) == (404, 302)


@pytest.mark.parametrize("count", [1, 6])
def test_J1_list_and_page_take_as_many_queries_for_six_as_for_one(
    client, studio, code, django_assert_num_queries, count
):
    rows = [order_of(code) for _ in range(count)]
    for _ in range(count):
        payment_of(rows[0])
        OrderEvent.objects.create(order=rows[0], kind="downloaded", at=clock.now())
        order_of(code, customer=rows[0].customer)
    client.get(LIST)

    with django_assert_num_queries(9 + CLOCK_QUERIES):
        client.get(LIST)
    with django_assert_num_queries(9 + CLOCK_QUERIES):
        client.get(LIST, {"q": code.subject.name})
    with django_assert_num_queries(11):
        client.get(page_of(rows[0]))
