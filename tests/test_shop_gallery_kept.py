"""The kept gallery: 304 for what is unchanged, and never a stale or a foreign photo."""

import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from jobstatus import operations
from jobstatus.models import Job, Studio
from shop import visit
from shop.gallery import revisit
from shop.models import (
    AccessCode,
    Album,
    Appearance,
    Basket,
    BasketLine,
    Photo,
    PriceList,
    Product,
    Storefront,
    Subject,
    Terms,
)
from tests.factories import (
    PhotoFactory,
    PriceListFactory,
    ProductFactory,
    at,
    family,
)
from tests.test_shop_page import CLOSING, EARLY, LAST_DAY
from tests.visitors import browser_with, page_of, photos_of, stop_clock, text

pytestmark = pytest.mark.django_db

SELLING = {"archiving_enabled": True, "archive_date": LAST_DAY, "archive_delay": 1}
MORNING = datetime(2026, 5, 1, 8, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    stop_clock(monkeypatch, MORNING)
    return lambda at: stop_clock(monkeypatch, at)


def visitor_of(code: AccessCode) -> Client:
    """With a basket that has nothing in it yet."""
    client = browser_with(code)
    session = client.session
    session[visit.BASKETS] = {str(code.studio_id): Basket.objects.create(studio=code.studio).pk}
    session[visit.VISITOR] = "known"
    session.save()
    return client


def again(client: Client, code: AccessCode, etag: str, **headers: str) -> Any:
    return client.get(page_of("gallery", code), headers={"if-none-match": etag, **headers})


# Unchanged


def test_S3_an_unchanged_gallery_is_not_sent_again() -> None:
    code = family(now=EARLY, **SELLING)
    client = visitor_of(code)

    first = client.get(page_of("gallery", code))
    second = again(client, code, first["ETag"])

    assert (first.status_code, second.status_code, second.content) == (200, 304, b"")
    for response in (first, second):
        assert response["Cache-Control"] == "private, no-cache"
        assert response["X-Robots-Tag"] == "noindex"
        assert response["ETag"] == first["ETag"]
        assert {"Accept-Language", "Cookie"} <= set(response["Vary"].split(", "))


def test_S3_a_revisit_touches_no_photos_table() -> None:
    code = family(now=EARLY, **SELLING)
    client = visitor_of(code)
    etag = client.get(page_of("gallery", code))["ETag"]

    with CaptureQueriesContext(connection) as queries:
        response = again(client, code, etag)

    tables = ("shop_photo", "shop_appearance")
    touched = [query["sql"] for query in queries for table in tables if table in query["sql"]]
    assert (response.status_code, touched, len(queries)) == (304, [], 1)


def test_S3_a_shown_message_is_not_kept_and_is_shown_although_nothing_changed() -> None:
    code = family(now=EARLY, **SELLING)
    client = visitor_of(code)
    etag = client.get(page_of("gallery", code))["ETag"]
    say(client, "In your basket now: <b>Print</b>")

    told = again(client, code, etag)
    afterwards = again(client, code, etag)

    assert "In your basket now: &lt;b&gt;Print&lt;/b&gt;" in text(told)
    assert (told.status_code, told["Cache-Control"], told.has_header("ETag")) == (
        200,
        "private, no-store",
        False,
    )
    assert (text(told).count("<img"), afterwards.status_code) == (2, 304)


def test_S3_photos_of_a_job_without_a_shop_page_are_never_kept() -> None:
    code = family(now=EARLY, **SELLING)
    Storefront.objects.all().delete()
    client = visitor_of(code)

    before = client.get(page_of("gallery", code))
    hide(code)
    after = client.get(page_of("gallery", code))

    assert [text(page).count("<img") for page in (before, after)] == [2, 1]
    assert [page.has_header("ETag") for page in (before, after)] == [False, False]


def say(client: Client, words: str) -> None:
    """As a view does before it redirects."""
    from django.contrib import messages
    from django.contrib.messages.storage.cookie import CookieStorage
    from django.http import HttpResponse
    from django.test import RequestFactory

    storage = CookieStorage(RequestFactory().get("/"))
    storage.add(messages.SUCCESS, words)
    response = HttpResponse()
    storage.update(response)
    client.cookies.update(response.cookies)


# Changed


def hide(code: AccessCode) -> None:
    Photo.objects.filter(pk=photos_of(code)[0].pk).update(is_hidden=True)


def add_a_line(code: AccessCode) -> None:
    BasketLine.objects.create(basket=Basket.objects.latest("pk"), title="Print")


CHANGES: dict[str, Callable[[AccessCode], Any]] = {
    "a photo hidden": hide,
    "a photo more": lambda code: Appearance.objects.create(
        photo=PhotoFactory.create(album=code.subject.album), subject=code.subject
    ),
    "a group photo": lambda code: PhotoFactory.create(album=code.subject.album, is_group=True),
    "a photo deleted": lambda code: photos_of(code)[0].delete(),
    "a photo moved": lambda code: Photo.objects.filter(pk=photos_of(code)[0].pk).update(
        position=10**6
    ),
    "a tie cut": lambda code: Appearance.objects.filter(photo=photos_of(code)[0]).delete(),
    "the album inactive": lambda code: Album.objects.update(is_active=False),
    "the album renamed": lambda code: Album.objects.update(name="Another class"),
    "the child renamed": lambda code: Subject.objects.update(name="Another child"),
    "the job renamed": lambda code: Job.objects.update(name="Another job"),
    "the studio renamed": lambda code: Studio.objects.update(name="Another studio"),
    "new terms": lambda code: Terms.objects.create(
        studio=code.studio, conditions_url="https://example.org/terms"
    ),
    "another date": lambda code: Job.objects.update(archive_date=date(2026, 5, 9)),
    "archiving unticked": lambda code: Job.objects.update(archiving_enabled=False, closes_at=None),
    "another price": lambda code: Product.objects.update(price_cents=960),
    "another product's name": lambda code: Product.objects.update(name="Big print"),
    "another description": lambda code: Product.objects.update(description="Matt"),
    "a product more": lambda code: ProductFactory.create(price_list=PriceList.objects.get()),
    "a product off sale": lambda code: Product.objects.update(is_active=False),
    "another currency": lambda code: PriceList.objects.update(currency="CHF"),
    "another price list": lambda code: Storefront.objects.update(
        price_list=PriceListFactory.create(studio=code.studio)
    ),
    "no price list": lambda code: Storefront.objects.update(price_list=None),
    "a line in the basket": add_a_line,
}


@pytest.mark.parametrize("change", CHANGES)
def test_S3_whatever_changes_on_the_page_is_sent_anew(change: str) -> None:
    code = family(now=EARLY, **SELLING)
    client = visitor_of(code)
    before = client.get(page_of("gallery", code))

    CHANGES[change](code)
    after = again(client, code, before["ETag"])

    assert (after.status_code, after["ETag"] == before["ETag"]) == (200, False)


@pytest.mark.parametrize(
    ("move", "words"),
    [("archive", "These photos are archived"), ("return_to_planning", "Not available yet")],
)
def test_L6_a_kept_gallery_is_not_confirmed_after_the_job_closed(move: str, words: str) -> None:
    code = family(now=EARLY, **SELLING)
    client = visitor_of(code)
    etag = client.get(page_of("gallery", code))["ETag"]

    getattr(operations, move)([code.job_id], by=None, clock=at(MORNING))
    response = again(client, code, etag)

    assert (response.status_code, words in text(response)) == (200, True)
    assert response["Cache-Control"] == "private, no-store"


def test_L4_a_kept_gallery_is_not_confirmed_after_the_deadline(clock: Any) -> None:
    code = family(now=EARLY, **SELLING)
    client = visitor_of(code)
    clock(CLOSING - timedelta(microseconds=1))
    etag = client.get(page_of("gallery", code))["ETag"]

    clock(CLOSING)
    response = again(client, code, etag)

    assert (response.status_code, "<img" in text(response)) == (200, False)


def test_A6_a_new_day_is_a_new_page_with_one_day_less(clock: Any) -> None:
    code = family(now=EARLY, **SELLING)
    client = visitor_of(code)
    evening = datetime(2026, 5, 1, 21, 59, 59, tzinfo=UTC)  # a second before midnight in Berlin

    pages = []
    for instant in (evening, evening + timedelta(seconds=1)):
        clock(instant)
        pages.append(client.get(page_of("gallery", code)))

    assert ["2 days left" in text(page) for page in pages] == [True, False]
    assert "1 day left" in text(pages[1])
    assert pages[0]["ETag"] != pages[1]["ETag"]


def test_S3_another_language_and_another_visitor_have_pages_of_their_own() -> None:
    code = family(now=EARLY, **SELLING)
    client, stranger = visitor_of(code), browser_with(code)
    english = client.get(page_of("gallery", code))

    german = again(client, code, english["ETag"], **{"accept-language": "de"})
    other = again(stranger, code, english["ETag"])

    assert (german.status_code, '<html lang="de">' in text(german)) == (200, True)
    assert other.status_code == 200
    grants = [text(page).split("/shop/media/")[1].split("/")[0] for page in (english, other)]
    assert grants[0] not in text(other)
    assert grants[1] not in text(english)


@pytest.mark.parametrize("changed", ["templates/shop/gallery.html", "static/shop/gallery.css"])
def test_S3_a_page_that_was_kept_before_a_new_release_is_not_shown_after_it(
    monkeypatch, tmp_path, changed
):
    shutil.copytree(revisit.SHOP, tmp_path, dirs_exist_ok=True)
    monkeypatch.setattr(revisit, "SHOP", tmp_path)
    assert (tmp_path / changed).is_file()
    before = revisit.release.__wrapped__()

    (tmp_path / changed).write_text("new")

    assert revisit.release.__wrapped__() != before
