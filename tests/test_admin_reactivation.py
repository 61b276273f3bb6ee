"""Start selling again: the archiving deadline that passed, and the archived period (A10, A11)."""

from datetime import timedelta

import pytest

from jobstatus import clock, deadlines
from jobstatus.lifecycle import Status
from jobstatus.models import Job
from tests.factories import StudioFactory, job_in
from tests.staff import confirmation_page, hidden_fields, overdue_job, sign_in, texts

pytestmark = pytest.mark.django_db


@pytest.fixture
def studio():
    return StudioFactory.create(timezone="UTC")


@pytest.fixture
def client(studio):
    return sign_in(studio)


def status_of(job: Job) -> tuple[str, str]:
    return Job.objects.values_list("kind", "status").get(pk=job.pk)


@pytest.mark.parametrize(("minutes", "is_said"), [(0, False), (1, True)])
def test_A11_long_archived_is_said_strictly_after_14_days(client, studio, minutes, is_said):
    # A minute's air, because the page reads the real clock after this test did.
    archived = clock.now() - timedelta(days=14, minutes=2 * minutes - 1)
    job = job_in("archived", studio=studio, now=archived)

    page = client.get(confirmation_page(job, "start_selling"))

    assert [text.endswith(": 14 days.") for text in texts(page, "infos")] == [True] * is_said


def test_A11_fourteen_days_to_the_microsecond_are_not_too_long():
    since = clock.now()
    limit = since + timedelta(days=14)

    assert deadlines.archived_too_long(since, limit) is False
    assert deadlines.archived_too_long(since, limit + timedelta(microseconds=1)) is True
    assert deadlines.archived_too_long(None, limit) is False


def test_A10_the_page_offers_a_new_date_and_confirms_it_together(client, studio):
    job = overdue_job(studio)

    page = client.get(confirmation_page(job, "start_selling"))
    client.post(
        confirmation_page(job, "start_selling"),
        hidden_fields(page) | suggested(page),
    )

    after = Job.objects.get(pk=job.pk)
    assert after.status == Status.SELLING
    assert after.archive_date == clock.now().date() + timedelta(days=14)
    assert after.closes_at > clock.now()


def suggested(page) -> dict[str, object]:
    form = page.context["dates_form"]
    return {f"archiving-{name}": form[name].value() for name in ("choice", "date", "delay")}


def test_A10_untick_is_shown_with_its_consequences_and_then_confirmed(client, studio):
    job = overdue_job(studio)
    url = confirmation_page(job, "start_selling")
    untick = {"archiving-choice": "untick", "archiving-date": "", "archiving-delay": 1}

    page = client.get(url)
    second = client.post(url, hidden_fields(page) | untick)
    untouched = status_of(job)
    client.post(url, hidden_fields(second) | untick)

    assert second.status_code == 409
    assert second.context["alerts"] == [
        "This is what happens with the new archiving settings. Confirm it."
    ]
    assert untouched == ("standard", "archived")
    after = Job.objects.get(pk=job.pk)
    assert (after.status, after.archiving_enabled, after.closes_at) == ("selling", False, None)


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        ("", "Choose the new archiving date."),
        ("2020-01-01", "The deadline would have passed as well. Choose a later date."),
    ],
)
def test_A10_a_missing_or_past_date_is_refused_on_the_spot(client, studio, day, sentence):
    job = overdue_job(studio)
    url = confirmation_page(job, "start_selling")
    page = client.get(url)

    response = client.post(
        url,
        hidden_fields(page)
        | {"archiving-choice": "move", "archiving-date": day, "archiving-delay": 0},
    )

    assert response.context["dates_form"].errors == {"date": [sentence]}
    assert status_of(job) == ("standard", "archived")
