"""All codes of a visitor in one list, and the choice of photos of several of them."""

import re
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from jobstatus.lifecycle import Status
from jobstatus.models import Studio
from shop import visit
from shop.models import AccessCode, Album, Photo, PriceList, Product, Storefront
from tests.factories import NOON, PhotoFactory, ProductFactory, StudioFactory, family
from tests.visitors import browser_with, page_of, photos_of, stop_clock, text

pytestmark = pytest.mark.django_db

PICK = re.compile(r'<input type="checkbox" name="photo" value="(\d+:\d+)"( checked)?>')


@pytest.fixture(autouse=True)
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    stop_clock(monkeypatch, NOON)


@pytest.fixture
def studio() -> Studio:
    return StudioFactory.create()


def my_photos(studio: Studio) -> str:
    return reverse("shop:my_photos", args=[studio.slug])


def cards(html: str) -> list[str]:
    """The text of each card, without the one that takes another code."""
    parts = html.split('<li class="card panel is-')
    return parts[1:]


def test_S2_all_codes_of_the_session_are_listed_the_archived_ones_last(studio: Studio) -> None:
    archived = family(Status.ARCHIVED, studio=studio)
    planned = family(Status.PLANNING, studio=studio)
    opened = family(studio=studio)
    family(studio=studio)  # not typed
    foreign = family()

    html = text(browser_with(archived, planned, opened, foreign).get(my_photos(studio)))

    shown = cards(html)
    assert [card.split('"')[0] for card in shown] == ["not-yet", "open", "archived"]
    for card, code in zip(shown, (planned, opened, archived), strict=True):
        assert code.subject.name in card
        assert f'action="{page_of("forget", code)}"' in card
    assert ["<img" in card for card in shown] == [False, True, False]
    assert foreign.subject.name not in html


def test_A7_archived_jobs_are_greyed_out_with_note_and_date(studio: Studio) -> None:
    code = family(Status.ARCHIVED, studio=studio)

    (card,) = cards(text(browser_with(code).get(my_photos(studio))))

    assert "These photos are archived" in card
    assert "Archived since Monday, 4 May 2026 (Europe/Berlin time)" in card
    assert f'href="{page_of("gallery", code)}"' in card


@pytest.mark.parametrize("change", ["inactive", "deleted"])
def test_A7_an_archived_job_without_active_albums_is_not_shown(studio: Studio, change: str) -> None:
    gone, stays, opened = (
        family(status, studio=studio)
        for status in (Status.ARCHIVED, Status.ARCHIVED, Status.SELLING)
    )
    albums = Album.objects.filter(job__in=[gone.job_id, opened.job_id])
    if change == "inactive":
        albums.update(is_active=False)
    else:
        albums.delete()

    html = text(browser_with(gone, stays, opened).get(my_photos(studio)))

    names = [code.subject.name in html for code in (gone, stays, opened)]
    assert names == [False, True, True]


def test_X3_late_access_is_a_card_with_photos_and_its_last_day(studio: Studio) -> None:
    code = family(Status.ARCHIVED, studio=studio)
    AccessCode.objects.filter(pk=code.pk).update(late_until_date=date(2026, 5, 6))

    (card,) = cards(text(browser_with(code).get(my_photos(studio))))

    assert card.count("<img") == 2
    assert "Open for you until Wednesday, 6 May 2026" in card


def test_S2_the_list_takes_another_code_and_says_when_there_is_none(studio: Studio) -> None:
    html = text(Client().get(my_photos(studio)))

    assert "There are none yet." in html
    assert f'action="{reverse("shop:entry", args=[studio.slug])}"' in html
    assert cards(html) == []


def test_S2_an_unknown_studio_has_no_list() -> None:
    assert Client().get("/shop/at/nobody/photos/").status_code == 404


