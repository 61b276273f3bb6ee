"""Preview and test mail of a notification (C12)."""

from datetime import date, timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.core import mail

from comms.admin.trial_mail import MOST_AN_HOUR
from comms.models import Campaign, Installation, Profile, Text, Trigger
from jobstatus import clock
from tests.comms_rows import NotificationFactory, ProfileFactory, person_in
from tests.factories import JobFactory, StudioFactory
from tests.staff import said, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def studio():
    return StudioFactory.create(name="Studio Linden")


@pytest.fixture
def client(studio):
    return sign_in(studio, email="ada@example.org")


@pytest.fixture
def job(studio):
    return JobFactory.create(studio=studio, name="Waldschule")


@pytest.fixture
def rule(studio):
    made = NotificationFactory.create(profile=ProfileFactory.create(studio=studio))
    text = {"subject": "[[Job.name]]", "body": "[[Customer.greeting]]\n\nNews of [[Job.name]]."}
    Text.objects.filter(notification=made).update(**text)
    return made


def address(rule, what: str = "preview") -> str:
    return f"/admin/comms/notification/{rule.pk}/{what}/"


def test_C12_the_preview_shows_a_customer_of_an_own_job(client, rule, job):
    person_in(job, name="Ben Smith")
    person_in(job, name="Eve Noise")
    person_in(JobFactory.create(), name="Fremdling")

    response = client.get(address(rule))

    assert response.context["letter"].subject == "Waldschule"
    assert response.context["letter"].text.startswith("Hello Ben Smith,\n\nNews of Waldschule.")
    assert len(response.context["chosen"].people) == 2
    assert "Fremdling" not in response.text


def test_C12_the_chosen_job_customer_and_language_are_shown(client, rule, job, studio):
    other = JobFactory.create(studio=studio, name="Bergschule")
    person_in(job)
    person_in(other)
    wanted = person_in(other, name="Eva Jung")
    Text.objects.create(notification=rule, language="de", subject="Neues", body="Guten Tag")

    query = {"job": other.pk, "customer": wanted.pk, "language": "de"}
    chosen = client.get(address(rule), query).context

    assert chosen["chosen"].person.name == "Eva Jung"
    assert (chosen["letter"].subject, chosen["letter"].language) == ("Neues", "de")


def test_C12_without_a_customer_somebody_is_invented_and_without_a_job_nothing_is_shown(
    client, rule, studio
):
    assert client.get(address(rule)).context["letter"] is None
    JobFactory.create(studio=studio)

    assert client.get(address(rule)).context["letter"].text.startswith("Hello Anna Smith,")


def test_J3_jobs_and_customers_of_others_are_not_previewed(client, rule, job):
    foreign = JobFactory.create(name="Fremdling")
    stranger = person_in(foreign, name="Fremdling")
    own = person_in(job, name="Ben")
    nonsense = ["0", "-1", "9" * 30, "x", "", str(stranger.pk)]

    for text in nonsense:
        shown = client.get(address(rule), {"job": foreign.pk, "customer": text, "language": text})
        assert "Fremdling" not in shown.text
        assert shown.context["chosen"].job == job
        assert shown.context["chosen"].person.customer_id == own.pk


def test_C12_the_job_that_uses_the_profile_comes_first(client, rule, job, studio):
    uses_it = JobFactory.create(studio=studio)
    Campaign.objects.create(job=uses_it, profile=rule.profile, attached_at=clock.now())
    JobFactory.create(studio=studio)

    assert client.get(address(rule)).context["chosen"].job == uses_it


def test_C12_the_html_part_may_run_load_and_send_nothing(client, rule, job):
    Text.objects.filter(notification=rule).update(body="<script>alert(1)</script> [[Job.name]]")

    response = client.get(address(rule, "preview/frame"))

    policy = dict(
        part.strip().split(" ", 1) if " " in part.strip() else (part.strip(), "")
        for part in response["Content-Security-Policy"].split(";")
    )
    assert policy["default-src"] == policy["script-src"] == policy["img-src"] == "'none'"
    assert policy["form-action"] == policy["connect-src"] == "'none'"
    assert policy["style-src"] == "'unsafe-inline'"
    assert policy["frame-ancestors"] == "'self'"
    assert policy["sandbox"] == ""
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert "<script>" not in response.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; Waldschule" in response.text


