"""The way out of a studio's messages: by the page, by one click (RFC 8058), and back (C9)."""

from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as rounds

from comms import unsubscribe
from comms.models import Channel, Message, Suppression, Trigger
from comms.unsubscribe import Recipient
from tests.comms_rows import SuppressionFactory, job_with, person_in
from tests.factories import NOON, StudioFactory
from tests.letters import planned
from tests.paying import terms_of
from tests.test_comms_texts import HOSTILE, ROUNDS

pytestmark = pytest.mark.django_db
ADDRESS = "anna@example.org"
ONE_CLICK = {"List-Unsubscribe": "One-Click"}
Why = Suppression.Why


def link(studio: Any, address: str = ADDRESS) -> str:
    return f"/mail/u/{unsubscribe.token(Recipient(studio.pk, address))}/"


def rows() -> set[tuple[int, str, str]]:
    return set(Suppression.objects.values_list("studio_id", "address_key", "why"))


@pytest.fixture
def strict() -> Client:
    """As the world outside: without cookies, and with the check of CSRF that Django has."""
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def studio() -> Any:
    made = StudioFactory.create(name="Studio <b>Fox</b>")
    terms_of(made)
    return made


def test_C9_looking_at_the_page_changes_nothing(strict, studio):
    """Mail scanners open every link."""
    for method in (strict.get, strict.head, strict.options):
        response = method(link(studio))

    assert strict.get(link(studio)).status_code == 200
    assert response.status_code == 405
    assert rows() == set()


def test_C9_one_click_unsubscribes_without_cookies_and_without_a_redirect(strict, studio):
    other = StudioFactory.create()

    for content_type in ("application/x-www-form-urlencoded", "multipart/form-data; boundary=B"):
        body = "List-Unsubscribe=One-Click"
        if "multipart" in content_type:
            body = (
                '--B\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\n'
                "One-Click\r\n--B--\r\n"
            )
        response = strict.post(link(studio), body, content_type=content_type)
        assert response.status_code == 200
        assert not response.cookies

    assert rows() == {(studio.pk, ADDRESS, "unsubscribed")}
    assert Suppression.objects.get().remark == "one-click"
    assert not Suppression.objects.filter(studio=other).exists()


def test_C9_the_button_unsubscribes_and_the_page_says_what_still_comes(strict, studio):
    page = strict.post(link(studio), {"do": "unsubscribe"}).content.decode()

    assert "You are unsubscribed" in page
    assert "no longer writes to a…@example.org" in page
    assert "Messages about orders that you place still come" in page
    assert "Studio &lt;b&gt;Fox" in page
    assert rows() == {(studio.pk, ADDRESS, "unsubscribed")}
    assert "You are unsubscribed" in strict.get(link(studio)).content.decode()


def test_C9_subscribing_again_takes_back_only_what_the_customer_said(strict, studio):
    for why in Why:
        SuppressionFactory.create(studio=studio, address_key=ADDRESS, why=why)
    SuppressionFactory.create(studio=studio, address_key="noise@example.org")
    SuppressionFactory.create(address_key=ADDRESS)

    page = strict.post(link(studio), {"do": "subscribe"}).content.decode()

    mine = Suppression.objects.filter(studio=studio, address_key=ADDRESS)
    assert set(mine.values_list("why", flat=True)) == {Why.BOUNCED, Why.COMPLAINED}
    assert Suppression.objects.count() == 4
    assert "came back or were reported as spam" in page


def test_C9_who_subscribed_again_reads_so(strict, studio):
    strict.post(link(studio), ONE_CLICK)

    page = strict.post(link(studio), {"do": "subscribe"}).content.decode()

    assert "You are subscribed" in page
    assert rows() == set()


def test_C9_the_link_of_an_sms_is_short_and_does_the_same(strict):
    job, (rule,) = job_with(Trigger.SELLING, channel=Channel.SMS)
    key = "+491701234567"
    message = planned(rule, job, person_in(job), address=key, address_key=key)
    path = _path(unsubscribe.short_link(message.pk, Recipient(job.studio_id, key)))

    page = strict.post(path, {"do": "unsubscribe"}).content.decode()

    assert rows() == {(job.studio_id, key, "unsubscribed")}
    assert "…567" in page
    Message.objects.update(address_key="+4999")
    assert strict.get(path).status_code == 404  # The number is another message's now.


