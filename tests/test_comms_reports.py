"""C9: bounces, complaints and other reports of providers, genuine and forged."""

import base64
import hashlib
import hmac
import json
from datetime import timedelta
from urllib.parse import urlencode

import pytest

from comms.models import Message, ProviderEvent, Suppression
from comms.sending import tags
from comms.webhooks import LONGEST_BODY_BYTES
from jobstatus import clock
from tests.delivery_rows import due, phone

pytestmark = pytest.mark.django_db
URL = "/mail/events/postmark/"
SECRET = "reports:secret"
BASIC = {"Authorization": "Basic " + base64.b64encode(SECRET.encode()).decode()}
TOKEN = "twilio-token"


@pytest.fixture(autouse=True)
def _providers(settings):
    settings.EMAIL_PROVIDER = "postmark"
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET}
    settings.SMS_PROVIDER, settings.TWILIO_AUTH_TOKEN = "twilio", TOKEN
    settings.PUBLIC_BASE_URL = "https://photos.example.org"


def sent(status="sent", *, channel="email", ago=timedelta(0), studio=None):
    (message,) = due(1, channel=channel, studio=studio)
    Message.objects.filter(pk=message.pk).update(
        status=status,
        finished_at=clock.now() - ago,
        provider_id=f"pm-{message.pk}",
        token="t",
        leased_until=None,
    )
    return message


def postmark(message, kind="Bounce", *, number=1, **values):
    return {
        "RecordType": kind,
        "MessageID": f"pm-{message.pk}",
        "Metadata": {"message": tags.tag(message)},
        "Tag": "",
        **(
            {"ID": number, "Type": "HardBounce", "TypeCode": 1, "Email": message.address}
            | {"BouncedAt": "2026-05-04T12:00:00Z", "Description": "No such user", "Details": ""}
            if kind != "Delivery"
            else {"Recipient": message.address, "DeliveredAt": "2026-05-04T12:00:00Z"}
        ),
        **values,
    }


def report(client, told, headers=BASIC):
    body = told if isinstance(told, str) else json.dumps(told)
    return client.post(URL, body, content_type="application/json", headers=headers).status_code


def suppressed():
    rows = Suppression.objects.order_by("pk").values_list("address_key", "why")
    return list(rows)


def test_C9_a_hard_bounce_stops_mail_of_that_studio_and_is_told_on_the_message(client):
    message = sent()

    assert report(client, postmark(message)) == 200

    assert suppressed() == [(message.address_key, "bounced")]
    assert Suppression.objects.get().studio_id == message.studio_id
    assert Message.objects.get().remark != ""
    assert Message.objects.get().status == "sent"


def test_C9_a_complaint_stops_mail(client):
    message = sent()

    assert report(client, postmark(message, "SpamComplaint", Type="SpamComplaint")) == 200

    assert suppressed() == [(message.address_key, "complained")]


def test_C9_the_third_soft_bounce_within_two_weeks_stops_mail(client):
    messages = [sent() for _n in range(3)]
    Message.objects.update(
        studio=messages[0].studio_id, address="a@example.org", address_key="a@example.org"
    )
    counts = []
    for number, message in enumerate(messages, start=1):
        soft = postmark(message, Type="SoftBounce", TypeCode=4096, Email="a@example.org")
        report(client, soft | {"ID": number})
        report(client, soft | {"ID": 100 + number})  # of the same message
        counts.append(len(suppressed()))

    assert counts == [0, 0, 1]


def test_C9_the_same_report_again_changes_nothing(client):
    message = sent()
    report(client, postmark(message))
    Suppression.objects.all().delete()

    assert report(client, postmark(message)) == 200
    assert (suppressed(), ProviderEvent.objects.count()) == ([], 1)


@pytest.mark.parametrize("status", ["unknown", "failed", "sent"])
def test_C11_a_delivery_settles_what_was_in_doubt_and_nothing_else(client, status):
    message = sent(status)

    assert report(client, postmark(message, "Delivery")) == 200

    assert Message.objects.get().status == {"unknown": "sent"}.get(status, status)


def test_C9_reports_of_what_we_do_not_know_or_no_longer_do_change_nothing(client):
    old, young = sent(ago=timedelta(days=15)), sent()
    foreign = postmark(young, Metadata={}, MessageID="pm-of-somebody-else")
    other_address = postmark(young, Email="other@example.org")

    answers = [report(client, told) for told in (postmark(old), foreign, other_address)]

    assert (answers, suppressed()) == ([200] * 3, [])


def test_C9_a_tag_cannot_be_made_for_another_message(client):
    message, other = sent(), sent()
    forged = postmark(message, MessageID="")
    forged["Metadata"] = {"message": tags.tag(message).replace(str(message.pk), str(other.pk), 1)}

    report(client, forged | {"Email": other.address})

    assert suppressed() == []


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({}, None, 400),
        ({"Authorization": "Basic d3Jvbmc6c2VjcmV0"}, None, 400),
        (BASIC, "{", 400),
        (BASIC, "[]", 400),
        (BASIC, "null", 400),
        (BASIC, "x" * (LONGEST_BODY_BYTES + 1), 413),
    ],
)
def test_C9_what_is_not_genuine_is_refused(client, headers, body, status):
    message = sent()

    assert report(client, body or postmark(message), headers) == status
    assert suppressed() == []


def test_C9_other_providers_and_one_without_a_secret_are_not_there(client, settings):
    message = sent()
    assert client.get(URL).status_code == 405
    for provider in ("mailgun", "nobody"):
        told = json.dumps(postmark(message))
        address = f"/mail/events/{provider}/"
        answer = client.post(address, told, content_type="application/json", headers=BASIC)
        assert answer.status_code == 404
    settings.ANYMAIL = {}

    assert report(client, postmark(message)) == 404


# SMS


def twilio(client, message, *, key=TOKEN, **form):
    path = f"/mail/events/twilio/{tags.tag(message)}/"
    form = {"MessageSid": f"pm-{message.pk}", "To": phone(0), **form}
    signed = f"https://photos.example.org{path}" + "".join(k + form[k] for k in sorted(form))
    digest = hmac.new(key.encode(), signed.encode(), hashlib.sha1).digest()
    return client.post(
        path,
        urlencode(form),
        content_type="application/x-www-form-urlencoded",
        headers={"X-Twilio-Signature": base64.b64encode(digest).decode()},
    ).status_code


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ({"MessageStatus": "delivered"}, []),
        ({"MessageStatus": "undelivered", "ErrorCode": "30003"}, []),
        ({"MessageStatus": "undelivered", "ErrorCode": "30005"}, ["bounced"]),
        ({"MessageStatus": "failed", "ErrorCode": "21610"}, ["unsubscribed"]),
    ],
)
def test_C9_what_became_of_an_sms(client, form, expected):
    message = sent("unknown", channel="sms")

    assert twilio(client, message, **form) == 200

    assert [why for _key, why in suppressed()] == expected


def test_C9_a_report_that_the_sms_provider_did_not_sign_is_refused(client, settings):
    message = sent("unknown", channel="sms")
    told = {"MessageStatus": "failed", "ErrorCode": "21610"}

    assert twilio(client, message, key="another", **told) == 403
    settings.SMS_PROVIDER = "console"
    assert twilio(client, message, **told) == 404
    assert (suppressed(), Message.objects.get().status) == ([], "unknown")
