"""A job's photos in a real browser: choose, tie, move, hide, undo, trash, restore (G2, A14)."""

import os
from typing import Any

import pytest
from django.core.files.base import ContentFile
from playwright.sync_api import Page, expect

from config.demo import pictures
from jobstatus.models import Job
from shop.models import Album, Appearance, Photo
from tests.browser import DESK, PHONE, findings, photographer, sign_in
from tests.factories import (
    AccessCodeFactory,
    AlbumFactory,
    JobFactory,
    PhotoFactory,
    SubjectFactory,
)

pytestmark = pytest.mark.django_db(transaction=True)
SHOTS = os.environ.get("SHOTS")  # a folder for pictures of the pages


@pytest.fixture
def job(private_files: Any) -> Job:
    job = JobFactory.create(name="Waldschule, spring 2026")
    photographer(job.studio)
    first = AlbumFactory.create(job=job, name="Class 3a", position=0)
    AlbumFactory.create(job=job, name="Class 3b", position=1)
    AlbumFactory.create(job=job, name="Staff, not sorted yet", position=2, is_active=False)
    mia = SubjectFactory.create(album=first, name="Mia-Louise Li")
    SubjectFactory.create(album=first, name="Zoë Müller")
    AccessCodeFactory.create(subject=mia)
    drawn = [pictures.draw(seed=seed, people=1 + 3 * (seed == 3)) for seed in range(4)]
    for number in range(8):
        name = f"Zoe_Mueller_{number:04}.jpg" if number > 5 else f"DSC_{number:04}.jpg"
        photo = PhotoFactory.create(
            album=first, file_name=name, is_group=number == 3, position=number
        )
        for size in ("preview", "thumbnail"):
            content = ContentFile(drawn[number % 4])
            private_files.save(getattr(photo, size).name, content)
        private_files.save(photo.original.name, ContentFile(b"\xff\xd8 as the camera wrote it"))
        if number == 0:
            Appearance.objects.create(photo=photo, subject=mia)
    return job


def looked_at(page: Page, name: str) -> None:
    if SHOTS:
        width = page.viewport_size["width"] if page.viewport_size else 0
        page.screenshot(path=f"{SHOTS}/photos-{name}-{width}.png", full_page=True)
    assert findings(page) == []


def photos_page(job: Job) -> str:
    return f"/admin/jobstatus/job/{job.pk}/photos/"


def box(page: Page, name: str) -> Any:
    return page.get_by_label(f"Choose {name}")


def undo(page: Page) -> None:
    page.locator(".photo-undo").get_by_role("button", name="Undo").click()


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_G2_photos_are_tied_and_it_can_be_taken_back(job: Job, visitor: Any, width: int) -> None:
    page = sign_in(visitor(width=width))
    page.goto(photos_page(job))
    page.get_by_role("link", name="Class 3a").click()
    looked_at(page, "1-album")

    box(page, "DSC_0001.jpg").check()
    box(page, "DSC_0002.jpg").check()
    looked_at(page, "2-chosen")
    page.get_by_label("Person", exact=True).fill("mia-louise li")
    page.get_by_role("button", name="Tie", exact=True).click()
    expect(page.get_by_text("2 photos are tied to Mia-Louise Li.").first).to_be_visible()
    looked_at(page, "3-tied")
    assert Appearance.objects.count() == 3
    undo(page)
    expect(page.get_by_text("Taken back: 2 photos are as before.")).to_be_visible()
    assert Appearance.objects.count() == 1


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_A14_photos_are_moved_hidden_trashed_and_restored(
    job: Job, visitor: Any, width: int
) -> None:
    page = sign_in(visitor(width=width))
    page.goto(photos_page(job))
    page.get_by_role("link", name="Class 3a").click()

    box(page, "DSC_0004.jpg").check()
    page.locator("#deed-album").select_option("Class 3b")
    page.get_by_role("button", name="Move", exact=True).click()
    expect(page.get_by_text("1 photo is moved to “Class 3b”.").first).to_be_visible()
    undo(page)
    expect(box(page, "DSC_0004.jpg")).to_be_visible()

    box(page, "DSC_0005.jpg").check()
    page.get_by_role("button", name="Hide", exact=True).click()
    expect(page.get_by_text("1 photo is hidden.").first).to_be_visible()
    page.get_by_role("link", name="Hidden 1").click()
    expect(page.locator(".photo-cell")).to_have_count(1)
    page.get_by_label("All 1 photo", exact=True).check()
    page.get_by_role("button", name="To the trash", exact=True).click()
    expect(page.get_by_text("1 photo is in the trash.").first).to_be_visible()
    page.get_by_role("link", name="Trash (1)").click()
    looked_at(page, "4-trash")
    box(page, "DSC_0005.jpg").check()
    page.get_by_role("button", name="Restore", exact=True).click()
    expect(page.get_by_text("1 photo is back.")).to_be_visible()
    expect(page.get_by_text("The trash is empty.")).to_be_visible()


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_A14_an_album_goes_and_comes_back(job: Job, visitor: Any, width: int) -> None:
    page = sign_in(visitor(width=width))
    page.goto(photos_page(job))
    page.get_by_role("link", name="Class 3a").click()
    page.get_by_text("Change this album").click()
    looked_at(page, "5-change-album")

    page.get_by_role("button", name="Album to the trash").click()
    expect(page.get_by_text("“Class 3a” with 8 photos is in the trash.").first).to_be_visible()
    assert Photo.objects.filter(trashed_at=None).count() == 0
    page.get_by_role("link", name="Trash (9)").click()
    looked_at(page, "6-trashed-album")
    page.get_by_role("button", name="Restore Class 3a").click()

    expect(page.get_by_text("The album is back with 8 photos.")).to_be_visible()
    assert Photo.objects.filter(trashed_at=None).count() == 8


