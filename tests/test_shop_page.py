"""The public page of a job: what a visitor reads at every moment, and what is left unsaid."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.test import Client
from django.test.utils import CaptureQueriesContext

from jobstatus import deadlines
from jobstatus.lifecycle import Status
from jobstatus.models import Job
from shop.models import Storefront
from shop.pages import State, job_page
from tests.factories import NOON, StudioFactory, job_in

pytestmark = pytest.mark.django_db

LAST_DAY = date(2026, 5, 3)
CLOSING = datetime(2026, 5, 4, 22, tzinfo=UTC)  # one day of delay, midnight in Berlin
EARLY = datetime(2026, 3, 1, 12, tzinfo=UTC)
TICK = timedelta(microseconds=1)


def selling(**values: Any) -> Job:
    dates = {"archiving_enabled": True, "archive_date": LAST_DAY, "archive_delay": 1}
    return job_in(Status.SELLING, now=EARLY, **(dates | values))


def prepay(**values: Any) -> Job:
    return job_in(Status.PREPAY, now=EARLY, **values)


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


# Which state


def test_L2_a_job_in_planning_reads_not_available_yet_and_nothing_more() -> None:
    job = job_in(Status.PLANNING, archiving_enabled=True, archive_date=LAST_DAY)

    page = job_page(job, at=NOON)

    assert page.state is State.NOT_YET
    assert (page.last_day, page.since, page.days_left, page.changes_in_seconds) == (
        "",
        "",
        None,
        None,
    )


def test_L2_a_job_taken_back_to_planning_does_not_say_that_it_was_archived() -> None:
    job = job_in(Status.ARCHIVED)
    job.return_to_planning(at=NOON)

    page = job_page(job, at=NOON)

    assert (page.state, page.since) == (State.NOT_YET, "")


@pytest.mark.parametrize(
    ("at", "state"),
    [
        (EARLY, State.OPEN),
        (CLOSING - TICK, State.OPEN),
        (CLOSING, State.ARCHIVED),
        (CLOSING + TICK, State.ARCHIVED),
        (CLOSING + timedelta(days=400), State.ARCHIVED),
    ],
)
def test_L4_the_page_closes_at_the_deadline_to_the_microsecond_without_a_sweep(
    at: datetime, state: State
) -> None:
    job = selling()

    page = job_page(job, at=at)

    assert page.state is state
    assert (page.state is State.OPEN) == job.is_orderable(at)


def test_L4_without_automatic_archiving_the_page_stays_open_and_names_no_day() -> None:
    job = selling(archiving_enabled=False)

    page = job_page(job, at=CLOSING + timedelta(days=4000))

    assert (page.state, page.last_day, page.days_left) == (State.OPEN, "", None)
    assert page.changes_in_seconds is None


def test_L6_an_overdue_job_is_archived_since_its_deadline() -> None:
    job = selling()

    page = job_page(job, at=CLOSING + timedelta(days=3))

    assert page.since == "Tuesday, 5 May 2026"


def test_L6_a_job_archived_by_hand_is_archived_since_that_day_in_the_studios_zone() -> None:
    late_evening = datetime(2026, 5, 1, 22, 30, tzinfo=UTC)  # already Saturday in Berlin
    job = job_in(Status.ARCHIVED, now=late_evening)

    page = job_page(job, at=NOON)

    assert (page.state, page.since) == (State.ARCHIVED, "Saturday, 2 May 2026")


def test_L9_prepay_is_open_until_the_end_of_its_last_local_day() -> None:
    job = prepay(prepay_deadline_date=LAST_DAY)
    end = datetime(2026, 5, 3, 22, tzinfo=UTC)

    before, after = job_page(job, at=end - TICK), job_page(job, at=end)

    assert (before.state, before.last_day) == (State.PREPAY, "Sunday, 3 May 2026")
    assert (after.state, after.last_day) == (State.PREPAY_CLOSED, "Sunday, 3 May 2026")
    assert (before.days_left, before.changes_in_seconds) == (None, 1)
    assert after.changes_in_seconds is None


def test_L9_prepay_without_a_deadline_is_open_and_names_no_day() -> None:
    job = prepay()

    page = job_page(job, at=NOON)

    assert (page.state, page.last_day, page.changes_in_seconds) == (State.PREPAY, "", None)


# The countdown


@pytest.mark.parametrize("delay", [deadlines.NEVER, 3])
@pytest.mark.parametrize("days", range(16, -3, -1))
def test_A6_the_countdown_runs_from_fourteen_days_to_the_last_day(days: int, delay: int) -> None:
    job = selling(archive_delay=delay)
    noon = datetime(2026, 5, 3, 10, tzinfo=UTC) - timedelta(days=days)

    page = job_page(job, at=noon)

    assert page.state is State.OPEN
    assert page.days_left == (days if 0 <= days <= 14 else None)
    assert page.last_day == ("Sunday, 3 May 2026" if days >= 0 else "")
    assert sum(page.fortnight) == (days if 0 <= days <= 14 else 0)


@pytest.mark.parametrize(
    ("zone", "midnight"),
    [
        ("Europe/Berlin", datetime(2026, 5, 1, 22, tzinfo=UTC)),
        ("America/Los_Angeles", datetime(2026, 5, 2, 7, tzinfo=UTC)),
        ("Pacific/Kiritimati", datetime(2026, 5, 1, 10, tzinfo=UTC)),
    ],
)
def test_A6_days_change_at_the_studios_midnight_wherever_the_visitor_is(
    zone: str, midnight: datetime
) -> None:
    job = selling(studio=StudioFactory.create(timezone=zone))

    before, after = job_page(job, at=midnight - TICK), job_page(job, at=midnight)

    assert (before.days_left, after.days_left) == (2, 1)


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


# Until when the page is true


@pytest.mark.parametrize(
    ("at", "seconds"),
    [
        (CLOSING - timedelta(hours=1), 3600),
        (CLOSING - timedelta(seconds=1.2), 2),  # rounded up: never back before the closing
        (CLOSING - TICK, 1),
        (CLOSING - timedelta(days=2), 24 * 3600),  # the countdown goes on at midnight
    ],
)
def test_A6_the_page_says_in_how_many_seconds_it_reads_differently(
    at: datetime, seconds: int
) -> None:
    job = selling()

    page = job_page(job, at=at)

    assert page.changes_in_seconds == seconds


def test_A4_with_never_the_page_stops_changing_after_the_archiving_date() -> None:
    job = selling(archive_delay=deadlines.NEVER)

    on_the_day = job_page(job, at=datetime(2026, 5, 3, 21, tzinfo=UTC))
    after = job_page(job, at=datetime(2026, 5, 3, 22, tzinfo=UTC))

    assert (on_the_day.changes_in_seconds, after.changes_in_seconds) == (3600, None)
    assert after.state is State.OPEN


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

    response = strict.post("/admin/login/", {"username": "ada"})

    assert response.status_code == 403
    assert "This form has expired" in text(response)
