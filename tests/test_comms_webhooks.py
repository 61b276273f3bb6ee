"""C9: each provider's reports as it writes them, and everything that must not be believed."""

import json
from datetime import timedelta

import pytest

from comms.models import Message, ProviderEvent, Suppression
from comms.sending import claims, tags
from comms.sending.channels import End, Ending
from jobstatus import clock
from tests.provider_reports import (
    FORMATS,
    SAID,
    SECRET,
    SIGNING_KEY,
    post,
)
from tests.test_comms_reports import sent, suppressed, twilio

pytestmark = pytest.mark.django_db
NAMES = ["postmark", "mailgun", "brevo"]


@pytest.fixture(autouse=True)
def _settings(settings):
    settings.EMAIL_PROVIDER = "mailgun"
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET, "MAILGUN_WEBHOOK_SIGNING_KEY": SIGNING_KEY}
    settings.SMS_PROVIDER, settings.TWILIO_AUTH_TOKEN = "twilio", "twilio-token"
    settings.PUBLIC_BASE_URL = "https://photos.example.org"


@pytest.fixture(params=NAMES)
def provider(request, settings):
    settings.EMAIL_PROVIDER = request.param
    return request.param


def told_of(message, provider, kind, number=1):
    message.refresh_from_db()
    return FORMATS[provider](message, kind, number=number)


def everything():
    """All that a report could have changed."""
    messages = Message.objects.order_by("pk").values_list("status", "remark", "provider_id")
    return list(messages), suppressed(), ProviderEvent.objects.count()


def same_address(*messages):
    """One person with one address in one studio."""
    Message.objects.filter(pk__in=[row.pk for row in messages]).update(
        studio=messages[0].studio_id, address="a@example.org", address_key="a@example.org"
    )


EFFECTS = [
    ("hard", "bounced", f"The message came back: {SAID}"),
    ("soft", None, f"The message came back: {SAID}"),
    ("complained", "complained", ""),
    ("unsubscribed", "unsubscribed", ""),
    ("delivered", None, ""),
]


@pytest.mark.parametrize(("kind", "why", "remark"), EFFECTS)
def test_C9_a_report_changes_its_message_and_its_studio_only(client, provider, kind, why, remark):
    message, same_person_elsewhere = sent(), sent()
    Message.objects.filter(pk=same_person_elsewhere.pk).update(
        address=message.address, address_key=message.address_key
    )
    told = told_of(message, provider, kind)

    assert post(client, provider, told) == 200

    rows = list(Suppression.objects.values_list("address_key", "why", "studio"))
    assert rows == ([(message.address_key, why, message.studio_id)] if why else [])
    assert list(Message.objects.order_by("pk").values_list("status", "remark")) == [
        ("sent", remark),
        ("sent", ""),
    ]


@pytest.mark.parametrize(("kind", "why", "remark"), EFFECTS)
def test_C9_the_same_report_twice_changes_nothing(client, provider, kind, why, remark):
    message = sent("unknown")
    told = told_of(message, provider, kind)
    post(client, provider, told)
    Suppression.objects.all().delete()
    Message.objects.update(status="unknown", remark="")
    before = everything()

    assert post(client, provider, told) == 200

    assert everything() == before


def test_C9_soft_bounces_of_three_messages_within_two_weeks_count(client, provider):
    messages = [sent() for _n in range(3)]
    same_address(*messages)
    seen = []
    for number, message in enumerate(messages):
        for again in (0, 100):  # of the same message
            post(client, provider, told_of(message, provider, "soft", number + again + 1))
        seen.append(suppressed())

    assert seen == [[], [], [("a@example.org", "bounced")]]


def test_C9_soft_bounces_count_for_two_weeks_and_for_one_studio(client, provider):
    old, elsewhere, first, second = (sent() for _n in range(4))
    same_address(old, first, second)
    Message.objects.filter(pk=elsewhere.pk).update(
        address="a@example.org", address_key="a@example.org"
    )
    post(client, provider, told_of(old, provider, "soft"))
    ProviderEvent.objects.update(at=clock.now() - timedelta(days=14, minutes=1))

    for number, message in enumerate((elsewhere, first, second), start=2):
        post(client, provider, told_of(message, provider, "soft", number))

    assert suppressed() == []


def test_C9_a_message_is_known_by_the_providers_number_without_our_tag(client, provider):
    message = sent("unknown")
    Message.objects.update(provider_id=f"{message.pk}@example.org")
    message.refresh_from_db()
    told = json.dumps(told_of(message, provider, "hard")).replace(tags.tag(message), "")

    assert post(client, provider, told) == 200

    assert suppressed() == [(message.address_key, "bounced")]
    assert Message.objects.get().provider_id == f"{message.pk}@example.org"


@pytest.mark.parametrize("kind", ["hard", "soft", "complained", "unsubscribed", "delivered"])
def test_C9_unknown_and_old_messages_are_no_news(client, provider, kind):
    old, deleted = sent("unknown", ago=timedelta(days=14, minutes=1)), sent()
    reports = [told_of(row, provider, kind) for row in (old, deleted)]
    Message.objects.filter(pk=deleted.pk).delete()
    before = everything()

    assert [post(client, provider, told) for told in reports] == [200, 200]

    assert everything() == before


def test_C9_a_report_of_a_message_of_almost_two_weeks_counts(client, provider):
    message = sent(ago=timedelta(days=13, hours=23))

    post(client, provider, told_of(message, provider, "hard"))

    assert suppressed() == [(message.address_key, "bounced")]


# Doubt


@pytest.mark.parametrize("kind", ["delivered", "hard", "soft"])
@pytest.mark.parametrize("status", ["unknown", "transmitting"])
def test_C11_what_was_delivered_or_came_back_had_been_sent(client, provider, kind, status):
    """Also while it is being handed over: its sender may be gone, and no second report comes."""
    message = sent()
    until = clock.now() - timedelta(minutes=1) if status == "transmitting" else None
    Message.objects.update(
        status=status, leased_until=until, finished_at=None if until else clock.now()
    )
    message.refresh_from_db()

    assert post(client, provider, told_of(message, provider, kind)) == 200
    claims.recover_lost(at=clock.now())
    claims.settle(message, End(Ending.LATER, "Its sender was not gone."), at=clock.now())

    row = Message.objects.get()
    assert (row.status, row.provider_id) == ("sent", f"pm-{message.pk}")


# SMS


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        ("queued", "", ("unknown", "", [])),
        ("sent", "", ("sent", "", [])),
        ("delivered", "", ("sent", "", [])),
        ("undelivered", "30003", ("sent", "The message came back: undelivered 30003", [])),
        ("undelivered", "30005", ("sent", "The message came back: undelivered 30005", ["bounced"])),
        ("failed", "21610", ("unknown", "", ["unsubscribed"])),
    ],
)
def test_C9_what_twilio_tells_of_an_sms(client, status, code, expected):
    message = sent("unknown", channel="sms")
    form = {"MessageStatus": status, "SmsStatus": status, "ErrorCode": code, "ApiVersion": "2010"}

    for _again in range(2):
        assert twilio(client, message, **form) == 200

    row = Message.objects.get()
    assert (row.status, row.remark, [why for _key, why in suppressed()]) == expected
