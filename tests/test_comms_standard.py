"""The profiles that ship with the system, and their texts (C1, C3)."""

from datetime import time

import pytest
from django.conf import settings
from django.utils.translation import override

from comms.models import Audience, Campaign, Notification, Profile, Text, Trigger
from comms.texts import letters, placeholders, standard
from comms.texts.letters import Letter
from tests.comms_rows import NotificationFactory
from tests.factories import NOON, BasketFactory, StudioFactory
from tests.letters import case, planned
from tests.shop_rows import order_of

pytestmark = pytest.mark.django_db
LANGUAGES = [code for code, _name in settings.LANGUAGES]


def rules(key):
    rows = Notification.objects.current().filter(profile__standard_key=key)
    return sorted((row.trigger, row.days) for row in rows)


def everything():
    tables = (
        Profile.objects.values_list("pk", "name", "standard_key"),
        Notification.objects.values_list(),
        Text.objects.values_list(),
    )
    return [sorted(table, key=str) for table in tables]


def test_C1_two_profiles_ship_with_the_system():
    assert rules("school-classic") == [
        ("archived", 0),
        ("basket_left", 0),
        ("before_archiving", 1),
        ("before_archiving", 3),
        ("before_archiving", 7),
        ("before_prepay_deadline", 3),
        ("order_unpaid", 7),
        ("order_unpaid", 14),
        ("registered", 0),
        ("selling", 0),
    ]
    assert rules("school-gentle") == [
        ("archived", 0),
        ("before_archiving", 1),
        ("before_archiving", 7),
        ("before_prepay_deadline", 3),
        ("order_unpaid", 14),
        ("registered", 0),
        ("selling", 0),
    ]


def test_C3_reminders_go_at_ten_to_those_who_have_not_bought():
    reminders = Notification.objects.filter(trigger=Trigger.BEFORE_ARCHIVING)

    assert set(reminders.values_list("send_time", "audience")) == {(time(10), Audience.NOT_BOUGHT)}
    assert set(
        Notification.objects.filter(trigger=Trigger.SELLING).values_list("send_time", "audience")
    ) == {(None, Audience.ALL)}


def test_C10_what_says_tomorrow_is_not_sent_on_the_day_itself():
    """At ten in the morning and twelve hours: the quiet hours of the evening end it."""
    rows = Notification.objects.filter(trigger=Trigger.BEFORE_ARCHIVING, days=1)

    assert set(rows.values_list("tolerance_hours", flat=True)) == {standard.SAME_DAY}


def test_C1_writing_them_again_changes_nothing(django_assert_num_queries):
    before = everything()

    with django_assert_num_queries(3):
        standard.write_profiles()

    assert everything() == before


def test_C1_a_changed_row_is_put_right_in_place_and_others_are_left_alone():
    own = NotificationFactory.create(trigger=Trigger.SELLING)
    before = everything()
    theirs = Profile.objects.filter(studio__isnull=True)
    theirs.filter(standard_key="school-gentle").update(name="Old name")
    Notification.objects.filter(profile__in=theirs).update(tolerance_hours=1)
    Text.objects.filter(notification__profile__in=theirs, language="de").update(body="Old")
    Text.objects.filter(notification__profile__in=theirs, language="en").delete()

    standard.write_profiles()

    assert everything()[:2] == before[:2]
    texts = Text.objects.filter(notification__profile__in=theirs)
    assert texts.filter(body="Old").count() == 0
    assert texts.count() == 2 * Notification.objects.filter(profile__in=theirs).count()
    assert own.texts.get().body == "Look there."


def test_C1_a_notification_that_ships_no_longer_is_retired_and_one_that_does_again_is_back():
    profile = Profile.objects.get(standard_key="school-classic")
    kept = profile.notifications.get(trigger=Trigger.SELLING)
    Notification.objects.filter(pk=kept.pk).update(retired_at=NOON, is_active=False)
    extra = NotificationFactory.create(profile=profile, trigger=Trigger.ARCHIVED, days=5)

    standard.write_profiles()

    assert Notification.objects.get(pk=extra.pk).retired_at is not None
    assert kept in Notification.objects.current()


def test_C1_their_names_are_translated_and_those_of_studios_are_not():
    gentle = Profile.objects.get(standard_key="school-gentle")
    own = Profile(studio=StudioFactory.create(), name="School, gentle")

    with override("de"):
        names = [standard.name(gentle), standard.name(own)]

    assert names == ["Schule, zurückhaltend", "School, gentle"]


def test_C12_their_texts_pass_their_own_check_in_every_language():
    rows = Text.objects.filter(notification__profile__studio=None).select_related("notification")
    problems = [
        f"{text.language} {text.notification}: {problem}"
        for text in rows
        for problem in [
            *placeholders.check_subject(text.subject, text.notification.trigger),
            *placeholders.check(text.body, text.notification.trigger),
        ]
    ]

    assert problems == []
    assert {text.language for text in rows} == set(LANGUAGES)
    assert all(text.subject and text.body for text in rows)


def test_C3_every_file_is_used_and_every_text_has_the_same_placeholders_in_each_language():
    used = {one.text for _name, each in standard.PROFILES.values() for one in each}
    files = {path.name.split(".")[0] for path in standard.FOLDER.iterdir()}

    assert files == used
    for key in used:
        slots = [
            sorted(p.name for p in placeholders.PLACEHOLDERS.values() if p.written in both)
            for both in (" ".join(standard.text_of(key, language)) for language in LANGUAGES)
        ]
        assert slots[0] == slots[1], key


@pytest.mark.parametrize("language", LANGUAGES)
def test_C3_each_of_them_becomes_a_letter(language):
    _rule, job, customer = case(person={"language": language})
    Campaign.objects.filter(job=job).update(custom_text="")
    type(job).objects.filter(pk=job.pk).update(prepay_deadline_date=job.archive_date)
    basket = BasketFactory.create(studio=job.studio)
    order = order_of(customer.contacts.first().subject.codes.get(), customer=customer)
    about = {Trigger.BASKET_LEFT: basket.pk, Trigger.ORDER_UNPAID: order.pk}
    messages = [
        planned(rule, job, customer, language=language, about_id=about.get(rule.trigger, 0))
        for rule in Notification.objects.filter(profile__studio=None)
    ]

    found = letters.write(messages, at=NOON).values()

    assert len(found) == 17
    assert all(isinstance(letter, Letter) and letter.subject for letter in found), found
    assert all("[[" not in letter.text + letter.subject for letter in found)
    assert all("\n\n\n" not in letter.text for letter in found)
