"""The code of a bank transfer: what a banking app reads from it, and where there is none (S4)."""

import re
from typing import Any

import pytest
import zxingcpp
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from shop.delivery.transfer_code import (
    LONGEST_NAME,
    LONGEST_REFERENCE,
    MOST_BYTES,
    TransferCode,
    transfer_code,
    transfer_text,
)
from shop.models import Order, Terms
from tests.paying import placed

IBAN = "DE02 1203 0000 0000 2020 51"
PIXELS = 4  # of a module


def text_of(**values: Any) -> str:
    facts = {
        **{"holder": "Studio Müller", "iban": IBAN, "bic": "BYLADEM1001"},
        **{"cents": 1905, "currency": "EUR", "reference": "Bestellung 17"},
    }
    return transfer_text(**facts | values)  # type: ignore[arg-type]


def read(code: TransferCode) -> str:
    """As a phone would: the path is drawn, and the picture is read."""
    image = Image.new("L", (code.size * PIXELS,) * 2, 255)
    pen = ImageDraw.Draw(image)
    for column, row, length in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\3z", code.path):
        left, top = int(column) * PIXELS, int(row) * PIXELS
        pen.rectangle((left, top, left + int(length) * PIXELS - 1, top + PIXELS - 1), fill=0)
    [found] = zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormat.QRCode)
    return str(found.text)


def test_S4_a_banking_app_reads_account_amount_and_reference() -> None:
    assert read(transfer_code(text_of())).split("\n") == [
        *("BCD", "002", "1", "SCT", "BYLADEM1001", "Studio Müller", "DE02120300000000202051"),
        *("EUR19.05", "", "", "Bestellung 17"),
    ]


@given(
    holder=st.text(max_size=50),
    cents=st.integers(1, 99_999_999_999),
    bic=st.sampled_from(["", "BYLADEM1001"]),
)
def test_S4_whatever_the_account_is_called_the_form_keeps_its_lines_and_its_length(
    holder: str, cents: int, bic: str
) -> None:
    text = text_of(holder=holder, cents=cents, bic=bic)
    lines = text.split("\n")

    assert len(lines) == 11
    assert len(text.encode()) <= MOST_BYTES
    assert lines[4] == bic
    assert len(lines[5]) <= LONGEST_NAME
    assert lines[7] == f"EUR{cents // 100}.{cents % 100:02}"


def test_S4_the_longest_latin_text_is_within_what_the_form_allows() -> None:
    text = text_of(holder="M" * 200, reference="R" * 200, cents=99_999_999_999)

    assert text.split("\n")[-1] == "R" * LONGEST_REFERENCE
    assert len(text.encode()) <= MOST_BYTES
    assert read(transfer_code(text)) == text


@pytest.mark.parametrize(
    "values",
    [
        *({"currency": "CHF"}, {"cents": 0}, {"cents": -1}, {"cents": 100_000_000_000}),
        {"holder": "摄" * 70, "reference": "ü" * 140},  # too long to be written
    ],
)
def test_S4_there_is_no_code_where_there_is_no_such_transfer(values: dict[str, Any]) -> None:
    assert text_of(**values) == ""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("currency", ["EUR", "CHF"])
def test_S4_the_page_shows_the_code_until_the_order_is_paid(client: Client, currency: str) -> None:
    order = placed(method="invoice")
    Order.objects.filter(pk=order.pk).update(currency=currency)
    page = f"/shop/order/{order.token}/"

    html = client.get(page).content.decode()

    assert IBAN in html
    drawn = re.search(r'<svg viewBox="0 0 (\d+) \1" [^>]*>.*?<path d="([^"]+)"', html, re.S)
    assert (drawn is not None) == (currency == "EUR")
    if drawn is not None:
        said = read(TransferCode(int(drawn[1]), drawn[2])).split("\n")
        assert said[5:] == [
            *(Terms.objects.get().account_holder or order.studio.name, IBAN.replace(" ", "")),
            *("EUR19.00", "", "", "Order 1001"),
        ]
    Order.objects.filter(pk=order.pk).update(status=Order.Status.PAID, paid_at=order.placed_at)
    assert "<svg" not in client.get(page).content.decode()
