"""Bought files: for who has a ticket, for a while, also after archiving."""

from contextlib import closing
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.core import signing
from django.core.files.base import ContentFile
from django.core.files.storage import storages

from jobstatus import operations
from shop import orders
from shop.delivery import downloads
from shop.models import OrderPicture, ProductKind
from tests import races
from tests.factories import NOON, PhotoFactory, at, job_in
from tests.paying import MINUTE, add_line, placed

pytestmark = pytest.mark.django_db(transaction=True)

BYTES = b"\xff\xd8 a photo " * 10_000
CLOCK = at(NOON)


@pytest.fixture
def now(monkeypatch, settings, tmp_path):
    """The product's clock, and a private storage of the test."""
    options = {"location": str(tmp_path), "base_url": None}
    backend = django_settings.STORAGES["private"]["BACKEND"]
    settings.STORAGES = django_settings.STORAGES | {
        "private": {"BACKEND": backend, "OPTIONS": options}
    }
    instant = [NOON]
    monkeypatch.setattr("jobstatus.clock.now", lambda: instant[0])
    return instant


def bought(*, kind=ProductKind.DOWNLOAD, is_paid=True, name="a.jpg", **values):
    """A picture of a paid order, with its original in the private storage."""
    order = placed(kind=kind, **values)
    picture = OrderPicture.objects.select_related("line__order").get(line__order=order)
    picture.file_name = name
    picture.save()
    storages["private"].save(picture.original_name, ContentFile(BYTES))
    if is_paid:
        orders.mark_paid(order.pk, by=None, clock=CLOCK)
        picture.line.order.refresh_from_db()
    return picture


def address(picture):
    return f"/shop/order/{picture.line.order.token}/download/{picture.pk}/"


def ticket(picture, at=NOON):
    return f"/shop/download/{downloads.ticket_for(picture, at=at)}/"


def content(response):
    with closing(response):
        return b"".join(response.streaming_content)


def test_S5_a_paid_download_is_a_file(client, now):
    picture = bought()

    response = client.get(address(picture), follow=True)

    assert len(response.redirect_chain) == 1
    assert response.redirect_chain[0][0].startswith("/shop/download/")
    assert content(response) == BYTES
    assert response["Content-Type"] == "image/jpeg"
    assert response["Content-Disposition"] == 'attachment; filename="a.jpg"'
    assert response["Cache-Control"] == "private, no-store"
    assert response["X-Content-Type-Options"] == "nosniff"


def test_S5_the_order_page_offers_what_is_paid(client, now):
    picture = bought()
    printed = add_line(picture.line.order, name="print.jpg")

    html = client.get(f"/shop/order/{picture.line.order.token}/").content.decode()

    assert address(picture) in html
    assert address(printed) not in html


@pytest.mark.parametrize("kind", [ProductKind.PRINT, ProductKind.PACKAGE])
def test_S5_only_downloads_are_delivered_as_files(client, now, kind):
    picture = bought(kind=kind)

    assert client.get(address(picture)).status_code == 404
    assert client.get(ticket(picture)).status_code == 403


@pytest.mark.parametrize("status", ["placed", "cancelled"])
def test_S5_only_a_paid_order_delivers(client, now, status):
    picture = bought(is_paid=status == "cancelled")
    if status == "cancelled":
        orders.cancel(picture.line.order_id, by=None, clock=CLOCK, reason="")

    response = client.get(ticket(picture))

    assert client.get(address(picture)).status_code == 404
    assert response.status_code == 403
    assert b"while their order is paid" in response.content


def test_S5_a_ticket_lasts_half_an_hour_and_is_renewed_by_the_order_page(client, now):
    picture = bought()
    first = client.get(address(picture))["Location"]

    now[0] = NOON + downloads.TICKET_LASTS - timedelta(seconds=1)
    assert content(client.get(first)) == BYTES
    now[0] = NOON + downloads.TICKET_LASTS
    expired = client.get(first)
    assert expired.status_code == 410
    assert f"/shop/order/{picture.line.order.token}/".encode() in expired.content

    assert content(client.get(address(picture), follow=True)) == BYTES


def test_S5_an_expired_ticket_does_not_lead_a_stranger_to_the_order(client, now):
    picture = bought()
    now[0] = NOON + timedelta(days=1)

    response = client.get(ticket(picture))

    assert response.status_code == 410
    assert picture.line.order.token.encode() not in response.content
    assert b"confirmation e-mail" in response.content


