"""The basket's page: what it shows, what left it and why, and every change of a line (A5, X4)."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from jobstatus import operations
from shop.models import AccessCode, Basket, BasketLine, LinePicture, Photo, Product
from tests.buying import (
    add,
    change,
    photos_of,
    print_of,
    visitor,
    words,
)
from tests.buying import at as address
from tests.factories import at, family

pytestmark = pytest.mark.django_db

ARCHIVED = datetime(2026, 5, 4, 13, tzinfo=UTC)


def basket(client: Client, code: AccessCode) -> Any:
    return client.get(address("basket", code.studio))


def only_line() -> BasketLine:
    return BasketLine.objects.get()


def filled(code: AccessCode, **values: Any) -> Client:
    client = visitor(code)
    assert add(client, code, **values).status_code == 302
    return client


def archive(*codes: AccessCode) -> None:
    ids = [code.job_id for code in codes if code.job_id]
    operations.archive(ids, by=None, clock=at(ARCHIVED))


def reopen(*codes: AccessCode) -> None:
    ids = [code.job_id for code in codes if code.job_id]
    operations.start_selling(ids, by=None, clock=at(ARCHIVED))


def test_S2_the_basket_shows_product_child_job_prices_shipping_and_total() -> None:
    code = family()
    prices = print_of(code).price_list
    prices.shipping_cents = 490
    prices.save()
    client = filled(code, quantity="2")

    page = basket(client, code)

    html = words(page)
    assert code.subject is not None
    assert code.job is not None
    for text in (
        "<strong>Print 13 × 18 cm</strong>",
        f"{code.subject.name} · {code.job.name}",
        "€9.50 each",
        '<p class="line-price">€19.00</p>',
        "<dt>Shipping</dt><dd>€4.90</dd>",
        '<dd class="sum">€23.90</dd>',
        "Including €3.82 tax.",
    ):
        assert text in html
    assert html.count("<img") == 1
    assert page["Cache-Control"] == "private, no-store"


def test_S2_an_empty_basket_says_so_and_has_no_way_to_the_checkout() -> None:
    code = family()

    page = basket(visitor(code), code)

    assert "There is nothing in your basket that can be ordered." in words(page)
    assert address("checkout", code.studio) not in words(page)


def test_S2_another_visitor_and_another_studio_see_nothing_of_it() -> None:
    code, foreign = family(), family()
    client = filled(code)

    pages = [basket(visitor(code), code), basket(client, foreign)]

    assert all("nothing in your basket" in words(page) for page in pages)


def test_S2_a_quantity_is_changed_and_a_wrong_one_refused_with_the_sentence() -> None:
    code = family()
    client = filled(code)
    line = only_line().pk

    change(client, code.studio, line, "quantity", quantity="7")
    refused = [
        change(client, code.studio, line, "quantity", quantity=quantity)
        for quantity in ("0", "100", "x", "")
    ]

    assert [answer.status_code for answer in refused] == [409] * 4
    assert only_line().quantity == 7


def test_J3_lines_of_other_baskets_cannot_be_changed() -> None:
    code = family()
    filled(code)
    other = filled(code, quantity="5")
    theirs, own = BasketLine.objects.order_by("pk")

    for do in ("quantity", "remove", "put_back", "undo", "", "__class__"):
        change(other, code.studio, theirs.pk, do, quantity="9")
        change(other, code.studio, 10**30, do, quantity="9")
        change(visitor(code), code.studio, own.pk, do, quantity="9")

    assert list(BasketLine.objects.order_by("pk").values_list("quantity", flat=True)) == [1, 5]


def test_S2_what_was_removed_can_be_put_back_until_the_next_change() -> None:
    code = family()
    client = filled(code, quantity="3")
    before = BasketLine.objects.values("product", "title", "price_cents", "quantity").get()

    page = change(client, code.studio, only_line().pk, "remove")
    assert BasketLine.objects.count() == 0
    assert "“Print 13 × 18 cm” was removed from your basket." in words(page)
    looked_again = words(basket(client, code))
    client.post(address("basket", code.studio), {"do": "undo"})

    assert "was removed" in looked_again
    assert BasketLine.objects.values("product", "title", "price_cents", "quantity").get() == before
    assert LinePicture.objects.get().photo_id == photos_of(code)[0].pk
    assert "was removed" not in words(basket(client, code))
    client.post(address("basket", code.studio), {"do": "undo"})
    assert BasketLine.objects.count() == 1


def test_S2_putting_back_survives_what_was_deleted_meanwhile() -> None:
    code = family()
    client = filled(code)
    change(client, code.studio, only_line().pk, "remove")
    Photo.objects.all().delete()
    Product.objects.all().delete()

    client.post(address("basket", code.studio), {"do": "undo"})

    assert (only_line().product, LinePicture.objects.get().photo) == (None, None)
    assert "A photo of this product is no longer available." in words(basket(client, code))


def test_S2_looking_changes_nothing() -> None:
    code = family()
    client = filled(code)
    Product.objects.update(price_cents=1000)
    rows = list(BasketLine.objects.values())

    for query in ({"do": "accept"}, {"do": "undo"}, {}):
        basket(client, code)
        client.get(address("basket", code.studio), query)
        assert client.get(address("basket_line", code.studio, 1), query).status_code == 405

    assert list(BasketLine.objects.values()) == rows


def test_S2_a_lock_that_is_not_released_is_a_sentence_and_loses_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    code = family()
    client = filled(code)

    def refuse(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith("UPDATE") and "basketline" in sql:
            raise OperationalError("database is locked")
        return execute(sql, params, many, context)

    monkeypatch.setattr("shop.buying.checkout.is_passing", lambda error: "locked" in str(error))
    with connection.execute_wrapper(refuse):
        answer = change(client, code.studio, only_line().pk, "quantity", quantity="4")

    assert answer.status_code == 503
    assert "The shop is very busy, so nothing was changed." in words(answer)


@pytest.mark.parametrize("count", [1, 30])
def test_S2_the_page_costs_the_same_with_one_line_and_with_many(count: int) -> None:
    code = family(photos=count)
    client = filled(code)
    line = only_line()
    held = Basket.objects.get()
    for photo in photos_of(code)[1:]:
        more = held.lines.create(product=line.product, title=line.title, price_cents=950)
        more.pictures.create(job=code.job, photo=photo, code=code)
    basket(client, code)  # gives the visitor a name

    with CaptureQueriesContext(connection) as queries:
        page = basket(client, code)

    assert len(page.context["now"].lines) == count
    # Session, studio, basket, lines, pictures, codes, photos, persons, products, count of the head.
    assert len(queries) == 10 + (1 if connection.vendor == "postgresql" else 0)
