"""Photos reach those who may see them now, and nobody else (L2, L4, L6, G2)."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from jobstatus import operations
from jobstatus.lifecycle import Status
from shop import visit
from shop.gallery import media
from shop.models import AccessCode, Appearance, Photo
from tests import photos
from tests.factories import NOON, AccessCodeFactory, PhotoFactory, at, family
from tests.photos import in_memory, stored
from tests.test_shop_page import CLOSING, EARLY, LAST_DAY
from tests.visitors import browser_with, page_of, stop_clock

pytestmark = pytest.mark.django_db

TICK = timedelta(microseconds=1)
SELLING = {"archiving_enabled": True, "archive_date": LAST_DAY, "archive_delay": 1}


@pytest.fixture(autouse=True)
def files(monkeypatch: pytest.MonkeyPatch) -> InMemoryStorage:
    stop_clock(monkeypatch, NOON)
    return in_memory(monkeypatch)


def address(client: Client, code: AccessCode, photo: Photo, size: str = "preview") -> str:
    return photos.address(client, code, photo, size, at=NOON)


@pytest.mark.parametrize("size", media.SIZES)
def test_S3_a_visitor_with_the_code_gets_the_photo(files: Any, size: str) -> None:
    code = family()
    photo, client = stored(files, code), browser_with(code)

    response = client.get(address(client, code, photo, size))

    assert (response.status_code, b"".join(response)) == (200, size.encode())
    assert response["Content-Type"] == "image/jpeg"
    assert response["Cache-Control"] == "private, max-age=300"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Robots-Tag"] == "noindex"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert response["Content-Length"] == str(len(size))
    assert "Cookie" in response["Vary"]


@pytest.mark.parametrize(
    ("has_webp", "accept", "kind", "content"),
    [
        (True, "image/avif,image/webp,*/*;q=0.8", "image/webp", b"smaller"),
        (True, "image/png,*/*;q=0.8", "image/jpeg", b"preview"),
        (True, None, "image/jpeg", b"preview"),
        (False, "image/webp", "image/jpeg", b"preview"),
    ],
)
def test_S3_browsers_that_name_it_get_the_smaller_format(
    files: Any, has_webp: bool, accept: str | None, kind: str, content: bytes
) -> None:
    code = family()
    photo, client = stored(files, code), browser_with(code)
    files.save(photo.preview.name.replace(".jpg", ".webp"), ContentFile(b"smaller"))
    Photo.objects.update(has_webp=has_webp)

    place = address(client, code, photo)
    response = client.get(place, headers={"accept": accept} if accept else {})
    other = client.get(place, headers={"accept": "image/webp"} if not accept else {})

    assert (b"".join(response), response["Content-Type"]) == (content, kind)
    assert {"Accept", "Cookie"} <= set(response["Vary"].split(", "))
    # Each format has a name of its own: a cache never answers with the other one.
    assert (response["ETag"] == other["ETag"]) is (
        response["Content-Type"] == other["Content-Type"]
    )


def test_S3_the_original_has_no_address(files: Any) -> None:
    code = family()
    photo, client = stored(files, code), browser_with(code)

    wrong = address(client, code, photo).replace("preview", "original")

    assert client.get(wrong).status_code == 404


def test_S3_a_photo_that_the_browser_has_is_not_sent_again(files: Any) -> None:
    code = family()
    photo, client = stored(files, code), browser_with(code)
    place = address(client, code, photo)
    etag = client.get(place)["ETag"]

    again = client.get(place, headers={"if-none-match": etag})

    assert (again.status_code, again.content) == (304, b"")
    assert (again["ETag"], again["Cache-Control"]) == (etag, "private, max-age=300")


@pytest.mark.parametrize("status", [Status.PLANNING, Status.ARCHIVED])
def test_L6_a_photos_address_is_refused_the_moment_the_job_leaves_selling(
    files: Any, status: str
) -> None:
    code = family()
    photo, client = stored(files, code), browser_with(code)
    place = address(client, code, photo)
    etag = client.get(place)["ETag"]

    move = {Status.PLANNING: "return_to_planning", Status.ARCHIVED: "archive"}[status]
    getattr(operations, move)([code.job_id], by=None, clock=at(NOON))

    assert client.get(place).status_code == 404
    assert client.get(place, headers={"if-none-match": etag}).status_code == 404


@pytest.mark.parametrize("status", [Status.PLANNING, Status.ARCHIVED, Status.PREPAY])
def test_L2_there_is_no_photo_before_and_after_selling(files: Any, status: str) -> None:
    code = family(status)
    photo, client = stored(files, code), browser_with(code)

    assert client.get(address(client, code, photo)).status_code == 404


def test_L4_photos_end_with_the_deadline_without_any_sweep(
    files: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = family(now=EARLY, **SELLING)
    photo, client = stored(files, code), browser_with(code)
    stop_clock(monkeypatch, CLOSING - TICK)
    place = photos.address(client, code, photo, at=CLOSING - TICK)

    before = client.get(place).status_code
    stop_clock(monkeypatch, CLOSING)
    after = client.get(place).status_code

    assert (before, after) == (200, 404)


def test_X3_late_access_shows_photos_to_this_code_only(files: Any) -> None:
    code = family(Status.ARCHIVED)
    other = AccessCodeFactory.create(subject=code.subject)
    AccessCode.objects.filter(pk=code.pk).update(late_until_date=date(2026, 5, 4))
    photo, client = stored(files, code), browser_with(code, other)

    statuses = [client.get(address(client, one, photo)).status_code for one in (code, other)]

    assert statuses == [200, 404]


# Whose


def test_S3_an_address_is_worth_nothing_in_another_browser(files: Any) -> None:
    code = family()
    photo, client = stored(files, code), browser_with(code)
    place = address(client, code, photo)
    with_the_code, without = browser_with(code), Client()
    with_the_code.get(page_of("gallery", code))

    statuses = [one.get(place).status_code for one in (client, with_the_code, without)]

    assert statuses == [200, 404, 404]


def test_S2_an_address_ends_when_the_visitor_forgets_the_code(files: Any) -> None:
    code = family()
    photo, client = stored(files, code), browser_with(code)
    place = address(client, code, photo)

    session = client.session
    session[visit.CODES] = []
    session.save()

    assert client.get(place).status_code == 404


def test_S1_a_dead_code_shows_nothing(files: Any) -> None:
    code = family()
    photo, client = stored(files, code), browser_with(code)
    place = address(client, code, photo)

    AccessCode.objects.filter(pk=code.pk).update(subject=None)

    assert client.get(place).status_code == 404


@pytest.mark.parametrize(
    "foreign", ["another family's", "hidden", "of an inactive album", "not tied", "none", "huge"]
)
def test_G2_a_grant_opens_the_persons_shown_photos_only(files: Any, foreign: str) -> None:
    code, other = family(), family()
    photo, client = stored(files, code), browser_with(code)
    place = address(client, code, photo)
    numbers = {"none": 0, "huge": 10**30}
    if foreign == "another family's":
        numbers[foreign] = stored(files, other).pk
    elif foreign == "not tied":
        stranger = PhotoFactory.create(album=photo.album)
        numbers[foreign] = stranger.pk
    else:
        numbers.setdefault(foreign, photo.pk)
    if foreign == "hidden":
        Photo.objects.filter(pk=photo.pk).update(is_hidden=True)
    if foreign == "of an inactive album":
        type(photo.album).objects.update(is_active=False)

    response = client.get(place.replace(f"/{photo.pk}/", f"/{numbers[foreign]}/"))

    assert response.status_code == 404


def test_G2_group_photos_of_the_album_are_shown_others_not(files: Any) -> None:
    code = family()
    photo, client = stored(files, code), browser_with(code)
    Appearance.objects.filter(photo=photo).delete()

    untied = client.get(address(client, code, photo)).status_code
    Photo.objects.filter(pk=photo.pk).update(is_group=True)
    group = client.get(address(client, code, photo)).status_code

    assert (untied, group) == (404, 200)


# What it costs and how it leaves


def test_S3_a_photo_costs_three_queries_and_the_databases_clock(
    files: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = family(photos=200)
    photo, client = stored(files, code), browser_with(code)
    place = address(client, code, photo)
    monkeypatch.undo()
    monkeypatch.setattr(Photo._meta.get_field("preview"), "storage", files)
    monkeypatch.setattr(media, "_period", lambda at: int(NOON.timestamp()) // 3600)

    with CaptureQueriesContext(connection) as queries:
        response = client.get(place)

    assert response.status_code == 200
    assert len(queries) == (4 if connection.vendor == "postgresql" else 3)


def test_S3_a_file_that_the_storage_has_lost_is_not_found(files: Any) -> None:
    code = family()
    photo, client = stored(files, code), browser_with(code)
    place = address(client, code, photo)

    files.delete(photo.preview.name)

    assert client.get(place).status_code == 404


def test_S3_the_server_in_front_may_send_the_file(files: Any, settings: Any) -> None:
    settings.PRIVATE_MEDIA_REDIRECT = "/private/"
    code = family()
    photo, client = stored(files, code), browser_with(code)
    Photo.objects.filter(pk=photo.pk).update(preview="jobs/1/a b/preview.jpg")

    response = client.get(address(client, code, photo))

    assert (response.status_code, response.content) == (200, b"")
    assert response["X-Accel-Redirect"] == "/private/jobs/1/a%20b/preview.jpg"
    assert response["Cache-Control"] == "private, max-age=300"
