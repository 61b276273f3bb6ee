"""The public page of a job as browsers get it, and the error pages beside it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.test import Client
from django.test.utils import CaptureQueriesContext

from jobstatus.lifecycle import Status
from jobstatus.models import Job
from shop.models import Storefront
from tests.factories import NOON, StudioFactory, job_in
from tests.test_shop_page import CLOSING, LAST_DAY, prepay, selling

pytestmark = pytest.mark.django_db


def at_address(job: Job, slug: str) -> None:
    Storefront.objects.update_or_create(job=job, defaults={"slug": slug})


@pytest.fixture
def visit(client: Client, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Open a job's page at an instant, as a browser with this language."""

    def visit(job: Job, at: datetime = NOON, language: str = "en", **data: str) -> HttpResponse:
        at_address(job, "known")
        monkeypatch.setattr("jobstatus.clock.now", lambda: at)
        return client.get("/shop/known/", data, headers={"accept-language": language})

    return visit


def text(response: HttpResponse) -> str:
    return " ".join(response.content.decode().split())


@pytest.mark.parametrize(
    ("days", "words"),
    [(14, "14 days left"), (2, "2 days left"), (1, "1 day left"), (0, "Last day to order")],
)
def test_A6_the_countdown_is_written_out_with_day_and_zone(
    visit: Any, days: int, words: str
) -> None:
    job = selling()

    html = text(visit(job, datetime(2026, 5, 3, 10, tzinfo=UTC) - timedelta(days=days)))

    assert f'<p class="days"> {words} </p>' in html
    assert "Order until Sunday, 3 May 2026, end of day (Europe/Berlin time)" in html
    assert html.count('class="to-come"') == days


@pytest.mark.parametrize("days", [15, -1])
def test_A6_outside_the_countdown_there_is_none(visit: Any, days: int) -> None:
    job = selling()

    html = text(visit(job, datetime(2026, 5, 3, 10, tzinfo=UTC) - timedelta(days=days)))

    assert "Ordering is open" in html
    assert ("left" in html, "Last day" in html, "fortnight" in html) == (False, False, False)
    assert ("Order until" in html) == (days == 15)


def test_A6_only_a_page_that_will_change_brings_the_script(visit: Any) -> None:
    changing, final = selling(), job_in(Status.ARCHIVED)

    shown = text(visit(changing, CLOSING - timedelta(minutes=1)))
    Storefront.objects.all().delete()
    pages = [shown, text(visit(final))]

    assert ["refresh.js" in html for html in pages] == [True, False]
    assert ['data-changes-in-seconds="60"' in html for html in pages] == [True, False]


# The page as sent


STATES = [
    (lambda: job_in(Status.PLANNING), "Not available yet"),
    (selling, "Ordering is open"),
    (lambda: selling(archive_date=date(2026, 4, 1)), "These photos are archived"),
    (lambda: job_in(Status.ARCHIVED), "These photos are archived"),
    (lambda: prepay(prepay_deadline_date=date(2026, 5, 4)), "Pre-ordering is open"),
    (prepay, "Pre-ordering is open"),
    (lambda: prepay(prepay_deadline_date=LAST_DAY), "Pre-ordering has ended"),
]


@pytest.mark.parametrize(("make", "words"), STATES)
def test_S1_each_state_has_its_page_and_no_word_of_another(
    visit: Any, make: Any, words: str
) -> None:
    job = make()

    html = text(visit(job))

    headings = {words for _make, words in STATES}
    assert {heading for heading in headings if heading in html} == {words}
    assert (html.count(job.name) >= 1, html.count(job.studio.name) >= 1) == (True, True)


def test_L6_the_archived_page_says_since_when(visit: Any) -> None:
    job = job_in(Status.ARCHIVED)

    html = text(visit(job))

    assert "Archived since Monday, 4 May 2026 (Europe/Berlin time)" in html
    assert "can no longer be viewed or ordered" in html


