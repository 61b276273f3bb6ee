"""Grants: what an address of a photo is worth, to whom and for how long."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import InMemoryStorage
from django.test import Client

from shop.gallery import media
from shop.models import AccessCode, Photo
from tests import photos
from tests.factories import NOON, family
from tests.photos import in_memory, stored
from tests.visitors import browser_with, page_of, stop_clock

pytestmark = pytest.mark.django_db

TICK = timedelta(microseconds=1)


@pytest.fixture(autouse=True)
def files(monkeypatch: pytest.MonkeyPatch) -> InMemoryStorage:
    stop_clock(monkeypatch, NOON)
    return in_memory(monkeypatch)


def address(client: Client, code: AccessCode, photo: Photo, size: str = "preview") -> str:
    return photos.address(client, code, photo, size, at=NOON)


@pytest.mark.parametrize("change", ["cut", "other code", "later period", "empty", "no number"])
def test_S3_a_changed_grant_is_no_grant(files: Any, change: str) -> None:
    code = family()
    photo, client = stored(files, code), browser_with(code, family())
    place = address(client, code, photo)
    granted = place.split("/")[3]
    value, signature = granted.rsplit(".", 1)
    number, period = value.split("-")
    forged = {
        "cut": f"{value}.{signature[:-1]}",
        "other code": f"{int(number) + 1}-{period}.{signature}",
        "later period": f"{number}-{int(period) + 1}.{signature}",
        "empty": "-",
        "no number": f"x-y.{signature}",
    }[change]

    assert client.get(place.replace(granted, forged)).status_code == 404


@pytest.mark.parametrize(
    ("after", "status"),
    [
        (timedelta(), 200),
        (timedelta(hours=2) - TICK, 200),
        (timedelta(hours=2), 404),
        (-TICK, 404),
    ],
)
def test_S3_a_grant_ends_after_two_hours_at_most(
    files: Any, monkeypatch: pytest.MonkeyPatch, after: timedelta, status: int
) -> None:
    code = family()
    photo, client = stored(files, code), browser_with(code)
    place = address(client, code, photo)  # NOON begins a period

    stop_clock(monkeypatch, NOON + after)

    assert client.get(place).status_code == status


def test_S3_addresses_stay_the_same_for_an_hour_and_last_another_one(files: Any) -> None:
    code = family()
    photo, client = stored(files, code), browser_with(code)
    client.get(page_of("gallery", code))
    request: Any = type("Request", (), {"session": client.session})()

    hour = timedelta(hours=1)
    made = [
        media.picture_url(request, code, photo.pk, "preview", at=instant)
        for instant in (NOON, NOON + hour - TICK, NOON + hour)
    ]

    assert (made[0] == made[1], made[0] == made[2]) == (True, False)
    assert media.grants_change_at(NOON) == NOON + hour
    assert media.grants_outlast(NOON) == 2 * hour
