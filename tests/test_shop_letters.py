"""What a receipt says: in the order's language, what was bought, and what is true of the money."""

import pytest
from django.core import mail

from shop import orders
from shop.delivery import letters
from shop.models import ProductKind, Terms
from tests.factories import NOON, StudioFactory, at
from tests.paying import add_line, placed, receipt, terms_of

pytestmark = pytest.mark.django_db(transaction=True)

CLOCK = at(NOON)


def written(order, kind="confirmation"):
    return letters.message(receipt(order, kind))


def test_S4_a_confirmation_says_what_was_bought_and_how_to_pay():
    order = placed(method="invoice", total=1900)
    add_line(order, price=0, title="Poster", name="b.jpg")

    message = written(order)
    html = message.alternatives[0][0]

    assert message.subject == f"Your order 1001 at {order.studio.name}"
    assert (message.to, message.reply_to) == (["parent@example.org"], ["studio@example.org"])
    assert message.from_email == f"{order.studio.name} <shop@localhost>"
    for text in (message.body, html):
        for words in (
            "Hello A parent,",
            "Please transfer €19.00 until Monday, 18 May 2026.",
            "Studio Example",
            "DE02 1203 0000 0000 2020 51",
            "BYLADEM1001",
            "Order 1001",
            "1 × Print 13 × 18 cm",
            "1 × Poster",
            "Child 1 · a.jpg · School",
            "€3.03",
            f"http://127.0.0.1:8000/shop/order/{order.token}/",
        ):
            assert words in text, words
    assert "<script" not in html
    assert "<img" not in html


def test_S4_a_receipt_speaks_the_orders_language():
    order = placed(method="invoice", language="de")

    assert "19,00\xa0€" in written(order).body


@pytest.mark.parametrize(
    ("method", "card_enabled", "iban", "words"),
    [
        ("card", True, "DE02", "You can pay by card on your order's page."),
        ("card", False, "DE02", "Please transfer €19.00 until"),
        ("invoice", True, "DE02", "Please transfer €19.00 until"),
        ("invoice", True, "", "The studio will tell you how."),
    ],
)
def test_S4_a_confirmation_tells_the_way_to_pay_that_there_is(
    card_provider, method, card_enabled, iban, words
):
    order = placed(method=method)
    terms_of(order.studio, card_enabled=card_enabled, iban=iban)

    assert words in written(order).body


def test_S4_a_confirmation_that_is_late_asks_for_no_money_that_has_come():
    order = placed(method="invoice")
    orders.mark_paid(order.pk, by=None, clock=CLOCK)

    assert "transfer" not in written(order).body
    assert "we have received your payment" in written(order, "paid").body


@pytest.mark.parametrize(
    ("is_paid", "words"), [(True, "is paid back"), (False, "do not have to pay anything")]
)
def test_S4_a_cancellation_says_what_becomes_of_the_money(is_paid, words):
    order = placed(method="invoice")
    if is_paid:
        orders.mark_paid(order.pk, by=None, clock=CLOCK)
    orders.cancel(order.pk, by=None, clock=CLOCK, reason="A reason for the studio only")

    body = written(order, "cancelled").body

    assert words in body
    assert "A reason" not in body


def test_S5_a_receipt_says_where_the_files_are():
    order = placed(kind=ProductKind.DOWNLOAD)
    orders.mark_paid(order.pk, by=None, clock=CLOCK)

    assert "you can download your files" in written(order, "paid").body


def test_S4_a_studio_without_terms_sends_receipts_too():
    order = placed(method="invoice")
    Terms.objects.all().delete()

    message = written(order)

    assert message.reply_to == []
    assert "The studio will tell you how." in message.body


def test_S4_names_are_escaped_in_html_and_plain_in_text():
    order = placed(studio=StudioFactory.create(name="Fox & <b>Sons</b>"), method="invoice")

    message = written(order)

    assert "Fox & <b>Sons</b>" in message.body
    assert "Fox &amp; &lt;b&gt;Sons" in message.alternatives[0][0]


@pytest.mark.parametrize("lines", [1, 20])
def test_S4_a_letter_is_written_in_four_queries(django_assert_num_queries, lines):
    order = placed(method="invoice")
    for _ in range(lines - 1):
        add_line(order)
    row = receipt(order)

    with django_assert_num_queries(3):
        letters.message(row)
    assert mail.outbox == []
