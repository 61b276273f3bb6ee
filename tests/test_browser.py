"""Whole journeys in a real browser: a photographer in the admin, parents on the shop page."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from jobstatus import clock, operations
from jobstatus.lifecycle import Status
from jobstatus.models import Job
from shop.models import Storefront
from tests.browser import LOOKS, PHONE, findings, moving_clock, photographer, sign_in
from tests.factories import StudioFactory, job_in

pytestmark = pytest.mark.django_db(transaction=True)

MORNING = datetime(2026, 5, 1, 8, tzinfo=UTC)
LAST_DAY = date(2026, 5, 3)
CLOSING = datetime(2026, 5, 4, 22, tzinfo=UTC)  # one day of delay, midnight in Berlin
LONGEST_RELOAD_MS = 15_000


@pytest.fixture
def set_clock(settings: Any) -> Any:
    return moving_clock(settings, MORNING)


@pytest.fixture
def studio(set_clock: Any) -> Any:
    studio = StudioFactory.create(name="Studio Linden")
    photographer(studio)
    return studio


def selling(studio: Any, **values: Any) -> Job:
    values = {"archiving_enabled": True, "archive_date": LAST_DAY, "archive_delay": 1} | values
    return job_in(Status.SELLING, studio=studio, now=MORNING, **values)


def shop_page(job: Job) -> str:
    return Storefront.objects.get_or_create(job=job)[0].get_absolute_url()


def admin_page(job: Job, tab: str = "change") -> str:
    return f"/admin/jobstatus/job/{job.pk}/{tab}/"


def test_A3_a_job_is_made_sold_closed_at_its_deadline_and_archived_by_the_sweep(
    studio: Any, visitor: Any, set_clock: Any
) -> None:
    staff, parent = sign_in(visitor()), visitor(width=PHONE)

    staff.goto("/admin/jobstatus/job/add/")
    staff.get_by_label("Name").fill("Class 3b")
    staff.get_by_role("button", name="Create job").click()
    expect(staff.get_by_text("“Class 3b” is created, in status Planning.")).to_be_visible()
    job = Job.objects.get()
    parent.goto(shop_page(job))
    expect(parent.get_by_role("heading", name="Not available yet")).to_be_visible()

    staff.get_by_label("Archive automatically").check()
    staff.get_by_label("Archiving date").fill("2026-05-03")
    staff.get_by_label("Archiving delay").select_option("1 day later")
    staff.get_by_role("button", name="Save settings").click()
    expect(staff.get_by_text("The settings of “Class 3b” are saved.")).to_be_visible()
    staff.get_by_text("Change status").click()
    staff.get_by_role("link", name="Start selling").click()
    staff.get_by_role("button", name="Start selling").click()
    expect(staff.get_by_text("“Class 3b” is now in status Selling.")).to_be_visible()

    parent.reload()
    expect(parent.get_by_role("heading", name="Ordering is open")).to_be_visible()
    expect(parent.get_by_text("2 days left")).to_be_visible()

    set_clock(CLOSING)
    parent.reload()
    expect(parent.get_by_role("heading", name="These photos are archived")).to_be_visible()
    assert Job.objects.get().status == Status.SELLING

    operations.archive_due(clock=clock.now)
    staff.goto("/admin/jobstatus/job/")
    expect(staff.get_by_role("row", name="Class 3b").get_by_text("Archived")).to_be_visible()
    staff.goto(admin_page(job, "history"))
    sweep = staff.get_by_role("listitem").filter(has_text="The archiving deadline has passed.")
    expect(sweep).to_contain_text("the clock")


def test_A10_an_overdue_job_comes_back_with_a_new_date_chosen_on_the_spot(
    studio: Any, visitor: Any, set_clock: Any
) -> None:
    job = selling(studio)
    set_clock(CLOSING + timedelta(days=2))
    operations.archive_due(clock=clock.now)
    staff = sign_in(visitor())

    staff.goto(admin_page(job))
    staff.get_by_text("Change status").click()
    staff.get_by_role("link", name="Start selling").click()
    expect(staff.get_by_text("The archiving deadline has passed", exact=True)).to_be_visible()
    staff.get_by_label("Move the archiving date").check()
    staff.get_by_label("New archiving date").fill("2026-06-01")
    staff.get_by_role("button", name="Start selling").click()
    expect(
        staff.get_by_text("This is what happens with the new archiving settings.")
    ).to_be_visible()
    staff.get_by_role("button", name="Start selling").click()

    expect(staff.get_by_text("is now in status Selling.")).to_be_visible()
    job = Job.objects.get()
    assert (job.status, job.archive_date) == (Status.SELLING, date(2026, 6, 1))


def test_J1_the_status_is_changed_with_the_keyboard_alone(studio: Any, visitor: Any) -> None:
    job = job_in(Status.PLANNING, studio=studio, name="Class 4a")
    staff = sign_in(visitor())
    staff.goto(admin_page(job))

    tab_to(staff, "SUMMARY", "Change status")
    staff.keyboard.press("Enter")
    tab_to(staff, "A", "Start selling")
    staff.keyboard.press("Enter")
    staff.wait_for_url("**/confirm/**")
    tab_to(staff, "BUTTON", "Start selling")
    staff.keyboard.press("Enter")

    expect(staff.get_by_text("“Class 4a” is now in status Selling.")).to_be_visible()


def tab_to(page: Page, tag: str, words: str) -> None:
    """Press Tab until what has the focus is such an element, and can be seen to have it."""
    for _press in range(60):
        page.keyboard.press("Tab")
        here = page.evaluate(
            "() => { const e = document.activeElement; const s = getComputedStyle(e);"
            " return [e.tagName, e.innerText, s.outlineStyle !== 'none' || s.boxShadow !== 'none']}"
        )
        if here[0] == tag and words in here[1]:
            assert here[2], f"{words}: the focus cannot be seen"
            return
    pytest.fail(f"Tab never reached {words}.")


def test_A6_an_open_page_turns_by_itself_when_the_deadline_passes(
    studio: Any, visitor: Any, set_clock: Any
) -> None:
    job = selling(studio)
    set_clock(CLOSING - timedelta(seconds=3))
    parent = visitor(width=PHONE)

    parent.goto(shop_page(job))
    expect(parent.get_by_role("heading", name="Ordering is open")).to_be_visible()

    archived = parent.get_by_role("heading", name="These photos are archived")
    expect(archived).to_be_visible(timeout=LONGEST_RELOAD_MS)


def test_S1_the_language_is_chosen_on_the_page(studio: Any, visitor: Any) -> None:
    job = selling(studio)
    parent = visitor(language="fr")

    parent.goto(shop_page(job))
    parent.get_by_role("link", name="Deutsch").click()

    expect(parent.get_by_role("heading", name="Bestellungen sind möglich")).to_be_visible()
    expect(parent.get_by_text("Noch 2 Tage")).to_be_visible()
    expect(parent.locator("html")).to_have_attribute("lang", "de")


@pytest.mark.parametrize(("width", "scheme", "language"), LOOKS)
def test_S1_shop_pages_can_be_read_by_everybody(
    studio: Any, visitor: Any, width: int, scheme: str, language: str
) -> None:
    jobs = [
        job_in(Status.PLANNING, studio=studio),
        selling(studio, name="Donaudampfschifffahrtsgesellschaftskapitänskindergarten " * 3),
        job_in(Status.PREPAY, studio=studio, now=MORNING, prepay_deadline_date=LAST_DAY),
        job_in(Status.ARCHIVED, studio=studio),
    ]
    parent = visitor(width=width, scheme=scheme, language=language)

    found = {}
    for job in jobs:
        parent.goto(shop_page(job))
        found[job.pk] = findings(parent)

    assert found == {job.pk: [] for job in jobs}


@pytest.mark.parametrize(("width", "scheme", "language"), LOOKS)
def test_J1_admin_pages_can_be_read_by_everybody(
    studio: Any, visitor: Any, width: int, scheme: str, language: str
) -> None:
    job = selling(studio, name="Class 3b")
    archived = job_in(Status.ARCHIVED, studio=studio)
    staff = visitor(width=width, scheme=scheme, language=language)
    staff.goto("/admin/login/")
    found = {"login": findings(staff)}
    sign_in(staff)

    for path in (
        "/admin/",
        "/admin/jobstatus/job/",
        "/admin/jobstatus/job/add/",
        admin_page(job),
        admin_page(job, "selling"),
        admin_page(job, "history"),
        admin_page(job, "confirm/archive"),
        admin_page(archived, "confirm/start_selling"),
    ):
        staff.goto(path)
        found[path] = findings(staff)

    assert {path: lines for path, lines in found.items() if lines} == {}


def test_J1_the_admin_speaks_german(studio: Any, visitor: Any) -> None:
    job = job_in(Status.PLANNING, studio=studio, name="Klasse 3b")
    staff = sign_in(visitor(language="de"))

    staff.goto(admin_page(job))
    staff.get_by_text("Status ändern").click()
    staff.get_by_role("link", name="Verkauf starten").click()
    staff.get_by_role("button", name="Verkauf starten").click()

    expect(staff.get_by_text("„Klasse 3b“ hat jetzt den Status Verkauf.")).to_be_visible()


def test_J1_a_taken_public_address_is_refused_with_a_sentence(studio: Any, visitor: Any) -> None:
    first, second = (job_in(Status.PLANNING, studio=studio) for _ in range(2))
    Storefront.objects.create(job=first, slug="class-3b")
    Storefront.objects.create(job=second, slug="class-4a")
    staff = sign_in(visitor())

    staff.goto(admin_page(second))
    staff.get_by_role("textbox", name="Public address").fill("Class-3B")
    staff.get_by_role("button", name="Save settings").click()
    expect(staff.get_by_text("Another job has this address.")).to_be_visible()
    staff.get_by_role("textbox", name="Public address").fill("Class-3C")
    staff.get_by_role("button", name="Save settings").click()

    expect(staff.get_by_text("are saved.")).to_be_visible()
    assert Storefront.objects.get(job=second).slug == "class-3c"
