"""The trash: what goes in is shown nowhere, what comes back is what went (A14)."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from jobstatus.lifecycle import Status
from jobstatus.listeners import Change
from jobstatus.models import Job
from shop import audience, readiness
from shop.buying import shelf
from shop.buying.shelf import Standing
from shop.gallery import contents
from shop.models import AccessCode, Album, BasketLine, Contact, Photo, SortingStep
from shop.sorting import trash
from shop.sorting.trash import Restored
from tests import photos as files
from tests.buying import add, at, photos_of, pick, print_of, visitor
from tests.factories import (
    NOON,
    AlbumFactory,
    CustomerFactory,
    PhotoFactory,
    ProductFactory,
    family,
)
from tests.shop_rows import order_of
from tests.visitors import browser_with, page_of, stop_clock

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    stop_clock(monkeypatch, NOON)


@pytest.fixture
def code() -> AccessCode:
    return family(photos=1)


def job_of(code: AccessCode) -> Job:
    assert code.job is not None
    return code.job


def album_of(code: AccessCode) -> Album:
    assert code.subject is not None
    assert code.subject.album is not None
    return code.subject.album


def put_photo(code: AccessCode) -> SortingStep | None:
    ids = [photo.pk for photo in photos_of(code)]
    return trash.put_photos(job_of(code), ids, by=None, at=NOON)


def put_album(code: AccessCode) -> SortingStep | None:
    return trash.put_album(job_of(code), album_of(code).pk, by=None, at=NOON)


def restore_photo(code: AccessCode) -> Restored:
    return trash.restore_photos(job_of(code), [photo.pk for photo in photos_of(code)])


def restore_album(code: AccessCode) -> Restored:
    return trash.restore_album(job_of(code), album_of(code).pk)


# Every surface that shows photos, or counts them


def in_gallery(code: AccessCode) -> bool:
    html = browser_with(code).get(page_of("gallery", code)).content.decode()
    return "/thumbnail.jpg" in html


def on_its_page(code: AccessCode) -> bool:
    photo = photos_of(code)[0]
    return browser_with(code).get(page_of("photo", code, photo.pk)).status_code == 200


def in_my_photos(code: AccessCode) -> bool:
    url = reverse("shop:my_photos", args=[code.studio.slug])
    return "/thumbnail.jpg" in browser_with(code).get(url).content.decode()


def in_choices(code: AccessCode) -> bool:
    return bool(contents.pictures([code], most=10)[code.pk])


def in_packages(code: AccessCode) -> bool:
    prices = print_of(code).price_list
    product = ProductFactory.create(price_list=prices, kind="package", picture_count=2)
    url = reverse("shop:package", args=[code.studio.slug, product.pk])
    return pick(code) in browser_with(code).get(url).content.decode()


def on_the_shelf(code: AccessCode) -> bool:
    photo = photos_of(code)[0]
    known = shelf.read(
        code.studio,
        code_ids=[code.pk],
        photo_ids=[photo.pk],
        product_ids=[print_of(code).pk],
        at=NOON,
    )
    standing = known.standing(print_of(code).pk, [(code.pk, photo.pk)])
    assert standing in (Standing.GOOD, Standing.PHOTO_GONE)
    return standing is Standing.GOOD


def goes_into_a_basket(code: AccessCode) -> bool:
    add(visitor(code), code)
    return BasketLine.objects.filter(basket__studio=code.studio).exists()


def in_messages(code: AccessCode) -> bool:
    job = job_of(code)
    customer = CustomerFactory.create(studio=job.studio)
    Contact.objects.create(
        customer=customer, job=job, subject=code.subject, source=Contact.Source.NAMES_LIST
    )
    pair = (job.pk, customer.pk)
    return audience.persons([pair])[pair].has_photos


def in_the_checklist(code: AccessCode) -> bool:
    change = Change(("start_selling",), (job_of(code),), None, NOON)
    return any("photo in 1 active album is shown" in n.text for n in readiness.checklist(change))


SURFACES = [
    in_gallery,
    on_its_page,
    in_my_photos,
    in_choices,
    in_packages,
    on_the_shelf,
    goes_into_a_basket,
    in_messages,
    in_the_checklist,
]
each_surface = pytest.mark.parametrize("surface", SURFACES, ids=lambda surface: surface.__name__)


@each_surface
@pytest.mark.parametrize(
    ("put", "restore"), [(put_photo, restore_photo), (put_album, restore_album)]
)
def test_A14_what_is_in_the_trash_is_shown_nowhere_and_comes_back(
    put: Any, restore: Any, surface: Any, code: AccessCode
) -> None:
    put(code)
    assert not surface(code)

    assert restore(code).photos == 1
    assert surface(code)


@pytest.mark.parametrize("put", [put_photo, put_album])
def test_A14_the_picture_itself_is_refused(
    put: Any, code: AccessCode, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo = files.stored(files.in_memory(monkeypatch), code)
    browser = browser_with(code)
    address = files.address(browser, code, photo, at=NOON)
    assert browser.get(address).status_code == 200

    put(code)

    assert browser.get(address).status_code == 404


@pytest.mark.parametrize("put", [put_photo, put_album])
def test_A14_a_line_of_a_basket_says_that_its_photo_is_gone(put: Any, code: AccessCode) -> None:
    browser = visitor(code)
    add(browser, code)

    put(code)

    page = browser.get(at("basket", code.studio))
    assert page.status_code == 200
    line = BasketLine.objects.get(basket__studio=code.studio)
    assert on_the_shelf(code) is False
    assert line.set_aside_at is None  # Restored, it can be ordered again.


@pytest.mark.parametrize("put", [put_photo, put_album])
def test_A14_bought_files_can_still_be_fetched(put: Any, code: AccessCode) -> None:
    order = order_of(code, status="paid")
    picture = order.lines.get().pictures.get()

    put(code)

    picture.refresh_from_db()
    assert picture.photo_id == photos_of(code)[0].pk
    assert picture.original_name == "tests/original.jpg"


def test_A7_an_archived_job_whose_albums_are_all_in_the_trash_is_not_shown() -> None:
    code = family(Status.ARCHIVED)
    assert contents.jobs_with_active_albums([job_of(code)]) == {job_of(code).pk}

    put_album(code)
    assert contents.jobs_with_active_albums([job_of(code)]) == set()

    restore_album(code)
    assert contents.jobs_with_active_albums([job_of(code)]) == {job_of(code).pk}


# What comes back


def test_A14_an_album_comes_back_with_exactly_the_photos_that_went_with_it(
    code: AccessCode,
) -> None:
    album, job = album_of(code), job_of(code)
    before, other = PhotoFactory.create_batch(2, album=album)
    hidden = PhotoFactory.create(album=album, is_hidden=True)
    elsewhere = PhotoFactory.create(album=AlbumFactory.create(job=job))
    trash.put_photos(job, [before.pk, elsewhere.pk], by=None, at=NOON - HOUR)

    put_album(code)
    found = restore_album(code)

    assert found == Restored(photos=3, albums=1)
    there = Photo.objects.filter(job=job, trashed_at__isnull=True)
    expected = {photos_of(code)[0].pk, other.pk, hidden.pk}
    assert set(there.values_list("pk", flat=True)) == expected
    assert Photo.objects.get(pk=hidden.pk).is_hidden
