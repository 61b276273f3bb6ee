"""The form of the checkout: who buys, where it goes, how it is paid (S4)."""

from typing import Any

import pytest
from django.test import Client

from shop.models import AccessCode, Order, Product, Terms
from tests.buying import add, order, visitor, words
from tests.buying import at as address
from tests.factories import family

pytestmark = pytest.mark.django_db


@pytest.fixture
def code() -> AccessCode:
    return family()


@pytest.fixture
def client(code: AccessCode) -> Client:
    client = visitor(code)
    add(client, code)
    return client


@pytest.mark.parametrize(
    ("wrong", "value"),
    [
        ("name", ""),
        ("name", " "),
        ("name", "x" * 201),
        ("name", "A\nBcc: everybody@example.org"),
        ("name", "\x00"),
        ("name", "A\u2028B"),
        ("email", ""),
        ("email", "parent"),
        ("email", "parent@example.org\nBcc: x@example.org"),
        ("email", "a" * 250 + "@example.org"),
        ("phone", "1" * 41),
        ("street", ""),
        ("postal_code", "1" * 21),
        ("city", ""),
        ("country", "x" * 101),
        ("note", "x" * 1001),
        ("note", "\x00"),
        ("method", ""),
        ("method", "card"),
        ("method", "gift"),
    ],
)
def test_S4_wrong_input_is_marked_and_the_rest_is_kept(
    code: AccessCode, client: Client, wrong: str, value: str
) -> None:
    page = order(client, code.studio, **{wrong: value})

    assert (page.status_code, Order.objects.count()) == (200, 0)
    assert list(page.context["form"].errors) == [wrong]
    assert f'id="id_{wrong}_error"' in words(page)
    assert "Nothing was ordered yet." in words(page)
    kept = "A parent" if wrong != "name" else "parent@example.org"
    assert f'value="{kept}"' in words(page)


def test_S4_every_field_has_a_label_and_its_help_and_errors_are_tied_to_it(
    code: AccessCode, client: Client
) -> None:
    page = order(client, code.studio, email="", name="")

    html = words(page)
    for field in page.context["form"]:
        target = field.id_for_label
        assert f'for="{target}"' in html or f'for="{target}_0"' in html or field.name == "method"
    assert 'aria-describedby="id_email_helptext id_email_error"' in html
    assert 'aria-describedby="id_name_error"' in html
    assert html.count("<h1>") == 1
    assert " style=" not in html


def test_S4_a_note_may_have_lines(code: AccessCode, client: Client) -> None:
    order(client, code.studio, note="One\nTwo " + "x" * 900)

    assert Order.objects.get().note.startswith("One\nTwo x")


@pytest.mark.parametrize(("accepted", "orders"), [("on", 1), ("", 0)])
def test_S4_conditions_must_be_accepted_where_there_are_any(
    code: AccessCode, client: Client, accepted: str, orders: int
) -> None:
    Terms.objects.create(studio=code.studio, conditions_url="https://example.org/terms")

    order(client, code.studio, conditions=accepted)

    assert Order.objects.count() == orders


def test_S4_a_studio_that_takes_no_payment_online_takes_no_order(
    code: AccessCode, client: Client
) -> None:
    terms = Terms.objects.create(studio=code.studio)
    terms.invoice_enabled = False
    terms.save()

    page = order(client, code.studio)

    assert "takes no orders online at the moment" in words(page)
    assert not Order.objects.exists()


def test_S4_what_is_not_asked_for_is_not_taken(code: AccessCode, client: Client) -> None:
    Product.objects.update(kind="download")

    order(client, code.studio, total_cents="1", placed_at="2000-01-01", status="paid", number="7")

    placed = Order.objects.get()
    assert (placed.street, placed.city, placed.total_cents, placed.status, placed.number) == (
        *("", "", 950),
        *("placed", 1),
    )


def test_S4_the_language_of_the_page_is_that_of_the_order(code: AccessCode, client: Client) -> None:
    client.get(address("my_photos", code.studio), {"lang": "de"})

    order(client, code.studio)

    assert Order.objects.get().language == "de"


def test_S4_an_empty_basket_has_no_checkout(code: AccessCode) -> None:
    answer: Any = visitor(code).get(address("checkout", code.studio))

    assert (answer.status_code, answer.url) == (302, address("basket", code.studio))


def test_S4_looking_at_the_checkout_orders_nothing(code: AccessCode, client: Client) -> None:
    page = client.get(address("checkout", code.studio))
    form = {"key": page.context["key"], "seen": page.context["seen"], "name": "A parent"}

    again = client.get(address("checkout", code.studio), form)

    assert again.status_code == 200
    assert client.put(address("checkout", code.studio)).status_code == 405
    assert not Order.objects.exists()


def test_S4_a_card_order_leads_to_the_provider_and_without_it_to_the_order(
    code: AccessCode, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from shop import payments

    monkeypatch.setattr("shop.payments.is_available", lambda terms: terms.card_enabled)
    Terms.objects.create(studio=code.studio, card_enabled=True)
    monkeypatch.setattr("shop.payments.start", lambda order, **_: f"https://pay.example/{order.pk}")
    page = order(client, code.studio, method="card")
    add(client, code)

    def down(placed: Order, **_values: Any) -> str:
        raise payments.ProviderUnavailable("The card page is not there.")

    monkeypatch.setattr("shop.payments.start", down)
    second = order(client, code.studio, method="card")

    first, last = Order.objects.order_by("pk")
    assert page.url == f"https://pay.example/{first.pk}"
    assert second.url == last.get_absolute_url()
    assert "The card page is not there." in words(client.get(second.url))
