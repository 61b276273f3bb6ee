"""Communication's pages in a real browser: from a standard profile to messages that are stopped."""

from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from comms.models import Campaign, Message, Notification, Profile, SendingRules, Trigger
from jobstatus import clock
from jobstatus.models import Job
from tests.browser import DESK, PHONE, findings, photographer, sign_in
from tests.comms_rows import NotificationFactory, person_in
from tests.comms_world import message
from tests.factories import JobFactory, StudioFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def job() -> Job:
    studio = StudioFactory.create(name="Studio Linden", slug="linden")
    SendingRules.objects.create(studio=studio, quiet_from="00:00", quiet_until="00:00")
    photographer(studio, email="ada@example.org")
    day = clock.now().date() + timedelta(days=20)
    job = JobFactory.create(
        studio=studio, name="Waldschule", archiving_enabled=True, archive_date=day
    )
    for name in ("Ben Smith", "Eva Jung"):
        person_in(job, name=name)
    return job


@pytest.fixture
def standard() -> Profile:
    Profile.objects.update(retired_at=clock.now())
    profile = Profile.objects.create(name="School", standard_key="tests")
    NotificationFactory.create(profile=profile)
    NotificationFactory.create(profile=profile, trigger=Trigger.BEFORE_ARCHIVING, days=7)
    return profile


def addresses(job: Job, standard: Profile) -> list[str]:
    own = NotificationFactory.create(profile__studio=job.studio)
    Campaign.objects.create(job=job, profile=own.profile, attached_at=clock.now())
    row = message(job, own, "unknown", subject="There!", text="Look here")
    reminder = standard.notifications.get(trigger=Trigger.BEFORE_ARCHIVING)
    tab = f"/admin/jobstatus/job/{job.pk}/communication"
    return [
        "/admin/",
        "/admin/comms/profile/",
        "/admin/comms/profile/add/",
        f"/admin/comms/profile/{own.profile_id}/change/",
        f"/admin/comms/profile/{standard.pk}/change/",
        f"/admin/comms/profile/{standard.pk}/duplicate/",
        f"/admin/comms/profile/{own.profile_id}/retire/",
        f"/admin/comms/notification/{own.pk}/change/",
        f"/admin/comms/notification/{reminder.pk}/change/",
        f"/admin/comms/notification/{own.pk}/preview/",
        f"/admin/comms/notification/add/?profile={own.profile_id}",
        f"{tab}/",
        f"{tab}/messages/",
        "/admin/comms/message/",
        f"/admin/comms/message/{row.pk}/change/",
        f"/admin/shop/customer/{row.customer_id}/change/",
        f"/admin/jobstatus/studio/{job.studio_id}/change/",
    ]


@pytest.mark.parametrize("width", [PHONE, DESK])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_of_communication_is_well_formed_and_readable(
    job: Job, standard: Profile, visitor: Any, width: int, scheme: str
) -> None:
    page = sign_in(visitor(width=width, scheme=scheme))

    for address in addresses(job, standard):
        page.goto(address)
        assert findings(page) == [], address


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_C1_from_a_standard_profile_to_messages_that_are_stopped(
    job: Job, standard: Profile, visitor: Any, width: int
) -> None:
    page = sign_in(visitor(width=width))

    duplicate(page, standard)
    edit_a_text(page)
    preview(page)
    attach(page, job)
    start_selling(page)
    stop(page)

    assert set(Message.objects.values_list("status", "reason")) == {("skipped", "stopped")}


def duplicate(page: Page, standard: Profile) -> None:
    page.goto("/admin/comms/profile/")
    page.get_by_role("link", name="School").click()
    expect(page.locator("input[name=_save]")).to_have_count(0)
    page.get_by_role("link", name="Duplicate and edit").click()
    page.get_by_label("Name of the copy").fill("Our school")
    page.get_by_role("button", name="Duplicate and edit").click()
    expect(page.get_by_role("heading", name="Our school")).to_be_visible()


