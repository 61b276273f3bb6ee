"""What may not go into a basket, and with which words it is refused (S2, J3)."""

from typing import Any

import pytest

from shop.models import Basket, BasketLine, Storefront
from tests import buying
from tests.buying import add, photos_of, pick, print_of, second_child, visitor, words
from tests.factories import PriceListFactory, ProductFactory, family

pytestmark = pytest.mark.django_db

NOT_YOURS = "This photo is not available with your access codes."


def lines() -> list[tuple[str, int, int]]:
    rows = BasketLine.objects.order_by("pk")
    return [(line.title, line.price_cents, line.quantity) for line in rows]


def test_J3_ids_of_others_are_answered_as_those_that_do_not_exist() -> None:
    code, foreign = family(), family()
    sibling = second_child(code)  # not unlocked
    own = photos_of(code)[0]
    client = visitor(code)
    tried = [
        pick(foreign),
        pick(sibling),
        f"{code.pk}:{photos_of(sibling)[0].pk}",
        f"{code.pk}:{photos_of(foreign)[0].pk}",
        f"{foreign.pk}:{own.pk}",
        f"{code.pk}:999999",
        f"999999:{own.pk}",
        f"{code.pk}:{10**17}",
        f"{code.pk}:{10**40}",
        f"{code.pk}:-1",
        f"{code.pk}",
        "",
        ":",
        "\x00:\x00",
    ]

    answers = [add(client, code, photo=photo) for photo in tried]

    assert {answer.status_code for answer in answers} == {409}
    assert all(NOT_YOURS in words(answer) for answer in answers)
    assert lines() == []


def test_J3_a_code_of_another_studio_opens_nothing_here_although_it_was_typed() -> None:
    code, foreign = family(), family()
    client = visitor(code, foreign)

    response = client.post(
        buying.at("basket_add", code.studio),
        {"product": print_of(foreign).pk, "photo": pick(foreign), "quantity": "1"},
    )

    assert NOT_YOURS in words(response)
    assert lines() == []


def test_S2_products_of_other_price_lists_are_not_for_sale_here() -> None:
    code = family()
    lists = [PriceListFactory.create(studio=code.studio), PriceListFactory.create()]
    products = [ProductFactory.create(price_list=prices).pk for prices in lists]
    inactive = ProductFactory.create(price_list=print_of(code).price_list, is_active=False).pk

    answers = [
        add(visitor(code), code, product=product) for product in [*products, inactive, 999_999]
    ]

    assert all("This product is not for sale with this photo." in words(a) for a in answers)
    assert lines() == []


@pytest.mark.parametrize("product", [None, "", "-1", "x", "1.0", "9" * 30])
def test_S2_without_a_product_nothing_is_added(product: Any) -> None:
    code = family()

    assert "Choose a product first." in words(add(visitor(code), code, product=product))
    assert lines() == []


@pytest.mark.parametrize(
    ("photos", "sentence"),
    [
        (0, "Choose a photo first."),
        (2, "Choose exactly 1 photo for this product."),
        (20, "Choose exactly 1 photo for this product."),
        (21, "A product has at most 20 photos."),
        (5000 // 10, "A product has at most 20 photos."),
    ],
)
def test_S2_a_wrong_number_of_photos_is_a_sentence(photos: int, sentence: str) -> None:
    code = family()

    response = add(visitor(code), code, photo=[pick(code)] * photos)

    assert sentence in words(response)
    assert lines() == []


@pytest.mark.parametrize("status", ["planning", "archived"])
def test_L2_L6_a_job_that_is_not_open_takes_nothing(status: str) -> None:
    code = family(status)

    response = add(visitor(code), code)

    assert "their sale is closed" in words(response)
    assert lines() == []


def test_S2_a_job_without_a_price_list_or_page_sells_nothing() -> None:
    code = family()
    product = print_of(code)
    Storefront.objects.filter(job=code.job_id).update(price_list=None)
    without_list = add(visitor(code), code, product=product.pk)
    Storefront.objects.filter(job=code.job_id).delete()
    without_page = add(visitor(code), code, product=product.pk)

    assert [without_list.status_code, without_page.status_code] == [409, 409]
    assert lines() == []


def test_S2_a_basket_has_one_currency() -> None:
    code = family()
    other = family(studio=code.studio)
    prices = print_of(other).price_list
    prices.currency = "CHF"
    prices.save()
    client = visitor(code, other)
    add(client, code)

    response = add(client, other)

    assert "Your basket has prices in EUR, and this product costs CHF." in words(response)
    assert lines() == [("Print 13 × 18 cm", 950, 1)]


def test_S2_a_basket_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shop.buying.baskets.MOST_LINES", 1)
    code = family()
    client = visitor(code)
    add(client, code)

    again = add(client, code)
    another = add(client, code, photo=pick(code, photos_of(code)[1]))

    assert (again.status_code, another.status_code) == (302, 409)
    assert "A basket holds at most 1 product." in words(another)
    assert [n for _title, _price, n in lines()] == [2]


@pytest.mark.parametrize(
    "evil", ["https://x.example/", "//x.example/", "javascript:alert(1)", "/\\x.example", "photos"]
)
def test_S2_adding_never_leads_to_another_site(evil: str) -> None:
    code = family()

    response = add(visitor(code), code, next=evil)

    assert response.url == buying.at("basket", code.studio)


def test_S2_a_visitor_without_codes_gets_a_sentence_and_leaves_no_basket() -> None:
    code = family()

    response = add(visitor(), code)

    assert NOT_YOURS in words(response)
    assert not Basket.objects.exists()