@pytest.mark.parametrize("forgery", ["changed", "other_salt", "rubbish", "missing"])
def test_S5_a_ticket_that_we_did_not_sign_opens_nothing(client, now, forgery):
    picture = bought()
    until = int((NOON + timedelta(days=1)).timestamp())
    text = {
        "changed": "x" + downloads.ticket_for(picture, at=NOON)[1:],
        "other_salt": signing.dumps([picture.pk, until], salt="other"),
        "rubbish": "a" * 3000,
        "missing": signing.dumps([10**9, until], salt=downloads.SALT),
    }[forgery]

    response = client.get(f"/shop/download/{text}/")

    assert response.status_code == 404
    assert b"We could not find this page" in response.content


def test_S5_a_picture_of_another_order_is_not_found(client, now):
    picture, other = bought(), bought()

    response = client.get(f"/shop/order/{picture.line.order.token}/download/{other.pk}/")

    assert response.status_code == 404


def test_S5_downloads_survive_archiving_hiding_and_deletion(client, now):
    job = job_in("selling")
    photo = PhotoFactory.create(album__job=job)
    picture = bought(studio=job.studio)
    OrderPicture.objects.filter(pk=picture.pk).update(photo=photo, job=job)
    photo.is_hidden = True
    photo.save()
    operations.archive([job.pk], by=None, clock=CLOCK)

    archived = client.get(address(picture), follow=True)
    photo.album.delete()
    deleted = client.get(address(picture), follow=True)

    assert content(archived) == content(deleted) == BYTES


@pytest.mark.parametrize("place", ["lost/original.jpg", ""])
def test_S5_a_file_that_is_lost_is_told_and_logged(client, now, caplog, place):
    picture = bought()
    OrderPicture.objects.update(original_name=place)

    response = client.get(address(picture), follow=True)

    assert response.status_code == 404
    assert b"Please tell" in response.content
    assert f"The file of bought picture {picture.pk} is missing." in caplog.text


def test_S5_a_place_outside_the_storage_is_refused(client, now):
    picture = bought()
    OrderPicture.objects.update(original_name="../../../../etc/passwd")

    assert client.get(address(picture), follow=True).status_code in (400, 404)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("IMG_1.JPG", "IMG_1.jpg"),
        ("../../etc/passwd", "passwd.jpg"),
        ("C:\\photos\\a.jpg", "a.jpg"),
        ('a"; filename="evil.exe', "a_filenameevil.jpg"),
        ("a\r\nSet-Cookie: x=1.jpg", "aSet-Cookie_x1.jpg"),
        (".htaccess", "htaccess.jpg"),
        ("Größe 1.jpg", "Größe_1.jpg"),
        ("x" * 200, "x" * 100 + ".jpg"),
        ("", "photo-{pk}.jpg"),
        ("...", "photo-{pk}.jpg"),
    ],
)
def test_S5_a_file_gets_a_name_that_is_safe_everywhere(now, name, expected):
    picture = OrderPicture(pk=7, file_name=name, original_name="a/original.jpg")

    assert downloads.file_name(picture) == expected.format(pk=7)


def downloaded(order):
    return order.events.filter(kind="downloaded").count()


def test_S5_a_download_is_noted_once_a_picture_and_day(client, now):
    picture = bought()
    order = picture.line.order
    second = add_line(order, kind=ProductKind.DOWNLOAD, name="b.jpg")
    storages["private"].save(second.original_name, ContentFile(BYTES))
    counts = []

    for instant, one in (
        (NOON, picture),
        (NOON + MINUTE, picture),
        (NOON + MINUTE, second),
        (NOON + timedelta(days=1), picture),
    ):
        now[0] = instant
        assert content(client.get(address(one), follow=True)) == BYTES
        counts.append(downloaded(order))

    assert counts == [1, 1, 2, 3]


def test_S5_looking_whether_the_file_is_there_is_no_download(client, now):
    picture = bought()

    with closing(client.head(ticket(picture))) as response:
        assert response.status_code == 200
    assert downloaded(picture.line.order) == 0


def test_S5_two_downloads_at_once_are_noted_once(real_database, now):
    picture = bought()

    with races.Racers(2) as racers:
        act = lambda: downloads.note_download(picture, clock=CLOCK)  # noqa: E731 - a short act
        racers.race(act, act)

    assert downloaded(picture.line.order) == 1


def test_S5_a_web_server_in_front_sends_the_file(client, now, settings):
    settings.PRIVATE_MEDIA_REDIRECT = "/private/"
    picture = bought()

    response = client.get(address(picture), follow=True)

    assert response["X-Accel-Redirect"] == f"/private/{picture.original_name}"
    assert response["Content-Disposition"] == 'attachment; filename="a.jpg"'
    assert response.content == b""
