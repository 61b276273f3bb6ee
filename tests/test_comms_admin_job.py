"""The Communication tab of a job (C1, C5, C13, X2) and what it tells of every message."""

from datetime import date, timedelta

import pytest

from comms.models import Campaign, Dispatch, Message, Notification, Profile, SendingRules, Trigger
from jobstatus import clock
from jobstatus.models import Job
from tests.comms_rows import (
    NotificationFactory,
    ProfileFactory,
    SuppressionFactory,
    attach,
    person_in,
)
from tests.comms_world import counted_queries, message, start_selling, tab
from tests.factories import NOON, JobFactory, StudioFactory
from tests.staff import said, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def studio():
    studio = StudioFactory.create(timezone="UTC")
    SendingRules.objects.create(studio=studio, quiet_from="00:00", quiet_until="00:00")
    return studio


@pytest.fixture
def client(studio):
    return sign_in(studio)


@pytest.fixture
def job(studio):
    return JobFactory.create(studio=studio, name="Waldschule")


def choose(client, job: Job, profile: Profile | None, *, text: str = "", seen: str | None = None):
    if seen is None:
        seen = client.get(tab(job)).context["form"]["seen"].value()
    posted = {"profile": profile.pk if profile else "", "custom_text": text, "seen": seen}
    return client.post(tab(job), posted, follow=True)


def set_date(job: Job, day: date) -> None:
    job.archiving_enabled, job.archive_date = True, day
    job.save()


# The choice


def test_C1_a_profile_is_chosen_and_taken_away(client, job, studio):
    profile = ProfileFactory.create(studio=studio, name="Ours")

    response = choose(client, job, profile, text="Half price.\r\nToday.")
    campaign = Campaign.objects.get(job=job)
    attached = (campaign.profile, campaign.custom_text, campaign.attached_at is not None)
    choose(client, job, None)

    assert attached == (profile, "Half price.\nToday.", True)
    assert said(response) == ["The communication of “Waldschule” is saved: Ours."]
    campaign.refresh_from_db()
    assert (campaign.profile, campaign.attached_at, campaign.custom_text) == (None, None, "")


def test_C5_only_another_profile_begins_anew(client, job, studio):
    (rule,) = attach(job, Trigger.SELLING)
    before = Campaign.objects.get(job=job).attached_at

    choose(client, job, rule.profile, text="New words")

    assert Campaign.objects.get(job=job).attached_at == before
    choose(client, job, ProfileFactory.create(studio=studio))
    assert Campaign.objects.get(job=job).attached_at > before


@pytest.mark.parametrize("kind", ["foreign", "retired"])
def test_J3_only_living_profiles_of_the_jobs_studio_and_standard_ones_are_offered(
    client, job, studio, kind
):
    own = ProfileFactory.create(studio=studio, name="Own")
    standard = Profile.objects.create(name="Shipped", standard_key="tests")
    values = {"retired_at": clock.now(), "studio": studio} if kind == "retired" else {}
    other = ProfileFactory.create(name="Fremdling", **values)

    refused = choose(client, job, other)

    sentence = "Choose a profile of the job's studio or a standard one."
    assert refused.context["form"].errors == {"profile": [sentence]}
    assert not Campaign.objects.filter(job=job).exists()
    offered = set(refused.context["form"].fields["profile"].queryset)
    assert {own, standard} <= offered
    assert other not in offered
    assert "Fremdling" not in refused.text


def test_L13_a_choice_changed_meanwhile_is_not_overwritten(client, job, studio):
    first, second = ProfileFactory.create_batch(2, studio=studio)
    seen = client.get(tab(job)).context["form"]["seen"].value()
    choose(client, job, first, seen=seen)

    response = choose(client, job, second, seen=seen)

    assert "Somebody changed this" in response.context["form"].non_field_errors()[0]
    assert Campaign.objects.get(job=job).profile == first
    choose(client, job, second, seen=response.context["form"]["seen"].value())
    assert Campaign.objects.get(job=job).profile == second


def test_C1_a_viewer_reads_the_choice_and_cannot_post_one(job, studio):
    (rule,) = attach(job, Trigger.SELLING)
    viewer = sign_in(studio, role="Viewer")

    html = viewer.get(tab(job)).text

    assert rule.profile.name in html
    assert "Save settings" not in html
    assert viewer.post(tab(job), {"profile": ""}).status_code == 403


def test_A11_a_profile_that_was_taken_away_is_told_until_one_is_chosen(client, job, studio):
    Campaign.objects.create(job=job, removed_at=clock.now())

    before = client.get(tab(job)).text
    choose(client, job, ProfileFactory.create(studio=studio))
    after = client.get(tab(job)).text

    assert "archived for more than 14 days" in before
    assert "archived for more than 14 days" not in after


# What was missed


