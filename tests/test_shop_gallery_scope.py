"""Whose photos: nobody reaches another family's, by whatever number; and what pages cost."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from shop import visit
from shop.models import AccessCode, Album, Appearance, Basket, BasketLine, Photo, Product
from tests.factories import NOON, StudioFactory, family
from tests.visitors import browser_with, page_of, photos_of, stop_clock, text

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    stop_clock(monkeypatch, NOON)


@pytest.mark.parametrize("name", ["gallery", "photo"])
@pytest.mark.parametrize(
    "foreign",
    ["another family's code", "another studio's address", "a dead code", "no code", "huge"],
)
def test_S1_whatever_the_visitor_has_not_opened_does_not_exist(name: str, foreign: str) -> None:
    code, other = family(), family()
    client = browser_with(code)
    more = [photos_of(code)[0].pk] if name == "photo" else []
    slug, number = code.studio.slug, code.pk
    if foreign == "another family's code":
        slug, number = other.studio.slug, other.pk
        more = more and [photos_of(other)[0].pk]
    elif foreign == "another studio's address":
        slug = StudioFactory.create().slug
    elif foreign == "a dead code":
        AccessCode.objects.filter(pk=code.pk).update(subject=None)
    else:
        number = {"no code": 0, "huge": 10**30}[foreign]

    response = client.get(reverse(f"shop:{name}", args=[slug, number, *more]))
    nobody = Client().get(page_of(name, code, *more))

    assert (response.status_code, nobody.status_code) == (404, 404)
    assert response.content == nobody.content


@pytest.mark.parametrize(
    "foreign", ["another child's", "hidden", "of an inactive album", "untied", "none", "huge"]
)
def test_G2_a_photo_that_is_not_shown_to_the_person_does_not_exist(foreign: str) -> None:
    code, other = family(), family()
    photo = photos_of(code)[0]
    number = photo.pk
    if foreign == "another child's":
        number = photos_of(other)[0].pk
    elif foreign == "hidden":
        Photo.objects.filter(pk=photo.pk).update(is_hidden=True)
    elif foreign == "of an inactive album":
        Album.objects.filter(pk=photo.album_id).update(is_active=False)
    elif foreign == "untied":
        Appearance.objects.filter(photo=photo).delete()
    else:
        number = {"none": 0, "huge": 10**30}[foreign]

    response = browser_with(code, other).get(page_of("photo", code, number))

    assert response.status_code == 404


def test_S1_a_name_is_text_and_not_markup() -> None:
    code = family()
    type(code.subject).objects.update(name="<script>alert(1)</script><photos><seconds>~grant~")
    Product.objects.update(name="<b>Print</b>")
    client = browser_with(code)

    pages = [page_of("gallery", code), page_of("photo", code, photos_of(code)[0].pk)]
    html = " ".join(text(client.get(page)) for page in pages)

    assert ("<script>alert" in html, "<b>" in html, "<photos>" in html) == (False,) * 3
    assert "&lt;photos&gt;&lt;seconds&gt;~grant~" in html


# What it costs


@pytest.mark.parametrize("photos", [1, 200])
@pytest.mark.parametrize(
    ("name", "new", "kept"), [("gallery", 2, 1), ("photo", 5, 5)], ids=["gallery", "photo"]
)
def test_S3_pages_cost_the_same_queries_whatever_the_number_of_photos(
    monkeypatch: pytest.MonkeyPatch, photos: int, name: str, new: int, kept: int
) -> None:
    monkeypatch.undo()
    code = family(photos=photos)
    client = browser_with(code)
    session = client.session
    basket = Basket.objects.create(studio=code.studio)
    BasketLine.objects.create(basket=basket, title="Print")
    session[visit.BASKETS] = {str(code.studio_id): basket.pk}
    session[visit.VISITOR] = "known"
    session.save()
    more = [photos_of(code)[0].pk] if name == "photo" else []
    client.get(page_of(name, code, *more))
    Photo.objects.update(is_hidden=False)

    costs = []
    for _visit in range(2):
        with CaptureQueriesContext(connection) as queries:
            response = client.get(page_of(name, code, *more))
        assert response.status_code == 200
        costs.append(len(queries))

    # The gallery's one statement brings PostgreSQL's clock with it.
    clock = connection.vendor == "postgresql" and name != "gallery"
    assert costs == [new + clock, kept + clock]