def test_C12_only_the_preview_page_may_have_a_frame(client, rule, job):
    page = client.get(address(rule))["Content-Security-Policy"]
    other = client.get(f"/admin/comms/notification/{rule.pk}/change/")["Content-Security-Policy"]

    assert "frame-src 'self'" in page
    assert "'unsafe-inline'" not in page
    assert "frame-src" not in other


def test_C3_an_sms_is_previewed_with_its_size_and_has_no_html_part(client, rule, job):
    rule.channel = "sms"
    rule.save()

    context = client.get(address(rule)).context

    assert (context["letter"].html, context["size"].segments) == ("", 1)
    assert client.get(address(rule, "preview/frame")).status_code == 404


def test_C12_a_test_mail_goes_to_the_own_address_only(client, rule, job):
    person_in(job, email="parent@example.org", name="Ben")

    response = client.post(
        address(rule, "preview/test"), {"job": job.pk, "address": "else@example.org"}, follow=True
    )

    assert said(response) == ["The mail server took the test mail for ada@example.org."]
    (sent,) = mail.outbox
    assert (sent.to, sent.cc, sent.bcc) == (["ada@example.org"], [], [])
    assert sent.subject == "Test: Waldschule"
    assert sent.body.startswith("Hello Ben,")


def test_C9_the_link_of_a_test_mail_unsubscribes_nobody(client, rule, job):
    client.post(address(rule, "preview/test"))

    header = mail.outbox[0].extra_headers["List-Unsubscribe"]
    assert header.endswith("/preview/>")


def test_C12_ten_test_mails_an_hour_and_each_person_has_their_own(client, rule, job, studio):
    for _number in range(MOST_AN_HOUR):
        client.post(address(rule, "preview/test"))

    refused = client.post(address(rule, "preview/test"), follow=True)
    other = sign_in(studio, email="eve@example.org")
    other.post(address(rule, "preview/test"))

    assert said(refused)[-1] == "At most 10 test mails an hour are possible. Try again later."
    assert [sent.to for sent in mail.outbox[MOST_AN_HOUR:]] == [["eve@example.org"]]
    old = clock.now() - timedelta(hours=1, seconds=1)
    LogEntry.objects.update(action_time=old)
    client.post(address(rule, "preview/test"))
    assert len(mail.outbox) == MOST_AN_HOUR + 2


def test_C12_without_an_own_address_there_is_a_sentence_and_no_mail(studio, rule, job):
    client = sign_in(studio)

    response = client.post(address(rule, "preview/test"), follow=True)

    assert said(response) == ["Your own account has no e-mail address. Ask for one to be added."]
    assert mail.outbox == []


def test_C12_a_mail_server_that_cannot_be_reached_is_a_sentence(client, rule, job, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1  # nobody listens there

    (text,) = said(client.post(address(rule, "preview/test"), follow=True))

    assert text.startswith("The mail server could not be reached: ")


def test_C12_the_mail_servers_answer_is_shown(client, rule, job, sink):
    sink.answers = ["550 5.7.1 not from here"]

    response = client.post(address(rule, "preview/test"), follow=True)

    (text,) = said(response)
    assert text == "The mail server refused the test mail: 5.7.1 not from here"
    assert sink.taken == []


def test_C12_a_standard_notification_is_previewed_with_an_own_job(client, job):
    standard = Profile.objects.create(name="Standard one", standard_key="tests")
    rule = NotificationFactory.create(profile=standard, trigger=Trigger.SELLING)
    JobFactory.create(name="Fremdling")

    response = client.get(address(rule))

    assert response.context["chosen"].jobs == [job]


def test_X5_a_mute_system_sends_no_test_mail_either(client, rule, job):
    Installation.objects.create(muted_at=clock.now(), muted_because="A reason.")

    response = client.post(address(rule, "preview/test"), follow=True)

    assert said(response) == ["No messages are sent now, so that no test mail is."]
    assert mail.outbox == []


def test_C12_a_reminder_is_shown_as_it_reads_on_its_day(client, studio):
    rule = NotificationFactory.create(
        profile=ProfileFactory.create(studio=studio), trigger=Trigger.BEFORE_ARCHIVING, days=7
    )
    Text.objects.filter(notification=rule).update(subject="[[Job.days_left]] days left")
    JobFactory.create(studio=studio, archiving_enabled=True, archive_date=date(2026, 5, 31))

    response = client.get(address(rule))

    assert response.context["letter"].subject == "7 days left"