def test_S1_a_name_is_text_and_not_markup(visit: Any) -> None:
    studio = StudioFactory.create(name="<b>Ada</b> & Co")
    job = selling(name="<script>alert(1)</script>", studio=studio)

    html = text(visit(job))

    assert ("<script>alert" in html, "<b>" in html) == (False, False)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "&lt;b&gt;Ada&lt;/b&gt; &amp; Co" in html


def test_S1_an_unknown_address_gets_a_neutral_page(client: Client) -> None:
    at_address(job_in(Status.SELLING), "known")

    response = client.get("/shop/unknown/")

    assert response.status_code == 404
    assert "We could not find this page" in text(response)
    assert "job" not in text(response).lower()
    assert response["Cache-Control"] == "private, no-store"


def test_S1_the_address_is_found_whatever_its_case(client: Client) -> None:
    at_address(job_in(Status.SELLING), "class-2b")

    statuses = [client.get(f"/shop/{slug}/").status_code for slug in ("class-2b", "CLASS-2B")]

    assert statuses == [200, 200]


@pytest.mark.parametrize(
    ("method", "status"),
    [("get", 200), ("head", 200), ("post", 405), ("put", 405), ("patch", 405), ("delete", 405)],
)
def test_S1_the_page_is_for_reading_only(method: str, status: int) -> None:
    at_address(job_in(Status.SELLING), "known")
    strict = Client(enforce_csrf_checks=True)

    response = getattr(strict, method)("/shop/known/")

    assert response.status_code == status
    assert bool(response.content) == (method == "get")


def test_S1_the_page_is_not_stored_nor_indexed_and_leaves_no_cookie(visit: Any) -> None:
    job = selling()

    response = visit(job)

    assert response["Cache-Control"] == "private, no-store"
    assert response["X-Robots-Tag"] == "noindex"
    assert sorted(response["Vary"].split(", ")) == ["Accept-Language", "Cookie"]
    assert not response.cookies


@pytest.mark.parametrize("noise", [0, 3])
def test_S1_the_page_costs_one_query_and_the_databases_clock(client: Client, noise: int) -> None:
    at_address(selling(), "known")
    for number in range(noise):
        at_address(selling(), f"other-{number}")

    with CaptureQueriesContext(connection) as queries:
        client.get("/shop/known/")

    assert len(queries) == (2 if connection.vendor == "postgresql" else 1)


# Languages


def test_S1_a_german_browser_reads_german(visit: Any) -> None:
    job = selling()

    response = visit(job, datetime(2026, 5, 1, 10, tzinfo=UTC), language="de-AT,en;q=0.5")

    html = text(response)
    assert '<html lang="de">' in html
    assert "Noch 2 Tage" in html
    assert "Bestellen Sie bis Sonntag, 3. Mai 2026, Tagesende (Ortszeit Europe/Berlin)" in html
    assert response["Content-Language"] == "de"


@pytest.mark.parametrize(
    ("browser", "wanted", "spoken"),
    [("en", "de", "de"), ("de", "en", "en"), ("de", "xx", "de"), ("fr", "", "en")],
)
def test_S1_the_address_may_ask_for_another_language(
    visit: Any, browser: str, wanted: str, spoken: str
) -> None:
    job = selling()

    response = visit(job, language=browser, lang=wanted)

    assert f'<html lang="{spoken}">' in text(response)
    assert f'lang="{spoken}" aria-current="true"' in text(response)
    assert not response.cookies


# Error pages


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "500"])
def test_S1_error_pages_need_nothing_but_themselves(name: str) -> None:
    html = render_to_string(f"{name}.html")

    assert html.count("<h1>") == 1
    assert 'href="/static/shop/shop.css"' in html


def test_S1_a_form_without_its_token_gets_a_friendly_page() -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.get("/admin/login/")

    response = strict.post("/admin/login/", {"username": "ada"})

    assert response.status_code == 403
    assert "This form has expired" in text(response)