def _path(url: str) -> str:
    return url[url.index("/mail/") :]


def test_C9_links_work_on_after_a_change_of_the_secret_key(strict, studio, settings):
    job, (rule,) = job_with(Trigger.SELLING, studio=studio)
    message = planned(rule, job, person_in(job))
    recipient = Recipient(studio.pk, message.address_key)
    old = [link(studio), _path(unsubscribe.short_link(message.pk, recipient))]

    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another"

    assert [strict.get(path).status_code for path in old] == [200, 200]


@pytest.mark.parametrize("change", ["", "x", "garbled", "swapped", "gone"])
def test_C9_a_forged_link_leads_nowhere_and_says_nothing(strict, studio, change):
    path = link(studio)
    forged = {
        "": "/mail/u/x/",
        "x": path[:-2] + "x/",
        "garbled": "/mail/u/%00%ff%F0%9F..%2F/",
        "swapped": path.replace(path[8:12], "MTIz", 1),
        "gone": link(type(studio)(pk=studio.pk + 99)),
    }[change]

    answers = [strict.get(forged), strict.post(forged, ONE_CLICK)]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert all(ADDRESS not in answer.content.decode() for answer in answers)
    assert rows() == set()


def test_C9_a_token_of_something_else_that_is_signed_here_is_none(studio):
    from django.core.signing import Signer  # -- only here

    other = Signer(salt="something else", sep=".").sign(unsubscribe.token(Recipient(1, "a")))

    assert unsubscribe.read(other) is None
    assert unsubscribe.read_short("1-" + 14 * "0") is None
    assert unsubscribe.read_short("!!-" + 14 * "0") is None


@rounds(max_examples=ROUNDS, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=HOSTILE)
def test_C9_every_address_comes_back_out_of_its_token_and_no_text_is_one(text):
    key = text.replace("\ud800", "")
    recipient = Recipient(5, key)

    try:
        signed = unsubscribe.token(recipient)
    except UnicodeEncodeError:
        return

    assert unsubscribe.read(signed) == recipient
    assert unsubscribe.read(text) is None
    assert set(signed) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.")


def test_C9_an_address_that_is_too_long_for_a_header_has_no_link():
    with pytest.raises(unsubscribe.TooLong):
        unsubscribe.link(Recipient(1, "ä" * 500))
    assert len(unsubscribe.link(Recipient(1, "a" * 254 + "@example.org"))) < 900


def test_C9_the_link_of_a_preview_changes_nothing(strict):
    for channel in Channel:
        path = _path(unsubscribe.preview_link(channel))

        assert strict.post(path, ONE_CLICK).status_code == 200
        assert "This link came with a preview" in strict.get(path).content.decode()
    assert rows() == set()


@pytest.mark.parametrize(
    ("header", "query", "title"),
    [
        ("de-DE,de;q=0.9", "", "Abmelden?"),
        ("en", "", "Unsubscribe?"),
        ("en", "?lang=de", "Abmelden?"),
        ("en", "?lang=xx", "Unsubscribe?"),
    ],
)
def test_C9_the_page_speaks_the_visitors_language(strict, studio, header, query, title):
    page = strict.get(link(studio) + query, headers={"accept-language": header})

    assert f"<h1>{title}</h1>" in page.content.decode()


def test_C9_the_page_is_private_and_its_policy_strict(strict, studio):
    response = strict.get(link(studio))

    assert response["Cache-Control"] == "private, no-store"
    assert response["X-Robots-Tag"] == "noindex"
    assert response["Referrer-Policy"] == "no-referrer"
    assert "style-src 'self'" in response["Content-Security-Policy"]
    assert "<style" not in response.content.decode()
    assert "<script" not in response.content.decode()


def test_C9_the_page_takes_three_queries(strict, studio, django_assert_num_queries):
    with django_assert_num_queries(3):
        strict.get(link(studio))


def test_C9_two_clicks_at_once_leave_one_row(studio):
    for _ in range(2):
        unsubscribe.stop(Recipient(studio.pk, ADDRESS), remark="", at=NOON)

    assert rows() == {(studio.pk, ADDRESS, "unsubscribed")}
