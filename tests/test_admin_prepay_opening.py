"""Opening the prepay shop of a job: the deadline that is missing or has passed (J2, L9)."""

from datetime import timedelta

import pytest

from jobstatus import clock
from jobstatus.listeners import Change
from jobstatus.models import Job
from shop.models import PrepayShop
from shop.prepay import opening
from tests.factories import FAR_AHEAD, JobFactory, StudioFactory, stock
from tests.staff import LIST, LONG_AGO, confirmation_page, hidden_fields, sign_in, texts

pytestmark = pytest.mark.django_db


@pytest.fixture
def studio():
    return StudioFactory.create(timezone="UTC")


@pytest.fixture
def client(studio):
    return sign_in(studio)


def prepay_job(studio, deadline=None, **values):
    job = JobFactory.create(studio=studio, kind="prepay", prepay_deadline_date=deadline, **values)
    stock(job)
    return job


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


# What parents would miss


def without_shop(studio, **values):
    return JobFactory.create(studio=studio, kind="prepay", prepay_deadline_date=FAR_AHEAD, **values)


def emptied(studio, how, **values):
    job = prepay_job(studio, FAR_AHEAD, **values)
    prices = job.prepay_shop.price_list
    if how == "no list":
        PrepayShop.objects.filter(job=job).update(price_list=None)
    elif how == "no product":
        prices.products.all().delete()
    else:
        prices.products.update(is_active=False)
    return job


def nothing_for_sale(name):
    return (
        f"“{name}” has no price list for prepay with a product on sale, so that parents could "
        "order nothing. Choose one on the job's tab “Prepay” first."
    )


@pytest.mark.parametrize("how", ["no list", "no product", "all off sale"])
def test_J2_a_prepay_shop_with_nothing_to_order_does_not_open(client, studio, how):
    job = emptied(studio, how, name="Gala")
    url = confirmation_page(job, "open_prepay")

    page = client.get(url)
    client.post(url, hidden_fields(page))

    assert texts(page, "refused") == [nothing_for_sale("Gala")]
    assert page.context["button"] is None
    assert stored(job).status == "planning"


def test_J2_a_job_without_shop_and_code_does_not_open(client, studio):
    job = without_shop(studio, name="Gala")
    url = confirmation_page(job, "open_prepay")

    page = client.get(url)
    client.post(url, hidden_fields(page))

    assert texts(page, "refused") == [
        "“Gala” has no prepay shop yet, so that there is no code for parents and nothing to "
        "order. Save it on the job's tab “Prepay” first, with a price list."
    ]
    assert stored(job).status == "planning"


def test_J2_all_that_is_missing_is_said_at_once(client, studio):
    job = emptied(studio, "no list", name="Gala")
    Job.objects.filter(pk=job.pk).update(prepay_deadline_date=LONG_AGO)

    page = client.get(confirmation_page(job, "open_prepay"))

    assert texts(page, "refused") == [
        "The prepay deadline of “Gala” has passed, so nobody could order. "
        "Move the prepay deadline first.",
        nothing_for_sale("Gala"),
    ]
    assert page.context["dates_form"] is None


def test_J2_of_several_jobs_each_that_is_not_ready_is_named_and_the_others_open(client, studio):
    ready, empty = prepay_job(studio, FAR_AHEAD), emptied(studio, "no list", name="Gala")
    url = f"{LIST}confirm/open_prepay/"

    page = client.post(url, {"jobs": f"{ready.pk},{empty.pk}"})
    client.post(url, hidden_fields(page))

    assert texts(page, "refused") == [nothing_for_sale("Gala")]
    assert (stored(ready).status, stored(empty).status) == ("prepay", "planning")


def test_J2_the_product_that_was_taken_off_sale_meanwhile_is_noticed(client, studio):
    job = prepay_job(studio, FAR_AHEAD, name="Gala")
    url = confirmation_page(job, "open_prepay")
    page = client.get(url)
    job.prepay_shop.price_list.products.update(is_active=False)

    again = client.post(url, hidden_fields(page))

    assert again.status_code == 409
    assert stored(job).status == "planning"


@pytest.mark.parametrize("count", [1, 10])
def test_J2_the_checklist_of_prepay_costs_one_query(studio, count, django_assert_num_queries):
    jobs = [prepay_job(studio, FAR_AHEAD) for _job in range(count)]
    change = Change(("open_prepay",), jobs, None, clock.now())

    with django_assert_num_queries(1):
        found = list(opening.foresee(change))

    assert found == []
