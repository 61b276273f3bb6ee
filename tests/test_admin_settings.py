"""The settings of a job, over HTTP (A2)."""

import pytest
from django.db import connection

from jobstatus import clock, operations
from jobstatus.lifecycle import Kind, Status
from jobstatus.models import Job
from shop.models import BasketLine, LinePicture
from tests.factories import BasketFactory, JobFactory, StudioFactory, job_in
from tests.staff import LIST, answers, refuse_the_lock, said, settings_page, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def studio():
    return StudioFactory.create(timezone="UTC")


@pytest.fixture
def client(studio):
    return sign_in(studio, first_name="First", last_name="Last")


def stored(job: Job) -> Job:
    return Job.objects.select_related("studio").get(pk=job.pk)


def test_L1_new_job_starts_in_planning_in_the_own_studio(client, studio):
    form = {
        **answers(Job(name="New", pk=1)),
        "kind": "prepay",
        "status": "selling",
        "prepay_deadline_date": "2199-01-01",
    }

    response = client.post(f"{LIST}add/", form, follow=True)

    job = Job.objects.get()
    assert (job.name, job.kind, job.status, job.studio) == ("New", "prepay", "planning", studio)
    assert said(response) == ["“New” is created, in status Planning."]


def test_A2_saving_sets_date_and_delay_and_the_deadline_that_follows(client, studio):
    job = JobFactory.create(studio=studio)

    response = client.post(
        settings_page(job),
        answers(job, archiving_enabled="on", archive_date="2199-05-04", archive_delay=2),
        follow=True,
    )

    after = stored(job)
    assert after.closes_at.isoformat() == "2199-05-07T00:00:00+00:00"
    assert after.version == job.version + 1
    assert said(response) == [f"The settings of “{job.name}” are saved."]
    assert response.redirect_chain == [(settings_page(job), 302)]


@pytest.mark.parametrize("delay", [1, -1])
def test_A2_tick_without_a_date_is_refused_with_a_sentence(client, studio, delay):
    job = JobFactory.create(studio=studio)

    response = client.post(
        settings_page(job), answers(job, archiving_enabled="on", archive_delay=delay)
    )

    assert response.context["adminform"].form.errors == {
        "archive_date": ["Choose a date, or untick “archive automatically”."]
    }
    assert stored(job).version == job.version


def test_A2_date_without_the_tick_is_saved_and_counts_for_nothing(client, studio):
    job = JobFactory.create(studio=studio)

    response = client.post(settings_page(job), answers(job, archive_date="2199-05-04"), follow=True)

    after = stored(job)
    assert (str(after.archive_date), after.closes_at) == ("2199-05-04", None)
    assert said(response)[1:] == [
        "The archiving date counts for nothing while “archive automatically” is off."
    ]


@pytest.mark.parametrize("day", ["1999-12-31", "2200-01-01", "9999-12-31", "not a date"])
def test_A2_date_out_of_limits_is_refused(client, studio, day):
    job = JobFactory.create(studio=studio)

    response = client.post(
        settings_page(job), answers(job, archiving_enabled="on", archive_date=day)
    )

    assert list(response.context["adminform"].form.errors) == ["archive_date"]
    assert stored(job).archive_date is None


def test_L1_crafted_post_cannot_set_status_kind_or_instants(client, studio):
    job = JobFactory.create(studio=studio)
    other = StudioFactory.create()
    crafted = {
        "status": "selling",
        "kind": "prepay",
        "studio": other.pk,
        "closes_at": "2199-01-01 00:00",
        "archived_at": "2199-01-01 00:00",
        "version": 99,
        "prepay_deadline_date": "2199-01-01",
    }

    client.post(settings_page(job), answers(job, name="Renamed", **crafted))

    after = stored(job)
    assert after.name == "Renamed"
    assert (after.status, after.kind, after.studio_id) == ("planning", "standard", studio.pk)
    assert (after.closes_at, after.archived_at, after.prepay_deadline_date) == (None, None, None)
    assert after.version == job.version + 1


def test_P1_prepay_deadline_is_a_setting_of_prepay_jobs(client, studio):
    job = JobFactory.create(studio=studio, kind=Kind.PREPAY)

    client.post(settings_page(job), answers(job, prepay_deadline_date="2199-01-01"))

    assert str(stored(job).prepay_deadline_date) == "2199-01-01"


