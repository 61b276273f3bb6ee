"""The gallery and the page of one photo: what they show, to whom, when, and at what price."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse

from jobstatus.lifecycle import Status
from shop.models import (
    AccessCode,
    PriceList,
    Storefront,
)
from tests.factories import (
    NOON,
    AccessCodeFactory,
    PhotoFactory,
    ProductFactory,
    family,
)
from tests.test_shop_page import CLOSING, EARLY, LAST_DAY
from tests.visitors import browser_with, page_of, photos_of, stop_clock, text

pytestmark = pytest.mark.django_db

TICK = timedelta(microseconds=1)
SELLING = {"archiving_enabled": True, "archive_date": LAST_DAY, "archive_delay": 1}


@pytest.fixture(autouse=True)
def noon(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """The clock stands at noon, or at another instant from then on."""
    stop_clock(monkeypatch, NOON)
    return lambda at: stop_clock(monkeypatch, at)


# The states


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (Status.PLANNING, "Not available yet"),
        (Status.ARCHIVED, "These photos are archived"),
        (Status.PREPAY, "Pre-ordering is open"),
    ],
)
def test_S1_a_closed_code_shows_its_state_and_no_photo(status: str, words: str) -> None:
    code = family(status)

    response = browser_with(code).get(page_of("gallery", code))

    html = text(response)
    assert (response.status_code, words in html, "<img" in html) == (200, True, False)
    assert response["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    ("status", "form"),
    [(Status.PLANNING, True), (Status.ARCHIVED, True), (Status.PREPAY, False)],
)
def test_L6_who_is_too_early_or_too_late_can_leave_an_address(status: str, form: bool) -> None:
    code = family(status)

    html = text(browser_with(code).get(page_of("gallery", code)))

    assert (f'action="{page_of("tell_me", code)}"' in html) == form


def test_L6_the_archived_gallery_says_since_when() -> None:
    code = family(Status.ARCHIVED)

    html = text(browser_with(code).get(page_of("gallery", code)))

    assert "Archived since Monday, 4 May 2026 (Europe/Berlin time)" in html


def test_L4_the_gallery_closes_at_the_deadline_without_any_sweep(noon: Any) -> None:
    code = family(now=EARLY, **SELLING)
    client = browser_with(code)

    pages = []
    for at in (CLOSING - TICK, CLOSING):
        noon(at)
        pages.append(text(client.get(page_of("gallery", code))))

    assert ["<img" in html for html in pages] == [True, False]
    assert ["These photos are archived" in html for html in pages] == [False, True]


def test_L4_the_photo_page_closes_with_it(noon: Any) -> None:
    code = family(now=EARLY, **SELLING)
    client, photo = browser_with(code), photos_of(code)[0]

    noon(CLOSING - TICK)
    before = client.get(page_of("photo", code, photo.pk))
    noon(CLOSING)
    after = client.get(page_of("photo", code, photo.pk))

    assert (before.status_code, after.status_code) == (200, 302)
    assert after["Location"] == page_of("gallery", code)


def test_X3_late_access_opens_one_code_and_says_until_when() -> None:
    code = family(Status.ARCHIVED)
    other = AccessCodeFactory.create(subject=code.subject)
    AccessCode.objects.filter(pk=code.pk).update(late_until_date=date(2026, 5, 6))
    client = browser_with(code, other)

    late, closed = (text(client.get(page_of("gallery", one))) for one in (code, other))

    told = "Open for you until Wednesday, 6 May 2026, end of day (Europe/Berlin time)"
    assert (late.count("<img"), told in late, "<img" in closed) == (2, True, False)


# What it shows


@pytest.mark.parametrize(
    ("days", "words"),
    [(15, None), (14, "14 days left"), (1, "1 day left"), (0, "Last day to order"), (-1, None)],
)
def test_A6_the_gallery_counts_down(noon: Any, days: int, words: str | None) -> None:
    code = family(now=EARLY, **SELLING)
    noon(datetime(2026, 5, 3, 10, tzinfo=UTC) - timedelta(days=days))

    html = text(browser_with(code).get(page_of("gallery", code)))

    assert ("countdown" in html) == (words is not None)
    assert words is None or f'<p class="days"> {words} </p>' in html
    told = "Order until Sunday, 3 May 2026, end of day (Europe/Berlin time)"
    assert (told in html) == (days >= 0)


def test_S3_own_photos_come_first_and_every_photo_has_words_and_a_shape() -> None:
    code = family(photos=2)
    group = PhotoFactory.create(album=code.subject.album, is_group=True, position=0)
    PhotoFactory.create(album=code.subject.album)  # of another child
    family(photos=3)
    first, second = (photo for photo in photos_of(code) if photo != group)

    html = text(browser_with(code).get(page_of("gallery", code)))

    places = [html.index(f'href="{photo.pk}/"') for photo in (first, second, group)]
    assert (places == sorted(places), html.count("<img")) == (True, 3)
    assert html.count('width="480" height="320"') == 3
    for words in ("Photo 1 of 3", "Photo 2 of 3", "Group photo, number 3 of 3"):
        assert html.count(f'alt="{words}"') == 1


def test_S3_without_a_price_list_photos_are_shown_and_not_sold() -> None:
    code = family()
    sentence = "You can look at the photos already. Ordering is not possible yet."
    client, photo = browser_with(code), photos_of(code)[0]
    pages = [page_of("gallery", code), page_of("photo", code, photo.pk)]

    with_prices = [sentence in text(client.get(page)) for page in pages]
    Storefront.objects.update(price_list=None)
    without = [sentence in text(client.get(page)) for page in pages]
    Storefront.objects.all().delete()
    without_a_page = [sentence in text(client.get(page)) for page in pages]

    assert (with_prices, without, without_a_page) == ([False] * 2, [True] * 2, [True] * 2)
    assert text(client.get(pages[0])).count("<img") == 2


def test_S3_a_code_without_photos_says_so() -> None:
    code = family(photos=0)

    html = text(browser_with(code).get(page_of("gallery", code)))

    assert "There are no photos of this access code yet." in html


def test_S3_the_photo_page_offers_what_is_on_sale() -> None:
    code = family()
    prices = PriceList.objects.get(storefronts__job=code.job)
    package = ProductFactory.create(
        price_list=prices, name="Family", kind="package", picture_count=4, price_cents=2990
    )
    download = ProductFactory.create(price_list=prices, name="File", kind="download")
    ProductFactory.create(price_list=prices, name="Old", is_active=False)
    ProductFactory.create(name="Foreign")
    photo = photos_of(code)[0]

    html = text(browser_with(code).get(page_of("photo", code, photo.pk)))

    assert ("Old" in html, "Foreign" in html) == (False, False)
    assert html.count(f'name="photo" value="{code.pk}:{photo.pk}"') == 2
    assert html.count('type="number"') == 1  # a download is bought once
    assert f'name="product" value="{download.pk}"' in html
    chooser = reverse("shop:package", args=[code.studio.slug, package.pk])
    assert f'href="{chooser}?photo={code.pk}:{photo.pk}"' in html
    assert ("€9.50" in html, "€29.90" in html) == (True, True)
    assert f'name="next" value="{page_of("photo", code, photo.pk)}"' in html


@pytest.mark.parametrize(
    ("place", "previous", "following"), [(0, None, 1), (1, 0, 2), (2, 1, None)]
)
def test_S3_the_photo_page_leads_to_its_neighbours(
    place: int, previous: int | None, following: int | None
) -> None:
    code = family(photos=3)
    photos = photos_of(code)

    html = text(browser_with(code).get(page_of("photo", code, photos[place].pk)))

    for relation, other in (("prev", previous), ("next", following)):
        link = other is not None and (
            f'rel="{relation}" href="{page_of("photo", code, photos[other].pk)}"'
        )
        assert (link in html) if link else (f'rel="{relation}"' not in html)
    assert f"Photo {place + 1} of 3" in html
