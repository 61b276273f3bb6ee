"""The shop's pages for staff in a real browser: form, contrast, keyboard, narrow screens."""

from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage
from PIL import Image
from playwright.sync_api import expect

from shop.models import Order, Photo, PriceList, Product, Storefront, Subject
from tests.browser import LOOKS, PHONE, findings, photographer, sign_in
from tests.factories import StudioFactory, SubjectFactory, family
from tests.shop_rows import order_of, payment_of

pytestmark = pytest.mark.django_db(transaction=True)
MORNING = datetime(2026, 5, 1, 8, tzinfo=UTC)


@pytest.fixture
def order(monkeypatch: pytest.MonkeyPatch) -> Order:
    monkeypatch.setattr(Photo._meta.get_field("thumbnail"), "storage", InMemoryStorage())
    studio = StudioFactory.create(name="Studio Linden")
    photographer(studio)
    code = family(studio=studio, photos=1)
    picture = BytesIO()
    Image.new("RGB", (60, 40)).save(picture, "JPEG")
    Photo.objects.get().thumbnail.save("thumbnail.jpg", ContentFile(picture.getvalue()))
    SubjectFactory.create(album=code.subject.album)
    order = order_of(code, placed_at=MORNING, note="Please ring twice.")
    payment_of(order)
    return order


def addresses(order: Order) -> list[str]:
    code = order.studio.codes.get()
    payment = order.payments.get()
    prices = Storefront.objects.get(job=code.job).price_list_id
    job = f"/admin/jobstatus/job/{code.job_id}"
    return [
        "/admin/",
        "/admin/shop/order/",
        f"/admin/shop/order/{order.pk}/change/",
        f"/admin/shop/order/{order.pk}/confirm/mark_paid/",
        f"/admin/shop/order/{order.pk}/confirm/cancel/",
        "/admin/shop/payment/",
        f"/admin/shop/payment/{payment.pk}/settle/accept/",
        "/admin/shop/customer/",
        f"/admin/shop/customer/{order.customer_id}/change/",
        "/admin/shop/pricelist/",
        "/admin/shop/pricelist/add/",
        f"/admin/shop/pricelist/{prices}/change/",
        f"/admin/jobstatus/studio/{order.studio_id}/change/",
        f"{job}/change/",
        f"{job}/codes/",
        f"{job}/codes/{code.pk}/late/",
    ]


@pytest.mark.parametrize(("width", "scheme", "language"), LOOKS)
def test_J1_every_page_can_be_read_and_used_by_everybody(
    order: Order, visitor: Any, width: int, scheme: str, language: str
) -> None:
    page = sign_in(visitor(width=width, scheme=scheme, language=language))

    found = {}
    for address in addresses(order):
        page.goto(address)
        found[address] = findings(page)

    assert {address: wrong for address, wrong in found.items() if wrong} == {}


def test_S4_an_order_is_paid_with_the_keyboard_alone(order: Order, visitor: Any) -> None:
    page = sign_in(visitor())
    page.goto(f"/admin/shop/order/{order.pk}/change/")

    page.get_by_role("link", name="Mark as paid").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Remark").focus()
    page.keyboard.type("Found on the account")
    page.keyboard.press("Enter")

    expect(page.get_by_text(f"Order {order.number}: Paid.")).to_be_visible()
    expect(page.locator(".history").get_by_text("Found on the account")).to_be_visible()
    assert Order.objects.get().status == "paid"


def test_S3_a_price_list_is_made_on_a_phone(order: Order, visitor: Any) -> None:
    page = sign_in(visitor(width=PHONE))
    page.goto("/admin/")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Price lists").click()
    page.get_by_role("link", name="Add price list").click()

    page.locator("#id_name").fill("Kindergarten")
    page.locator("#id_products-0-name").fill("Print 13 × 18 cm")
    page.locator("#id_products-0-price_cents").fill("9,999")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("nothing between the thousands")).to_be_visible()
    page.locator("#id_products-0-price_cents").fill("9,50")
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_text("Kindergarten").first).to_be_visible()
    assert PriceList.objects.filter(name="Kindergarten").exists()
    assert Product.objects.filter(price_list__name="Kindergarten").get().price_cents == 950


def test_S1_missing_codes_are_issued_and_a_person_is_added(order: Order, visitor: Any) -> None:
    code = order.studio.codes.get()
    page = sign_in(visitor(width=PHONE))
    page.goto(f"/admin/jobstatus/job/{code.job_id}/change/")
    page.get_by_role("link", name="Codes", exact=True).click()

    page.get_by_role("button", name="Issue missing codes").click()
    expect(page.get_by_text("1 access code is issued.")).to_be_visible()
    page.get_by_label("Name", exact=False).last.fill("Ada")
    page.get_by_role("button", name="Add", exact=True).click()

    expect(page.get_by_text("“Ada” is added, with an access code.")).to_be_visible()
    assert Subject.objects.filter(job=code.job_id, codes__isnull=False).count() == 3
