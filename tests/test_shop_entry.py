"""From the code on a slip to the page it calls for, and what is told on the way."""

import time
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from jobstatus.lifecycle import Status
from shop import visit
from shop.codes import spelling
from shop.models import AccessCode, GuessBudget
from tests.factories import NOON, family

pytestmark = pytest.mark.django_db

UNKNOWN = "We do not know this access code."


@pytest.fixture(autouse=True)
def _noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jobstatus.clock.now", lambda: NOON)


def place(code: AccessCode) -> str:
    return f"/shop/at/{code.studio.slug}/"


def enter(client: Client, code: AccessCode, text: str | None = None, **extra: Any) -> HttpResponse:
    return client.post(place(code), {"code": code.code if text is None else text}, **extra)


def text(response: HttpResponse) -> str:
    return " ".join(response.content.decode().split())


def counted() -> int:
    return sum(GuessBudget.objects.exclude(network="").values_list("failures", flat=True))


def unlocked(client: Client) -> list[int]:
    return client.session.get(visit.CODES, [])


# What a code opens


STATES = [Status.SELLING, Status.PLANNING, Status.ARCHIVED]


@pytest.mark.parametrize("status", STATES)
def test_S1_a_code_leads_to_its_own_page_whatever_state_that_shows(
    client: Client, status: str
) -> None:
    code, noise = family(status), family(Status.SELLING)

    response = enter(client, code)

    assert (response.status_code, response["Location"]) == (302, f"{place(code)}photos/{code.pk}/")
    assert unlocked(client) == [code.pk]
    assert noise.pk not in unlocked(client)
    assert counted() == 0


def test_S1_the_code_of_a_prepay_job_leads_to_the_order_for_its_child(client: Client) -> None:
    code = family(Status.PREPAY)

    response = enter(client, code)

    args = [code.studio.slug, code.job.prepay_shop.pk, code.pk]
    assert response["Location"] == reverse("prepay:known", args=args)
    assert unlocked(client) == [code.pk]


@pytest.mark.parametrize(
    "typed",
    [
        lambda code: code.lower(),
        lambda code: spelling.written(code),
        lambda code: f"  {code[:3]} {code[3:9]}  {code[9:]} ",
        lambda code: code.replace("0", "o").replace("1", "l"),
    ],
)
def test_S1_a_code_is_read_whatever_its_case_and_separators(client: Client, typed: Any) -> None:
    code = family()

    response = enter(client, code, typed(code.code))

    assert response.status_code == 302


def test_S1_a_new_session_key_is_given_with_the_code(client: Client) -> None:
    first, second = family(), family()
    enter(client, first)
    before = client.session.session_key

    enter(client, second)

    assert client.session.session_key != before
    assert unlocked(client) == [first.pk, second.pk]


def test_S2_a_second_code_of_the_same_visitor_is_added(client: Client) -> None:
    first = family()
    second = family(studio=first.studio)

    enter(client, first)
    enter(client, second)
    enter(client, first)

    assert unlocked(client) == [second.pk, first.pk]


# What opens nothing


def dead() -> AccessCode:
    code = family()
    code.subject.delete()
    return code


def jobless() -> AccessCode:
    code = family()
    AccessCode.objects.filter(pk=code.pk).update(job=None)
    return code


def refusals(client: Client) -> dict[str, HttpResponse]:
    """One answer for each kind of code that opens nothing, in the same studio."""
    here = family()
    foreign = {"foreign": family().code, "unknown": spelling.new_code()}
    for name, make in (("dead", dead), ("without a job", jobless)):
        code = make()
        AccessCode.objects.filter(pk=code.pk).update(studio=here.studio)
        foreign[name] = code.code
    answers = {name: Client().post(place(here), {"code": given}) for name, given in foreign.items()}
    return {name: (answer, foreign[name]) for name, answer in answers.items()}


def test_S1_unknown_foreign_and_dead_codes_get_the_very_same_answer(client: Client) -> None:
    pages = set()

    for response, given in refusals(client).values():
        token = response.cookies["csrftoken"].value
        html = response.content.decode().replace(given, "CODE")
        fields = html.split('name="csrfmiddlewaretoken" value="')
        pages.add((response.status_code, fields[0], fields[1].partition('"')[2]))
        assert UNKNOWN in html
        assert token not in fields[1].partition('"')[2]

    assert len(pages) == 1
    assert counted() == 4


def test_S1_unknown_foreign_and_dead_codes_cost_the_same_work() -> None:
    here, foreign, gone = family(), family(), dead()
    AccessCode.objects.filter(pk=gone.pk).update(studio=here.studio)
    Client().post(place(here), {"code": spelling.new_code()})  # the network is known by now
    shapes = set()

    for given in (foreign.code, gone.code, spelling.new_code()):
        with CaptureQueriesContext(connection) as queries:
            Client().post(place(here), {"code": given})
        shapes.add(tuple(query["sql"].partition(" WHERE ")[0] for query in queries))

    assert len(shapes) == 1
    assert len(shapes.pop()) == 5  # studio; slot: seen, network, studio; the code


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Type the access code from your slip."),
        ("   ", "Type the access code from your slip."),
        ("123", "An access code has 13 characters, yours has 3."),
        ("ABCDUABCDABCD", "never the letter U"),
        ("<script>", "only letters and digits"),
        ("\x00" * 13, "only letters and digits"),
    ],
)
def test_S1_a_typing_error_is_told_at_once_and_not_counted(
    client: Client, typed: str, sentence: str
) -> None:
    code = family()

    response = enter(client, code, typed)

    assert response.status_code == 422
    assert sentence in text(response)
    assert not GuessBudget.objects.exists()


def test_S1_a_wrong_character_is_told_and_what_was_typed_is_still_there(client: Client) -> None:
    code = family()
    wrong = ("A" if code.code[0] != "A" else "B") + code.code[1:]

    response = enter(client, code, wrong)

    assert "There is a typing error in this code." in text(response)
    assert f'value="{wrong}"' in text(response)
    assert 'aria-describedby="code-help code-error"' in text(response)
    assert not GuessBudget.objects.exists()


def test_S1_a_million_characters_are_refused_fast_and_with_a_sentence(client: Client) -> None:
    code = family()
    enter(client, code, "warm")

    start = time.perf_counter()
    with CaptureQueriesContext(connection) as queries:
        response = enter(client, code, "A" * 1_000_000)
    seconds = time.perf_counter() - start

    assert response.status_code == 422
    assert "too long for an access code" in text(response)
    assert len(response.content) < 10_000
    assert len(queries) == 1
    assert seconds < 1


def test_S1_more_than_a_form_may_have_gets_a_sentence_too(client: Client) -> None:
    response = enter(client, family(), "A" * 3_000_000)

    assert response.status_code == 400
    assert "We could not understand this request" in text(response)


def test_S1_a_post_without_the_field_is_a_missing_code(client: Client) -> None:
    response = client.post(place(family()), {"token": "x"})

    assert (response.status_code, "Type the access code" in text(response)) == (422, True)


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_S1_other_methods_are_refused(client: Client, method: str) -> None:
    assert getattr(client, method)(place(family())).status_code == 405


def test_S1_the_shop_of_a_studio_that_does_not_exist_is_not_found(client: Client) -> None:
    family()

    answers = [client.get("/shop/at/none/"), client.post("/shop/at/none/", {"code": "x"})]

    assert [answer.status_code for answer in answers] == [404, 404]
