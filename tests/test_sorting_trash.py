"""The trash: what goes in is shown nowhere, what comes back is what went (A14)."""

from datetime import timedelta
from typing import Any

import pytest

from jobstatus.lifecycle import Status
from shop.gallery import contents
from shop.models import AccessCode, BasketLine, Photo
from shop.sorting import trash
from shop.sorting.trash import Restored
from tests import photos as files
from tests.buying import add, at, photos_of, visitor
from tests.factories import (
    NOON,
    AlbumFactory,
    PhotoFactory,
    family,
)
from tests.shop_rows import order_of
from tests.trash_surfaces import (
    album_of,
    each_surface,
    job_of,
    on_the_shelf,
    put_album,
    put_photo,
    restore_album,
    restore_photo,
)
from tests.visitors import browser_with, stop_clock

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    stop_clock(monkeypatch, NOON)


@pytest.fixture
def code() -> AccessCode:
    return family(photos=1)


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
