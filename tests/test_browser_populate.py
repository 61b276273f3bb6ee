"""From orders without photos to their release and to late parents, in a real browser (P1, P2, L8).

On a phone and on a desk, with photos that come through the real pipeline.
"""

import os
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from config.demo import pictures
from jobstatus import clock
from jobstatus.models import Job
from shop.characters import written
from shop.models import AccessCode, Album, Order, Photo, PrepayShop, Storefront
from shop.sorting import photos as photo_steps
from shop.sorting import tying, ways
from shop.uploads import taking
from tests.browser import DESK, PHONE, findings, photographer, sign_in
from tests.factories import (
    AccessCodeFactory,
    PriceListFactory,
    ProductFactory,
    SubjectFactory,
)
from tests.prepay_orders import chosen
from tests.test_browser_prepay import choose, describe, enter, school, set_clock
from tests.test_browser_shop import (
    LONGEST_RELOAD_MS,
    order_by_card,
    photos_load,
    provider,
    put_into_basket,
)
from tests.test_browser_shop import enter as enter_shop
from tests.uploads import uploaded

__all__ = ["provider", "school", "set_clock"]

pytestmark = pytest.mark.django_db(transaction=True)

SHOTS = os.environ.get("SHOTS")  # a folder for pictures of the pages
PICTURE_DAY = datetime(2026, 5, 20, 8, tzinfo=UTC)


@pytest.fixture
def job(school: PrepayShop) -> Job:
    """The school's job, with a price list for photos and a photographer."""
    photographer(school.studio)
    prices = PriceListFactory.create(studio=school.studio)
    ProductFactory.create(price_list=prices, name="Print 13 × 18 cm")
    Storefront.objects.filter(job=school.job_id).update(price_list=prices)
    return Job.objects.get(pk=school.job_id)


def looked_at(page: Page, name: str) -> None:
    if SHOTS:
        width = page.viewport_size["width"] if page.viewport_size else 0
        page.screenshot(path=f"{SHOTS}/populate-{name}-{width}.png", full_page=True)
    assert findings(page) == []


def order_before_picture_day(page: Page, shop: PrepayShop) -> AccessCode:
    enter(page, shop)
    looked_at(page, "parent-1-child")
    describe(page, "Lena Beispiel", "3a")
    looked_at(page, "parent-2-products")
    choose(page, Package_A=1, All_files=1)
    looked_at(page, "parent-3-order")
    page.get_by_role("link", name="Go to checkout").click()
    looked_at(page, "parent-4-checkout")
    order_by_card(page)
    expect(page.get_by_text("Paid", exact=True).first).to_be_visible(timeout=LONGEST_RELOAD_MS)
    looked_at(page, "parent-5-paid")
    return AccessCode.objects.get()


def change_status(page: Page, job: Job, step: str) -> None:
    page.goto(f"/admin/jobstatus/job/{job.pk}/change/")
    page.get_by_text("Change status").click()
    page.get_by_role("link", name=step).click()
    looked_at(page, f"staff-{step.split()[0].lower()}")
    page.get_by_role("button", name=step).click()
    expect(page.get_by_text(f"“{job.name}” is now in status")).to_be_visible()


def photos_come_in(job: Job, code: AccessCode, number: int) -> None:
    """Files that are named after the child's access code, made into photos and tied by it."""
    assert code.subject is not None
    album = code.subject.album
    assert album is not None
    for n in range(number):
        drawn = pictures.draw(seed=100 * code.pk + n, people=1)
        uploaded(album, drawn, name=f"{code.code}_{n + 1}.jpg", position=n)
    taking.take_waiting(clock=clock.now, until=clock.now() + timedelta(minutes=5))
    way = ways.Way(ways.Kind.PATTERN, pattern="{code}_{number}")
    seen = ways.plan(job, way).mark()
    tying.carry_out(job, way, seen=seen, by=None, at=clock.now())


def group_photo_comes_in(job: Job, album: Album) -> None:
    uploaded(album, pictures.draw(seed=7, people=5), name="class.jpg", position=9)
    taking.take_waiting(clock=clock.now, until=clock.now() + timedelta(minutes=5))
    found = Photo.objects.get(file_name="class.jpg")
    photo_steps.make_group(job, [found.pk], by=None, at=clock.now())


