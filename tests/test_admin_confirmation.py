"""The confirmation page before every status change, over HTTP (J2)."""

from datetime import date

import pytest
from django.db import connection

from jobstatus.lifecycle import Kind
from jobstatus.models import Job, JobEvent
from shop.models import BasketLine, LinePicture
from tests.factories import BasketFactory, JobFactory, StudioFactory, family, job_in
from tests.staff import (
    LIST,
    confirmation_page,
    hidden_fields,
    refuse_the_lock,
    said,
    settings_page,
    sign_in,
    texts,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def studio():
    return StudioFactory.create(timezone="UTC")


@pytest.fixture
def client(studio):
    return sign_in(studio)


def status_of(job: Job) -> tuple[str, str]:
    return Job.objects.values_list("kind", "status").get(pk=job.pk)


def confirm(client, job, way, **answers):
    """Look at the page, then confirm what it shows."""
    page = client.get(confirmation_page(job, way))
    return client.post(confirmation_page(job, way), hidden_fields(page) | answers, follow=True)


@pytest.mark.parametrize(
    ("status", "kind", "way", "after"),
    [
        ("planning", "standard", "start_selling", ("standard", "selling")),
        ("archived", "standard", "start_selling", ("standard", "selling")),
        ("planning", "standard", "archive", ("standard", "archived")),
        ("selling", "standard", "archive", ("standard", "archived")),
        ("selling", "standard", "return_to_planning", ("standard", "planning")),
        ("archived", "standard", "return_to_planning", ("standard", "planning")),
        ("prepay", "prepay", "return_to_planning", ("prepay", "planning")),
        ("planning", "prepay", "open_prepay", ("prepay", "prepay")),
        ("planning", "prepay", "convert_to_standard", ("standard", "planning")),
        ("prepay", "prepay", "convert_to_standard", ("standard", "planning")),
        (
            "prepay",
            "prepay",
            "convert_to_standard-then-start_selling",
            ("standard", "selling"),
        ),
        ("planning", "prepay", "convert_to_standard-then-archive", ("standard", "archived")),
    ],
)
def test_L8_L10_every_legal_way_is_shown_first_and_done_when_confirmed(
    client, studio, status, kind, way, after
):
    job = job_in(status, studio=studio, kind=kind)

    page = client.get(confirmation_page(job, way))
    untouched = status_of(job)
    client.post(confirmation_page(job, way), hidden_fields(page))

    assert untouched == (kind, status)
    assert status_of(job) == after


def test_J2_success_says_so_and_leads_back_where_one_came_from(client, studio):
    job = JobFactory.create(studio=studio, name="School")
    back = f"{LIST}{job.pk}/history/"

    page = client.get(confirmation_page(job, "start_selling"), {"next": back})
    response = client.post(
        confirmation_page(job, "start_selling"),
        hidden_fields(page) | {"reason": "As agreed"},
        follow=True,
    )

    assert said(response) == ["“School” is now in status Selling."]
    assert response.redirect_chain == [(back, 302)]
    assert JobEvent.objects.get(job=job).reason == "As agreed"


@pytest.mark.parametrize("evil", ["https://x.example/", "//x.example/", "javascript:alert(1)"])
def test_J2_never_leads_to_another_site(client, studio, evil):
    job = JobFactory.create(studio=studio)

    response = confirm(client, job, "start_selling", next=evil)

    assert response.redirect_chain == [(settings_page(job), 302)]


def test_J2_archiving_shows_the_counted_consequences(client, studio):
    job, noise = job_in("selling", studio=studio), job_in("selling", studio=studio)
    for of in (job, job, noise):
        line = BasketLine.objects.create(basket=BasketFactory.create(), title="Print")
        LinePicture.objects.create(line=line, job=of)

    page = client.get(confirmation_page(job, "archive"))

    assert texts(page, "warnings") == [
        "The sale ends at once. Customers read that the photos are archived.",
        "2 products leave pending baskets (2 baskets).",
    ]


def test_J2_start_selling_warns_when_no_archiving_date_is_set(client, studio):
    job = family("planning", studio=studio).job

    page = client.get(confirmation_page(job, "start_selling"))

    assert texts(page, "warnings") == [
        "Without an archiving date it sells until somebody archives it by hand.",
        "It has no communication profile: nobody is told that the photos are there. Choosing one "
        "later does not make up for it by itself.",
    ]


def test_J2_checklist_names_the_closing_instant_in_the_zone_of_the_studio(client):
    studio = StudioFactory.create(timezone="America/New_York")
    job = JobFactory.create(
        studio=studio, archiving_enabled=True, archive_date=date(2199, 7, 1), archive_delay=0
    )

    page = sign_in(studio).get(confirmation_page(job, "start_selling"))

    assert texts(page, "done") == [
        "Customers can order until Mon 1 Jul 2199, 23:59 EDT. Then it archives itself."
    ]


def test_L13_facts_that_changed_come_back_and_nothing_is_done(client, studio):
    job = job_in("selling", studio=studio)
    url = confirmation_page(job, "archive")
    page = client.get(url)
    line = BasketLine.objects.create(basket=BasketFactory.create(), title="Print")
    LinePicture.objects.create(line=line, job=job)

    response = client.post(url, hidden_fields(page) | {"reason": "Kept"})

    assert response.status_code == 409
    assert response.context["alerts"][0].startswith("The facts changed since this page was shown")
    assert "1 product leaves pending baskets (1 basket)." in texts(response, "warnings")
    assert 'value="Kept"' in response.text
    assert status_of(job) == ("standard", "selling")


def test_L13_second_tab_reads_that_the_job_is_already_there(client, studio):
    job = JobFactory.create(studio=studio, name="School")
    url = confirmation_page(job, "start_selling")
    first, second = client.get(url), client.get(url)

    client.post(url, hidden_fields(first))
    client.get(LIST)  # shows and clears the first message
    response = client.post(url, hidden_fields(second), follow=True)

    assert said(response) == ["“School” is already there: Selling."]
    assert JobEvent.objects.filter(job=job).count() == 1


def test_J2_post_without_having_seen_the_page_does_nothing(client, studio):
    job = JobFactory.create(studio=studio)

    response = client.post(confirmation_page(job, "start_selling"), {})

    assert response.status_code == 409
    assert status_of(job) == ("standard", "planning")


def test_L13_lock_that_is_not_released_is_a_sentence_and_loses_nothing(client, studio):
    job = JobFactory.create(studio=studio)
    page = client.get(confirmation_page(job, "start_selling"))

    with connection.execute_wrapper(refuse_the_lock):
        response = client.post(
            confirmation_page(job, "start_selling"), hidden_fields(page) | {"reason": "Kept"}
        )

    assert response.status_code == 503
    assert response.context["alerts"][0].startswith("Somebody else is changing the same jobs")
    assert 'value="Kept"' in response.text


def test_J2_reason_has_a_limit(client, studio):
    job = JobFactory.create(studio=studio)

    confirm(client, job, "start_selling", reason="x" * 201)

    assert status_of(job) == ("standard", "planning")


def test_L10_an_illegal_move_is_a_sentence_and_has_no_button(client, studio):
    job = JobFactory.create(studio=studio, kind=Kind.PREPAY, name="Gala")

    page = client.get(confirmation_page(job, "start_selling"))

    assert texts(page, "refused") == ["“Gala” is a prepay job. Turn it into a standard job first."]
    assert page.context["button"] is None


@pytest.mark.parametrize("way", ["delete", "archive-then-start_selling", "__class__"])
def test_L10_a_way_that_is_not_in_the_table_does_not_exist(client, studio, way):
    job = JobFactory.create(studio=studio)

    assert client.get(confirmation_page(job, way)).status_code == 404


def test_J1_viewer_may_not_even_look_at_the_page(studio):
    job = JobFactory.create(studio=studio)
    viewer = sign_in(studio, role="Viewer")

    assert viewer.get(confirmation_page(job, "archive")).status_code == 403
    assert viewer.post(confirmation_page(job, "archive")).status_code == 403
    assert status_of(job) == ("standard", "planning")


def test_J3_foreign_job_answers_as_a_missing_one(client):
    foreign = JobFactory.create()

    response = client.post(confirmation_page(foreign, "start_selling"))

    assert response.url == client.get(f"{LIST}999999/confirm/archive/").url
    assert status_of(foreign) == ("standard", "planning")
