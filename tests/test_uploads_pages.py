"""Who may upload where, the plain form, what the script asks, takers, the cleaning (G1, J3)."""

import os
import time
from datetime import timedelta
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from jobstatus import clock
from shop import tasks
from shop.models import Album, Photo, StorageQuota, Upload
from shop.uploads import claims, cleaning, places, receiving, starting, taking
from tests.factories import NOON, AlbumFactory, JobFactory, StudioFactory
from tests.staff import said, sign_in
from tests.uploads import BATCH, CLOCK, TusClient, jpeg, on_the_way, uploaded

pytestmark = pytest.mark.django_db


def page(job, name="photos", *more):
    return reverse(f"admin:jobstatus_job_{name}", args=[job.pk, *more])


def test_J3_a_stranger_can_neither_begin_nor_touch_a_file():
    job, stranger = JobFactory.create(), StudioFactory.create()
    url = TusClient(sign_in(job.studio), job).begun(10)
    foreign = TusClient(sign_in(stranger), job)
    own = TusClient(sign_in(stranger), JobFactory.create(studio=stranger))

    answers = [foreign.create(5), foreign.head(url), foreign.patch(url, 0, b"x")]
    answers += [foreign.delete(url), foreign.client.get(page(job))]
    # The token of somebody else's file, below a job of one's own.
    elsewhere = page(own.job, "uploads_file", Upload.objects.get().token)
    answers += [own.head(elsewhere), own.patch(elsewhere, 0, b"x"), own.delete(elsewhere)]

    assert [answer.status_code for answer in answers] == [302] * 5 + [404] * 3
    assert Upload.objects.get().received_bytes == 0


def test_J3_a_viewer_uploads_nothing_and_sees_no_form():
    job = JobFactory.create()
    url = TusClient(sign_in(job.studio), job).begun(10)
    viewer = TusClient(sign_in(job.studio, role="Viewer"), job)

    answers = [viewer.create(5), viewer.head(url), viewer.patch(url, 0, b"x"), viewer.delete(url)]
    answers += [
        viewer.client.post(page(job, "uploads")),
        viewer.client.post(page(job, "uploads_known")),
    ]

    assert {answer.status_code for answer in answers} == {403}
    assert "data-uploads" not in viewer.client.get(page(job)).content.decode()


def test_J3_a_file_goes_into_no_other_jobs_album_and_none_in_the_trash():
    job = JobFactory.create()
    tus = TusClient(sign_in(job.studio), job)
    foreign = AlbumFactory.create(job=JobFactory.create(studio=job.studio))
    trashed = AlbumFactory.create(job=job, name="3a", trashed_at=NOON)

    for album in (foreign, trashed):
        answer = tus.create(5, album=f"{album.pk}", folder="")
        assert (answer.status_code, answer.content.decode()) == (
            400,
            "The album does not exist any more. Choose another one.",
        )
    tus.begun(5, folder="3a")

    assert Upload.objects.get().album not in (foreign, trashed)
    assert tus.create(5, folder=" ").content == b"Choose an album."


def test_G1_requests_without_the_forms_secret_are_refused():
    job = JobFactory.create()
    tus = TusClient(sign_in(job.studio), job)
    url = tus.begun(10)
    tus.client.handler.enforce_csrf_checks = True

    assert tus.create(5).status_code == tus.patch(url, 0, b"x").status_code == 403
    assert tus.delete(url).status_code == 403


def test_A13_a_studio_without_room_begins_no_file():
    job = JobFactory.create()
    StorageQuota.objects.create(studio=job.studio, gigabytes=1)
    tus = TusClient(sign_in(job.studio), job)
    answers = [tus.create(99_000_000) for _ in range(11)]

    assert [answer.status_code for answer in answers] == [201] * 10 + [507]
    assert b"There is no room for" in answers[-1].content


def test_G1_a_plain_form_takes_files_the_same_way():
    job = JobFactory.create()
    client = sign_in(job.studio)
    files = [BytesIO(jpeg(1)), BytesIO(jpeg(2)), BytesIO(b"")]
    for number, file in enumerate(files):
        file.name = f"{number}.jpg"

    response = client.post(page(job, "uploads"), {"files": files, "folder": "3a"}, follow=True)

    assert said(response) == ["3 files have arrived and are being processed."]
    assert set(Upload.objects.values_list("state", flat=True)) == {"waiting"}
    taking.take_waiting(clock=CLOCK, until=NOON + claims.lease())
    photos = Photo.objects.filter(album__name="3a").order_by("position")
    assert list(photos.values_list("file_name", "position")) == [("0.jpg", 0), ("1.jpg", 1)]


