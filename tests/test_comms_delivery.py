"""Messages leave once: every answer of a mail server, at every stage (C11)."""

from datetime import timedelta

import pytest

from comms.models import Message, Suppression
from comms.sending import claims, delivery, judging, line, pace
from comms.texts import letters
from tests.comms_rows import SuppressionFactory
from tests.delivery_rows import MINUTE, due, facts, send, statuses
from tests.factories import NOON, StudioFactory

pytestmark = pytest.mark.django_db


def test_C11_due_messages_leave_once_over_one_connection_and_are_recorded(smtp):
    messages, others = due(25), due(1, now=NOON + timedelta(hours=1))

    assert (send(), send()) == (25, 0)

    assert smtp.recipients() == [message.address for message in messages]
    assert len(set(smtp.ids())) == 25
    assert smtp.connections == 1
    assert statuses(pk__in=[m.pk for m in others]) == ["planned"]
    row = Message.objects.get(pk=messages[0].pk)
    assert (row.status, row.attempts, row.token, row.leased_until) == ("sent", 1, "", None)
    assert f"<{row.provider_id}>" == letters.message_id(row) == smtp.ids()[0]
    assert row.subject.startswith("News of")
    assert "Look there." in row.text


def test_C11_72_hours_without_a_mail_server_lose_and_count_nothing(smtp, settings):
    messages = due(3)
    Message.objects.first().notification.__class__.objects.update(tolerance_hours=14 * 24)
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 9

    for hour in range(72):
        assert send(NOON + timedelta(hours=hour)) == 0
    assert {facts(message) for message in messages} == {("planned", 0, "", "")}
    settings.EMAIL_PORT = port

    assert send(NOON + timedelta(hours=72)) == 3
    assert len(smtp.taken) == 3


def test_C10_after_an_outage_what_is_later_than_it_may_be_is_skipped(smtp):
    due(2)

    assert send(NOON + timedelta(hours=72)) == 2

    assert statuses(reason="too_late") == ["skipped", "skipped"]
    assert smtp.taken == []


def test_C11_waits_between_attempts_become_longer(smtp):
    (message,) = due(1)
    now, waits = NOON, []
    for _attempt in range(7):
        smtp.script["rcpt"] = ["451 Later"]
        send(now)
        row = Message.objects.get(pk=message.pk)
        waits.append(round((row.due_at - now) / MINUTE))
        now = row.due_at + timedelta(seconds=1)

    assert waits == [1, 5, 15, 30, 60, 60, 60]


def test_C11_a_server_that_refuses_everything_is_left_alone_for_this_run(smtp, caplog):
    due(30)
    smtp.decide = lambda stage: "451 Greylisted" if stage == "rcpt" else None

    send()

    assert statuses(reason="retry") == ["planned"] * line.MOST_REFUSALS
    assert statuses(attempts=0) == ["planned"] * (30 - line.MOST_REFUSALS)
    assert "refused one after the other" in caplog.text


def test_C9_whoever_unsubscribes_before_the_final_dot_gets_nothing(smtp, monkeypatch):
    first, second, third = due(3)
    take = pace.Pacer.take

    def unsubscribe(*args):
        """After everything was judged and written, and all but the dot is on its way."""
        if not Suppression.objects.exists():
            SuppressionFactory.create(studio=first.studio, address_key=first.address_key)
        return take(*args)

    monkeypatch.setattr(pace.Pacer, "take", unsubscribe)

    send()

    assert facts(first)[:3] == ("skipped", 1, "unsubscribed")
    assert [facts(message)[0] for message in (second, third)] == ["sent", "sent"]
    assert smtp.recipients() == [second.address, third.address]


def test_C11_a_message_that_cannot_be_written_fails_alone(smtp, monkeypatch):
    first, second, third = due(3)
    write = letters.write

    def fail(batch, *, at):
        if second.pk in {message.pk for message in batch}:
            raise ZeroDivisionError
        return write(batch, at=at)

    monkeypatch.setattr(letters, "write", fail)

    assert send() == 3

    assert facts(second) == ("failed", 1, "", judging.FAILED)
    assert [facts(message)[0] for message in (first, third)] == ["sent", "sent"]


def test_C11_one_studio_with_many_does_not_hold_up_the_few_of_another(smtp):
    due(300, per_minute=600)
    few = due(3, studio=StudioFactory.create(), per_minute=600)

    send(run=timedelta(seconds=1.5))

    assert statuses(pk__in=[message.pk for message in few]) == ["sent"] * 3
    assert 0 < len(smtp.taken) < 60


def test_C11_no_message_is_claimed_that_is_not_due(smtp):
    messages = due(2)
    Message.objects.filter(pk=messages[1].pk).update(due_at=NOON + MINUTE)

    assert send(run=timedelta(seconds=1)) == 1

    assert facts(messages[1]) == ("planned", 0, "", "")


def test_C11_an_idle_run_asks_little(smtp, django_assert_num_queries, settings):
    settings.SMS_PROVIDER = ""
    send()

    with django_assert_num_queries(2):  # mute, turns
        send()


@pytest.mark.parametrize("count", [1, 15])
def test_C11_queries_for_a_batch_do_not_grow(smtp, django_assert_max_num_queries, count):
    due(count)

    with django_assert_max_num_queries(40 + 2 * count):
        send()


def test_the_recovery_is_told_the_clock(smtp):
    (message,) = due(1)
    Message.objects.update(status="claimed", token="t", leased_until=NOON, attempts=1)

    assert delivery.recover_lost(clock=lambda: NOON - MINUTE) == 0
    assert delivery.recover_lost(clock=lambda: NOON) == 1
    assert claims.recover_lost(at=NOON) == 0
    assert facts(message)[0] == "planned"
