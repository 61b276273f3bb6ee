"""C3, C11: SMS through Twilio's API, and what each of its answers means."""

import pytest

from comms.models import Message, Suppression
from comms.sending import tags
from tests.delivery_rows import MINUTE, due, facts, phone, send, statuses
from tests.factories import NOON
from tests.provider_double import ACCOUNT, MESSAGE_IDS

pytestmark = pytest.mark.django_db
NOBODY = "http://127.0.0.1:9"
SERVICE = "MG" + "1" * 32


@pytest.fixture(autouse=True)
def _public_address(settings):
    settings.PUBLIC_BASE_URL = "https://photos.example.org"


def refusal(status, code, message="no"):
    more = {"more_info": f"https://www.twilio.com/docs/errors/{code}", "status": status}
    return status, {"code": code, "message": message} | more


@pytest.mark.parametrize(
    ("sender", "field"), [("+15005550006", "From"), (SERVICE, "MessagingServiceSid")]
)
def test_C3_an_sms_leaves_with_its_sender_and_where_to_report(double, settings, sender, field):
    settings.TWILIO_FROM = sender
    (message,) = due(1, channel="sms")

    assert send() == 1

    row = Message.objects.get()
    assert double.taken == [
        {
            "To": phone(0),
            field: sender,
            "Body": row.text,
            "StatusCallback": f"https://photos.example.org/mail/events/twilio/{tags.tag(message)}/",
        }
    ]
    assert row.text.startswith("Look there.")
    assert double.paths == [f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"]
    assert double.key() == f"{ACCOUNT}:secret"
    assert (row.status, row.provider_id) == ("sent", MESSAGE_IDS["twilio"].format(1))


@pytest.mark.parametrize(
    ("code", "why"),
    [
        (21211, "bounced"),  # not a number
        (21614, "bounced"),  # no mobile phone
        (21610, "unsubscribed"),  # the receiver has answered STOP
    ],
)
def test_C9_a_number_that_cannot_or_must_not_get_sms_is_not_written_to_again(double, code, why):
    first, second = due(2, channel="sms")
    double.script = [refusal(400, code, "Not this one")]

    send()
    send(NOON + 60 * MINUTE)

    assert facts(first) == ("failed", 1, "", f"400 {code} Not this one")
    assert facts(second)[0] == "sent"
    assert double.recipients() == [phone(1)]
    assert list(Suppression.objects.values_list("address_key", "why", "studio")) == [
        (phone(0), why, first.studio_id)
    ]


def test_C11_an_sms_that_is_refused_for_its_content_fails_alone(double):
    first, second = due(2, channel="sms")
    double.script = [refusal(400, 21617, "The message body exceeds the 1600 character limit")]

    send()

    assert [facts(row)[0] for row in (first, second)] == ["failed", "sent"]
    assert not Suppression.objects.exists()


@pytest.mark.parametrize(("status", "code"), [(429, 20429), (503, 20503), (401, 20003)])
def test_C11_an_sms_that_is_refused_for_now_is_sent_later(double, status, code):
    (message,) = due(1, channel="sms")
    double.script = [refusal(status, code, "not now")]

    send()
    assert facts(message) == ("planned", 1, "retry", f"{status} {code} not now")
    assert send(NOON + 2 * MINUTE) == 1

    assert statuses() == ["sent"]
    assert double.recipients() == [phone(0)]


ANSWERS_TO_DOUBT = ["drop", "cut", b"<p>Thanks</p>", b"{}", b"[7]", (302, {}), (500, {}), (502, {})]


@pytest.mark.parametrize("answer", ANSWERS_TO_DOUBT)
def test_C11_an_sms_without_a_clear_answer_is_in_doubt_and_never_repeated(double, answer):
    first, second = due(2, channel="sms")
    double.script = [answer]

    send()
    for minutes in (5, 60, 600):
        send(NOON + minutes * MINUTE)

    assert facts(first)[:2] == ("unknown", 1)
    assert facts(second)[:2] == ("sent", 1)
    assert len(double.paths) == 2


def test_C11_an_sms_whose_answer_does_not_come_in_time_is_never_sent_twice(double, monkeypatch):
    monkeypatch.setattr("comms.sending.channels.twilio.ANSWER_SECONDS", 0.5)
    first, second = due(2, channel="sms")
    double.script = ["hang"]

    send()
    for minutes in (5, 60, 600):
        send(NOON + minutes * MINUTE)

    assert facts(first) == ("unknown", 1, "", "ReadTimeout")
    assert facts(second)[0] == "sent"
    assert double.recipients() == [phone(0), phone(1)]


def test_C11_without_a_connection_an_sms_costs_no_attempt(double, settings, caplog):
    messages = due(3, channel="sms")
    settings.TWILIO_API_BASE = NOBODY

    assert send() == 0
    assert [facts(row) for row in messages] == [("planned", 0, "", "")] * 3
    assert "nobody can be reached" in caplog.text
    settings.TWILIO_API_BASE = double.url
    assert send(NOON + 5 * MINUTE) == 3

    assert double.recipients() == [phone(n) for n in range(3)]


def test_C3_without_a_provider_sms_wait_and_mails_go(double, settings):
    settings.SMS_PROVIDER = ""
    (sms,), (mail,) = due(1, channel="sms"), due(1)

    send()

    assert (facts(sms)[0], facts(mail)[0]) == ("planned", "sent")


def test_C3_the_console_shows_an_sms(double, settings, caplog):
    settings.SMS_PROVIDER = "console"
    caplog.set_level("INFO")
    (message,) = due(1, channel="sms")

    send()

    row = Message.objects.get()
    assert (row.status, row.provider_id) == ("sent", "")
    shown = [r.getMessage() for r in caplog.records if r.name.endswith("channels.console")]
    assert shown == [f"SMS to {message.address}:\n{row.text}"]
    assert double.paths == []
