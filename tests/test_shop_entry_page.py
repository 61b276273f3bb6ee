"""What slows down guessing, the page itself, and codes that are forgotten again."""

import sys
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.signals import got_request_exception
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.views.debug import ExceptionReporter

from jobstatus.lifecycle import Status
from shop.codes import guessing, spelling
from shop.models import AccessCode, GuessBudget
from tests.factories import NOON, StudioFactory, family, job_in
from tests.test_shop_entry import counted, enter, place, text, unlocked

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jobstatus.clock.now", lambda: NOON)


def guess_until_delayed(client: Client, code: AccessCode, **extra: Any) -> HttpResponse:
    for _number in range(guessing.FREE_GUESSES + 1):
        assert enter(client, code, spelling.new_code(), **extra).status_code == 422
    return enter(client, code, spelling.new_code(), **extra)


def test_S1_under_a_delay_even_a_right_code_is_not_looked_up(client: Client) -> None:
    code = family()
    guess_until_delayed(client, code)

    with CaptureQueriesContext(connection) as queries:
        response = enter(client, code)

    assert (response.status_code, response["Retry-After"]) == (429, "1")
    assert "Too many wrong codes were tried. Wait 1 second, then try again." in text(response)
    assert f'value="{code.code}"' in text(response)
    assert not [query for query in queries if "shop_accesscode" in query["sql"]]
    assert unlocked(client) == []


def test_S1_after_the_delay_the_right_code_opens(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = family()
    guess_until_delayed(client, code)

    monkeypatch.setattr("jobstatus.clock.now", lambda: NOON + timedelta(seconds=1))

    assert enter(client, code).status_code == 302
    assert counted() == guessing.FREE_GUESSES + 1


def test_S1_a_forged_header_or_a_new_session_does_not_reset_the_delay() -> None:
    code = family()
    guess_until_delayed(Client(), code)

    answers = [
        Client().post(
            place(code), {"code": spelling.new_code()}, headers={"x-forwarded-for": f"192.0.2.{n}"}
        )
        for n in range(20)
    ]

    assert {answer.status_code for answer in answers} == {429}


def test_S1_behind_a_proxy_each_network_has_a_budget_of_its_own(settings: Any) -> None:
    settings.TRUSTED_PROXY_COUNT = 1
    code = family()
    attacker = {"x-forwarded-for": "198.51.100.1, 192.0.2.1"}
    parent = {"x-forwarded-for": "192.0.2.1, 198.51.100.1"}
    guess_until_delayed(Client(), code, headers=attacker)

    answers = [enter(Client(), code, headers=headers) for headers in (attacker, parent)]

    assert [answer.status_code for answer in answers] == [429, 302]


def test_S1_who_has_typed_a_code_before_is_not_kept_waiting_for_it(client: Client) -> None:
    code = family()
    enter(client, code)
    guess_until_delayed(Client(), code)

    response = enter(client, code)

    assert response.status_code == 302


# The page


def test_S1_the_page_has_one_field_made_for_a_phone(client: Client) -> None:
    html = text(client.get(place(family())))

    field = html.split('<input id="code"')[1].split(">")[0]
    for attribute in (
        'inputmode="text"',
        'autocomplete="off"',
        'autocapitalize="characters"',
        'spellcheck="false"',
        f'maxlength="{spelling.LONGEST_INPUT}"',
    ):
        assert attribute in field
    assert html.count("<h1>") == 1
    assert "style=" not in html
    assert "<script>" not in html
    assert "shop/entry.js" in html


def test_S1_the_page_is_private_and_costs_one_query(client: Client) -> None:
    address = place(family())

    with CaptureQueriesContext(connection) as queries:
        response = client.get(address)

    assert (response.status_code, response["Cache-Control"]) == (200, "private, no-store")
    assert response["Referrer-Policy"] == "same-origin"
    assert len(queries) == 1


def test_S1_a_code_in_the_address_is_ignored(client: Client) -> None:
    code = family()

    response = client.get(place(code), {"code": code.code})

    assert (response.status_code, code.code in text(response)) == (200, False)
    assert unlocked(client) == []


@pytest.mark.parametrize("language", ["de", "en"])
def test_S1_the_sentences_come_in_the_language_of_the_address(
    client: Client, language: str
) -> None:
    response = client.post(f"{place(family())}?lang={language}", {"code": "x"})

    assert f'<html lang="{language}">' in text(response)


def test_S1_without_cookies_a_sentence_says_what_to_do() -> None:
    code, strict = family(), Client(enforce_csrf_checks=True)

    without = enter(strict, code)
    strict.get(place(code))
    expired = enter(strict, code)

    assert (without.status_code, expired.status_code) == (403, 403)
    assert "Please allow cookies" in text(without)
    assert "This form has expired" in text(expired)
    assert not GuessBudget.objects.exists()


def test_S1_with_its_cookie_and_token_the_form_opens() -> None:
    code, strict = family(), Client(enforce_csrf_checks=True)
    token = strict.get(place(code)).context["csrf_token"]

    response = strict.post(place(code), {"code": code.code, "csrfmiddlewaretoken": str(token)})

    assert response.status_code == 302


def test_S1_no_error_report_contains_a_code(
    settings: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    code, reports = family(), []
    settings.DEBUG = False
    monkeypatch.setattr(guessing, "give_back", lambda slot: 1 / 0)

    def report(request: HttpRequest, **kwargs: Any) -> None:
        reporter = ExceptionReporter(request, *sys.exc_info())
        reports.append(reporter.get_traceback_text() + reporter.get_traceback_html())

    got_request_exception.connect(report)
    try:
        response = enter(Client(raise_request_exception=False), code)
    finally:
        got_request_exception.disconnect(report)

    assert response.status_code == 500
    assert len(reports) == 1
    assert "_known_or_guessed" in reports[0]
    assert code.code not in reports[0] + caplog.text + text(response)


# Forgetting a code


def test_S2_a_code_is_forgotten_and_the_other_stays(client: Client) -> None:
    first = family()
    second = family(studio=first.studio)
    enter(client, first)
    enter(client, second)

    answers = [client.post(f"{place(first)}photos/{code.pk}/forget/") for code in (first, first)]

    assert [answer["Location"] for answer in answers] == [f"{place(first)}photos/"] * 2
    assert unlocked(client) == [second.pk]


def test_S2_after_the_last_code_the_entry_page_follows(client: Client) -> None:
    code = family()
    enter(client, code)

    response = client.post(f"{place(code)}photos/{code.pk}/forget/")

    assert (response["Location"], unlocked(client)) == (place(code), [])


def test_S2_a_code_of_another_studio_is_not_forgotten_through_this_one(client: Client) -> None:
    code, elsewhere = family(), StudioFactory.create()
    enter(client, code)

    client.post(f"/shop/at/{elsewhere.slug}/photos/{code.pk}/forget/")

    assert unlocked(client) == [code.pk]


def test_S2_forgetting_needs_a_post_and_a_token(client: Client) -> None:
    code, strict = family(), Client(enforce_csrf_checks=True)
    enter(client, code)

    address = f"{place(code)}photos/{code.pk}/forget/"

    assert client.get(address).status_code == 405
    assert strict.post(address).status_code == 403
    assert unlocked(client) == [code.pk]


# The public page of a job


def test_S1_the_page_of_an_open_job_leads_to_the_field(client: Client) -> None:
    job = job_in(Status.SELLING, archiving_enabled=True, archive_date=date(2026, 6, 1))

    html = text(client.get(job.storefront.get_absolute_url()))

    assert f'href="/shop/at/{job.studio.slug}/"' in html
    assert "order directly" not in html
