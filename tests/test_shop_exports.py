"""Orders as CSV and as a spreadsheet: complete, in the studio's time, and harmless to open."""

import csv
import io
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.http.response import HttpResponseBase
from openpyxl import load_workbook

from shop.delivery import exports
from shop.models import Order
from tests.factories import StudioFactory, family
from tests.shop_rows import add_line, order_of
from tests.staff import said, sign_in

pytestmark = pytest.mark.django_db
LIST = "/admin/shop/order/"
TYPED_BY_CUSTOMERS = ("Name", "Phone", "Street and number", "City", "Country", "Message")
FORMULAS = ["=1+1", "+49 30", "-2", "@SUM(A1)", "\t=1", "＝1+1", "＠x", '=cmd|" /C calc"!A0']


@pytest.fixture
def studio():
    return StudioFactory.create(timezone="America/New_York")


@pytest.fixture
def client(studio):
    return sign_in(studio)


def content(response: HttpResponseBase) -> bytes:
    return b"".join(response.streaming_content)  # type: ignore[attr-defined]


def csv_rows(response: HttpResponseBase) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content(response).decode("utf-8-sig"))))


def sheet_rows(response: HttpResponseBase) -> list[dict[str, Any]]:
    sheet = load_workbook(io.BytesIO(content(response))).active
    head, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


def test_S4_every_line_of_the_filtered_orders_is_a_row(client, studio):
    code = family(studio=studio)
    first = order_of(code, number=1, placed_at=datetime(2026, 5, 4, 3, 30, tzinfo=UTC))
    add_line(first, code.job, code.subject.name, None, quantity=3)
    order_of(code, number=2, status="paid")
    order_of(family(), number=3)

    rows = csv_rows(client.get(f"{LIST}export/csv/"))
    paid = csv_rows(client.get(f"{LIST}export/csv/", {"status__exact": "paid"}))

    assert [(row["Order"], row["Quantity"]) for row in rows] == [("2", "2"), ("1", "2"), ("1", "3")]
    assert [row["Order"] for row in paid] == ["2"]
    assert rows[1]["Placed"] == "2026-05-03 23:30"
    assert (rows[1]["Price"], rows[1]["Line total"]) == ("9.50", "19.00")
    assert (rows[1]["Total of the order"], rows[1]["Tax in percent"]) == ("22.90", "19.00")
    assert rows[1]["Job"] == code.job.name
    assert rows[1]["Person"] == code.subject.name
    assert rows[1]["E-mail"] == first.email


def test_S4_the_spreadsheet_has_numbers_and_dates_as_such(client, studio):
    order_of(family(studio=studio), placed_at=datetime(2026, 5, 4, 3, 30, tzinfo=UTC))

    (row,) = sheet_rows(client.get(f"{LIST}export/xlsx/"))

    assert row["Placed"].isoformat() == "2026-05-03T23:30:00"
    assert (row["Quantity"], row["Price"]) == (2, 9.5)
    assert row["Paid"] is None


@pytest.mark.parametrize("text", FORMULAS)
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_S4_no_cell_is_a_formula(client, studio, text, kind):
    code = family(studio=studio, name=text)
    code.subject.name = text
    order = order_of(code, name=text, phone=text, street=text, city=text, country=text, note=text)
    order.lines.update(title=text)

    response = client.get(f"{LIST}export/{kind}/")
    (row,) = (csv_rows if kind == "csv" else sheet_rows)(response)

    for name in (
        "Name",
        "Phone",
        "Street and number",
        "City",
        "Message",
        "Product",
        "Job",
        "Person",
    ):
        assert str(row[name]).startswith("'")
        assert str(row[name])[1:].strip("\t") == text.strip("\t")


def test_S4_a_sheet_is_made_of_any_text(client, studio):
    """Control characters are refused by the file format."""
    order_of(family(studio=studio), note="a\x0b\x1f\ufffe b")

    (row,) = sheet_rows(client.get(f"{LIST}export/xlsx/"))

    assert row["Message"] == "a b"


def test_S4_more_orders_than_a_file_takes_are_refused_with_a_sentence(client, studio, monkeypatch):
    monkeypatch.setitem(exports.MOST_ORDERS, "csv", 1)
    code = family(studio=studio)
    order_of(code, number=1)
    order_of(code, number=2, status="paid")

    too_many = client.get(f"{LIST}export/csv/", follow=True)
    fits = client.get(f"{LIST}export/csv/", {"status__exact": "paid"})

    assert said(too_many) == [
        "At most 1 orders fit into one file of this kind. Choose a shorter period."
    ]
    assert [row["Order"] for row in csv_rows(fits)] == ["2"]


def test_S4_an_empty_choice_is_told_instead_of_an_empty_file(client):
    response = client.get(f"{LIST}export/xlsx/", follow=True)

    assert said(response) == ["There is no order to export. Choose another filter."]


@pytest.mark.parametrize("query", [{"status__gold": "1"}, {"studio__name": "x"}, {"from": "junk"}])
def test_J3_a_query_that_means_nothing_exports_nothing(client, studio, query):
    order_of(family(studio=studio))

    response = client.get(f"{LIST}export/csv/", query)

    assert response.status_code in (302, 400)


def test_S4_there_is_no_other_kind_of_file(client):
    assert client.get(f"{LIST}export/pdf/").status_code == 404


@pytest.mark.parametrize("count", [1, 12])
def test_S4_an_export_takes_as_many_queries_for_twelve_orders_as_for_one(
    studio, django_assert_num_queries, count
):
    code = family(studio=studio)
    for number in range(count):
        order_of(code, placed_at=datetime(2026, 5, 4, tzinfo=UTC) + timedelta(hours=number))

    with django_assert_num_queries(3):
        table = list(exports.rows(Order.objects.order_by("-pk")))

    assert len(table) == count
    assert Decimal("9.50") in table[0]
