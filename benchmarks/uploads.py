"""What parents notice while a photographer uploads: page times of a gallery, before and meanwhile.

The web processes of production, as many takers as by default, and a browser that sends three files
at a time, as fast as this machine takes them: a line would be slower, and so gentler.
"""

import io
import multiprocessing
import os
import struct
import subprocess
import sys
import tempfile
import threading
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore
from django.urls import reverse
from PIL import Image

from benchmarks import gallery, load
from benchmarks.report import Figure
from jobstatus.models import Job
from shop.models import Album, Photo, Upload

WEB = ("--workers", "3", "--threads", "4")  # as in deploy/Containerfile
PARENTS, THINK_SECONDS = 4, 0.2  # some fifteen pages a second
QUIET_SECONDS = 10
PARALLEL, PIECE_BYTES = 3, 4 << 20  # as the script in the browser
MOST_RISE = 1.5
WIDTH, HEIGHT = 6000, 4000
SECRET = "b" * 32
FORK = multiprocessing.get_context("fork")
TAKER = """
import django
django.setup()
import time
from datetime import timedelta
from jobstatus import clock
from shop.uploads import taking
while True:
    taking.take_waiting(clock=clock.now, until=clock.now() + timedelta(hours=1))
    time.sleep(0.2)
"""


def beside_the_shop(*, photos: int) -> list[Figure]:
    code = gallery.family("Uploading")
    path = reverse("shop:gallery", args=[code.studio.slug, code.pk])
    headers = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={gallery.session(code)}"}
    photo = _photo()
    job = Job.objects.create(studio=code.studio, name="Picture day")
    album = Album.objects.create(job=job, name="1a")
    with tempfile.TemporaryDirectory(suffix="_bench") as folder:
        places = {
            "UPLOAD_ROOT": f"{folder}/uploads",
            "PRIVATE_MEDIA_ROOT": f"{folder}/media",
            "BROKER_URL": "memory://",  # The takers need not be told.
        }
        with load.web(*WEB, **places) as port, _takers(places):
            with _pages(port, path, headers) as before:
                time.sleep(QUIET_SECONDS)
            url = reverse("admin:jobstatus_job_uploads_create", args=[job.pk])
            # In a process of its own, or it would be in the way of the clocks of the pages.
            browser = FORK.Process(
                target=_upload, args=(port, url, _photographer(), album.pk, photo, photos)
            )
            begin = time.perf_counter()
            browser.start()
            with _pages(port, path, headers) as meanwhile:
                browser.join()
                while Upload.objects.filter(job=job, state__in=["receiving", "waiting"]).exists():
                    time.sleep(0.5)
            seconds = time.perf_counter() - begin
            with _pages(port, path, headers) as after:
                time.sleep(QUIET_SECONDS)
    assert Photo.objects.filter(job=job).count() == photos
    quiet, loud = median(before + after) * 1000, median(meanwhile) * 1000
    return [
        Figure("photos of 24 megapixels", photos, ""),
        Figure("uploaded and made", photos / seconds, "photos/s"),
        Figure("uploaded", photos * len(photo) / seconds / 1e6, "MB/s"),
        Figure("median page, quiet", quiet, "ms"),
        Figure("median page, meanwhile", loud, "ms"),
        Figure("meanwhile : quiet", loud / quiet, "", at_most=MOST_RISE),
    ]


@contextmanager
def _takers(places: dict[str, str]) -> Iterator[None]:
    environment = os.environ | places
    command = [sys.executable, "-W", "ignore", "-c", TAKER]
    takers = [
        subprocess.Popen(command, cwd=load.ROOT, env=environment)
        for _number in range(settings.UPLOAD_TAKERS)
    ]
    try:
        yield
    finally:
        for taker in takers:
            taker.terminate()
            taker.wait()


@contextmanager
def _pages(port: int, path: str, headers: dict[str, str]) -> Iterator[list[float]]:
    """Parents who look at the gallery, and think, until the block ends: seconds of each page."""
    over, times = threading.Event(), []

    def browse() -> None:
        while not over.wait(THINK_SECONDS):
            start = time.perf_counter()
            answer = load.ask(port, "GET", path, headers)
            times.append(time.perf_counter() - start)
            assert answer.startswith(load.FINE), answer[:200]

    parents = [threading.Thread(target=browse) for _number in range(PARENTS)]
    for parent in parents:
        parent.start()
    yield times
    over.set()
    for parent in parents:
        parent.join()


def _upload(
    port: int, url: str, headers: dict[str, str], album: int, content: bytes, photos: int
) -> None:
    numbers, turn = iter(range(photos)), threading.Lock()

    def send() -> None:
        while True:
            with turn:
                number = next(numbers, None)
            if number is None:
                return
            told = {"filename": f"IMG_{number:05}.jpg", "album": f"{album}", "batch": "benchmark"}
            _send(port, url, headers, told, _another(content, number))

    browsers = [threading.Thread(target=send) for _number in range(PARALLEL)]
    for browser in browsers:
        browser.start()
    for browser in browsers:
        browser.join()


def _send(
    port: int, url: str, headers: dict[str, str], told: dict[str, str], content: bytes
) -> None:
    pairs = (f"{key} {b64encode(value.encode()).decode()}" for key, value in told.items())
    begin = {"Upload-Length": f"{len(content)}", "Upload-Metadata": ",".join(pairs)}
    answer = load.ask(port, "POST", url, headers | begin)
    assert answer.startswith(b"HTTP/1.1 201"), answer[:500]
    place = answer.split(b"Location: ")[1].split(b"\r\n")[0].decode()
    for offset in range(0, len(content), PIECE_BYTES):
        piece = {"Upload-Offset": f"{offset}", "Content-Type": "application/offset+octet-stream"}
        body = content[offset : offset + PIECE_BYTES]
        answer = load.ask(port, "PATCH", place, headers | piece, body)
        assert answer.startswith(b"HTTP/1.1 204"), answer[:500]


def _photographer() -> dict[str, str]:
    """The headers of a signed-in person's browser."""
    user = User.objects.create_superuser("uploading")
    store = SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.create()
    cookies = {settings.SESSION_COOKIE_NAME: str(store.session_key), "csrftoken": SECRET}
    return {
        "Cookie": "; ".join(map("=".join, cookies.items())),
        "X-CSRFToken": SECRET,
        "Origin": "https://127.0.0.1",
        "Tus-Resumable": "1.0.0",
    }


def _photo() -> bytes:
    """24 megapixels with the weight of a camera's: noise over a gradient."""
    noise = Image.effect_noise((WIDTH // 4, HEIGHT // 4), 60).resize((WIDTH, HEIGHT))
    image = Image.merge(
        "RGB", [noise, noise.rotate(180), Image.linear_gradient("L").resize(noise.size)]
    )
    out = io.BytesIO()
    image.save(out, "JPEG", quality=90)
    return out.getvalue()


def _another(content: bytes, number: int) -> bytes:
    """The same picture, with another comment: another content."""
    text = f"photo {number}".encode()
    return content[:2] + b"\xff\xfe" + struct.pack(">H", len(text) + 2) + text + content[2:]
