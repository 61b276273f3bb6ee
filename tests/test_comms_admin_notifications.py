"""The editor of a notification: its rules, its texts, what is wrong with them (C2, C3, C12)."""

from datetime import time

import pytest

from comms.admin.notifications import MOST_NOTIFICATIONS
from comms.models import Notification, Profile, SendingRules, Text
from comms.models.profiles import BODY_LENGTH
from jobstatus import clock
from tests.comms_rows import NotificationFactory, ProfileFactory
from tests.factories import StudioFactory
from tests.staff import said, sign_in

pytestmark = pytest.mark.django_db
LIST = "/admin/comms/notification/"
TYPED = {
    "trigger": "selling",
    "days": "0",
    "hours": "",
    "send_time": "",
    "channel": "email",
    "audience": "all",
    "photos": "any",
    "tolerance_hours": "48",
    "is_active": "on",
    "en-subject": "The photos are there",
    "en-body": "[[Customer.greeting]]\n\nLook: [[Customer.photos]]",
    "de-subject": "",
    "de-body": "",
}


@pytest.fixture
def studio():
    return StudioFactory.create()


@pytest.fixture
def client(studio):
    return sign_in(studio)


@pytest.fixture
def profile(studio):
    return ProfileFactory.create(studio=studio)


def add(client, profile: Profile, **values: object):
    return client.post(f"{LIST}add/?profile={profile.pk}", TYPED | values)


def page(rule: Notification, what: str = "change") -> str:
    return f"{LIST}{rule.pk}/{what}/"


def typed(client, rule: Notification, **values: object) -> dict[str, object]:
    """What the browser posts for this notification, with these answers changed."""
    form = client.get(page(rule)).context["adminform"].form
    posted: dict[str, object] = {name: form[name].value() for name in form.fields}
    for text in form.texts:
        posted |= {text.add_prefix(name): text[name].value() for name in text.fields}
    return {name: value for name, value in (posted | values).items() if value is not None}


def problems(response) -> dict[str, list[str]]:
    form = response.context["adminform"].form
    found = {name: list(errors) for name, errors in form.errors.items()}
    for text in form.texts:
        for name, errors in text.errors.items():
            found[f"{text.language}-{name}"] = list(errors)
    return found


def test_C3_a_new_notification_is_stored_with_its_text(client, profile):
    response = add(client, profile, trigger="before_archiving", days="3", send_time="10:00")

    rule = profile.notifications.get()
    assert (rule.profile, rule.trigger, rule.days) == (profile, "before_archiving", 3)
    assert rule.send_time == time(10)
    text = rule.texts.get()
    assert (text.language, text.subject) == ("en", "The photos are there")
    assert text.body == "[[Customer.greeting]]\n\nLook: [[Customer.photos]]"
    assert response.url == f"/admin/comms/profile/{profile.pk}/change/"


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (
            {"trigger": "before_archiving", "days": "3"},
            {"send_time": ["Choose the time of the day."]},
        ),
        (
            {"trigger": "before_prepay_deadline"},
            {"send_time": ["Choose the time of the day."]},
        ),
        (
            {"days": "2"},
            {"send_time": ["Choose the time of the day, because it is sent days later."]},
        ),
        ({"trigger": "basket_left"}, {"hours": ["Choose after how many hours."]}),
        (
            {"trigger": "order_unpaid", "send_time": "10:00"},
            {"days": ["Write after how many days, at least 1."]},
        ),
        (
            {"days": "61", "send_time": "10:00"},
            {"days": ["Ensure this value is less than or equal to 60."]},
        ),
        (
            {"tolerance_hours": "0"},
            {"tolerance_hours": ["Ensure this value is greater than or equal to 1."]},
        ),
    ],
)
def test_C2_what_does_not_fit_the_trigger_is_refused_with_a_sentence(
    client, profile, values, expected
):
    response = add(client, profile, **values)

    assert problems(response) == expected
    assert not profile.notifications.exists()


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"trigger": "basket_left", "hours": "3", "days": "9", "send_time": "8:00"}, (0, 3, None)),
        ({"trigger": "selling", "hours": "3"}, (0, None, None)),
        ({"trigger": "selling", "hours": "3", "days": ""}, (0, None, None)),
        ({"trigger": "archived", "days": "1", "send_time": "9:30"}, (1, None, time(9, 30))),
    ],
)
def test_C2_of_the_offsets_only_those_of_the_trigger_are_kept(client, profile, values, expected):
    add(client, profile, **values)

    rule = profile.notifications.get()
    assert (rule.days, rule.hours, rule.send_time) == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (
            {"en-subject": "", "en-body": ""},
            {"__all__": ["Write the text in at least one language."]},
        ),
        ({"en-subject": ""}, {"en-subject": ["Write the subject of the e-mail."]}),
        ({"en-body": " \n "}, {"en-body": ["Write the text, or empty the subject as well."]}),
        (
            {"en-body": "Hello [[Customer.nmae]]!"},
            {
                "en-body": [
                    "Line 1, column 7: There is no placeholder “Customer.nmae”. Do you mean "
                    "[[Customer.name]]?"
                ]
            },
        ),
        (
            {"de-subject": "Fotos", "de-body": "Hallo\n[[Order.number]]"},
            {
                "de-body": [
                    "Line 2, column 1: [[Order.number]] cannot be used for the trigger “When the "
                    "job is set to Selling”."
                ]
            },
        ),
    ],
)
def test_C12_a_text_that_cannot_be_sent_is_refused_and_the_place_marked(
    client, profile, values, expected
):
    response = add(client, profile, **values)

    first = {"__all__": ["A text cannot be saved as it is; the place is marked below."]}
    assert problems(response) == first | expected
    assert not profile.notifications.exists()


