"""An address left on a page without photos: read, kept once, answered alike."""

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from jobstatus.lifecycle import Status
from shop.codes import guessing, registration
from shop.codes.registration import FREE_REGISTRATIONS, BadAddress, read_address, register
from shop.models import Contact, Customer, GuessBudget, Storefront
from tests import races
from tests.factories import NOON, CustomerFactory, family, job_in

TYPED = "Parent@Example.org"


@pytest.fixture(autouse=True)
def _noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jobstatus.clock.now", lambda: NOON)


def text(response: HttpResponse) -> str:
    return " ".join(response.content.decode().split())


def job_with_a_page(status: str) -> Any:
    return Storefront.objects.get_or_create(job=job_in(status))[0].job


def of_job(job: Any) -> str:
    return f"{job.storefront.get_absolute_url()}tell-me/"


def of_code(code: Any) -> str:
    return f"/shop/at/{code.studio.slug}/photos/{code.pk}/tell-me/"


def unlock(client: Client, code: Any) -> None:
    client.post(f"/shop/at/{code.studio.slug}/", {"code": code.code})


# Addresses


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("parent@example.org", "parent@example.org"),
        ("  parent+class.2b@example.org\n", "parent+class.2b@example.org"),
        ("parent@bücher.example", "parent@bücher.example"),
        ("o'brien@example.org", "o'brien@example.org"),
    ],
)
def test_L2_an_address_is_read(typed: str, address: str) -> None:
    assert read_address(typed) == address


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Type your e-mail address."),
        (" \n", "Type your e-mail address."),
        ("parent", "not an e-mail address"),
        ("parent@localhost@example.org", "not an e-mail address"),
        ("ärger@example.org", "not an e-mail address"),
        ("one@example.org, two@example.org", "no blanks and no line breaks"),
        ("parent@example.org\r\nBcc: all@example.org", "no blanks and no line breaks"),
        ("parent@example.org\x00.example.com", "no blanks and no line breaks"),
        ("parent@example\u202e.org", "no blanks and no line breaks"),
        ("parent@example\u2028.org", "no blanks and no line breaks"),
        (f"{'p' * 290}@example.org", "254 characters at most"),
        ("x" * 1_000_000, "254 characters at most"),
    ],
)
def test_L2_what_is_no_address_is_refused_with_a_sentence(typed: str, sentence: str) -> None:
    with pytest.raises(BadAddress, match=sentence):
        read_address(typed)


@given(st.text(max_size=300))
def test_L2_whatever_is_typed_is_an_address_for_one_line_or_refused(typed: str) -> None:
    try:
        address = read_address(typed)
    except BadAddress:
        return
    assert len(address) <= 254
    assert len(address.splitlines()) == 1
    assert "@" in address


# Registrations


@pytest.mark.django_db
def test_L2_registering_twice_is_registering_once() -> None:
    job, noise = job_in(Status.PLANNING), CustomerFactory.create(email=TYPED)

    for address in (TYPED, TYPED.lower(), f"{TYPED.upper()}"):
        register(job=job, subject=None, address=address, language="de")

    customer = Customer.objects.get(studio=job.studio)
    assert (customer.email, customer.email_key, customer.language) == (
        TYPED,
        TYPED.lower(),
        "de",
    )
    contact = Contact.objects.get()
    assert (contact.customer, contact.job, contact.subject, contact.source) == (
        customer,
        job,
        None,
        "registration",
    )
    assert noise != customer


@pytest.mark.django_db
def test_L6_each_child_of_a_parent_is_remembered_once() -> None:
    first = family(Status.ARCHIVED)
    second = family(Status.ARCHIVED, studio=first.studio)

    for code in (first, second, first):
        register(job=code.job, subject=code.subject, address=TYPED, language="en")

    assert Customer.objects.count() == 1
    ties = Contact.objects.order_by("pk").values_list("job", "subject")
    assert list(ties) == [(code.job_id, code.subject_id) for code in (first, second)]


@pytest.mark.usefixtures("real_database")
def test_L2_registrations_at_the_same_instant_make_one_row() -> None:
    jobs = [job_in(Status.PLANNING) for _number in range(10)]

    with races.Racers(4) as racers:
        results = [
            racers.race(
                *[lambda j=job: register(job=j, subject=None, address=TYPED, language="en")] * 4
            )
            for job in jobs
        ]

    assert results == [[None] * 4] * 10
    assert Customer.objects.count() == Contact.objects.count() == 10


# The forms