def edit_a_text(page: Page) -> None:
    """A wrong placeholder is refused, marked and selected, so that one types over it."""
    page.get_by_role("link", name="When the job is set to Selling").click()
    body = page.locator("textarea[name=en-body]")
    body.fill("Hello [[Customer.nmae]],\nthe photos are there: ")
    body.press("End")
    page.get_by_role("button", name="[[Customer.photos]]").click()
    page.get_by_role("button", name="Save and preview").click()

    expect(page.locator(".problems mark")).to_have_text("[[Customer.nmae]]")
    expect(page.get_by_text("Do you mean [[Customer.name]]?")).to_be_visible()
    expect(body).to_be_focused()
    page.keyboard.type("[[Customer.name]]")
    page.get_by_role("button", name="Save and preview").click()

    expect(page.get_by_role("heading", name="Preview")).to_be_visible()
    text = Notification.objects.get(profile__name="Our school", trigger=Trigger.SELLING).texts.get(
        language="en"
    )
    assert text.body == "Hello [[Customer.name]],\nthe photos are there: [[Customer.photos]]"


def preview(page: Page) -> None:
    mail = page.frame_locator(".preview-frame")
    expect(mail.get_by_text("Hello Ben Smith,")).to_be_visible()
    page.get_by_label("Customer").select_option(index=1)
    expect(mail.get_by_text("Hello Eva Jung,")).to_be_visible()
    wide = page.locator(".preview-frame").bounding_box()
    page.get_by_label("Phone").check()
    narrow = page.locator(".preview-frame").bounding_box()
    assert wide is not None
    assert narrow is not None
    assert narrow["width"] <= min(390, wide["width"])
    body = mail.locator("body")
    light = body.evaluate("e => getComputedStyle(e).backgroundColor")
    page.get_by_label("Dark").check()
    expect(body).not_to_have_css("background-color", light)
    expect(mail.get_by_text("Hello Eva Jung,")).to_be_visible()


def attach(page: Page, job: Job) -> None:
    page.goto(f"/admin/jobstatus/job/{job.pk}/change/")
    page.get_by_role("link", name="Communication", exact=True).click()
    page.get_by_label("Communication profile").select_option(label="Our school")
    page.get_by_role("button", name="Save settings").click()
    expect(page.get_by_text("The communication of “Waldschule” is saved")).to_be_visible()
    expect(page.get_by_text("2 people as of now")).to_be_visible()


def start_selling(page: Page) -> None:
    page.locator(".control summary").click()
    page.get_by_role("link", name="Start selling").click()
    expect(
        page.get_by_text("2 e-mails in 5 minutes; you can stop them until then.")
    ).to_be_visible()
    page.get_by_role("button", name="Start selling").click()
    expect(page.get_by_text("“Waldschule” is now in status Selling.")).to_be_visible()


def stop(page: Page) -> None:
    expect(page.get_by_text("2 messages leave on")).to_be_visible()
    page.get_by_role("button", name="Stop them").press("Enter")
    expect(page.get_by_text("2 messages are stopped.")).to_be_visible()
    expect(page.get_by_text("Somebody stopped it before it was sent.")).to_be_visible()


def test_C2_only_the_fields_and_placeholders_of_the_trigger_are_shown(
    job: Job, standard: Profile, visitor: Any
) -> None:
    own = NotificationFactory.create(profile__studio=job.studio)
    page = sign_in(visitor())
    page.goto(f"/admin/comms/notification/{own.pk}/change/")
    days, hours = page.locator("#id_days"), page.locator("#id_hours")

    expect(days).to_be_visible()
    expect(hours).to_be_hidden()
    expect(page.get_by_role("button", name="[[Basket.url]]")).to_be_hidden()
    page.locator("#id_trigger").select_option("basket_left")

    expect(days).to_be_hidden()
    expect(hours).to_be_visible()
    expect(page.get_by_role("button", name="[[Basket.url]]")).to_be_visible()
    page.locator("#id_channel").select_option("sms")
    expect(page.locator("#id_en-subject")).to_be_hidden()
    page.locator("textarea[name=en-body]").fill("x" * 159 + "€")
    expect(page.get_by_text("161 characters, 2 SMS")).to_be_visible()
