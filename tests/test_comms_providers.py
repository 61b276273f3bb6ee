"""C11: messages through a provider's API: what each of its answers means, whoever it is."""

import pytest

from comms.models import Message, Suppression
from comms.sending import tags
from tests.delivery_rows import MINUTE, due, facts, send, statuses
from tests.factories import NOON
from tests.provider_double import KEY, MESSAGE_IDS

pytestmark = pytest.mark.django_db
NOBODY = "http://127.0.0.1:9"
KEYS = {"postmark": KEY, "mailgun": f"api:{KEY}", "brevo": KEY}


@pytest.fixture(params=["postmark", "mailgun", "brevo"])
def provider(request, double, settings):
    settings.EMAIL_PROVIDER = request.param
    return request.param


def test_C9_a_mail_through_the_api_has_what_a_mail_has(double, provider):
    (message,) = due(1)

    assert send() == 1

    row = Message.objects.get()
    recipient, subject, text, headers, tag = double.mail()
    assert (recipient, subject, text) == (message.address, row.subject, row.text)
    assert tag == tags.tag(message)
    headers = {name.casefold(): value for name, value in headers.items()}
    assert headers["list-unsubscribe-post"] == "List-Unsubscribe=One-Click"
    address = headers["list-unsubscribe"].strip("<>")
    assert address.startswith("http")
    assert address in text
    assert (double.key(), row.status) == (KEYS[provider], "sent")
    assert row.provider_id == MESSAGE_IDS[provider].format(1).strip("<>")


@pytest.mark.parametrize("status", [401, 429, 503])
def test_C11_a_provider_that_is_busy_or_does_not_know_us_is_asked_later(double, provider, status):
    first, second = due(2)
    double.script = [(status, {"ErrorCode": 10, "Message": "not now", "message": "not now"})]

    assert send() == 2
    assert facts(first)[:3] == ("planned", 1, "retry")
    assert facts(second)[0] == "sent"
    assert send(NOON + 2 * MINUTE) == 1

    assert double.recipients() == [second.address, first.address]
    assert statuses() == ["sent", "sent"]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (400, "The 'From' address you supplied is not a Sender Signature on your account."),
        (401, "The Sender Signature for this address is not confirmed."),
        (405, "You ran out of credits."),
        (412, "While your account is pending approval, …"),
        (413, "Your account may not send."),
    ],
)
def test_C11_an_account_that_a_person_has_to_repair_is_no_fault_of_the_message(double, code, words):
    (message,) = due(1)
    double.script = [(422, {"ErrorCode": code, "Message": words})]

    send()

    assert facts(message)[:3] == ("planned", 1, "retry")
    assert send(NOON + 2 * MINUTE) == 1
    assert double.recipients() == [message.address]


INACTIVE = (
    "You tried to send to recipient(s) that have been marked as inactive. Found inactive addresses:"
    " {}. Inactive recipients are ones that have generated a hard bounce, a spam complaint, or a"
    " manual suppression."
)


@pytest.mark.parametrize(("code", "words"), [(406, INACTIVE), (300, "Invalid 'To' address: '{}'.")])
def test_C9_a_recipient_that_the_provider_does_not_write_to_is_bounced(double, code, words):
    first, second = due(2)
    double.script = [(422, {"ErrorCode": code, "Message": words.format(first.address)})]

    assert send() == 2

    assert [facts(row)[0] for row in (first, second)] == ["failed", "sent"]
    assert double.recipients() == [second.address]
    assert list(Suppression.objects.values_list("address_key", "why", "studio")) == [
        (first.address_key, "bounced", first.studio_id)
    ]


REFUSALS = {
    "postmark": (422, {"ErrorCode": 300, "Message": "Invalid 'Subject'."}),
    "mailgun": (400, {"message": "to parameter is not a valid address. please check docs"}),
    "brevo": (400, {"code": "invalid_parameter", "message": "email is not valid in to"}),
}


def test_C11_a_message_that_is_refused_fails_alone_and_is_never_repeated(double, provider):
    first, second, third = due(3)
    double.script = [None, REFUSALS[provider]]

    assert send() == 3
    assert send(NOON + 60 * MINUTE) == 0

    assert [facts(row)[:2] for row in (first, second, third)] == [
        ("sent", 1),
        ("failed", 1),
        ("sent", 1),
    ]
    assert double.recipients() == [first.address, third.address]
    assert len(double.paths) == 3
    assert not Suppression.objects.exists()


@pytest.mark.parametrize("address", ["two words@example.org", "nobody"])
def test_C11_a_message_that_cannot_be_put_in_a_request_fails_alone(double, provider, address):
    first, second = due(2)
    Message.objects.filter(pk=first.pk).update(address=address)

    send()
    send(NOON + 60 * MINUTE)

    assert [facts(row)[0] for row in (first, second)] == ["failed", "sent"]
    assert double.recipients() == [second.address]


@pytest.mark.parametrize(
    "answer", ["drop", "hang", "cut", b"<p>Thanks</p>", b"[7]", (500, {}), (502, {}), (504, {})]
)
def test_C11_without_a_clear_answer_it_is_in_doubt_and_never_repeated(double, provider, answer):
    first, second = due(2)
    double.script = [answer]

    send()
    for minutes in (5, 60, 600):
        send(NOON + minutes * MINUTE)

    assert facts(first)[:2] == ("unknown", 1)
    assert facts(second)[:2] == ("sent", 1)
    assert len(double.paths) == 2
    assert list(Message.objects.needing_a_person()) == [first]


def test_C11_a_provider_that_cannot_be_reached_costs_no_attempt(double, provider, settings, caplog):
    messages = due(3)
    name = f"{provider.upper()}_API_URL"
    working = settings.ANYMAIL
    settings.ANYMAIL = working | {name: f"{NOBODY}/"}

    assert send() == 0
    assert [facts(row) for row in messages] == [("planned", 0, "", "")] * 3
    assert "nobody can be reached" in caplog.text
    settings.ANYMAIL = working
    assert send(NOON + 5 * MINUTE) == 3

    assert double.recipients() == [row.address for row in messages]


def test_C11_whatever_it_answers_each_message_is_taken_at_most_once(double, provider):
    messages = due(12)
    accepted = (None, "drop", "hang", b"?")
    refused = ((429, {}), "cut", (500, {}), REFUSALS[provider])
    double.script = [answer for pair in zip(accepted, refused, strict=True) for answer in pair]

    for minutes in (0, 2, 10, 60, 600):
        send(NOON + minutes * MINUTE)

    taken = double.recipients()
    assert sorted(taken) == sorted(set(taken))
    assert statuses() == [
        *("sent", "sent", "unknown", "unknown", "unknown", "unknown", "unknown", "failed"),
        *["sent"] * 4,
    ]
    unanswered = {messages[n].address for n in (3, 5)}  # cut, 500: it took them not
    failed = {messages[7].address}
    assert set(taken) == {row.address for row in messages} - unanswered - failed
