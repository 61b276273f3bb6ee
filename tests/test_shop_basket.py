"""Putting products into the basket: what may go in, what is refused, and with which words (S2)."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jobstatus import operations
from shop.models import BasketLine, LinePicture, Photo
from shop.models.basket import HIGHEST_QUANTITY
from tests import buying
from tests.buying import add, photos_of, pick, print_of, second_child, second_job, visitor, words
from tests.factories import NOON, PhotoFactory, ProductFactory, at, family

pytestmark = pytest.mark.django_db

NOT_YOURS = "This photo is not available with your access codes."


def lines() -> list[tuple[str, int, int]]:
    rows = BasketLine.objects.order_by("pk")
    return [(line.title, line.price_cents, line.quantity) for line in rows]


def test_S2_a_print_is_in_the_basket_at_the_price_of_the_list() -> None:
    code, noise = family(), family()
    client = visitor(code)

    response = add(client, code, quantity="2", next="/shop/at/x/photos/1/")

    assert (response.status_code, response.url) == (302, "/shop/at/x/photos/1/")
    assert lines() == [("Print 13 × 18 cm", 950, 2)]
    picture = LinePicture.objects.get()
    assert (picture.code_id, picture.photo_id) == (code.pk, photos_of(code)[0].pk)
    assert picture.job_id == code.job_id
    assert BasketLine.objects.filter(basket__studio=noise.studio).count() == 0


def test_S2_the_same_product_with_the_same_photo_is_counted_up() -> None:
    code = family()
    client = visitor(code)
    other = photos_of(code)[1]

    add(client, code, quantity="2")
    add(client, code, quantity="3")
    add(client, code, photo=pick(code, other))

    assert [quantity for _title, _price, quantity in lines()] == [5, 1]


def test_S2_a_package_is_the_same_whatever_the_order_of_its_photos() -> None:
    code = family()
    package = ProductFactory.create(
        price_list=print_of(code).price_list, kind="package", picture_count=2
    )
    client = visitor(code)
    picks = [pick(code, photo) for photo in photos_of(code)]

    add(client, code, product=package.pk, photo=picks)
    add(client, code, product=package.pk, photo=picks[::-1])
    add(client, code, product=package.pk, photo=[picks[0], picks[0]])

    assert [quantity for _title, _price, quantity in lines()] == [2, 1]


def test_S2_a_package_takes_photos_of_two_children_and_two_jobs_with_one_price_list() -> None:
    code = family()
    others = [second_child(code), second_job(code)]
    package = ProductFactory.create(
        price_list=print_of(code).price_list, kind="package", picture_count=3
    )
    client = visitor(code, *others)

    response = add(client, code, product=package.pk, photo=[pick(c) for c in (code, *others)])

    assert response.status_code == 302
    assert set(LinePicture.objects.values_list("job", flat=True)) == {
        code.job_id,
        others[1].job_id,
    }


def test_S2_a_package_of_jobs_with_different_price_lists_is_refused() -> None:
    code = family()
    other = family(studio=code.studio)
    package = ProductFactory.create(
        price_list=print_of(code).price_list, kind="package", picture_count=2
    )

    response = add(visitor(code, other), code, product=package.pk, photo=[pick(code), pick(other)])

    assert response.status_code == 409
    assert "This product is not for sale with this photo." in words(response)
    assert lines() == []


@pytest.mark.parametrize(
    ("quantity", "sentence"),
    [
        ("0", "The quantity must be at least 1."),
        ("-1", "The quantity must be at least 1."),
        ("-0", "The quantity must be at least 1."),
        ("1000000000", "You can order each product at most 99 times here."),
        ("100", "You can order each product at most 99 times here."),
        ("9" * 10_000, "You can order each product at most 99 times here."),
        ("2.5", "Type the quantity as a whole number, such as 2."),
        ("1e1", "Type the quantity as a whole number, such as 2."),
        ("", "Type the quantity as a whole number, such as 2."),
        ("two", "Type the quantity as a whole number, such as 2."),
        ("\x00", "Type the quantity as a whole number, such as 2."),
        ("٣", "Type the quantity as a whole number, such as 2."),
    ],
)
def test_S2_a_wrong_quantity_is_a_sentence(quantity: str, sentence: str) -> None:
    code = family()

    response = add(visitor(code), code, quantity=quantity)

    assert response.status_code == 409
    assert sentence in words(response)
    assert lines() == []


@pytest.mark.parametrize("quantity", ["1", "99", " 7 ", "+3", "007"])
def test_S2_a_right_quantity_is_taken(quantity: str) -> None:
    code = family()

    assert add(visitor(code), code, quantity=quantity).status_code == 302

    assert [n for _title, _price, n in lines()] == [int(quantity)]


def test_S2_counting_up_beyond_the_limit_is_refused_and_changes_nothing() -> None:
    code = family()
    client = visitor(code)
    add(client, code, quantity=str(HIGHEST_QUANTITY))

    response = add(client, code)

    assert "at most 99 times" in words(response)
    assert [n for _title, _price, n in lines()] == [HIGHEST_QUANTITY]


@pytest.mark.parametrize(("hour", "added"), [(21, 1), (22, 0)])
def test_L4_the_clock_decides_and_not_the_sweep(
    monkeypatch: pytest.MonkeyPatch, hour: int, added: int
) -> None:
    code = family(archiving_enabled=True, archive_date=date(2026, 5, 10), archive_delay=0)
    monkeypatch.setattr("jobstatus.clock.now", lambda: datetime(2026, 5, 10, hour, tzinfo=UTC))

    add(visitor(code), code)

    assert len(lines()) == added


def test_X3_late_access_adds_while_the_job_is_archived(monkeypatch: pytest.MonkeyPatch) -> None:
    code = family()
    other = second_child(code)
    operations.archive([code.job_id], by=None, clock=at(NOON))
    code.late_until_date = date(2026, 5, 6)
    code.save()
    monkeypatch.setattr("jobstatus.clock.now", lambda: datetime(2026, 5, 6, 21, tzinfo=UTC))

    added = [add(visitor(c), c).status_code for c in (code, other)]
    monkeypatch.setattr("jobstatus.clock.now", lambda: datetime(2026, 5, 6, 22, tzinfo=UTC))
    too_late = add(visitor(code), code).status_code

    assert (added, too_late) == ([302, 409], 409)
    assert len(lines()) == 1


def test_G2_only_what_the_gallery_shows_can_be_added() -> None:
    """The same photos as `PhotoQuerySet.of`, in every combination."""
    code = family()
    assert code.subject is not None
    sibling = second_child(code)
    own, hidden = photos_of(code)
    Photo.objects.filter(pk=hidden.pk).update(is_hidden=True)
    group = PhotoFactory.create(album=code.subject.album, is_group=True)
    hidden_group = PhotoFactory.create(album=code.subject.album, is_group=True, is_hidden=True)
    untied = PhotoFactory.create(album=code.subject.album)
    assert sibling.subject is not None
    other_group = PhotoFactory.create(album=sibling.subject.album, is_group=True)
    photos = [own, hidden, group, hidden_group, untied, other_group]
    shown = set(Photo.objects.of(code.subject))

    client = visitor(code)
    added = {p for p in photos if add(client, code, photo=pick(code, p)).status_code == 302}

    assert added == shown == {own, group}
    code.subject.album.is_active = False
    code.subject.album.save()
    assert add(client, code, photo=pick(code, own)).status_code == 409


def test_S2_looking_adds_nothing() -> None:
    code = family()
    client = visitor(code)
    query = {"product": print_of(code).pk, "photo": pick(code), "quantity": 1}

    assert client.get(buying.at("basket_add", code.studio), query).status_code == 405
    assert client.get(buying.at("basket", code.studio), query).status_code == 200
    assert lines() == []


def test_S2_adding_costs_the_same_however_full_the_basket() -> None:
    code = family(photos=12)
    client = visitor(code)
    add(client, code)
    counts = []
    for photo in (photos_of(code)[1], photos_of(code)[11]):
        with CaptureQueriesContext(connection) as queries:
            add(client, code, photo=pick(code, photo))
        counts.append(len(queries))
        for more in photos_of(code)[2:11]:
            add(client, code, photo=pick(code, more))

    assert counts[0] == counts[1]
