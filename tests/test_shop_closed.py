"""With the clock past the deadline and no sweep, no page of the shop gives a photo or an order."""

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.files.storage import InMemoryStorage
from django.test import Client
from django.urls import reverse

from jobstatus.models import JobEvent
from shop.models import AccessCode, BasketLine, Order
from shop.urls import urlpatterns
from tests import photos
from tests.buying import BUYER, add, change, checkout_form, photos_of, pick, print_of, visitor
from tests.factories import NOON, ProductFactory, at, family

pytestmark = pytest.mark.django_db

CLOSING = datetime(2026, 5, 10, 22, tzinfo=UTC)
IMAGE = re.compile(r'(?:src|href)="(/shop/media/[^"]+)"')
# What needs an order: there is none, so that any token is as good as another.
OF_ORDERS = {"token": "0" * 32, "picture": 1, "ticket": "x", "provider": "stripe"}


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> InMemoryStorage:
    return photos.in_memory(monkeypatch)


class Crawl:
    """Every address of the shop for one visitor, and every photo that these pages lead to."""

    def __init__(self, client: Client, code: AccessCode, package: int) -> None:
        assert code.job is not None
        self.client, self.code = client, code
        self.values = OF_ORDERS | {
            "studio": code.studio.slug,
            "code": code.pk,
            "photo": photos_of(code)[0].pk,
            "product": package,
            "line": BasketLine.objects.order_by("pk").values_list("pk", flat=True)[0],
            "slug": code.job.storefront.slug,
        }
        self.found: set[str] = set()

    def addresses(self) -> list[str]:
        """Of every pattern but the photos themselves: one that is added here is crawled, too.

        Forgetting the code comes last: without it the rest would prove nothing.
        """
        patterns = [pattern for pattern in urlpatterns if pattern.name != "picture"]
        patterns.sort(key=lambda pattern: pattern.name == "forget")
        return [
            reverse(
                f"shop:{pattern.name}",
                kwargs={name: self.values[name] for name in pattern.pattern.converters},
            )
            for pattern in patterns
        ]

    def photos(self) -> int:
        """How many photos come out, of the addresses found now and of those found before."""
        for address in self.addresses():
            answer: Any = self.client.get(address)
            assert answer.status_code in (200, 302, 404, 405, 410), (address, answer.status_code)
            html = answer.content.decode() if not answer.streaming else ""
            self.found |= set(IMAGE.findall(html))
        answers = [self.client.get(address) for address in sorted(self.found)]
        return sum(answer.status_code == 200 for answer in answers)


def test_L4_L6_past_the_deadline_a_crawl_gets_no_photo_and_no_order(
    monkeypatch: pytest.MonkeyPatch, files: InMemoryStorage
) -> None:
    monkeypatch.setattr("jobstatus.clock.now", at(NOON))
    code = family(archiving_enabled=True, archive_date=date(2026, 5, 10), archive_delay=0)
    photos.stored(files, code)
    package = ProductFactory.create(
        price_list=print_of(code).price_list, kind="package", picture_count=2
    )
    client = visitor(code)
    add(client, code)
    crawl = Crawl(client, code, package.pk)
    events = JobEvent.objects.count()
    form = checkout_form(client, code.studio)
    assert crawl.photos() > 0  # The control: in time, the same crawl gets some.
    assert len(crawl.found) > 1

    monkeypatch.setattr("jobstatus.clock.now", at(CLOSING))
    assert crawl.photos() == 0
    line = crawl.values["line"]
    for do in ("quantity", "put_back", "undo", "accept"):
        change(client, code.studio, line, do, quantity="2")
    for address in crawl.addresses():
        for body in (form, BUYER, {}, adding(code)):
            assert client.post(address, body).status_code < 500
    assert crawl.photos() == 0

    assert not Order.objects.exists()
    assert list(BasketLine.objects.values_list("quantity", flat=True)) == [1]
    assert JobEvent.objects.count() == events  # Nobody swept meanwhile.


def adding(code: AccessCode) -> dict[str, object]:
    return {"product": print_of(code).pk, "photo": pick(code), "quantity": 1}