def populate(page: Page, job: Job) -> None:
    page.goto(f"/admin/jobstatus/job/{job.pk}/change/")
    page.get_by_role("link", name="Prepay", exact=True).click()
    looked_at(page, "staff-tab")
    page.get_by_role("link", name="Populate photos …").click()
    expect(page.get_by_text("Lena Beispiel").first).to_be_visible()
    expect(page.get_by_text("class.jpg").first).to_be_visible()
    looked_at(page, "staff-preview")
    page.get_by_role("button", name="Choose 7 photos").click()
    expect(page.get_by_text("Photos are chosen for 1 order: 7.")).to_be_visible()


def release(page: Page) -> None:
    page.goto("/admin/shop/order/")
    expect(page.locator(".pill", has_text="held")).to_be_visible()
    looked_at(page, "staff-orders")
    page.go_back()
    page.get_by_role("link", name="Populate photos …").click()
    expect(page.get_by_text("There is nothing to choose.")).to_be_visible()
    looked_at(page, "staff-populated")
    page.get_by_role("link", name="Choose by hand").first.click()
    assert photos_load(page)
    looked_at(page, "staff-by-hand")
    page.get_by_role("link", name="Back").click()
    page.get_by_role("link", name="Back").click()
    page.get_by_role("link", name="Release complete orders …").click()
    looked_at(page, "staff-release")
    page.get_by_role("button", name="Release 1 order").click()
    expect(page.get_by_text("1 order is released for production.")).to_be_visible()
    page.get_by_role("link", name="Populate photos …").click()
    expect(page.get_by_role("button", name="Hold again")).to_be_visible()
    looked_at(page, "staff-released")


def late_child(lena: AccessCode) -> AccessCode:
    assert lena.subject is not None
    tom = SubjectFactory.create(name="Tom Spät", album=lena.subject.album)
    code: AccessCode = AccessCodeFactory.create(subject=tom)
    return code


def buy_a_print(page: Page, code: AccessCode) -> None:
    enter_shop(page, code)
    assert photos_load(page)
    with page.expect_navigation():
        page.locator(".grid a").first.click()
    put_into_basket(page, "Print 13 × 18 cm")
    page.get_by_role("link", name=re.compile("Basket")).click()
    page.get_by_role("link", name="Go to checkout").click()
    order_by_card(page)
    expect(page.get_by_text("Paid", exact=True).first).to_be_visible(timeout=LONGEST_RELOAD_MS)


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_P1_P2_L8_orders_come_first_then_photos_then_their_release_and_late_orders(
    school: PrepayShop, job: Job, visitor: Any, provider: Any, set_clock: Any, width: int
) -> None:
    parent, late, staff = visitor(width=width), visitor(width=PHONE), visitor(width=width)
    lena = order_before_picture_day(parent, school)
    ordered = parent.url
    sign_in(staff)

    set_clock(PICTURE_DAY)
    change_status(staff, job, "Turn into a standard job")
    tom = late_child(lena)
    photos_come_in(job, lena, 3)
    photos_come_in(job, tom, 2)
    group_photo_comes_in(job, Album.objects.get())
    populate(staff, job)
    parent.goto(ordered)
    expect(parent.get_by_role("link", name=re.compile("Download"))).to_have_count(0)
    release(staff)
    change_status(staff, job, "Start selling")

    parent.goto(ordered)
    expect(parent.get_by_text("it opens the photos while they can be ordered")).to_be_visible()
    looked_at(parent, "parent-6-released")
    with parent.expect_download() as download:
        parent.get_by_role("link", name=re.compile("Download")).first.click()
    assert download.value.path().read_bytes()[:2] == b"\xff\xd8"
    enter(late, school)  # the old prepay code
    expect(late.get_by_role("heading", name="The photos are here")).to_be_visible()
    looked_at(late, "late-1-prepay-code")
    buy_a_print(late, tom)
    first, second = Order.objects.order_by("pk")
    own = [f"{lena.code}_{n}.jpg" for n in (1, 2, 3)]
    assert chosen(first) == [["class.jpg", *own[:2]], [*own, "class.jpg"]]
    assert (first.is_prepay, first.is_held, second.is_prepay) == (True, False, False)
    assert second.lines.get().pictures.get().subject_name == "Tom Spät"


def test_L2_before_the_sale_the_old_prepay_code_and_the_childs_code_say_wait(
    school: PrepayShop, job: Job, visitor: Any, set_clock: Any
) -> None:
    """The phase between: a standard job whose photos are not shown yet."""
    staff, parent = sign_in(visitor()), visitor(width=PHONE)
    set_clock(PICTURE_DAY)
    change_status(staff, job, "Turn into a standard job")

    enter(parent, school)

    expect(parent.get_by_role("heading", name="The photos are being prepared")).to_be_visible()
    looked_at(parent, "parent-prepared")
    assert written(school.code) not in parent.content()
