"""Photos in an S3-compatible bucket, against a server that speaks the protocol (G1, L6, S5)."""

from datetime import timedelta

import boto3
import pytest
import requests
from django.conf import settings as project
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from moto.server import ThreadedMotoServer

from config import checks
from config.doctor import machine
from shop.gallery import media
from shop.models import OrderPicture, Photo
from shop.storing import checking, doomed
from shop.storing.bucket import PrivateBucket
from tests.factories import NOON, family
from tests.photos import address
from tests.shop_rows import order_of
from tests.visitors import browser_with, stop_clock

pytestmark = pytest.mark.django_db

BUCKET, KEY = "photos-of-tests", "key-of-the-tests"


@pytest.fixture(scope="module")
def server():
    """Checks no passwords, but signatures have to be there where they should be."""
    double = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    double.start()
    host, port = double.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    client = boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id=KEY,
        aws_secret_access_key=KEY,
    )
    client.create_bucket(Bucket=BUCKET)
    yield endpoint
    double.stop()


@pytest.fixture
def bucket(server, settings, monkeypatch):
    settings.PRIVATE_MEDIA_BUCKET = BUCKET
    settings.PRIVATE_MEDIA_ENDPOINT = server
    storage = PrivateBucket(
        bucket_name=BUCKET,
        endpoint_url=server,
        region_name="us-east-1",
        access_key=KEY,
        secret_key=KEY,
    )
    monkeypatch.setitem(storages._storages, "private", storage)
    for name in ("original", "preview", "thumbnail"):
        monkeypatch.setattr(Photo._meta.get_field(name), "storage", storage)
    stop_clock(monkeypatch, NOON)
    yield storage
    storage.bucket.objects.all().delete()


@pytest.mark.parametrize(
    ("acl", "status", "verdict"), [("private", 403, "ok"), ("public-read", 200, "problem")]
)
def test_X6_the_doctor_asks_the_bucket_as_a_stranger(bucket, acl, status, verdict):
    bucket.default_acl = acl

    [written, asked] = machine.photos_can_be_kept(lambda: NOON)

    assert written.verdict == "ok"
    text = f"Whoever asks the bucket without a signature gets the answer {status}."
    assert (asked.verdict, asked.text) == (verdict, text)
    assert not list(bucket.bucket.objects.all())


def photo_of(code, storage):
    photo = Photo.objects.of(code.subject).get()
    for name in ("original", "preview", "thumbnail"):
        place = f"jobs/{photo.job_id}/{photo.pk}/{name}.jpg"
        storage.save(place, ContentFile(name.encode()))
        setattr(photo, name, place)
    storage.save(f"jobs/{photo.job_id}/{photo.pk}/preview.webp", ContentFile(b"small"))
    storage.save(f"jobs/{photo.job_id}/{photo.pk}/thumbnail.webp", ContentFile(b"smaller"))
    photo.has_webp = True
    photo.save()
    return photo


def test_S3_a_visitor_is_led_to_an_address_that_works_for_a_minute(bucket):
    code = family(photos=1)
    photo, client = photo_of(code, bucket), browser_with(code)

    response = client.get(address(client, code, photo, at=NOON))

    target = response["Location"]
    fetched = requests.get(target, timeout=10)
    assert (response.status_code, fetched.content) == (302, b"preview")
    assert fetched.headers["Content-Type"] == "image/jpeg"
    assert fetched.headers["Cache-Control"] == f"private, max-age={media.BROWSER_KEEPS_SECONDS}"
    assert "X-Amz-Signature=" in target
    assert f"X-Amz-Expires={media.SIGNED_SECONDS}&" in target
    assert response["Cache-Control"] == "private, max-age=30"


def test_S3_a_browser_that_knows_it_gets_the_smaller_format(bucket):
    code = family(photos=1)
    photo, client = photo_of(code, bucket), browser_with(code)

    response = client.get(
        address(client, code, photo, at=NOON), headers={"accept": "image/webp,*/*"}
    )

    fetched = requests.get(response["Location"], timeout=10)
    assert (fetched.content, fetched.headers["Content-Type"]) == (b"small", "image/webp")


def test_L6_a_stranger_is_not_led_anywhere(bucket):
    code = family(photos=1)
    photo, client = photo_of(code, bucket), browser_with(code)
    place = address(client, code, photo, at=NOON)

    assert Client().get(place).status_code == 404


def test_S5_a_bought_file_comes_as_a_download_with_its_name(bucket):
    code = family(photos=1)
    photo = photo_of(code, bucket)

    response = media.sent(photo.original, content_type="image/png", download_as="Übung 1.png")

    fetched = requests.get(response["Location"], timeout=10)
    assert fetched.content == b"original"
    assert fetched.headers["Content-Type"] == "image/png"
    named = "attachment; filename*=utf-8''%C3%9Cbung%201.png"
    assert fetched.headers["Content-Disposition"] == named


def test_A14_files_are_deleted_and_what_was_bought_stays(bucket):
    code = family(photos=1)
    photo = photo_of(code, bucket)
    order_of(code)
    OrderPicture.objects.update(original_name=photo.original.name)
    call_command("check_media")

    doomed.doom_photos([photo.pk], at=NOON)
    Photo.objects.all().delete()
    doomed.delete_due(clock=lambda: NOON)

    assert [entry.key for entry in bucket.bucket.objects.all()] == [photo.original.name]
    call_command("check_media")


def test_G1_orphans_in_a_bucket_are_found(bucket):
    bucket.save("jobs/77/lost/original.jpg", ContentFile(b"x"))

    report = checking.check(at=timezone.now() + timedelta(days=2))

    assert report.without_row.examples == ["jobs/77/lost/original.jpg"]


@pytest.mark.parametrize(
    ("bucket_name", "endpoint", "debug", "errors"),
    [
        ("", "", False, []),
        ("b", "https://s3.example", False, []),
        ("b", "http://s3.example", False, ["config.E009"]),
        ("b", "http://s3.example", True, []),
        ("", "https://s3.example", False, ["config.E008"]),
    ],
)
def test_G1_half_a_bucket_or_an_open_line_is_told_at_the_start(
    settings, bucket_name, endpoint, debug, errors
):
    settings.PRIVATE_MEDIA_BUCKET, settings.PRIVATE_MEDIA_ENDPOINT = bucket_name, endpoint
    settings.DEBUG = debug

    assert [error.id for error in checks.check_bucket()] == errors


def test_S3_pages_may_show_pictures_of_no_other_place():
    assert project.CONTENT_SECURITY_POLICY["DIRECTIVES"]["img-src"] == ["'self'"]
