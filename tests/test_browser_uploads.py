"""Photos in a real browser: 300 files while the network fails twice, folders, refusals (G1)."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from jobstatus import clock
from jobstatus.models import Job
from shop.admin import job_uploads
from shop.models import Album, Photo, Upload
from shop.uploads import receiving, taking
from tests.browser import DESK, PHONE, findings, is_error, photographer, sign_in
from tests.factories import AlbumFactory, JobFactory
from tests.uploads import bytes_of, jpeg, on_the_way, stored, uploaded

pytestmark = pytest.mark.django_db(transaction=True)
SHOTS = os.environ.get("SHOTS")  # a folder for pictures of the pages
FILES = 300
CUTS = (60, 180)  # files that have come when the network fails


@pytest.fixture
def job() -> Job:
    job = JobFactory.create(name="Waldschule, spring 2026")
    photographer(job.studio)
    return job


def looked_at(page: Page, name: str) -> None:
    if SHOTS:
        width = page.viewport_size["width"] if page.viewport_size else 0
        page.screenshot(path=f"{SHOTS}/uploads-{name}-{width}.png", full_page=True)
    assert findings(page) == []


def photos_page(job: Job) -> str:
    return f"/admin/jobstatus/job/{job.pk}/photos/"


@contextmanager
def worker() -> Iterator[None]:
    """Makes photos of what comes, as a worker does, until the block ends."""
    over = threading.Event()

    def work() -> None:
        while not over.wait(0.05):
            taking.take_waiting(clock=clock.now, until=clock.now() + taking.claims.lease())
        connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


@pytest.fixture
def server(real_database: None) -> Iterator[LiveServer]:
    """Its requests and the worker have connections of their own, as in life."""
    server = LiveServer("localhost")
    yield server
    server.stop()


@pytest.fixture
def unreliable(browser: Any, server: LiveServer) -> Iterator[Page]:
    """A page whose network the test cuts: lost requests are no errors here, all else is."""
    context = browser.new_context(base_url=server.url, reduced_motion="reduce")
    context.set_default_timeout(30_000)
    page, errors = context.new_page(), []

    def note(message: Any) -> None:
        expected = ("ERR_INTERNET_DISCONNECTED", "507 (Insufficient Storage)")
        if is_error(message) and not any(text in message.text for text in expected):
            errors.append(message.text)

    page.on("console", note)
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert errors == []


def test_G1_300_files_arrive_although_the_network_fails_twice(
    job: Job, unreliable: Page, tmp_path: Any
) -> None:
    contents = {f"IMG_{number:04}.jpg": jpeg(number) for number in range(FILES)}
    folder = tmp_path / "3a"
    folder.mkdir()
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    page = sign_in(unreliable)
    page.goto(photos_page(job))

    with worker():
        page.locator("[data-part=folders]").set_input_files(folder)
        for count in CUTS:
            wait_for(page, lambda count=count: Upload.objects.count() >= count)
            page.context.set_offline(True)
            expect(page.get_by_text("No connection.")).to_be_visible()
            page.context.set_offline(False)
        expect(page.get_by_text("300 photos are ready.").first).to_be_visible(timeout=60_000)

    photos = Photo.objects.filter(job=job, album__name="3a").order_by("position")
    assert [photo.file_name for photo in photos] == list(contents)
    assert {photo.file_name: bytes_of(photo) for photo in photos} == contents
    assert Photo.objects.count() == FILES
    assert on_the_way() == []


def wait_for(page: Page, holds: Any) -> None:
    for _attempt in range(600):
        if holds():
            return
        page.wait_for_timeout(50)
    raise AssertionError("it did not come true")


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_G1_a_photographer_sees_what_became_of_each_file(
    job: Job, visitor: Any, tmp_path: Any, width: int
) -> None:
    album = AlbumFactory.create(job=job, name="Group pictures")
    uploaded(album, jpeg(1), name="there.jpg")
    taking.take_next(clock=clock.now)
    for name, content in {
        "new.jpg": jpeg(2),
        "there.jpg": jpeg(1),
        "broken.jpg": jpeg(3)[:300],
        "notes.txt": b"Class 3a: 24 children",
    }.items():
        (tmp_path / name).write_bytes(content)
    page = sign_in(visitor(width=width))
    page.goto(f"/admin/jobstatus/job/{job.pk}/codes/")
    page.get_by_role("link", name="Photos").click()
    expect(page.get_by_role("button", name="Choose photos")).to_be_visible()
    looked_at(page, "1-before")

    page.get_by_label("Photos", exact=True).set_input_files(sorted(tmp_path.glob("*.*")))
    expect(page.get_by_text("0 of 2 are processed.")).to_be_visible()
    looked_at(page, "2-processing")
    taking.take_waiting(clock=clock.now, until=clock.now() + taking.claims.lease())
    expect(page.locator("[data-part=result]")).to_have_text(
        "1 photo is ready. 1 was there already. 2 were refused."
    )
    expect(page.get_by_text("Only JPEG, PNG and HEIC photos can be used.")).to_be_visible()
    expect(page.get_by_text("broken.jpg The file ends before the photo does")).to_be_visible()
    looked_at(page, "3-after")

    assert {photo.file_name for photo in album.photos.all()} == {"new.jpg", "there.jpg"}
    assert Upload.objects.count() == 3
    assert len(stored()) == 10


def test_G1_a_reload_goes_on_where_it_stopped(
    job: Job, visitor: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_uploads, "PIECE_BYTES", 1000)
    content = jpeg(7, (900, 700))
    path = tmp_path / "IMG_1.jpg"
    path.write_bytes(content)
    page = sign_in(visitor())
    page.goto(photos_page(job))
    page.get_by_label("Name of the new album").fill("3b")
    page.get_by_label("Photos", exact=True).set_input_files(path)
    wait_for(page, lambda: Upload.objects.filter(received_bytes__gte=2000).exists())
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("Paused.")).to_be_visible()
    looked_at(page, "4-paused")
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()

    expect(page.get_by_text("The upload of 1 file was interrupted.")).to_be_visible()
    before = Upload.objects.get().received_bytes
    page.get_by_label("Album", exact=True).select_option("")
    page.get_by_label("Name of the new album").fill("3b")
    page.get_by_label("Photos", exact=True).set_input_files(path)
    wait_for(page, lambda: Upload.objects.get().state == "waiting")

    assert 2000 <= before < len(content)
    assert Upload.objects.get().received_bytes == len(content)
    taking.take_next(clock=clock.now)
    assert bytes_of(Photo.objects.get()) == content


def test_G1_without_a_script_a_form_takes_a_few(job: Job, browser: Any, live_server: Any) -> None:
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = sign_in(context.new_page())
    page.goto(photos_page(job))
    page.get_by_label("Name of the new album").fill("3c")
    files = [
        {"name": f"{number}.jpg", "mimeType": "image/jpeg", "buffer": jpeg(number)}
        for number in range(3)
    ]
    page.get_by_label("Photos", exact=True).set_input_files(files)
    page.get_by_role("button", name="Upload").click()

    expect(page.get_by_text("3 files have arrived and are being processed.")).to_be_visible()
    taking.take_waiting(clock=clock.now, until=clock.now() + taking.claims.lease())
    assert Album.objects.get().photos.count() == 3
    context.close()


def test_G1_a_full_storage_stops_and_says_why(
    job: Job, unreliable: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: Any, **values: Any) -> None:
        raise receiving.NoRoom("There is no room for 8 MB.")

    monkeypatch.setattr(receiving, "begin", refuse)
    page = sign_in(unreliable)
    page.goto(photos_page(job))
    page.get_by_label("Photos", exact=True).set_input_files(
        {"name": "1.jpg", "mimeType": "image/jpeg", "buffer": jpeg()}
    )

    expect(page.get_by_text("There is no room for 8 MB.")).to_be_visible()
    expect(page.get_by_role("button", name="Continue")).to_be_visible()
