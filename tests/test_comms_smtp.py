"""C11: what each answer of a mail server, at each stage, means for a message."""

from datetime import timedelta

import pytest

from comms.models import Message, Suppression
from tests.delivery_rows import MINUTE, due, facts, send, statuses
from tests.factories import NOON

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data", "dot"])
@pytest.mark.parametrize("answer", ["421 Busy", "450 Later", "451 Later", "452 Full"])
def test_C11_a_temporary_refusal_waits_and_the_others_go_on(smtp, stage, answer):
    first, second = due(2)
    # A server that refuses on a connection that was used before is asked once more on a new one.
    smtp.script[stage] = [answer]

    assert send() == 2

    assert facts(first) == ("planned", 1, "retry", answer)
    assert facts(second)[0] == "sent"
    assert send(NOON + MINUTE - timedelta(seconds=5)) == 0
    assert send(NOON + MINUTE + timedelta(seconds=5)) == 1
    assert facts(first) == ("sent", 2, "", "")
    assert sorted(smtp.recipients()) == sorted([first.address, second.address])


@pytest.mark.parametrize("answer", ["550 No such user", "551 Gone", "553 Bad name", "554 No"])
def test_C9_a_recipient_that_is_refused_for_ever_is_not_written_to_again(smtp, answer):
    first, second = due(2)
    smtp.script["rcpt"] = [answer]

    assert send() == 2

    assert facts(first) == ("failed", 1, "", answer)
    assert facts(second)[0] == "sent"
    assert list(Suppression.objects.values_list("address_key", "why", "studio")) == [
        (first.address_key, "bounced", first.studio_id)
    ]


@pytest.mark.parametrize("stage", ["data", "dot"])
def test_C11_a_message_that_is_refused_for_its_content_fails_alone(smtp, stage):
    first, second = due(2)
    smtp.script[stage] = ["554 Spam"]

    assert send() == 2

    assert facts(first) == ("failed", 1, "", "554 Spam")
    assert facts(second)[0] == "sent"
    assert not Suppression.objects.exists()


def test_C11_a_sender_that_is_refused_is_no_fault_of_the_message(smtp):
    (message,) = due(1)
    smtp.script["mail"] = ["550 Who are you"]

    send()

    assert facts(message) == ("planned", 1, "retry", "550 Who are you")


def test_C11_a_message_that_is_too_big_for_the_server_fails(smtp):
    (message,) = due(1)
    smtp.script["mail"] = ["552 Too big"]

    send()

    assert facts(message)[0] == "failed"


BEFORE_THE_DOT = [
    *((stage, end) for stage in ("mail", "rcpt", "data") for end in ("drop", "hang", "garbage")),
]


@pytest.mark.parametrize(("stage", "answer"), BEFORE_THE_DOT)
def test_C11_until_the_final_dot_it_is_safe_to_begin_anew(smtp, stage, answer):
    first, second = due(2)
    smtp.script[stage] = [answer]

    assert send() == 2
    assert facts(first)[:3] == ("planned", 1, "retry")
    assert facts(second)[0] == "sent"
    assert send(NOON + 2 * MINUTE) == 1

    assert sorted(smtp.recipients()) == sorted([first.address, second.address])
    assert statuses() == ["sent", "sent"]


@pytest.mark.parametrize("answer", ["drop", "garbage"])
def test_C11_a_connection_that_ends_with_the_content_may_have_ended_after_it(smtp, answer):
    """The news comes before the dot, and it is sent later, or after it, and it is in doubt."""
    (message,) = due(1)
    smtp.script["content"] = [answer]

    assert send() == 1
    doubt = facts(message)[:3] == ("unknown", 1, "")
    assert doubt or facts(message)[:3] == ("planned", 1, "retry")
    send(NOON + 2 * MINUTE)

    arrived = [message.address] * len(smtp.taken)
    assert smtp.recipients() == arrived
    assert len(arrived) <= 1 if doubt else len(arrived) == 1


@pytest.mark.parametrize("answer", ["drop", "hang", "garbage"])
def test_C11_after_the_final_dot_it_is_in_doubt_and_never_repeated(smtp, answer):
    first, second = due(2)
    smtp.script["dot"] = [answer]

    send()
    for hour in range(1, 30):
        send(NOON + timedelta(hours=hour))

    assert facts(first)[:2] == ("unknown", 1)
    assert facts(second)[0] == "sent"
    assert smtp.recipients() == [first.address, second.address]
    assert list(Message.objects.needing_a_person()) == [first]


@pytest.mark.parametrize("answer", ["slow 0.3", "250 drop"])
def test_C11_a_slow_answer_counts_and_so_does_one_before_the_end(smtp, answer):
    due(3)
    smtp.script["dot"] = [answer]

    assert send() == 3

    assert statuses() == ["sent"] * 3
    assert len(smtp.taken) == 3


@pytest.mark.parametrize("answer", ["drop", "hang", "garbage", "421 Not now", "554 Never"])
@pytest.mark.parametrize("stage", ["greeting", "ehlo"])
def test_C11_a_server_that_does_not_let_us_in_costs_no_attempt(smtp, stage, answer, caplog):
    (message,) = due(1)
    # Whoever refuses EHLO is greeted with HELO.
    smtp.script[stage] = [answer, answer]

    assert send() == 0
    assert facts(message) == ("planned", 0, "", "")
    assert "nobody can be reached" in caplog.text
    smtp.script.clear()
    assert send() == 1