def test_C12_the_marked_place_stands_on_the_page_escaped(client, profile):
    response = add(client, profile, **{"en-body": "<b>Hi</b> [[<script>]]"})

    assert "&lt;b&gt;Hi&lt;/b&gt; <mark>[[&lt;script&gt;]]</mark>" in response.text
    assert "<script>]]" not in response.text


def test_C12_a_text_of_a_megabyte_is_refused_at_once(client, profile):
    response = add(client, profile, **{"en-body": "[[" * 500_000})

    (error,) = problems(response)["en-body"]
    assert f"{BODY_LENGTH} are possible." in error


def test_C12_template_code_is_text(client, profile):
    body = "{% load x %} {{ settings.SECRET_KEY }} ${1+1} %(x)s"

    add(client, profile, **{"en-body": body})

    assert Text.objects.get(notification__profile=profile).body == body


def test_C3_an_sms_has_no_subject_and_a_limit(client, profile):
    add(client, profile, channel="sms")
    too_long = add(client, profile, channel="sms", **{"en-body": "x" * 1_601})

    assert Text.objects.get(notification__profile=profile).subject == ""
    assert problems(too_long)["en-body"] == ["An SMS has at most 1600 characters."]


def test_C3_texts_are_changed_added_and_emptied(client, profile):
    rule = NotificationFactory.create(profile=profile)
    other = NotificationFactory.create(profile=profile)

    german = {"de-subject": "Die Fotos sind da", "de-body": "Hallo\r\nda"}
    client.post(page(rule), typed(client, rule, **german, **{"en-subject": "", "en-body": ""}))

    assert list(rule.texts.values_list("language", "subject", "body")) == [
        ("de", "Die Fotos sind da", "Hallo\nda")
    ]
    assert other.texts.get().language == "en"


def test_L13_a_text_changed_meanwhile_is_not_overwritten(client, profile):
    rule = NotificationFactory.create(profile=profile)
    stale = typed(client, rule, **{"en-subject": "Mine"})
    client.post(page(rule), typed(client, rule, **{"en-subject": "Theirs"}))

    response = client.post(page(rule), stale)
    again = stale | {"seen": response.context["adminform"].form["seen"].value()}

    assert "Somebody changed this" in problems(response)["__all__"][0]
    assert rule.texts.get().subject == "Theirs"
    client.post(page(rule), again)
    assert rule.texts.get().subject == "Mine"


def test_C1_a_notification_of_another_profile_cannot_be_reached_by_the_form(client, profile):
    foreign = ProfileFactory.create()
    rule = NotificationFactory.create(profile=profile)

    client.post(page(rule), typed(client, rule) | {"profile": foreign.pk})
    answer = add(client, foreign)

    rule.refresh_from_db()
    assert rule.profile == profile
    assert answer.url == "/admin/comms/profile/"
    assert not foreign.notifications.exists()


def test_C7_a_time_in_the_quiet_hours_is_saved_with_a_warning(client, profile, studio):
    SendingRules.objects.create(studio=studio, quiet_from=time(20), quiet_until=time(8))

    response = client.post(
        f"{LIST}add/?profile={profile.pk}", TYPED | {"send_time": "22:00"}, follow=True
    )

    assert said(response)[1:] == [
        "22:00 is in the quiet hours of your studio: it is sent at 08:00 instead."
    ]


def test_C3_a_profile_has_a_limited_number_of_notifications(client, profile):
    first = NotificationFactory.create(profile=profile)
    copies = [Notification(profile=profile, trigger=first.trigger) for _ in range(39)]
    Notification.objects.bulk_create(copies)

    response = client.post(f"{LIST}add/?profile={profile.pk}", TYPED, follow=True)

    assert profile.notifications.count() == MOST_NOTIFICATIONS
    assert said(response) == ["A profile has at most 40 notifications."]


def test_C3_switched_off_it_stays_and_says_so(client, profile):
    rule = NotificationFactory.create(profile=profile)
    posted = typed(client, rule)
    del posted["is_active"]

    client.post(page(rule), posted)

    rule.refresh_from_db()
    assert rule.is_active is False
    assert "Switched off" in client.get(f"/admin/comms/profile/{profile.pk}/change/").text


def test_C1_a_deleted_profile_takes_its_notifications_off_the_pages(client, profile):
    rule = NotificationFactory.create(profile=profile)
    Profile.objects.filter(pk=profile.pk).update(retired_at=clock.now())

    assert client.get(page(rule)).status_code == 302
    assert add(client, profile).url == "/admin/comms/profile/"
