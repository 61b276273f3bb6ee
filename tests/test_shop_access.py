"""Which codes are open, and that an order holds the jobs of every line."""

from datetime import timedelta
from typing import Any

import pytest

from jobstatus import clock
from shop import access
from shop.buying import baskets, checkout
from shop.buying.writing import Buyer
from shop.models import AccessCode, Basket, Order
from tests.buying import add, visitor
from tests.factories import NOON, at, family

pytestmark = pytest.mark.django_db
TODAY = NOON.date()
YESTERDAY = TODAY - timedelta(days=1)


@pytest.mark.parametrize(
    ("status", "late_until_date", "is_open"),
    [
        ("selling", None, True),
        ("selling", YESTERDAY, True),
        ("archived", None, False),
        ("archived", YESTERDAY, False),
        ("archived", TODAY, True),
        ("planning", None, False),
        ("planning", TODAY, False),
        ("prepay", TODAY, False),
    ],
)
def test_X3_late_access_opens_an_archived_job_and_no_other(
    status: str, late_until_date: Any, is_open: bool
) -> None:
    code = family(status)
    code.late_until_date = late_until_date

    assert access.is_open(code, NOON) is is_open


def test_X3_late_access_ends_with_its_local_day_and_a_dead_code_has_none() -> None:
    code = family("archived")
    code.late_until_date = TODAY
    last = NOON.replace(hour=21, minute=59, second=59, microsecond=999_999)  # midnight in Berlin

    assert access.is_open(code, last)
    assert not access.is_open(code, last + timedelta(microseconds=1))
    code.subject = None
    assert not access.is_open(code, NOON)


def test_S4_an_order_starts_over_when_a_line_of_another_job_came_into_the_basket(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(clock, "now", at(NOON))
    code: AccessCode = family()
    add(visitor(code), code)
    basket = Basket.objects.get()
    now = baskets.priced(basket.pk, studio=code.studio, code_ids=[code.pk], at=NOON)
    read, held = checkout._jobs_of, []

    def before_the_line_came(basket_id: int) -> frozenset[int]:
        held.append(read(basket_id) if held else frozenset())
        return held[-1]

    monkeypatch.setattr(checkout, "_jobs_of", before_the_line_came)
    checkout.place_order(
        basket.pk,
        counter=checkout.PhotoCounter(code.studio, [code.pk]),
        buyer=Buyer(name="A", email="a@example.org", method="invoice", language="en"),
        key="key",
        seen=now.fingerprint(),
        clock=at(NOON),
    )

    assert held == [frozenset(), frozenset({code.job_id})]
    assert Order.objects.count() == 1
