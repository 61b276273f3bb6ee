"""What every tab of a job shows, and the Selling and History tabs, over HTTP (J1)."""

from datetime import timedelta

import pytest
from django.db import connection

from jobstatus import clock, operations
from jobstatus.lifecycle import Status
from jobstatus.models import Job
from tests.factories import JobFactory, StudioFactory, job_in
from tests.staff import LIST, answers, settings_page, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def studio():
    return StudioFactory.create(timezone="UTC")


@pytest.fixture
def client(studio):
    return sign_in(studio, first_name="First", last_name="Last")


def stored(job: Job) -> Job:
    return Job.objects.select_related("studio").get(pk=job.pk)


@pytest.mark.parametrize("tab", ["change", "selling", "history"])
@pytest.mark.parametrize("status", Status.values)
def test_J1_every_tab_shows_the_status_and_its_control(client, studio, tab, status):
    job = job_in(status, studio=studio)

    page = client.get(f"{LIST}{job.pk}/{tab}/")

    label = Status(status).label
    assert f'<span class="pill pill-{status}">{label}</span>' in page.text
    assert "Change status" in page.text


@pytest.mark.parametrize(
    ("status", "kind", "moves"),
    [
        ("planning", "standard", ["start_selling", "archive"]),
        ("selling", "standard", ["archive", "return_to_planning"]),
        ("archived", "standard", ["start_selling", "return_to_planning"]),
        (
            "planning",
            "prepay",
            ["start_selling", "open_prepay", "archive", "convert_to_standard"],
        ),
        (
            "prepay",
            "prepay",
            ["start_selling", "archive", "return_to_planning", "convert_to_standard"],
        ),
    ],
)
def test_L8_L10_control_offers_the_legal_moves_only(client, studio, status, kind, moves):
    job = job_in(status, studio=studio, kind=kind)

    page = client.get(f"{LIST}{job.pk}/selling/")

    assert [offer.move for offer in page.context["offers"]] == moves


@pytest.mark.parametrize("tab", ["change", "selling", "history"])
def test_J3_tabs_of_a_foreign_job_answer_as_for_a_missing_one(client, tab):
    foreign = JobFactory.create()

    answer = client.get(f"{LIST}{foreign.pk}/{tab}/")
    missing = client.get(f"{LIST}999999/{tab}/")

    assert (answer.status_code, answer.url) == (missing.status_code, missing.url)


def test_L12_history_merges_status_changes_and_settings_the_newest_first(client, studio):
    job = JobFactory.create(studio=studio)
    JobFactory.create(studio=studio)  # noise
    now = clock.now()
    operations.start_selling(
        [job.pk], by=None, clock=lambda: now - timedelta(days=1), reason="Agreed"
    )
    client.post(settings_page(job), answers(stored(job), name="Renamed"))
    operations.archive([job.pk], by=None, clock=lambda: now + timedelta(days=1))

    rows = list(client.get(f"{LIST}{job.pk}/history/").context["rows"])

    assert [(row.what, row.who) for row in rows] == [
        ("Archive", "the clock"),
        ("Settings saved", "First Last"),
        ("Start selling", "the clock"),
    ]
    assert (rows[2].from_label, rows[2].to_label) == ("Planning (inactive)", "Selling")
    assert rows[2].why == "Agreed"


CLOCK_QUERIES = 1 if connection.vendor == "postgresql" else 0


@pytest.mark.parametrize("changes", [1, 3])
def test_L12_history_takes_the_same_queries_for_any_number_of_rows(
    client, studio, changes, django_assert_num_queries
):
    job = JobFactory.create(studio=studio)
    for _ in range(changes):
        operations.start_selling([job.pk], by=None, clock=clock.now)
        operations.return_to_planning([job.pk], by=None, clock=clock.now)
    client.get(f"{LIST}{job.pk}/history/")  # Django keeps the content type from now on.

    with django_assert_num_queries(14 + CLOCK_QUERIES):
        client.get(f"{LIST}{job.pk}/history/")


def test_A9_selling_tab_leads_back_to_selling(client, studio):
    job = job_in("archived", studio=studio)

    page = client.get(f"{LIST}{job.pk}/selling/")

    assert page.context["main"].move == "start_selling"
    assert page.context["now"].headline == "Archived"


def test_L4_selling_tab_says_when_the_deadline_has_passed_before_any_sweep(client, studio):
    job = job_in("selling", studio=studio)
    client.post(
        settings_page(job),
        answers(job, archiving_enabled="on", archive_date="2020-05-04", archive_now="on"),
    )

    page = client.get(f"{LIST}{job.pk}/selling/")

    assert page.context["now"].headline == "The archiving deadline has passed"
