"""A customer's messages, the studio's rules, and what needs a person (C9, C11, C13, X5, X7)."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from comms.models import Installation, Message, SendingRules, Suppression, Trigger
from jobstatus import clock
from shop.models import Terms
from tests.comms_rows import SuppressionFactory, attach, person_in
from tests.comms_world import counted_queries, message
from tests.factories import JobFactory, StudioFactory, UserFactory
from tests.staff import said, sign_in

pytestmark = pytest.mark.django_db
MESSAGES = "/admin/comms/message/"


@pytest.fixture
def studio():
    return StudioFactory.create(name="Studio Linden")


@pytest.fixture
def client(studio):
    return sign_in(studio)


@pytest.fixture
def job(studio):
    return JobFactory.create(studio=studio, name="Waldschule")


def root() -> Client:
    client = Client()
    client.force_login(UserFactory.create(is_superuser=True))
    return client


def customer_page(customer, what: str = "change") -> str:
    return f"/admin/shop/customer/{customer.pk}/{what}/"


# A customer


def test_C13_a_customers_page_tells_every_message_and_why_not(client, job, studio):
    selling, archived = attach(job, Trigger.SELLING, Trigger.ARCHIVED)
    other_job = JobFactory.create(studio=studio, name="Bergschule")
    (rule,) = attach(other_job, Trigger.SELLING)
    ada = person_in(job, name="Ada")
    rows = [
        message(job, selling, "sent", customer=ada, subject="There!", text="Look here"),
        message(job, archived, "skipped", customer=ada, reason="has_bought"),
        message(other_job, rule, "unknown", customer=ada, remark="The line went dead."),
    ]
    message(job, selling, "sent", customer=person_in(job))

    response = client.get(customer_page(ada))

    entries = response.context["entries"]
    assert {(e.message.pk, e.state, e.why) for e in entries} == {
        (rows[0].pk, "sent", ""),
        (rows[1].pk, "skipped", "The customer has bought in this job."),
        (rows[2].pk, "unknown", "It may have arrived or not. The line went dead."),
    }
    assert "Look here" in response.text
    assert "Bergschule" in response.text


@pytest.mark.parametrize("number", [1, 8])
def test_C13_a_customers_page_asks_the_same_number_of_queries(client, job, studio, number):
    ada = person_in(job)
    for _number in range(number):
        other = JobFactory.create(studio=studio)
        (rule,) = attach(other, Trigger.SELLING)
        message(other, rule, "sent", customer=ada)
    client.get(customer_page(ada))

    with counted_queries() as queries:
        client.get(customer_page(ada))

    assert queries.count == CUSTOMER_QUERIES


CUSTOMER_QUERIES = 13


def test_C9_staff_unsubscribe_a_customer_and_only_the_customer_comes_back(client, job, studio):
    ada, noise = person_in(job), person_in(job)
    url = customer_page(ada, "unsubscribe")

    client.get(url)
    before = Suppression.objects.count()
    answer = client.post(url, follow=True)
    client.post(url)

    row = Suppression.objects.get()
    assert before == 0
    assert (row.studio, row.address_key, row.why) == (studio, ada.email_key, "unsubscribed")
    assert said(answer) == [f"{ada.email} is unsubscribed. Mails about orders continue."]
    assert "Only the customer can subscribe again" in answer.text
    assert "unsubscribe/" not in answer.text
    assert "unsubscribe/" in client.get(customer_page(noise)).text


def test_C9_the_unsubscribing_of_another_studio_does_not_show(client, job):
    ada = person_in(job)
    SuppressionFactory.create(address_key=ada.email_key)

    assert client.get(customer_page(ada)).context["silences"] == []


def test_J3_who_may_not_see_messages_sees_none_on_a_customers_page(job, studio):
    (rule,) = attach(job, Trigger.SELLING)
    ada = person_in(job)
    message(job, rule, "sent", customer=ada, text="Look here")
    client = sign_in(studio, role="Viewer", username="narrow")
    user = client.get("/admin/").context["user"]
    user.groups.clear()
    user.user_permissions.add(Permission.objects.get(codename="view_customer"))

    assert "Look here" not in client.get(customer_page(ada)).text


# The studio's page


def studio_form(client, studio, **values: object) -> dict[str, object]:
    page = client.get(f"/admin/jobstatus/studio/{studio.pk}/change/")
    posted = {"name": studio.name, "timezone": studio.timezone}
    for inline in page.context["inline_admin_formsets"]:
        formset = inline.formset
        posted |= {
            f"{formset.prefix}-TOTAL_FORMS": formset.total_form_count(),
            f"{formset.prefix}-INITIAL_FORMS": formset.initial_form_count(),
        }
        for form in formset.forms:
            for name in form.fields:
                value = form[name].value()
                if value not in (None, False):
                    posted[form.add_prefix(name)] = value
    return posted | values


def test_C7_the_sending_rules_are_saved_on_the_studios_page(client, studio):
    data = studio_form(client, studio)

    client.post(f"/admin/jobstatus/studio/{studio.pk}/change/", data)
    untouched = SendingRules.objects.count()
    changed = {"sending_rules-0-quiet_from": "22:30", "sending_rules-0-hold_minutes": "15"}
    client.post(f"/admin/jobstatus/studio/{studio.pk}/change/", data | changed)

    rules = SendingRules.objects.get()
    assert untouched == 0
    assert (rules.studio, f"{rules.quiet_from:%H:%M}") == (studio, "22:30")
    assert (rules.hold_minutes, rules.per_minute) == (15, 600)
    assert not Terms.objects.exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [("hold_minutes", "121"), ("per_minute", "0"), ("phone_prefix", "49"), ("quiet_from", "25:00")],
)
def test_C7_bad_rules_are_refused(client, studio, name, value):
    data = studio_form(client, studio)

    response = client.post(
        f"/admin/jobstatus/studio/{studio.pk}/change/", data | {f"sending_rules-0-{name}": value}
    )

    errors = [i.formset.errors for i in response.context["inline_admin_formsets"]]
    assert [list(error) for formset in errors for error in formset if error] == [[name]]
    assert not SendingRules.objects.exists()


def test_X7_the_calendar_gets_an_address_and_a_new_one_ends_the_old(client, studio):
    page = f"/admin/jobstatus/studio/{studio.pk}/"

    client.get(f"{page}calendar/")
    nothing = SendingRules.objects.exists()
    client.post(f"{page}calendar/")
    first = client.get(f"{page}change/").context["calendar_url"]
    client.post(f"{page}calendar/")
    second = client.get(f"{page}change/").context["calendar_url"]

    assert nothing is False
    assert first != second
    assert Client().get(first).status_code == 404
    assert Client().get(second).status_code == 200


def test_X7_a_viewer_is_not_told_the_address(client, studio):
    client.post(f"/admin/jobstatus/studio/{studio.pk}/calendar/")
    key = SendingRules.objects.get().calendar_key
    viewer = sign_in(studio, role="Viewer")

    assert key not in viewer.get(f"/admin/jobstatus/studio/{studio.pk}/change/").text


# What needs a person


def test_C11_unknown_and_failed_messages_of_the_own_studio_are_listed_and_counted(client, job):
    (rule,) = attach(job, Trigger.SELLING)
    wanted = {message(job, rule, status).pk for status in ("unknown", "failed")}
    message(job, rule, "sent")
    message(job, rule, "planned")
    foreign = JobFactory.create()
    message(foreign, attach(foreign, Trigger.SELLING)[0], "unknown")

    shown = client.get(MESSAGES).context["cl"].queryset
    front = client.get("/admin/").text

    assert {row.pk for row in shown} == wanted
    assert "2 messages need a person" in front
    everything = client.get(MESSAGES, {"state": "sent"}).context["cl"].queryset
    assert [row.status for row in everything] == ["sent"]


def decide(client, name: str, *rows: Message):
    data = {"action": name, "_selected_action": [row.pk for row in rows]}
    return client.post(MESSAGES, data, follow=True)


def test_C11_it_arrived_settles_unknown_ones_and_nothing_else(client, job):
    (rule,) = attach(job, Trigger.SELLING)
    unknown, failed = message(job, rule, "unknown"), message(job, rule, "failed")
    foreign = JobFactory.create()
    stranger = message(foreign, attach(foreign, Trigger.SELLING)[0], "unknown")

    answer = decide(client, "it_arrived", unknown, failed, stranger)

    statuses = {m.pk: m.status for m in Message.objects.all()}
    assert statuses == {unknown.pk: "sent", failed.pk: "failed", stranger.pk: "unknown"}
    assert said(answer)[0] == "1 message counts as sent."


def test_C11_send_again_plans_unknown_and_failed_ones_for_now(client, job):
    (rule,) = attach(job, Trigger.SELLING)
    rows = [message(job, rule, status, attempts=5) for status in ("unknown", "failed")]
    foreign = JobFactory.create()
    stranger = message(foreign, attach(foreign, Trigger.SELLING)[0], "failed")

    answer = decide(client, "send_again", *rows, stranger)

    for row in rows:
        row.refresh_from_db()
        assert (row.status, row.attempts, row.finished_at) == ("planned", 0, None)
        assert row.meant_at == row.due_at <= clock.now()
    stranger.refresh_from_db()
    assert stranger.status == "failed"
    assert said(answer) == ["2 messages are sent again."]


def test_C11_one_message_is_decided_on_its_page_and_a_second_time_changes_nothing(client, job):
    (rule,) = attach(job, Trigger.SELLING)
    row = message(job, rule, "unknown")
    url = f"{MESSAGES}{row.pk}/decide/"

    client.post(url, {"do": "nonsense"})
    unchanged = Message.objects.get(pk=row.pk).status
    client.post(url, {"do": "arrived"})
    client.post(url, {"do": "send_again"})

    assert unchanged == "unknown"
    assert Message.objects.get(pk=row.pk).status == "sent"
    assert "It arrived" not in client.get(f"{MESSAGES}{row.pk}/change/").text


# A mute system


def test_X5_a_mute_system_says_so_everywhere_and_a_superuser_releases_it(client, job):
    (rule,) = attach(job, Trigger.SELLING)
    message(job, rule, "planned")
    message(job, rule, "planned", due_at=clock.now().replace(year=2199))
    message(job, rule, "sent")
    Installation.objects.create(muted_at=clock.now(), muted_because="The database is older.")
    pages = ["/admin/", "/admin/jobstatus/job/", f"/admin/jobstatus/job/{job.pk}/communication/"]

    texts = [client.get(url).text for url in [*pages, MESSAGES]]
    boss = root()
    shown = boss.get(f"{MESSAGES}release/")

    assert ["The database is older." in text for text in texts] == [True] * 4
    assert ["/release/" in text for text in texts] == [False] * 4
    assert (shown.context["due"], shown.context["later"]) == (1, 1)
    assert client.post(f"{MESSAGES}release/").status_code == 403
    assert Installation.objects.get().muted_at is not None
    answer = boss.post(f"{MESSAGES}release/", follow=True)
    assert Installation.objects.get().muted_at is None
    assert said(answer) == ["Messages are sent again."]
    assert "The database is older." not in client.get("/admin/").text