def test_G2_photos_are_chosen_by_shift_and_by_keyboard(job: Job, visitor: Any) -> None:
    page = sign_in(visitor(width=DESK))
    page.goto(photos_page(job))
    chosen = page.locator(".photo-grid input:checked")

    page.locator(".photo-frame img").nth(1).click()
    page.locator(".photo-frame img").nth(4).click(modifiers=["Shift"])
    expect(chosen).to_have_count(4)
    box(page, "DSC_0004.jpg").focus()
    page.keyboard.press("Escape")
    expect(chosen).to_have_count(0)
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+Space")
    expect(chosen).to_have_count(3)
    page.keyboard.press("Control+a")
    expect(chosen).to_have_count(8)
    expect(page.get_by_text("8 ✓")).to_be_visible()


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_G2_file_names_tie_photos_after_a_look(job: Job, visitor: Any, width: int) -> None:
    page = sign_in(visitor(width=width))
    page.goto(photos_page(job))
    page.get_by_role("link", name="Tie to persons").click()
    looked_at(page, "7-ways")

    page.get_by_label("File names that say who it is").check()
    page.get_by_label("Pattern, for file names").fill("{name}_{number}")
    page.get_by_role("button", name="Show what would happen").click()
    looked_at(page, "8-preview")
    assert Appearance.objects.count() == 1
    page.get_by_role("button", name="Tie 2 photos").click()

    expect(page.get_by_text("2 photos are tied to 1 person.").first).to_be_visible()
    assert Appearance.objects.filter(subject__name="Zoë Müller").count() == 2
    undo(page)
    expect(page.get_by_text("Taken back: 2 photos are as before.")).to_be_visible()


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_G2_one_photo_has_a_page(job: Job, visitor: Any, width: int) -> None:
    page = sign_in(visitor(width=width))
    page.goto(photos_page(job))
    page.get_by_role("link", name="DSC_0000.jpg").click()
    looked_at(page, "9-photo")

    page.get_by_role("button", name="Untie Mia-Louise Li").click()
    expect(page.get_by_text("Nobody yet.")).to_be_visible()
    undo(page)
    expect(page.get_by_role("button", name="Untie Mia-Louise Li")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the original").click()
    assert download.value.suggested_filename == "DSC_0000.jpg"
    page.get_by_role("link", name="Next").click()
    expect(page.get_by_role("figure")).to_contain_text("DSC_0001.jpg")


def test_G2_everything_works_without_a_script(job: Job, visitor: Any) -> None:
    page = sign_in(visitor(width=PHONE))
    page.route("**/photos*.js", lambda route: route.fulfill(body=""))
    page.goto(photos_page(job))

    box(page, "DSC_0001.jpg").check()
    page.get_by_role("button", name="Hide", exact=True).click()
    expect(page.get_by_text("1 photo is hidden.").first).to_be_visible()
    page.get_by_role("textbox", name="New album", exact=True).fill("Teachers")
    page.get_by_role("button", name="Make").click()

    expect(page.get_by_role("heading", name="Teachers")).to_be_visible()
    assert Album.objects.filter(job=job, name="Teachers").exists()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_J1_the_photos_can_be_seen_in_the_dark(job: Job, visitor: Any, scheme: str) -> None:
    page = sign_in(visitor(width=PHONE, scheme=scheme))

    for rest in ("", "ties/?way=pattern&pattern={name}_*", "trash/"):
        page.goto(photos_page(job) + rest)
        looked_at(page, f"dark-{scheme}-{rest[:4].strip('/')}")