def test_C5_a_profile_for_a_selling_job_offers_what_was_missed_with_the_number(client, job, studio):
    for _number in range(3):
        person_in(job)
    SuppressionFactory.create(studio=studio, address_key=person_in(job).email_key)
    person_in(JobFactory.create(studio=studio))
    start_selling(client, job)
    profile = NotificationFactory.create(profile__studio=studio).profile

    response = choose(client, job, profile)
    shown = client.get(tab(job, "make-up/"))

    assert Message.objects.count() == 0
    assert "The job is selling already." in said(response)[1]
    assert "<strong>3 people</strong> have not got the message" in response.text
    assert shown.context["missed"].planned == 3
    assert shown.context["missed"].skipped == [("The customer unsubscribed.", 1)]
    answer = client.post(tab(job, "make-up/"), {"seen": shown.context["seen"]}, follow=True)
    assert said(answer) == ["3 messages are planned."]
    assert Message.objects.filter(job=job, status="planned").count() == 3
    assert Message.objects.exclude(job=job).count() == 0
    assert client.get(tab(job)).context["missed"].planned == 0


def test_C5_making_up_needs_what_was_seen(client, job, studio):
    person_in(job)
    start_selling(client, job)
    attach(job, Trigger.SELLING)
    seen = client.get(tab(job, "make-up/")).context["seen"]
    person_in(job)

    answers = [client.post(tab(job, "make-up/"), {"seen": text}).status_code for text in ("", seen)]

    assert answers == [409, 409]
    assert Message.objects.count() == 0


def test_C5_a_job_that_is_not_selling_offers_nothing(client, job):
    person_in(job)
    attach(job, Trigger.SELLING)

    assert client.get(tab(job)).context["missed"] is None
    assert client.get(tab(job, "make-up/")).url == tab(job)


# The notifications


def test_C13_every_notification_stands_there_with_its_moment_and_counts(client, job, studio):
    day = clock.now().date() + timedelta(days=10)
    set_date(job, day)
    selling, ahead = attach(job, Trigger.SELLING, Trigger.BEFORE_ARCHIVING, days=0)
    Notification.objects.filter(pk=ahead.pk).update(days=3)
    for status, reason in (
        ("planned", "hold"),
        ("planned", "quiet"),
        ("planned", "later"),
        ("claimed", ""),
        ("sent", ""),
        ("failed", ""),
        ("unknown", ""),
        ("skipped", "unsubscribed"),
        ("skipped", "unsubscribed"),
        ("skipped", "no_address"),
    ):
        lease = {"leased_until": NOON, "token": "x"} if status == "claimed" else {}
        message(job, selling, status, reason=reason, **lease)
    other = JobFactory.create(studio=studio)
    Campaign.objects.create(job=other, profile=selling.profile, attached_at=NOON)
    message(other, selling, "sent")

    first, second = client.get(tab(job)).context["lines"]

    assert [(state, number) for state, _label, number in first.counts] == [
        ("planned", 2),
        ("held", 2),
        ("sent", 1),
        ("skipped", 3),
        ("failed", 1),
        ("unknown", 1),
    ]
    assert first.reasons == [
        ("The customer unsubscribed.", 2),
        ("There is no address for this channel.", 1),
    ]
    assert first.moment == "Mon 4 May 2026, 12:00 UTC"
    assert (second.when, second.is_ahead) == ("3 days before the archiving date at 10:00", True)
    assert (second.expected, second.counts) == (10, [])


def test_C13_messages_of_an_earlier_profile_stay_on_the_tab(client, job, studio):
    (old,) = attach(job, Trigger.SELLING)
    message(job, old, "sent")
    attach(job, Trigger.ARCHIVED)

    lines = client.get(tab(job)).context["lines"]

    assert [(line.notification.trigger, line.is_current) for line in lines] == [
        ("selling", False),
        ("archived", True),
    ]


def test_C5_a_reminder_that_passed_before_the_profile_is_told_as_such(client, job):
    set_date(job, date(2026, 5, 4))
    attach(job, Trigger.BEFORE_ARCHIVING, at=clock.now())

    (line,) = client.get(tab(job)).context["lines"]

    assert line.moment.endswith("passed before the profile was chosen, so it is not made up")


@pytest.mark.parametrize("number", [1, 12])
def test_C13_the_tab_asks_the_same_whatever_the_number_of_messages(client, job, number):
    person_in(job)
    start_selling(client, job)
    rules = attach(job, Trigger.SELLING, Trigger.ARCHIVED)
    dispatch = Dispatch.objects.create(
        studio=job.studio, at=clock.now(), move="start_selling", releases_at=clock.now()
    )
    for _number in range(number):
        message(job, rules[0], "sent")
        message(job, rules[1], "planned", reason="hold", dispatch=dispatch)
    client.get(tab(job))

    with counted_queries() as queries:
        client.get(tab(job))

    assert queries.count == TAB_QUERIES


TAB_QUERIES = 20
