"""A job's single messages (C13), and what can still be stopped of them (X2)."""

import pytest

from comms import by_hand
from comms.models import Dispatch, Message, SendingRules, Trigger
from jobstatus import clock
from tests.comms_rows import attach, person_in
from tests.comms_world import counted_queries, message, start_selling, tab
from tests.factories import JobFactory, StudioFactory, job_in
from tests.staff import LIST, said, sign_in

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


# Single messages


def test_C13_messages_are_found_by_state_notification_address_and_name(client, job, studio):
    first, second = attach(job, Trigger.SELLING, Trigger.ARCHIVED)
    ada = person_in(job, name="Ada Smith", email="ada@example.org")
    ben = person_in(job, name="Ben Noise", email="ben@example.org")
    sent = message(job, first, "sent", customer=ada, subject="There!", text="Look <here>")
    skipped = message(job, second, "skipped", customer=ada, reason="unsubscribed")
    other = message(job, first, "planned", customer=ben, reason="hold")
    foreign = JobFactory.create(studio=studio)
    message(foreign, first, "sent")

    def shown(**query: object) -> set[int]:
        page = client.get(tab(job, "messages/"), query).context["page"]
        return {entry.message.pk for entry in page}

    assert shown() == {sent.pk, skipped.pk, other.pk}
    assert shown(state="sent") == {sent.pk}
    assert shown(state="held") == {other.pk}
    assert shown(rule=second.pk) == {skipped.pk}
    assert shown(q="ADA@") == {sent.pk, skipped.pk}
    assert shown(q="smith", state="skipped") == {skipped.pk}
    assert shown(q="nobody\0") == set()
    assert shown(state="nonsense", rule="9" * 40, p="-3") == {sent.pk, skipped.pk, other.pk}
    html = client.get(tab(job, "messages/")).text
    assert "The customer unsubscribed." in html
    assert "Look &lt;here&gt;" in html


@pytest.mark.parametrize("number", [1, 12])
def test_C13_the_list_of_messages_asks_the_same_number_of_queries(client, job, number):
    (rule,) = attach(job, Trigger.SELLING)
    for _number in range(number):
        message(job, rule, "sent")
    client.get(tab(job, "messages/"))

    with counted_queries() as queries:
        client.get(tab(job, "messages/"))

    assert queries.count == MESSAGES_QUERIES


MESSAGES_QUERIES = 14


# Stopping


def test_X2_what_a_change_planned_is_told_and_stopped_with_one_click(client, job, studio):
    for _number in range(2):
        person_in(job)
    attach(job, Trigger.SELLING)
    other = JobFactory.create(studio=studio)
    start_selling(client, job)
    dispatch = Dispatch.objects.get()

    pages = [f"{LIST}{job.pk}/change/", LIST, tab(job), f"{LIST}{job.pk}/selling/"]
    texts = [client.get(url).text for url in pages]
    unrelated = client.get(f"{LIST}{other.pk}/change/").text
    stop = f"/admin/comms/dispatch/{dispatch.pk}/stop/"
    looked = client.get(stop)
    answer = client.post(stop, {"next": tab(job)}, follow=True)

    assert ["<strong>2 messages</strong> leave on" in text for text in texts] == [True] * 4
    assert "leave on" not in unrelated
    assert looked.status_code == 302
    assert answer.redirect_chain == [(tab(job), 302)]
    assert said(answer)[0].startswith("2 messages are stopped.")
    assert set(Message.objects.values_list("status", "reason")) == {("skipped", "stopped")}
    assert "leave on" not in answer.text
    # They are not lost: the tab offers them again.
    assert answer.context["missed"].planned == 2


def test_X2_send_now_lets_go_what_only_waits_to_be_stopped(client, job):
    person_in(job)
    attach(job, Trigger.SELLING)
    start_selling(client, job)
    dispatch = Dispatch.objects.get()

    answer = client.post(f"/admin/comms/dispatch/{dispatch.pk}/release/", follow=True)

    row = Message.objects.get()
    assert (row.status, row.reason) == ("planned", "")
    assert row.due_at <= clock.now()
    assert said(answer) == ["1 message leaves now."]


def test_X2_the_page_of_a_dispatch_counts_its_messages_by_job(client, studio):
    jobs = [JobFactory.create(studio=studio, name=f"School {n}") for n in range(3)]
    for number, one in enumerate(jobs):
        attach(one, Trigger.SELLING)
        for _person in range(number):
            person_in(one)
    start_selling(client, *jobs)
    dispatch = Dispatch.objects.get()

    context = client.get(f"/admin/comms/dispatch/{dispatch.pk}/change/").context

    assert [(entry.job.name, entry.counts[0][2]) for entry in context["jobs"]] == [
        ("School 1", 1),
        ("School 2", 2),
    ]
    assert (context["waiting"].count, context["waiting"].can_be_released) == (3, True)


def test_X2_a_viewer_sees_what_waits_and_has_nothing_to_press(client, job, studio):
    person_in(job)
    attach(job, Trigger.SELLING)
    start_selling(client, job)
    viewer = sign_in(studio, role="Viewer")

    html = viewer.get(tab(job)).text

    assert "<strong>1 message</strong> leaves on" in html
    assert "Stop it" not in html
    stop = f"/admin/comms/dispatch/{Dispatch.objects.get().pk}/stop/"
    assert viewer.post(stop).status_code == 403
    assert by_hand.stop(Dispatch.objects.get().pk, clock=clock.now) == 1


def test_C1_deleting_a_notification_keeps_its_row_and_says_what_it_stops(client, studio):
    job = job_in("selling", studio=studio)
    rule, other = attach(job, Trigger.SELLING, Trigger.ARCHIVED)
    for row, number in ((rule, 2), (other, 1)):
        for _person in range(number):
            message(job, row, "planned")

    shown = client.get(f"/admin/comms/notification/{rule.pk}/retire/")
    client.post(f"/admin/comms/notification/{rule.pk}/retire/")

    assert (shown.context["selling_count"], shown.context["waiting_count"]) == (1, 2)
    rule.refresh_from_db()
    other.refresh_from_db()
    assert rule.retired_at is not None
    assert other.retired_at is None
    assert client.get(f"/admin/comms/notification/{rule.pk}/change/").status_code == 302