def test_L13_settings_changed_meanwhile_keep_the_input_and_say_who_and_what(client, studio):
    job = JobFactory.create(studio=studio, name="Old")
    stale = answers(job, name="Mine")
    client.post(settings_page(job), answers(job, name="Theirs"))

    response = client.post(settings_page(job), stale)

    form = response.context["adminform"].form
    first, *others = form.non_field_errors()
    assert "by First Last" in first
    assert others[0] == "“Name” is now: Theirs."
    assert form["name"].value() == "Mine"
    assert stored(job).name == "Theirs"


def test_L13_saving_again_after_the_warning_writes_the_own_input(client, studio):
    job = JobFactory.create(studio=studio)
    client.post(settings_page(job), answers(job, name="Theirs"))
    shown = client.post(settings_page(job), answers(job, name="Mine"))
    again = answers(job, name="Mine") | {
        "seen_version": shown.context["adminform"].form["seen_version"].value(),
        "storefront-INITIAL_FORMS": 1,
        "storefront-0-id": stored(job).storefront.pk,
        "storefront-0-job": job.pk,
    }

    client.post(settings_page(job), again)

    assert stored(job).name == "Mine"


def test_L13_settings_after_a_status_change_are_not_saved_blindly(client, studio):
    job = JobFactory.create(studio=studio)
    stale = answers(job, name="Mine")
    operations.start_selling([job.pk], by=None, clock=clock.now)

    response = client.post(settings_page(job), stale)

    assert "Start selling" in response.context["adminform"].form.non_field_errors()[0]
    assert (stored(job).name, stored(job).status) == (job.name, Status.SELLING)


def test_A10_past_date_on_a_selling_job_warns_with_the_consequences_first(client, studio):
    job = job_in("selling", studio=studio)
    line = BasketLine.objects.create(basket=BasketFactory.create(), title="Print")
    LinePicture.objects.create(line=line, job=job)
    past = answers(job, archiving_enabled="on", archive_date="2020-05-04")

    response = client.post(settings_page(job), past)

    errors = response.context["adminform"].form.non_field_errors()
    assert "archived within a minute" in errors[0]
    assert "1 product leaves pending baskets (1 basket)." in errors
    assert 'name="archive_now"' in response.text
    assert stored(job).archiving_enabled is False


def test_A10_past_date_is_saved_once_it_is_confirmed(client, studio):
    job = job_in("selling", studio=studio)
    past = answers(job, archiving_enabled="on", archive_date="2020-05-04", archive_now="on")

    client.post(settings_page(job), past)

    after = stored(job)
    assert after.closes_at < clock.now()
    assert after.status == Status.SELLING  # the sweep archives it, not the form


def test_A10_past_date_on_a_planning_job_needs_no_confirmation(client, studio):
    job = JobFactory.create(studio=studio)

    client.post(settings_page(job), answers(job, archiving_enabled="on", archive_date="2020-05-04"))

    assert stored(job).closes_at < clock.now()


def test_A8_archived_job_stays_editable(client, studio):
    job = job_in("archived", studio=studio)

    client.post(settings_page(job), answers(job, name="Renamed"))

    assert (stored(job).name, stored(job).status) == ("Renamed", "archived")


def test_J1_viewer_sees_the_settings_and_can_save_nothing(studio):
    job = JobFactory.create(studio=studio)
    viewer = sign_in(studio, role="Viewer")

    page = viewer.get(settings_page(job))
    answer = viewer.post(settings_page(job), answers(job, name="Mine"))

    assert "Save settings" not in page.text
    assert "Change status" not in page.text
    assert answer.status_code == 403
    assert stored(job).name == job.name


def test_L13_lock_that_is_not_released_keeps_the_input_of_the_settings(client, studio):
    job = JobFactory.create(studio=studio)

    with connection.execute_wrapper(refuse_the_lock):
        response = client.post(settings_page(job), answers(job, name="Mine"))

    form = response.context["adminform"].form
    assert form.non_field_errors()[0].startswith("Somebody else is changing this job right now")
    assert form["name"].value() == "Mine"
    assert stored(job).name == job.name
