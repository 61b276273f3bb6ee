"""A family's way through the shop in a real browser, on a phone and on a desk."""

import re
from copy import deepcopy
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core import mail
from django.core.files.base import ContentFile
from playwright.sync_api import Page, expect

from config.demo import pictures
from config.demo.card_provider import DEMO_KEY, DEMO_SECRET, CardProvider
from jobstatus import clock
from shop.codes import spelling
from shop.delivery import receipts
from shop.models import AccessCode, Order, Photo, Product, Terms
from tests.browser import DESK, PHONE, findings, moving_clock
from tests.buying import second_job
from tests.factories import family

pytestmark = pytest.mark.django_db(transaction=True)

MORNING = datetime(2026, 5, 1, 8, tzinfo=UTC)
LAST_DAY = date(2026, 5, 3)
JUST_BEFORE_THE_END = datetime(2026, 5, 3, 21, 59, 52, tzinfo=UTC)  # midnight in Berlin is at 22
LONGEST_RELOAD_MS = 20_000
LOOKS, LOOK_MS = 50, 100
SHIPPED_TO = {
    "Your name": "A parent",
    "E-mail": "parent@example.org",
    "Street and number": "Long Road 1",
    "Postal code": "12345",
    "Town": "Harbour",
}


@pytest.fixture
def set_clock(settings: Any) -> Any:
    return moving_clock(settings, MORNING)


@pytest.fixture
def provider(settings: Any, live_server: Any) -> Any:
    """The provider's double, which sends its messages to the shop under test."""
    with CardProvider(webhook_url=f"{live_server.url}/shop/payments/stripe/") as provider:
        settings.STRIPE_API_BASE = provider.base
        settings.STRIPE_SECRET_KEY, settings.STRIPE_WEBHOOK_SECRETS = DEMO_KEY, [DEMO_SECRET]
        policy = deepcopy(settings.CONTENT_SECURITY_POLICY)
        policy["DIRECTIVES"]["form-action"] = ["'self'", provider.base]
        settings.CONTENT_SECURITY_POLICY = policy
        yield provider


@pytest.fixture
def siblings(set_clock: Any) -> list[AccessCode]:
    """Two children of one family, in two jobs of one studio."""
    dates = {"archiving_enabled": True, "archive_date": LAST_DAY, "archive_delay": 0}
    older = family(now=MORNING, **dates)
    younger = second_job(older, now=MORNING)
    Terms.objects.create(studio=older.studio, card_enabled=True, iban="DE02120300000000202051")
    prices = older.job.storefront.price_list  # type: ignore[union-attr]
    Product.objects.create(
        price_list=prices, name="Photo as a download", kind="download", price_cents=1200
    )
    for photo in Photo.objects.all():
        drawn = pictures.draw(photo.pk, people=1)
        for stored in (photo.original, photo.preview, photo.thumbnail):
            stored.storage.save(str(stored.name), ContentFile(drawn))
    return [older, younger]


def enter(page: Page, code: AccessCode) -> None:
    page.goto(f"/shop/at/{code.studio.slug}/")
    page.get_by_label("Access code").fill(spelling.written(code.code).lower())
    page.get_by_role("button", name="Show my photos").click()
    page.wait_for_url(f"**/photos/{code.pk}/")


def put_into_basket(page: Page, product: str) -> None:
    page.locator(".offer", has_text=product).get_by_role("button").click()
    expect(page.get_by_text(f"“{product}” is in your basket.")).to_be_visible()


def order_by_card(page: Page) -> None:
    for label, text in SHIPPED_TO.items():
        page.get_by_label(label, exact=True).fill(text)
    page.get_by_label("Card").check()
    page.get_by_role("button", name="Order with obligation to pay").click()
    page.get_by_role("button", name=re.compile("Pay")).click()  # on the provider's page


def photos_load(page: Page) -> bool:
    """Whether every photo of the page comes, and there is one. Those far below wait for a look."""
    page.wait_for_load_state()
    page.evaluate("[...document.images].forEach((image) => { image.loading = 'eager'; })")
    for _look in range(LOOKS):
        widths = page.evaluate("[...document.images].map((image) => image.naturalWidth)")
        if widths and all(widths):
            return True
        page.wait_for_timeout(LOOK_MS)
    return False


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_S1_S4_a_family_goes_from_two_codes_to_a_paid_order_and_its_download(
    siblings: list[AccessCode], visitor: Any, provider: Any, width: int
) -> None:
    page = visitor(width=width)
    found = {}

    for code in siblings:
        enter(page, code)
        assert photos_load(page)
        found[f"gallery {code.pk}"] = findings(page)
        with page.expect_navigation():
            page.locator(".grid a").first.click()
        assert photos_load(page)
        found[f"photo {code.pk}"] = findings(page)
        put_into_basket(page, "Print 13 × 18 cm")
    put_into_basket(page, "Photo as a download")
    with page.expect_navigation():
        page.get_by_role("link", name=re.compile("Basket")).click()
    found["basket"] = findings(page)
    with page.expect_navigation():
        page.get_by_role("link", name="Go to checkout").click()
    found["checkout"] = findings(page)
    order_by_card(page)

    expect(page.get_by_text("Paid", exact=True).first).to_be_visible(timeout=LONGEST_RELOAD_MS)
    found["order"] = findings(page)
    order = Order.objects.get()
    assert (order.status, order.total_cents) == ("paid", 2 * 950 + 1200)
    assert sorted(order.lines.values_list("title", "quantity")) == [
        ("Photo as a download", 1),
        ("Print 13 × 18 cm", 1),
        ("Print 13 × 18 cm", 1),
    ]
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("Download")).first.click()
    assert download.value.path().read_bytes()[:2] == b"\xff\xd8"
    assert receipts.send_due(clock=clock.now) == 2
    assert [message.to for message in mail.outbox] == [["parent@example.org"]] * 2
    assert found == {name: [] for name in found}


def test_L4_A5_A6_an_open_gallery_counts_down_and_closes_by_itself(
    siblings: list[AccessCode], visitor: Any, set_clock: Any
) -> None:
    code = siblings[0]
    page = visitor(width=PHONE)
    enter(page, code)
    expect(page.get_by_text("2 days left")).to_be_visible()
    with page.expect_navigation():
        page.locator(".grid a").first.click()
    put_into_basket(page, "Print 13 × 18 cm")

    set_clock(JUST_BEFORE_THE_END)
    enter(page, code)
    expect(page.get_by_text("Last day to order")).to_be_visible()

    # Nobody sweeps, and nobody touches the page.
    archived = page.get_by_text("These photos are archived")
    expect(archived).to_be_visible(timeout=LONGEST_RELOAD_MS)
    assert findings(page) == []
    page.goto(f"/shop/at/{code.studio.slug}/basket/")
    expect(page.get_by_role("link", name="Go to checkout")).to_have_count(0)
    assert findings(page) == []


def test_S1_a_link_with_the_code_in_its_fragment_opens_the_photos_and_leaves_no_trace(
    siblings: list[AccessCode], visitor: Any
) -> None:
    code = siblings[0]
    page = visitor(width=PHONE)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(f"{request.url} {request.headers}"))

    page.goto(f"/shop/at/{code.studio.slug}/#{spelling.written(code.code)}")
    page.wait_for_url(f"**/photos/{code.pk}/")

    assert photos_load(page)
    assert [
        text for text in asked if spelling.written(code.code) in text or code.code in text
    ] == []
