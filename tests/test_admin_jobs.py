"""The job list, over HTTP. The settings of a job are in test_admin_settings.py."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from jobstatus import clock
from jobstatus.admin import job_list
from jobstatus.lifecycle import Kind
from jobstatus.models import Job
from tests.factories import JobFactory, StudioFactory, job_in
from tests.staff import LIST, sign_in

pytestmark = pytest.mark.django_db


def names(response) -> list[str]:
    return [job.name for job in response.context["cl"].result_list]


@pytest.fixture
def studio():
    return StudioFactory.create(timezone="Europe/Berlin")


@pytest.fixture
def client(studio):
    return sign_in(studio)


def closing(studio, name, *, days, **values):
    """A selling job whose deadline is the end of the day that is `days` from today."""
    now = clock.now()
    job = job_in("selling", studio=studio, name=name, now=now - timedelta(days=60))
    day = now.date() + timedelta(days=days)
    job.archiving_enabled, job.archive_date, job.archive_delay = True, day, 0
    for field, value in values.items():
        setattr(job, field, value)
    job.save(update_fields=["archiving_enabled", "archive_date", "archive_delay"])
    return job


def test_J1_list_shows_the_newest_job_of_the_own_studio_first(client, studio):
    JobFactory.create(studio=studio, name="First")
    JobFactory.create(name="Of another studio")
    JobFactory.create(studio=studio, name="Second")

    response = client.get(LIST)

    assert names(response) == ["Second", "First"]


def test_J1_each_row_has_its_status_as_a_coloured_pill_with_a_word(client, studio):
    job_in("selling", studio=studio)

    response = client.get(LIST)

    assert response.text.count('<span class="pill pill-selling">Selling</span>') == 1


def test_J1_deadline_is_shown_in_the_zone_of_the_studio(client, studio):
    job = closing(studio, "Soon", days=3)
    Job.objects.filter(pk=job.pk).update(
        archive_date="2199-07-01", closes_at=datetime(2199, 7, 1, 22, tzinfo=UTC)
    )

    response = client.get(LIST)

    assert "Mon 1 Jul 2199, 23:59 CEST" in response.text


@pytest.mark.parametrize(
    ("days", "words"), [(3, "in 3 days"), (1, "tomorrow"), (0, "today"), (-2, "passed")]
)
def test_J1_list_says_how_far_away_the_deadline_is(days, words):
    # UTC, so that the day of the test is the day of the studio at every hour.
    studio = StudioFactory.create(timezone="UTC")
    closing(studio, "One", days=days)

    response = sign_in(studio).get(LIST)

    assert f">{words}</span>" in response.text


def test_A4_list_says_that_a_job_is_never_archived_automatically(client, studio):
    JobFactory.create(
        studio=studio, archiving_enabled=True, archive_date="2199-01-01", archive_delay=-1
    )

    response = client.get(LIST)

    assert "never automatically" in response.text


def test_J3_studio_column_is_for_people_with_several_studios(client, studio):
    other = StudioFactory.create()
    JobFactory.create(studio=studio)
    several = sign_in(studio, other)

    alone, both = client.get(LIST), several.get(LIST)

    assert "field-studio" not in alone.text
    assert "field-studio" in both.text


CLOCK_QUERIES = 1 if connection.vendor == "postgresql" else 0


@pytest.mark.parametrize("count", [1, 3])
def test_J1_list_of_a_studio_takes_ten_queries_for_any_number_of_rows(
    client, studio, count, django_assert_num_queries
):
    JobFactory.create_batch(count, studio=studio)
    JobFactory.create_batch(2)  # noise: other studios

    with django_assert_num_queries(10 + CLOCK_QUERIES):
        response = client.get(LIST)

    assert len(names(response)) == count


@pytest.mark.parametrize("count", [1, 3])
def test_J1_list_of_a_superuser_takes_eight_queries_for_any_number_of_rows(
    count, django_assert_num_queries
):
    client = sign_in(is_superuser=True)
    JobFactory.create_batch(count)

    with django_assert_num_queries(8 + CLOCK_QUERIES):
        response = client.get(LIST)

    assert len(names(response)) == count


def test_J1_filter_by_status_leaves_the_others_out(client, studio):
    job_in("selling", studio=studio, name="Selling")
    JobFactory.create(studio=studio, name="Planning")
    job_in("selling", name="Of another studio")

    response = client.get(LIST, {"status__exact": "selling"})

    assert names(response) == ["Selling"]


def test_J1_filter_by_kind_leaves_the_others_out(client, studio):
    JobFactory.create(studio=studio, name="Standard")
    JobFactory.create(studio=studio, name="Prepay", kind=Kind.PREPAY)

    response = client.get(LIST, {"kind__exact": "prepay"})

    assert names(response) == ["Prepay"]


@pytest.mark.parametrize(
    ("choice", "expected"),
    [("soon", ["Soon"]), ("passed", ["Passed"]), ("none", ["None"])],
)
def test_J1_filter_by_deadline_leaves_the_others_out(client, studio, choice, expected):
    closing(studio, "Soon", days=3)
    closing(studio, "Late", days=30)
    closing(studio, "Passed", days=-3)
    JobFactory.create(studio=studio, name="None")

    response = client.get(LIST, {"deadline": choice})

    assert names(response) == expected


def test_J3_filter_by_studio_offers_the_own_studios_only(client, studio):
    other, foreign = StudioFactory.create(), StudioFactory.create(name="Foreign")
    JobFactory.create(studio=studio, name="Mine")
    JobFactory.create(studio=other, name="Also mine")
    several = sign_in(studio, other)

    response = several.get(LIST, {"studio__id__exact": other.pk})

    assert names(response) == ["Also mine"]
    assert foreign.name not in response.text
    assert "studio__id__exact" not in client.get(LIST).text


def test_J1_search_finds_a_part_of_the_name_and_a_number(client, studio):
    school = JobFactory.create(studio=studio, name="Einstein School")
    JobFactory.create(studio=studio, name="Football")
    foreign = JobFactory.create(name="Einstein abroad")

    by_name = client.get(LIST, {"q": "einst"})
    by_number = client.get(LIST, {"q": str(school.pk)})
    by_foreign_number = client.get(LIST, {"q": str(foreign.pk)})
    by_long_number = client.get(LIST, {"q": "9" * 40})

    assert names(by_name) == ["Einstein School"]
    assert names(by_number) == ["Einstein School"]
    assert names(by_foreign_number) == []
    assert names(by_long_number) == []


def test_J1_counting_stops_at_a_limit_and_says_so(client, studio, monkeypatch):
    monkeypatch.setattr(job_list, "COUNT_LIMIT", 2)
    JobFactory.create_batch(2, studio=studio)

    exact = client.get(LIST)
    JobFactory.create(studio=studio)
    cut = client.get(LIST)

    assert "<span>2 jobs</span>" in exact.text
    assert "<span>2+ jobs</span>" in cut.text


def test_J1_a_large_count_is_shown_with_separators():
    paginator = job_list.BoundedPaginator(Job.objects.order_by("pk"), 50)
    paginator.__dict__["_counted"] = job_list.COUNT_LIMIT + 1

    assert paginator.count_text == "10,000+"


@pytest.mark.parametrize(
    ("role", "actions"),
    [
        ("Photographer", ["start_selling_chosen", "archive_chosen", "return_to_planning_chosen"]),
        ("Viewer", []),
    ],
)
def test_J1_actions_are_for_those_who_may_change_jobs(studio, role, actions):
    client = sign_in(studio, role=role)
    JobFactory.create(studio=studio)

    form = client.get(LIST).context["action_form"]

    offered = [name for name, _label in form.fields["action"].choices if name] if form else []
    assert offered == actions


def test_A14_deleting_jobs_is_not_offered_in_the_list_and_needs_the_name(studio):
    job = JobFactory.create(studio=studio)
    client = sign_in(is_superuser=True)

    page = client.get(LIST)
    answer = client.post(f"{LIST}{job.pk}/delete/", {"post": "yes"})

    assert "delete_selected" not in page.text
    assert "This is not the name of the job" in answer.text
    assert Job.objects.filter(pk=job.pk).exists()
