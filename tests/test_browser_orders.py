"""The order's page in a real browser: to the provider's page, back, paid, and the file bought."""

import os
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages

from config.demo.card_messages import Postman
from shop import orders
from shop.delivery import letters
from shop.models import OrderPicture, ProductKind
from tests.browser import DESK, PHONE, findings
from tests.conftest import CardProvider
from tests.factories import NOON, at
from tests.paying import add_line, placed, receipt

pytestmark = pytest.mark.django_db(transaction=True)

PICTURES = os.environ.get("SCREENSHOTS", "")  # a folder for pictures of the pages, to be looked at


def keep(page: Any, name: str) -> None:
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)


@pytest.fixture
def shop(card_provider: CardProvider, settings: Any, live_server: Any) -> Any:
    """The shop at its own address, with a provider that sends its messages there."""
    settings.PUBLIC_BASE_URL = live_server.url
    policy = deepcopy(settings.CONTENT_SECURITY_POLICY)
    policy["DIRECTIVES"]["form-action"].append(card_provider.base)
    settings.CONTENT_SECURITY_POLICY = policy
    postman = Postman(
        url=f"{live_server.url}/shop/payments/stripe/", secret=card_provider.postman.secret
    )
    card_provider.account.tell = postman.tell
    return card_provider


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_S4_an_order_is_paid_on_the_providers_page(shop: Any, visitor: Any, width: int) -> None:
    order = placed(kind=ProductKind.DOWNLOAD, name="A parent", street="Example Street 1")
    picture = OrderPicture.objects.get(line__order=order)
    storages["private"].save(picture.original_name, ContentFile(b"\xff\xd8 a photo"))
    page = visitor(width=width)

    page.goto(order.get_absolute_url())
    assert findings(page) == []
    keep(page, f"order-{width}")
    page.get_by_role("button", name="Pay by card now").click()
    page.get_by_text("No money moves").wait_for()
    assert findings(page) == []
    keep(page, f"provider-{width}")
    page.get_by_role("button", name="Pay €19.00").click()

    # Either the message was quicker than the browser, or the page finds out by itself.
    page.get_by_text("Thank you, your order is paid.").wait_for(timeout=30_000)
    assert findings(page) == []
    keep(page, f"paid-{width}")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download a.jpg").click()
    assert download.value.suggested_filename == "a.jpg"
    storages["private"].delete(picture.original_name)


def test_S4_who_cancels_there_comes_back_and_can_pay_again(shop: Any, visitor: Any) -> None:
    order = placed()
    page = visitor(width=PHONE)

    page.goto(order.get_absolute_url())
    page.get_by_role("button", name="Pay by card now").click()
    page.get_by_role("button", name="Cancel").click()

    page.get_by_role("button", name="Pay by card now").wait_for()
    assert "returned" not in page.url


def test_S4_a_page_that_waits_turns_by_itself(shop: Any, visitor: Any) -> None:
    order = placed()
    held: list[Any] = []
    send, shop.account.tell = shop.account.tell, held.append
    page = visitor(width=PHONE)

    page.goto(order.get_absolute_url())
    page.get_by_role("button", name="Pay by card now").click()
    page.get_by_role("button", name="Pay €19.00").click()
    page.get_by_text("We are waiting for the confirmation").wait_for()
    assert findings(page) == []
    keep(page, "waiting")
    for event in held:
        send(event)

    page.get_by_text("Thank you, your order is paid.").wait_for(timeout=30_000)


@pytest.mark.parametrize("width", [PHONE, DESK])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_S4_order_pages_and_mails_can_be_read_by_everybody(
    visitor: Any, width: int, scheme: str
) -> None:
    order = placed(
        method="invoice",
        street="Example Street 1",
        postal_code="12345",
        city="Example",
        note="A very-long-word-" * 12,
    )
    add_line(order, title="Package of four with a long name " * 3, name=f"{'long' * 30}.jpg")
    page = visitor(width=width, scheme=scheme)

    page.goto(order.get_absolute_url())
    assert findings(page) == []
    keep(page, f"invoice-{width}-{scheme}")
    orders.cancel(order.pk, by=None, clock=at(NOON), reason="")
    page.goto(order.get_absolute_url())
    assert findings(page) == []
    mail = visitor(width=width, scheme=scheme)
    mail.set_content(letters.message(receipt(order)).alternatives[0][0])
    assert findings(mail) == ["not exactly one main"]  # which is for pages
    keep(mail, f"mail-{width}-{scheme}")
