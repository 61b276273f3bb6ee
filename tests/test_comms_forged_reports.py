"""C9: reports that must not be believed: forged, of others, unreadable. They change nothing."""

import json

import pytest

from comms.sending import tags
from comms.webhooks import LONGEST_BODY_BYTES
from tests.provider_reports import BASIC, SIGNING_KEY, mailgun, post, postmark
from tests.test_comms_reports import sent, suppressed, twilio
from tests.test_comms_webhooks import NAMES, _settings, everything, provider, told_of

__all__ = ["_settings", "provider"]
pytestmark = pytest.mark.django_db

SOMEBODY = {"Authorization": "Basic d3Jvbmc6c2VjcmV0"}


@pytest.mark.parametrize("headers", [{}, SOMEBODY, {"Authorization": "Bearer reports:secret"}])
def test_C9_a_report_without_the_secret_is_refused(client, provider, headers):
    message = sent("unknown")
    before = everything()

    assert post(client, provider, told_of(message, provider, "hard"), headers) == 400

    assert everything() == before


def test_C9_without_a_secret_of_ours_nobody_is_believed(client, provider, settings):
    message = sent("unknown")
    told, before = told_of(message, provider, "hard"), everything()

    for secret in ("", None):
        settings.ANYMAIL = settings.ANYMAIL | {"WEBHOOK_SECRET": secret}
        assert post(client, provider, told, {}) == 404
        assert post(client, provider, told) == 404

    assert everything() == before


@pytest.mark.parametrize("ours", [SIGNING_KEY, ""])
@pytest.mark.parametrize("theirs", ["another-key", ""])
def test_C9_a_report_of_mailgun_that_it_did_not_sign_is_refused(client, settings, ours, theirs):
    settings.ANYMAIL = settings.ANYMAIL | {"MAILGUN_WEBHOOK_SIGNING_KEY": ours}
    message = sent("unknown")
    message.refresh_from_db()
    unsigned = mailgun(message, "hard")
    del unsigned["signature"]
    before = everything()

    refused = 400 if ours else 404
    assert post(client, "mailgun", unsigned) == refused
    assert post(client, "mailgun", mailgun(message, "hard", key=theirs)) == refused

    assert everything() == before


def test_C9_only_the_provider_that_is_set_is_listened_to(client, provider):
    message = sent("unknown")
    before = everything()

    for name in (*(name for name in NAMES if name != provider), "nobody"):
        told = told_of(message, name, "hard") if name in NAMES else {}
        assert post(client, name, told) == 404
    answers = [client.get(f"/mail/events/{name}/", headers=BASIC) for name in (provider, "nobody")]

    assert [answer.status_code for answer in answers] == [405, 405]
    assert everything() == before


GARBAGE = ["", "{", "[]", "null", "7", '"text"', "[" * 100_000, "\0"]


@pytest.mark.parametrize("body", GARBAGE)
def test_C9_garbage_changes_nothing_and_is_no_fault_of_the_server(client, provider, body):
    sent("unknown")
    before = everything()

    assert post(client, provider, body) == 400

    assert everything() == before


@pytest.mark.parametrize(
    ("name", "body", "status"),
    [
        ("postmark", {}, 200),
        ("postmark", {"RecordType": "Open", "Metadata": {}}, 200),
        ("postmark", {"FromFull": {}}, 400),  # mail that came in
        ("brevo", {}, 200),
        ("brevo", {"items": []}, 400),  # likewise
        ("mailgun", {}, 400),
        ("mailgun", {"event-data": [1]}, 400),
    ],
)
def test_C9_reports_of_another_kind_change_nothing(client, settings, name, body, status):
    settings.EMAIL_PROVIDER = name
    sent("unknown")
    before = everything()

    assert post(client, name, json.dumps(body)) == status

    assert everything() == before


def test_C9_a_body_of_a_megabyte_is_refused(client, provider):
    message = sent("unknown")
    told, before = told_of(message, provider, "hard"), everything()

    assert post(client, provider, json.dumps(told) + " " * 1024**2) == 413
    assert post(client, provider, " " * LONGEST_BODY_BYTES) == 400

    assert everything() == before


@pytest.mark.parametrize("instant", [1e300, float("inf"), -1e18, "soon", None, [7]])
def test_C9_a_report_from_no_time_at_all_is_refused(client, instant):
    message = sent("unknown")
    message.refresh_from_db()
    before = everything()

    assert post(client, "mailgun", mailgun(message, "hard", timestamp=instant)) == 400

    assert everything() == before


@pytest.mark.parametrize("bad", ["\0", "\ud800", "x" * 5000, "‮"])
def test_C9_odd_characters_in_a_report_are_no_fault_of_the_server(client, settings, bad):
    settings.EMAIL_PROVIDER = "postmark"
    message = sent("unknown")
    message.refresh_from_db()
    told = postmark(message, "hard")
    odd = {"MessageID": f"a{bad}", "ID": f"1{bad}", "Description": f"no{bad} user"}

    assert post(client, "postmark", told | odd) == 200
    assert suppressed() == [(message.address_key, "bounced")]
    for field in ({"Metadata": {"message": f"1-{bad}"}}, {"Email": f"{message.address}{bad}"}):
        other = {"MessageID": f"b{bad}", "ID": "2", **field}
        assert post(client, "postmark", told | other) == 200


# SMS


@pytest.mark.parametrize("key", ["", "another"])
@pytest.mark.parametrize("ours", ["", "twilio-token"])
def test_C9_a_report_that_twilio_did_not_sign_is_refused(client, settings, key, ours):
    settings.TWILIO_AUTH_TOKEN = ours
    message = sent("unknown", channel="sms")
    before = everything()

    assert twilio(client, message, key=key, MessageStatus="failed", ErrorCode="21610") == 403

    assert everything() == before


def test_C9_a_signed_report_does_not_hold_for_another_address_or_form(client, settings):
    message = sent("unknown", channel="sms")
    before = everything()
    settings.PUBLIC_BASE_URL = "https://elsewhere.example.org"
    assert twilio(client, message, MessageStatus="delivered") == 403
    settings.PUBLIC_BASE_URL = "https://photos.example.org"
    url = f"/mail/events/twilio/{tags.tag(message)}/"

    assert client.post(url, {"MessageStatus": "delivered"}).status_code == 403
    assert client.post(url, "x" * 1024**2, content_type="text/plain").status_code == 403
    assert client.get(url).status_code == 405

    assert everything() == before