@pytest.mark.parametrize("number", [1, 12])
def test_S2_the_list_costs_the_same_queries_whatever_the_number_of_codes(
    studio: Studio, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    codes = [family(studio=studio, photos=5) for _number in range(number)]
    codes += [family(Status.ARCHIVED, studio=studio) for _number in range(number)]
    client = browser_with(*codes)
    client.get(my_photos(studio))
    monkeypatch.undo()

    with CaptureQueriesContext(connection) as queries:
        html = text(client.get(my_photos(studio)))

    assert html.count("<img") == 4 * number
    assert len(queries) == (7 if connection.vendor == "postgresql" else 6)


# A package


@pytest.fixture
def siblings(studio: Studio) -> list[AccessCode]:
    """Two children of two jobs that sell by the same price list, and one of another list."""
    codes = [family(studio=studio) for _number in range(3)]
    shared = codes[0].job.storefront.price_list
    Storefront.objects.filter(job=codes[1].job).update(price_list=shared)
    return codes


def package_of(code: AccessCode, **values: Any) -> Product:
    prices = PriceList.objects.get(pk=code.job.storefront.price_list_id)
    fixed = {"kind": "package", "picture_count": 3, "name": "Family", "price_cents": 2490}
    return ProductFactory.create(price_list=prices, **(fixed | values))


def chooser(studio: Studio, product: Product, query: str = "") -> str:
    return reverse("shop:package", args=[studio.slug, product.pk]) + query


def test_S2_a_package_takes_photos_of_all_codes_with_its_price_list(
    studio: Studio, siblings: list[AccessCode]
) -> None:
    product = package_of(siblings[0])
    PhotoFactory.create(album=siblings[0].subject.album)  # of another child
    closed = family(Status.ARCHIVED, studio=studio)
    Storefront.objects.filter(job=closed.job).update(price_list=product.price_list)
    untyped = family(studio=studio)
    Storefront.objects.filter(job=untyped.job).update(price_list=product.price_list)

    html = text(browser_with(*siblings, closed).get(chooser(studio, product)))

    expected = {f"{code.pk}:{photo.pk}" for code in siblings[:2] for photo in photos_of(code)}
    assert {pick for pick, _checked in PICK.findall(html)} == expected
    assert 'data-choose="3"' in html
    assert "Choose exactly 3 photos." in html
    assert f'name="product" value="{product.pk}"' in html
    assert "€24.90" in html


def test_S2_the_photo_that_led_to_the_package_is_chosen(
    studio: Studio, siblings: list[AccessCode]
) -> None:
    product = package_of(siblings[0])
    pick = f"{siblings[1].pk}:{photos_of(siblings[1])[0].pk}"
    foreign = f"{siblings[2].pk}:{photos_of(siblings[2])[0].pk}"
    query = f"?photo={pick}&photo={foreign}&photo=%3Cb%3E"

    html = text(browser_with(*siblings).get(chooser(studio, product, query)))

    assert [found for found, checked in PICK.findall(html) if checked] == [pick]
    assert "<b>" not in html


@pytest.mark.parametrize(
    "what", ["one photo", "off sale", "another studio's", "no open code", "no code", "huge"]
)
def test_S2_a_package_that_cannot_be_chosen_does_not_exist(
    studio: Studio, siblings: list[AccessCode], what: str
) -> None:
    product = package_of(siblings[0])
    client = browser_with(*siblings)
    place = chooser(studio, product)
    if what == "one photo":
        Product.objects.filter(pk=product.pk).update(picture_count=1)
    elif what == "off sale":
        Product.objects.filter(pk=product.pk).update(is_active=False)
    elif what == "another studio's":
        place = chooser(studio, package_of(family()))
    elif what == "no open code":
        client = browser_with(siblings[2])
    elif what == "no code":
        client = Client()
    else:
        place = place.replace(f"/{product.pk}/", f"/{10**30}/")

    assert client.get(place).status_code == 404


@pytest.mark.parametrize("photos", [1, 60])
def test_S2_choosing_costs_the_same_queries_whatever_the_number_of_photos(
    studio: Studio,
    siblings: list[AccessCode],
    monkeypatch: pytest.MonkeyPatch,
    photos: int,
) -> None:
    product = package_of(siblings[0])
    Photo.objects.all().delete()
    for code in siblings[:2]:
        PhotoFactory.create_batch(photos, album=code.subject.album, is_group=True)
    client = browser_with(*siblings)
    client.get(chooser(studio, product))
    monkeypatch.undo()

    with CaptureQueriesContext(connection) as queries:
        html = text(client.get(chooser(studio, product)))

    assert len(PICK.findall(html)) == 2 * photos
    assert len(queries) == (7 if connection.vendor == "postgresql" else 6)


def test_S2_the_chosen_language_stays_for_the_next_page(studio: Studio) -> None:
    code = family(studio=studio)
    client = browser_with(code)

    pages = [client.get(my_photos(studio) + query) for query in ("?lang=de", "", "?lang=xx")]
    stranger = Client().get(my_photos(studio))

    assert ['<html lang="de">' in text(page) for page in pages] == [True, True, True]
    assert '<html lang="en">' in text(stranger)
    assert visit.CODES in client.session
