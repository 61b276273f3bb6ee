"""The public address of a job: made with it, changed in its settings, there when it opens."""

from typing import Any

import pytest
from django.db import IntegrityError, connection

from jobstatus import operations
from jobstatus.models import Job
from shop.models import Storefront
from shop.models.storefront import SLUG_LENGTH
from tests.factories import FAR_AHEAD, NOON, JobFactory, StudioFactory, at, job_in, stock
from tests.staff import LIST, answers, settings_page, sign_in

pytestmark = pytest.mark.django_db


def new_job(**values: Any) -> dict[str, Any]:
    """What the browser posts for a new job of which only the name was typed."""
    return {
        "name": "Class 3b",
        "kind": "standard",
        "archive_delay": 1,
        "storefront-TOTAL_FORMS": 1,
        "storefront-INITIAL_FORMS": 0,
    } | values


def test_S1_a_new_job_gets_the_random_address_that_its_form_suggests() -> None:
    staff = sign_in(StudioFactory.create())
    form = staff.get(f"{LIST}add/").context["inline_admin_formsets"][0].formset.forms[0]
    suggested = form["slug"].value()

    staff.post(f"{LIST}add/", new_job(**{"storefront-0-slug": suggested}))

    assert Job.objects.get().storefront.slug == suggested
    assert len(suggested) == SLUG_LENGTH


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("Class-3B", "class-3b"),
        ("abcd", "abcd"),
        ("a" * 60, "a" * 60),
        ("", None),
        ("abc", None),
        ("a" * 61, None),
        ("class 3b", None),
        ("größe", None),
        ("../x1", None),
    ],
)
def test_S1_an_address_is_stored_in_small_letters_or_refused(
    typed: str, stored: str | None
) -> None:
    staff = sign_in(StudioFactory.create())

    staff.post(f"{LIST}add/", new_job(**{"storefront-0-slug": typed}))

    assert list(Storefront.objects.values_list("slug", flat=True)) == ([stored] if stored else [])
    assert Job.objects.count() == (1 if stored else 0)


@pytest.mark.parametrize("typed", ["class-3b", "CLASS-3B"])
def test_J3_a_taken_address_is_refused_without_naming_whose_it_is(typed: str) -> None:
    Storefront.objects.create(job=JobFactory.create(name="Foreign"), slug="class-3b")
    studio = StudioFactory.create()
    job = JobFactory.create(studio=studio)
    Storefront.objects.create(job=job, slug="class-4a")

    response = sign_in(studio).post(
        settings_page(job), answers(job, **{"storefront-0-slug": typed})
    )

    assert "Another job has this address. Choose a different one." in response.content.decode()
    assert "Foreign" not in response.content.decode()
    assert Storefront.objects.get(job=job).slug == "class-4a"


@pytest.mark.parametrize("move", ["start_selling", "open_prepay"])
def test_S1_whatever_opens_has_a_page_and_keeps_the_one_it_has(move: str) -> None:
    kind = "prepay" if move == "open_prepay" else "standard"
    with_page, without = JobFactory.create_batch(2, kind=kind, prepay_deadline_date=FAR_AHEAD)
    for job in (with_page, without):
        stock(job)
    untouched = JobFactory.create(kind=kind)
    Storefront.objects.create(job=with_page, slug="kept")

    getattr(operations, move)([with_page.pk, without.pk], by=None, clock=at(NOON))

    pages = dict(Storefront.objects.values_list("job_id", "slug"))
    assert pages[with_page.pk] == "kept"
    assert len(pages[without.pk]) == SLUG_LENGTH
    assert untouched.pk not in pages


def test_S1_a_job_that_closes_needs_no_page() -> None:
    job = job_in("archived")

    assert not Storefront.objects.filter(job=job).exists()


def test_S1_the_database_refuses_an_address_that_no_visitor_would_reach() -> None:
    job = JobFactory.create()

    with pytest.raises(IntegrityError, match="public_addresses_are_lower_case"):
        Storefront.objects.create(job=job, slug="Class-3B")


def test_S1_an_address_taken_at_the_same_instant_is_a_sentence_and_keeps_the_input() -> None:
    staff, other = sign_in(StudioFactory.create()), JobFactory.create()

    def be_faster(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith('INSERT INTO "shop_storefront"') and not taken:
            taken.append(True)
            Storefront.objects.create(job=other, slug="class-3b")
        return execute(sql, params, many, context)

    taken: list[bool] = []
    with connection.execute_wrapper(be_faster):
        page = staff.post(f"{LIST}add/", new_job(**{"storefront-0-slug": "class-3b"}))

    assert list(Job.objects.all()) == [other]
    assert "your input is kept below" in page.content.decode()
    assert page.context["adminform"].form["name"].value() == "Class 3b"
