"""Opening the prepay shop of a job: the deadline that is missing or has passed (J2, L9)."""

from datetime import timedelta

import pytest

from jobstatus import clock
from jobstatus.models import Job
from tests.factories import FAR_AHEAD, JobFactory, StudioFactory
from tests.staff import LIST, LONG_AGO, confirmation_page, hidden_fields, sign_in, texts

pytestmark = pytest.mark.django_db


@pytest.fixture
def studio():
    return StudioFactory.create(timezone="UTC")


@pytest.fixture
def client(studio):
    return sign_in(studio)


def prepay_job(studio, deadline=None, **values):
    return JobFactory.create(studio=studio, kind="prepay", prepay_deadline_date=deadline, **values)


def stored(job):
    return Job.objects.get(pk=job.pk)


@pytest.mark.parametrize("deadline", [None, LONG_AGO])
def test_J2_a_deadline_can_be_set_on_the_spot_and_is_confirmed_together(client, studio, deadline):
    job, other = prepay_job(studio, deadline), prepay_job(studio, deadline)
    url = confirmation_page(job, "open_prepay")
    day = clock.now().date() + timedelta(days=14)

    page = client.get(url)
    form = page.context["dates_form"]
    suggested = form["date"].value()
    client.post(url, hidden_fields(page) | {"prepay-date": suggested})

    assert "choice" not in form.fields
    assert (suggested, stored(job).status, stored(job).prepay_deadline_date) == (
        day,
        "prepay",
        day,
    )
    assert (stored(other).status, stored(other).prepay_deadline_date) == ("planning", deadline)


def test_J2_another_deadline_is_shown_with_what_it_means_before_it_counts(client, studio):
    job = prepay_job(studio)
    url = confirmation_page(job, "open_prepay")
    answer = {"prepay-date": FAR_AHEAD.isoformat()}

    second = client.post(url, hidden_fields(client.get(url)) | answer)
    untouched = stored(job).status
    client.post(url, hidden_fields(second) | answer)

    assert second.status_code == 409
    assert second.context["alerts"] == [
        "This is what happens with the new prepay deadline. Confirm it."
    ]
    assert any("2199" in text for text in texts(second, "done"))
    assert untouched == "planning"
    assert (stored(job).status, stored(job).prepay_deadline_date) == ("prepay", FAR_AHEAD)


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        ("", "Choose the prepay deadline."),
        ("2020-01-01", "That day is over already. Choose a later date."),
        ("1999-01-01", "Ensure this value is greater than or equal to 2000-01-01."),
        ("no day", "Enter a valid date."),
    ],
)
def test_J2_a_missing_or_past_deadline_is_refused_on_the_spot(client, studio, day, sentence):
    job = prepay_job(studio)
    url = confirmation_page(job, "open_prepay")

    response = client.post(url, hidden_fields(client.get(url)) | {"prepay-date": day})

    assert response.context["dates_form"].errors == {"date": [sentence]}
    assert stored(job).status == "planning"


def test_J2_of_several_jobs_those_without_a_deadline_are_left_or_get_one(client, studio):
    ready, late = prepay_job(studio, FAR_AHEAD), prepay_job(studio, LONG_AGO, name="Late")
    url = f"{LIST}confirm/open_prepay/"
    jobs = f"{ready.pk},{late.pk}"

    page = client.post(url, {"jobs": jobs})
    left = client.post(url, hidden_fields(page) | {"prepay-choice": "leave"})

    assert [job.name for job in page.context["overdue"]] == ["Late"]
    assert left.status_code == 302
    assert (stored(ready).status, stored(late).status) == ("prepay", "planning")
    answer = {"prepay-choice": "move", "prepay-date": FAR_AHEAD.isoformat()}
    again = client.post(url, {"jobs": f"{late.pk}"} | answer)
    client.post(url, hidden_fields(again) | answer)
    assert (stored(late).status, stored(late).prepay_deadline_date) == ("prepay", FAR_AHEAD)
