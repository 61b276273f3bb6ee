"""A family's way through a prepay shop in a real browser, on a phone and on a desk (P1, L9, S4)."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core import mail
from playwright.sync_api import Page, expect

from jobstatus import clock
from jobstatus.models import Job
from shop.characters import written
from shop.delivery import receipts
from shop.models import AccessCode, Order, PrepayShop, Subject, Terms
from tests import prepaying
from tests.browser import DESK, PHONE, findings, moving_clock
from tests.test_browser_shop import LONGEST_RELOAD_MS, SHIPPED_TO, order_by_card, provider

__all__ = ["provider"]

pytestmark = pytest.mark.django_db(transaction=True)

MORNING = datetime(2026, 5, 12, 8, tzinfo=UTC)
JUST_BEFORE_THE_END = datetime(2026, 5, 14, 21, 59, 52, tzinfo=UTC)  # midnight in Berlin is at 22


@pytest.fixture
def set_clock(settings: Any) -> Any:
    return moving_clock(settings, MORNING)


@pytest.fixture
def school(set_clock: Any) -> PrepayShop:
    shop = prepaying.prepay_shop(now=MORNING, name="River School – Class photos")
    prepaying.ask(shop, "first", "Frame", choices="Oak\nWhite", position=3)
    Terms.objects.create(studio=shop.studio, card_enabled=True, iban="DE02120300000000202051")
    return shop


def enter(page: Page, shop: PrepayShop) -> None:
    page.goto(f"/prepay/{shop.studio.slug}/")
    page.get_by_label("Prepay code").fill(written(shop.code).lower())
    page.get_by_role("button", name="Go to the order form").click()


def describe(page: Page, name: str, class_name: str) -> None:
    page.get_by_label("Name of the child").fill(name)
    page.get_by_label("Class", exact=True).fill(class_name)
    page.get_by_label("Frame (optional)").select_option("Oak")
    page.get_by_role("button", name="Choose products").click()


def choose(page: Page, **quantities: int) -> None:
    for product, quantity in quantities.items():
        label = f"Quantity – {product.replace('_', ' ')}"
        page.get_by_label(label, exact=True).fill(str(quantity))
    with page.expect_navigation():
        page.get_by_role("button", name="Put into my order").click()


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_P1_S4_a_family_goes_from_the_prepay_code_to_a_paid_order_and_its_codes(
    school: PrepayShop, visitor: Any, provider: Any, width: int
) -> None:
    page = visitor(width=width)
    found = {}

    page.goto(f"/prepay/{school.studio.slug}/")
    found["entry"] = findings(page)
    enter(page, school)
    expect(page.get_by_text("2 days left")).to_be_visible()
    found["form"] = findings(page)
    describe(page, "Lena Beispiel", "3a")
    found["products"] = findings(page)
    choose(page, Package_A=2)
    with page.expect_navigation():
        page.get_by_role("link", name="Add another child").click()
    found["second child"] = findings(page)
    describe(page, "Tom Beispiel", "1b")
    choose(page, Package_A=1, All_files=1)
    found["order so far"] = findings(page)
    with page.expect_navigation():
        page.get_by_role("link", name="Go to checkout").click()
    found["checkout"] = findings(page)
    order_by_card(page)

    expect(page.get_by_text("Paid", exact=True).first).to_be_visible(timeout=LONGEST_RELOAD_MS)
    found["order"] = findings(page)
    order = Order.objects.get()
    assert (order.status, order.is_held, order.total_cents) == ("paid", True, 3 * 950 + 2500)
    assert sorted(Subject.objects.values_list("name", "album__name")) == [
        ("Lena Beispiel", "3a"),
        ("Tom Beispiel", "1b"),
    ]
    for code in AccessCode.objects.all():
        expect(page.get_by_text(written(code.code))).to_be_visible()
    assert receipts.send_due(clock=clock.now) == 2
    assert [message.to for message in mail.outbox] == [["parent@example.org"]] * 2
    assert found == {name: [] for name in found}


def test_P1_the_same_child_is_asked_about_and_joined_by_whoever_ordered(
    school: PrepayShop, visitor: Any
) -> None:
    page = visitor(width=PHONE)
    enter(page, school)
    describe(page, "Lena Beispiel", "3a")
    choose(page, Package_A=1)
    page.get_by_role("link", name="Go to checkout").click()
    for label, text in SHIPPED_TO.items():
        page.get_by_label(label, exact=True).fill(text)
    page.get_by_role("button", name="Order with obligation to pay").click()
    expect(page.get_by_role("heading", name=re.compile("Order 1"))).to_be_visible()

    enter(page, school)
    describe(page, "lena beispiel", "3A")
    expect(page.get_by_text("Is it the same child?")).to_be_visible()
    assert findings(page) == []
    page.get_by_role("button", name="Yes, the same child").click()
    choose(page, All_files=1)

    expect(page.get_by_role("link", name="Go to checkout")).to_be_visible()
    assert findings(page) == []
    assert Subject.objects.count() == 1


def test_L9_an_open_order_form_counts_down_and_closes_by_itself(
    school: PrepayShop, visitor: Any, set_clock: Any
) -> None:
    page = visitor(width=PHONE)
    enter(page, school)
    describe(page, "Lena Beispiel", "3a")
    choose(page, Package_A=1)

    set_clock(JUST_BEFORE_THE_END)
    page.reload()
    expect(page.get_by_text("Last day to order")).to_be_visible()

    # Nobody sweeps, and nobody touches the page.
    ended = page.get_by_text("Orders before picture day have ended")
    expect(ended).to_be_visible(timeout=LONGEST_RELOAD_MS)
    expect(page.get_by_role("link", name="Go to checkout")).to_have_count(0)
    assert findings(page) == []
    assert Job.objects.get().status == "prepay"
