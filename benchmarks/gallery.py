"""A gallery of 200 photos against a Django view that does nothing, on one worker."""

from datetime import timedelta
from statistics import median
from time import perf_counter

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from benchmarks import load
from benchmarks.report import Figure
from jobstatus import clock, deadlines, operations
from jobstatus.models import Job, Studio
from shop import visit
from shop.codes import spelling
from shop.models import (
    AccessCode,
    Album,
    Appearance,
    Basket,
    BasketLine,
    Photo,
    PriceList,
    Product,
    Storefront,
    Subject,
)

PHOTOS = 200
PRODUCTS = 6
ROUNDS, SECONDS = 7, 1.0
COLD_VISITS = 15
LEAST_SHARE, MOST_QUERIES = 0.35, 8


def gallery() -> list[Figure]:
    """Requests per second of the same run, queries of each kind of visit."""
    code = family()
    path = reverse("shop:gallery", args=[code.studio.slug, code.pk])
    cookie = {settings.SESSION_COOKIE_NAME: session(code)}
    with load.one_worker() as port:
        figures = _speeds(port, path, {"Cookie": "; ".join(map("=".join, cookie.items()))})
    return [*figures, *_queries(code, path, cookie)]


def _speeds(port: int, path: str, headers: dict[str, str]) -> list[Figure]:
    told, body = load.answer(port, path, headers)
    assert body.count(b"<img ") == PHOTOS, told
    empty, full, unchanged = [], [], []
    for _round in range(ROUNDS):
        empty.append(load.requests_per_second(port, "/empty/", headers=headers, seconds=SECONDS))
        full.append(load.requests_per_second(port, path, headers=headers, seconds=SECONDS))
        again = headers | {"If-None-Match": load.answer(port, path, headers)[0]["etag"]}
        unchanged.append(load.requests_per_second(port, path, headers=again, seconds=SECONDS))
    # Each round has its own ratio: what else the machine does then meets both.
    share = median(page / nothing for page, nothing in zip(full, empty, strict=True))
    return [
        Figure("empty view", median(empty), "requests/s"),
        Figure("gallery", median(full), "requests/s"),
        Figure("gallery, unchanged since the last visit", median(unchanged), "requests/s"),
        Figure("gallery against the empty view", share, "", at_least=LEAST_SHARE),
    ]


def _queries(code: AccessCode, path: str, cookie: dict[str, str]) -> list[Figure]:
    client = Client(headers={"x-forwarded-proto": "https"})
    client.cookies.load(cookie)
    cold_ms, cold = [], 0
    for _visit in range(COLD_VISITS):
        Photo.objects.filter(job=code.job).update(is_hidden=False)  # counts the version up
        start = perf_counter()
        cold = len(_statements(client, path, status=200))
        cold_ms.append((perf_counter() - start) * 1000)
    warm = len(_statements(client, path, status=200))
    etag = client.get(path, secure=True)["ETag"]
    unchanged = _statements(client, path, status=304, etag=etag)
    of_photos = [sql for sql in unchanged if "shop_photo" in sql or "shop_appearance" in sql]
    return [
        Figure("queries, changed gallery", cold, "", at_most=MOST_QUERIES),
        Figure("changed gallery", median(cold_ms), "ms"),
        Figure("queries, kept gallery", warm, "", at_most=MOST_QUERIES),
        Figure("queries, unchanged since the last visit", len(unchanged), "", at_most=MOST_QUERIES),
        Figure("the same, of photos", len(of_photos), "", at_most=0),
    ]


def _statements(client: Client, path: str, *, status: int, etag: str = "") -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        response = client.get(path, secure=True, headers={"if-none-match": etag})
    assert response.status_code == status, response.status_code
    return [query["sql"] for query in captured]


def session(code: AccessCode) -> str:
    store = SessionStore()
    store[visit.CODES] = [code.pk]
    store[visit.VISITOR] = "benchmark"
    basket = Basket.objects.create(studio=code.studio)
    BasketLine.objects.create(basket=basket, title="Print", price_cents=950)
    store[visit.BASKETS] = {str(code.studio_id): basket.pk}
    store.create()
    return str(store.session_key)


def family(name: str = "Gallery") -> AccessCode:
    """A selling job in its countdown, with prices, and a person on all its photos."""
    at = clock.now()
    studio = Studio.objects.create(name=name, slug=name.lower(), timezone="Europe/Berlin")
    job = Job.objects.create(
        studio=studio,
        name="Class portraits",
        archiving_enabled=True,
        archive_date=deadlines.local_date(at, studio.timezone) + timedelta(days=5),
    )
    operations.start_selling([job.pk], by=None, clock=clock.now)
    prices = PriceList.objects.create(studio=studio, name="School")
    Product.objects.bulk_create(
        Product(price_list=prices, name=f"Print {number}", price_cents=950 + number)
        for number in range(PRODUCTS)
    )
    Storefront.objects.update_or_create(job=job, defaults={"price_list": prices})
    album = Album.objects.create(job=job, name="Class 1")
    subject = Subject.objects.create(job=job, album=album, name="Child 1")
    photos = Photo.objects.bulk_create(
        Photo(
            job=job,
            album=album,
            file_name=f"{number}.jpg",
            position=number,
            width=3000,
            height=2000,
            original=f"{number}/original.jpg",
            preview=f"{number}/preview.jpg",
            thumbnail=f"{number}/thumbnail.jpg",
        )
        for number in range(PHOTOS)
    )
    Appearance.objects.bulk_create(Appearance(photo=photo, subject=subject) for photo in photos)
    return AccessCode.objects.create(
        studio=studio, job=job, subject=subject, code=spelling.new_code()
    )
