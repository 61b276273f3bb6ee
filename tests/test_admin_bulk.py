"""Status changes of many jobs from the list, over HTTP (A1, J2)."""

from datetime import date

import pytest

from jobstatus import clock, operations
from jobstatus.admin import confirming
from jobstatus.lifecycle import Kind
from jobstatus.models import Job
from tests.factories import JobFactory, StudioFactory, job_in
from tests.listener import MEDDLER, VICTIM
from tests.staff import LIST, hidden_fields, overdue_job, said, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def studio():
    return StudioFactory.create(timezone="UTC")


@pytest.fixture
def client(studio):
    return sign_in(studio)


def choose(client, way, *jobs, query="", **values):
    return client.post(
        f"{LIST}{query}",
        {"action": f"{way}_chosen", "_selected_action": [job.pk for job in jobs], **values},
    )


def confirm(client, way, page, **values):
    return client.post(f"{LIST}confirm/{way}/", hidden_fields(page) | values, follow=True)


def statuses(*jobs):
    found = dict(Job.objects.values_list("pk", "status"))
    return [found[job.pk] for job in jobs]


@pytest.mark.parametrize(
    ("way", "before", "after"),
    [
        ("start_selling", "planning", "selling"),
        ("archive", "selling", "archived"),
        ("return_to_planning", "selling", "planning"),
    ],
)
def test_A1_bulk_move_is_shown_first_and_done_when_confirmed(client, studio, way, before, after):
    jobs = [job_in(before, studio=studio) for _ in range(3)]
    noise = job_in(before, studio=studio)

    page = choose(client, way, *jobs, query="?kind__exact=standard")
    untouched = statuses(*jobs)
    response = confirm(client, way, page)

    assert untouched == [before] * 3
    assert statuses(*jobs, noise) == [after] * 3 + [before]
    assert response.redirect_chain == [(f"{LIST}?kind__exact=standard", 302)]
    assert said(response)[0].startswith("3 jobs are now in status")


def test_A1_mixed_kinds_say_per_job_what_was_refused_and_do_the_rest(client, studio):
    good = JobFactory.create(studio=studio, name="Good")
    prepay = JobFactory.create(studio=studio, name="Gala", kind=Kind.PREPAY)
    there = job_in("selling", studio=studio, name="There")

    page = choose(client, "start_selling", good, prepay, there)
    response = confirm(client, "start_selling", page)

    assert page.context["button"] == "Start selling: 1 job"
    assert statuses(good, prepay, there) == ["selling", "planning", "selling"]
    assert said(response) == [
        "“Good” is now in status Selling.",
        "“There” is already there: Selling.",
        "“Gala” is a prepay job. Turn it into a standard job first.",
    ]


def test_A10_bulk_leaves_overdue_jobs_out_unless_told_otherwise(client, studio):
    good, late = JobFactory.create(studio=studio), overdue_job(studio)

    page = choose(client, "start_selling", good, late)
    leave = {"archiving-choice": "leave", "archiving-date": "", "archiving-delay": 0}
    confirm(client, "start_selling", page, **leave)

    assert statuses(good, late) == ["selling", "archived"]


def test_A10_bulk_gives_a_new_date_to_the_overdue_jobs_only(client, studio):
    good = JobFactory.create(
        studio=studio, archiving_enabled=True, archive_date=date(2198, 1, 1), archive_delay=0
    )
    late = overdue_job(studio)
    move = {"archiving-choice": "move", "archiving-date": "2199-05-04", "archiving-delay": 2}

    page = choose(client, "start_selling", good, late)
    second = confirm(client, "start_selling", page, **move)
    confirm(client, "start_selling", second, **move)

    dates = Job.objects.order_by("pk").values_list("status", "archive_date", "archive_delay")
    assert [(status, str(day), delay) for status, day, delay in dates] == [
        ("selling", "2198-01-01", 0),
        ("selling", "2199-05-04", 2),
    ]


def test_L13_bulk_facts_that_changed_do_nothing_for_any_job(client, studio):
    first, second = JobFactory.create_batch(2, studio=studio)
    page = choose(client, "start_selling", first, second)
    operations.archive([second.pk], by=None, clock=clock.now)

    response = confirm(client, "start_selling", page)

    assert response.status_code == 409
    assert statuses(first, second) == ["planning", "archived"]


def test_L13_the_page_says_so_when_only_a_part_of_the_jobs_is_done(client, studio, settings):
    settings.JOB_LISTENERS = ["tests.listener"]
    good, late = JobFactory.create(studio=studio, name=MEDDLER), overdue_job(studio)
    Job.objects.filter(pk=late.pk).update(name=VICTIM)
    move = {"archiving-choice": "move", "archiving-date": "2199-05-04", "archiving-delay": 2}
    page = choose(client, "start_selling", good, late)
    second = confirm(client, "start_selling", page, **move)

    response = confirm(client, "start_selling", second, **move)

    assert statuses(good, late) == ["selling", "archived"]
    assert (response.status_code, said(response)) == (
        409,
        [f"“{MEDDLER}” is now in status Selling."],
    )
    assert response.context["alerts"] == [
        "A part of the jobs is done, as the messages say. Then somebody else changed the others, "
        "so that nothing was done to them. Look at what would happen now and confirm again."
    ]


def test_A1_more_jobs_than_the_limit_are_a_sentence(client, studio, monkeypatch):
    monkeypatch.setattr(confirming, "BULK_LIMIT", 2)
    jobs = JobFactory.create_batch(3, studio=studio)

    chosen = choose(client, "archive", *jobs)
    listed = client.get(LIST)
    crafted = client.post(
        f"{LIST}confirm/archive/", {"jobs": ",".join(str(job.pk) for job in jobs)}, follow=True
    )

    sentence = "At most 2 jobs can be changed at once. Choose fewer, for example with a filter."
    assert chosen.status_code == 302
    assert said(listed) == [sentence]
    assert said(crafted) == [sentence]
    assert statuses(*jobs) == ["planning"] * 3


def test_J3_bulk_ids_of_another_studio_count_as_missing(client, studio):
    own, foreign = JobFactory.create(studio=studio), JobFactory.create(name="Foreign")
    page = choose(client, "archive", own, foreign)

    response = confirm(client, "archive", page, jobs=f"{own.pk},{foreign.pk},999999")
    alone = confirm(client, "archive", page, jobs=str(foreign.pk))

    assert "Foreign" not in page.text + response.text + alone.text
    assert said(alone) == ["These jobs no longer exist."]
    assert statuses(own, foreign) == ["archived", "planning"]


def test_J1_viewer_cannot_start_or_confirm_a_bulk_move(studio):
    job = JobFactory.create(studio=studio)
    viewer = sign_in(studio, role="Viewer")

    choose(viewer, "archive", job)
    confirmed = viewer.post(f"{LIST}confirm/archive/", {"jobs": str(job.pk)})

    assert confirmed.status_code == 403
    assert statuses(job) == ["planning"]


def test_J2_opening_the_bulk_page_by_address_leads_to_the_list(client):
    assert client.get(f"{LIST}confirm/archive/").url == LIST