@pytest.mark.django_db
@pytest.mark.parametrize("status", [Status.PLANNING, Status.ARCHIVED, Status.PREPAY])
def test_L2_the_form_of_a_jobs_page_needs_no_cookie_and_sets_none(status: str) -> None:
    job, strict = job_with_a_page(status), Client(enforce_csrf_checks=True)

    page = strict.get(job.storefront.get_absolute_url())
    response = strict.post(of_job(job), {"email": TYPED})

    assert (f'action="{of_job(job)}"' in text(page)) == (status != Status.PREPAY)
    assert response.status_code == 200
    assert f"When the photos can be seen, we write to {TYPED}." in text(response)
    assert not page.cookies
    assert not response.cookies
    assert response["Cache-Control"] == "private, no-store"
    assert Contact.objects.get().job == job


@pytest.mark.django_db
def test_L2_known_addresses_and_new_ones_get_the_same_answer() -> None:
    job = job_with_a_page(Status.PLANNING)
    CustomerFactory.create(studio=job.studio, email="known@example.org")

    answers = [
        Client().post(of_job(job), {"email": address}).content.replace(address.encode(), b"")
        for address in ("known@example.org", "other@example.org", "known@example.org")
    ]

    assert len(set(answers)) == 1
    assert Contact.objects.count() == 2


@pytest.mark.django_db
def test_L2_a_wrong_address_is_told_and_what_was_typed_is_still_there(client: Client) -> None:
    job = job_with_a_page(Status.PLANNING)

    response = client.post(of_job(job), {"email": '"><b>nobody'})

    assert response.status_code == 422
    assert "not an e-mail address that we can write to" in text(response)
    assert 'value="&quot;&gt;&lt;b&gt;nobody"' in text(response)
    assert 'aria-describedby="tell-me-help tell-me-error"' in text(response)
    assert not Customer.objects.exists()


@pytest.mark.django_db
def test_L4_while_the_photos_are_there_no_address_is_taken(client: Client) -> None:
    job, code = job_with_a_page(Status.SELLING), family()
    unlock(client, code)

    answers = [client.post(address, {"email": TYPED}) for address in (of_job(job), of_code(code))]

    assert [answer["Location"] for answer in answers] == [
        job.storefront.get_absolute_url(),
        f"/shop/at/{code.studio.slug}/photos/{code.pk}/",
    ]
    assert not Customer.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("status", [Status.PLANNING, Status.ARCHIVED])
def test_L6_on_a_codes_page_the_person_is_remembered(client: Client, status: str) -> None:
    code = family(status)
    unlock(client, code)

    response = client.post(of_code(code), {"email": TYPED})

    assert response.status_code == 200
    assert Contact.objects.get().subject == code.subject


@pytest.mark.django_db
def test_S1_the_form_of_a_code_is_for_who_typed_it(client: Client) -> None:
    mine, other = family(Status.ARCHIVED), family(Status.ARCHIVED)
    unlock(client, mine)
    addresses = [of_code(other), of_code(mine).replace(mine.studio.slug, other.studio.slug)]

    answers = [
        client.post(address, {"email": TYPED}) for address in (*addresses, "/shop/x/tell-me/")
    ]

    assert [answer.status_code for answer in answers] == [404] * 3
    assert not Customer.objects.exists()


@pytest.mark.django_db
def test_S1_the_form_of_a_code_needs_a_token(client: Client) -> None:
    code, strict = family(Status.ARCHIVED), Client(enforce_csrf_checks=True)
    unlock(client, code)
    strict.cookies = client.cookies

    assert strict.post(of_code(code), {"email": TYPED}).status_code == 403
    assert not Customer.objects.exists()


@pytest.mark.django_db
def test_L2_a_network_leaves_so_many_addresses_and_then_one_after_the_other() -> None:
    job, other = job_with_a_page(Status.PLANNING), family()
    for number in range(FREE_REGISTRATIONS + 1):
        answer = Client().post(of_job(job), {"email": f"parent-{number}@example.org"})
        assert answer.status_code == 200

    refused = Client().post(of_job(job), {"email": TYPED})

    assert (refused.status_code, Customer.objects.count()) == (429, FREE_REGISTRATIONS + 1)
    assert "Wait 1 second, then try again." in text(refused)
    assert f'value="{TYPED}"' in text(refused)
    # Neither wrong codes in this studio nor addresses in another are counted with them.
    assert guessing.claim(job.studio_id, network="127.0.0.1", at=NOON)
    registration.count(other.studio_id, network="127.0.0.1", at=NOON)
    assert GuessBudget.objects.get(studio=job.studio, network="").failures == 1
