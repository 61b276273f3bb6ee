"""A names list in a real browser: upload, columns, an error, the corrected file, import (G2)."""

import os
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from jobstatus.models import Job
from shop.models import Customer, Subject
from tests.browser import DESK, PHONE, findings, photographer, sign_in
from tests.factories import AccessCodeFactory, AlbumFactory, JobFactory
from tests.names_lists import csv_of, names_page

pytestmark = pytest.mark.django_db(transaction=True)
HEAD = "Nr.;Name;Vorname;Klasse;E-Mail;Handy;Zugangscode\n"
SOUND = (
    "1;Müller;Zoë;3a;zoe.mueller@example.org;0170 1234567;",
    "2;Li;Mia-Louise;3b;li@example.org;;",
    "3;Ahrens;Ben;3a;;0170 7654321;",
)
WRONG = (*SOUND[:2], "3;Ahrens;Ben;3a;ben@@example;0170 7654321;1234-5678-9ABCD")
SHOTS = os.environ.get("SHOTS")  # a folder for pictures of the pages


@pytest.fixture
def job() -> Job:
    job = JobFactory.create(name="Waldschule, spring 2026")
    photographer(job.studio)
    AccessCodeFactory.create(
        subject__album=AlbumFactory.create(job=job, name="3a"), subject__name="Mia-Louise Li"
    )
    return job


def looked_at(page: Page, name: str) -> None:
    """What every page owes to everybody."""
    if SHOTS:
        width = page.viewport_size["width"] if page.viewport_size else 0
        page.screenshot(path=f"{SHOTS}/{name}-{width}.png", full_page=True)
    assert findings(page) == []


def choose_file(page: Page, path: Path, *rows: str) -> None:
    path.write_bytes(csv_of(*rows, head=HEAD).decode().encode("cp1252"))
    page.get_by_label("File").set_input_files(path)
    page.get_by_role("button", name="Read the file").click()


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_G2_a_list_with_an_error_is_corrected_and_imported(
    job: Job, visitor: Any, tmp_path: Path, width: int
) -> None:
    page = sign_in(visitor(width=width))
    page.goto(f"/admin/jobstatus/job/{job.pk}/codes/")
    page.get_by_role("link", name="Names list").click()
    looked_at(page, "1-upload")

    choose_file(page, tmp_path / "klassenliste.csv", *WRONG)
    expect(page.get_by_label("Klasse")).to_have_value("album")
    expect(page.get_by_label("Nr.")).to_have_value("-")
    looked_at(page, "2-columns")
    page.get_by_label("Handy").select_option("-")
    page.get_by_role("button", name="Show what would happen").click()
    looked_at(page, "3-preview")
    page.get_by_role("link", name="Only errors").click()
    expect(page.locator("table.names-table tbody tr")).to_have_count(1)
    expect(page.get_by_text("This is no access code")).to_be_visible()
    looked_at(page, "4-errors")
    page.get_by_role("button", name="Discard, import nothing").click()
    expect(page.get_by_text("Nothing was imported.")).to_be_visible()
    assert Subject.objects.count() == 1

    choose_file(page, tmp_path / "klassenliste.csv", *SOUND)
    page.get_by_label("Handy").select_option("phone")
    page.get_by_role("button", name="Show what would happen").click()
    page.get_by_role("button", name="Import 3 rows").click()
    expect(page.get_by_text("The list is imported: 3 new persons")).to_be_visible()
    expect(page.get_by_text("Zoë Müller")).to_be_visible()
    looked_at(page, "5-done")

    assert Customer.objects.count() == 3


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_J1_the_pages_can_be_read_in_german_and_in_the_dark(
    job: Job, visitor: Any, tmp_path: Path, scheme: str
) -> None:
    page = sign_in(visitor(width=PHONE, language="de", scheme=scheme))
    page.goto(names_page(job))
    path = tmp_path / "liste.csv"
    path.write_bytes(csv_of(*WRONG, head=HEAD))

    looked_at(page, f"1-{scheme}-de")
    page.locator("#id_file").set_input_files(path)
    page.locator("form.names-upload .big-button").click()
    looked_at(page, f"2-{scheme}-de")
    page.locator("main .big-button").click()
    looked_at(page, f"3-{scheme}-de")
