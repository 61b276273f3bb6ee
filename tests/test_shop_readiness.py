"""The shop's points of the checklist before a sale starts (J2)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jobstatus import operations
from jobstatus.listeners import Change, Notice
from jobstatus.models import Job
from shop import readiness
from shop.models import AccessCode, Album, Photo, Storefront
from tests.buying import second_child
from tests.factories import NOON, AccessCodeFactory, JobFactory, SubjectFactory, family

pytestmark = pytest.mark.django_db

NO_PRICES = "There is no price list: customers see the photos but cannot order."
NO_PHOTOS = "It shows no photos: its albums are empty, hidden or inactive."


def notices(*jobs: Job) -> list[Notice]:
    return list(readiness.checklist(Change(("start_selling",), jobs, None, NOON)))


def told(*jobs: Job) -> list[tuple[str, str]]:
    return [(str(notice.severity), notice.text) for notice in notices(*jobs)]


def job_of(code: AccessCode) -> Job:
    assert code.job is not None
    return code.job


def test_J2_a_job_with_everything_is_ready() -> None:
    code = family("planning")
    second_child(code)
    family("planning")  # of others

    assert told(job_of(code)) == [
        ("done", "3 photos in 2 active albums are shown."),
        ("done", "2 access codes open photos."),
    ]


def test_J2_an_empty_job_is_warned_about() -> None:
    job = JobFactory.create()
    Storefront.objects.create(job=job)

    assert told(job) == [("warning", NO_PRICES), ("warning", NO_PHOTOS)]
    assert told(JobFactory.create()) == [("warning", NO_PRICES), ("warning", NO_PHOTOS)]


@pytest.mark.parametrize("what", [Photo, Album])
def test_J2_hidden_photos_and_inactive_albums_show_nothing(what: type) -> None:
    code = family("planning")
    if what is Photo:
        Photo.objects.update(is_hidden=True)
    else:
        Album.objects.update(is_active=False)

    assert ("warning", NO_PHOTOS) in told(job_of(code))


def test_J2_persons_without_a_code_are_counted() -> None:
    code = family("planning")
    SubjectFactory.create_batch(2, album=Album.objects.get())
    dead = AccessCodeFactory.create()
    AccessCode.objects.filter(pk=dead.pk).update(subject=None, job=code.job)

    assert told(job_of(code))[1:] == [
        ("done", "1 access code opens photos."),
        ("warning", "2 persons have no access code and cannot see the photos."),
    ]


def test_J2_several_jobs_are_counted_together_and_named_by_their_numbers() -> None:
    ready, bare, other = family("planning"), JobFactory.create(), JobFactory.create()
    SubjectFactory.create(album__job=other)

    found = notices(job_of(ready), bare, other)

    assert [(notice.text, notice.count, set(notice.job_ids)) for notice in found] == [
        (
            "2 jobs have no price list: customers see the photos but cannot order.",
            *(2, {bare.pk, other.pk}),
        ),
        ("2 photos in 1 active album are shown.", 2, {ready.job_id}),
        (
            "2 jobs show no photos: their albums are empty, hidden or inactive.",
            *(2, {bare.pk, other.pk}),
        ),
        ("1 access code opens photos.", 1, set()),
        ("1 person has no access code and cannot see the photos.", 1, {other.pk}),
    ]


def test_J2_the_operations_ask_for_it() -> None:
    job = JobFactory.create(kind="prepay")
    steps = ("convert_to_standard", "start_selling")

    texts = [notice.text for notice in operations.foresee([job.pk], steps, by=None, at=NOON)]

    assert {NO_PRICES, NO_PHOTOS} <= set(texts)


@pytest.mark.parametrize("count", [1, 20])
def test_J2_the_checklist_costs_four_queries_whatever_the_number_of_jobs(count: int) -> None:
    jobs = [job_of(family("planning")) for _job in range(count)]

    with CaptureQueriesContext(connection) as queries:
        notices(*jobs)

    assert len(queries) == 4