def test_G1_the_page_asks_how_far_it_is_in_one_query():
    album = AlbumFactory.create()
    client = sign_in(album.job.studio)
    for number in range(3):
        uploaded(album, jpeg(number))
    url = page(album.job, "uploads_progress")

    with CaptureQueriesContext(connection) as queries:
        answer = client.get(url, {"batch": BATCH})

    assert len([query for query in queries if "shop_upload" in query["sql"]]) == 1
    assert answer.json() == {"waiting": 3, "refusals": [], "is_over": False}


def test_G1_a_page_goes_on_with_what_the_same_person_began():
    job = JobFactory.create()
    tus = TusClient(sign_in(job.studio), job)
    tus.begun(5)
    tus.begun(6, batch="aaaaaaaa")

    own = tus.client.get(page(job)).context["uploads"]
    other = sign_in(job.studio).get(page(job)).context["uploads"]

    assert (own["batch"], own["unfinished"], own["is_under_way"]) == ("aaaaaaaa", 2, True)
    assert (other["unfinished"], other["is_under_way"]) == (0, False)


def test_G1_a_complete_file_hurries_one_taker_and_no_more(monkeypatch):
    started = []
    monkeypatch.setattr(starting, "send", started.append)
    job = JobFactory.create()
    tus = TusClient(sign_in(job.studio), job)
    for number in range(3):
        tus.patch(tus.begun(1, filename=f"{number}.jpg"), 0, b"x")
        claims.claim(at=clock.now())

    assert len(started) == 1


def test_G1_an_upload_is_complete_although_the_broker_is_down(monkeypatch):
    def fail(until):
        raise ConnectionRefusedError

    monkeypatch.setattr(starting, "send", fail)
    job = JobFactory.create()
    tus = TusClient(sign_in(job.studio), job)

    assert tus.patch(tus.begun(1), 0, b"x").status_code == 204
    assert Upload.objects.get().state == "waiting"


@pytest.mark.parametrize(("files", "takers"), [(0, 0), (1, 1), (10, 1), (11, 2), (90, 3)])
def test_G1_the_tick_starts_as_many_takers_as_files_need(monkeypatch, settings, files, takers):
    settings.UPLOAD_TAKERS = 3
    started = []
    monkeypatch.setattr(starting, "send", started.append)
    monkeypatch.setattr(tasks, "WORK", ())
    album = AlbumFactory.create()
    row = uploaded(album)
    Upload.objects.all().delete()
    Upload.objects.bulk_create(
        Upload(
            job=album.job,
            file_name="a.jpg",
            length_bytes=1,
            received_bytes=1,
            state="waiting",
            created_at=row.created_at,
            changed_at=row.changed_at,
        )
        for _ in range(files)
    )

    tasks.tick()

    assert len(started) == takers


def test_G1_a_taker_works_for_a_slice_and_calls_the_next(monkeypatch):
    started = []
    monkeypatch.setattr(starting, "send", started.append)
    uploaded(AlbumFactory.create())
    until = (clock.now() + timedelta(minutes=1)).isoformat()

    tasks.take(until)
    tasks.take(until)
    tasks.take((clock.now() - timedelta(seconds=1)).isoformat())

    assert started == [until]
    assert Photo.objects.count() == 1


def test_G1_what_came_to_nothing_is_cleaned_up():
    album = AlbumFactory.create()
    ages = {"begun": timedelta(hours=25), "young": timedelta(hours=23), "waits": timedelta(days=30)}
    ages |= {"ended": timedelta(days=8), "told": timedelta(days=6)}
    for name, age in ages.items():
        upload = uploaded(album, jpeg(1), name=name)
        values = {"changed_at": NOON - age}
        if name in ("begun", "young"):
            values |= {"state": "receiving", "received_bytes": 3}
        if name in ("ended", "told"):
            values |= {"state": "done"}
            places.forget(upload.token)
        Upload.objects.filter(pk=upload.pk).update(**values)

    cleaning.clean(at=NOON)

    kept = ["told", "waits", "young"]
    assert sorted(Upload.objects.values_list("file_name", flat=True)) == kept
    assert len(on_the_way()) == 2


def test_G1_bytes_that_belong_to_no_file_are_removed_after_a_day():
    upload = uploaded(AlbumFactory.create())
    for token, age in (("aa11", 25), ("bb22", 23), (upload.token, 99)):
        with places.held(token):
            pass
        instant = time.time() - age * 3600
        os.utime(places.path_of(token), (instant, instant))

    cleaning.clean(at=NOON)

    assert {places.token_of(path) for path in on_the_way()} == {"bb22", upload.token}


def test_A14_files_of_a_deleted_job_leave_with_it():
    upload = uploaded(AlbumFactory.create())
    Album.objects.all().delete()
    upload.job.delete()

    assert not Upload.objects.exists()
    assert receiving.give_up(upload) is False
