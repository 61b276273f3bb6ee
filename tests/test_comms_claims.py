"""C11: who holds a message, who lost it, and what a person decides."""

from datetime import timedelta

import pytest

from comms import by_hand
from comms.models import Message, Suppression
from comms.sending import claims
from comms.sending.channels import End, Ending
from tests import races
from tests.comms_rows import SuppressionFactory
from tests.conftest import TORTURE
from tests.delivery_rows import due, facts, statuses
from tests.factories import NOON, at

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)
ROUNDS = 200 if TORTURE else 15
SENT = End(Ending.SENT, provider_id="x")


def claim(message, *, most=50, now=NOON):
    return claims.claim(message.studio_id, "email", most=most, at=now)


def mark(message, *, now=NOON):
    return claims.mark(message, subject="s", text="t", at=now)


def test_C11_the_attempt_is_counted_and_the_lease_begins_with_the_claim():
    (message,) = due(1)

    (held,) = claim(message)

    row = Message.objects.get()
    assert (row.status, row.attempts, row.token) == ("claimed", 1, held.token)
    assert row.leased_until == NOON + claims.lease()
    assert claim(message) == []


def test_C11_what_is_not_due_and_what_another_channel_or_studio_has_is_not_claimed():
    (message,) = due(1)
    due(1)
    due(1, channel="sms")

    assert [row.pk for row in claim(message)] == [message.pk]
    assert claim(message, now=NOON - timedelta(days=1)) == []


def test_C11_a_claimed_message_whose_sender_is_gone_is_sent_later():
    (message,) = due(1)
    claim(message)

    early, late = (
        claims.recover_lost(at=NOON + claims.lease() + extra) for extra in (-SECOND, SECOND)
    )

    assert (early, late) == (0, 1)
    assert facts(message)[:2] == ("planned", 1)


def test_C11_one_that_loses_its_sender_again_and_again_is_parked():
    (message,) = due(1)
    now = NOON
    for _loss in range(claims.MOST_LOSSES):
        assert len(claim(message, now=now)) == 1
        now += claims.lease() + SECOND
        claims.recover_lost(at=now)

    assert facts(message) == ("failed", claims.MOST_LOSSES, "", claims.PARKED)


def test_C11_an_answer_of_the_provider_begins_the_count_of_losses_anew():
    first, second = due(2)
    Message.objects.filter(pk=first.pk).update(attempts=claims.MOST_LOSSES, reason="retry")
    Message.objects.filter(pk=second.pk).update(attempts=claims.MOST_LOSSES, reason="")

    claimed = [len(claim(first)), len(claim(first))]
    claims.recover_lost(at=NOON + claims.lease() + SECOND)

    assert claimed == [1, 1]
    assert facts(first) == ("planned", 1, "", "")
    assert facts(second)[0] == "failed"


def test_C11_many_refusals_and_a_quiet_night_are_no_losses_of_senders():
    (message,) = due(1)
    Message.objects.update(attempts=claims.MOST_LOSSES, reason="retry")
    (held,) = claim(message)
    claims.postpone([held], due_at=NOON, reason="quiet")
    claim(message)

    claims.recover_lost(at=NOON + claims.lease() + SECOND)

    assert facts(message)[0] == "planned"


def test_C11_a_message_that_was_leaving_is_unknown_and_never_claimed_again():
    (message,) = due(1)
    (held,) = claim(message)
    assert mark(held)

    claims.recover_lost(at=NOON + claims.lease() + SECOND)

    assert facts(message)[:2] == ("unknown", 1)
    assert claim(message, now=NOON + timedelta(days=1)) == []


def test_C11_its_own_sender_may_still_bring_evidence():
    (message,) = due(1)
    (held,) = claim(message)
    mark(held)
    claims.recover_lost(at=NOON + claims.lease() + SECOND)

    assert claims.settle(held, SENT, at=NOON)
    assert statuses() == ["sent"]


def test_C11_a_late_sender_changes_nothing_of_what_another_has_now():
    (message,) = due(1)
    (slow,) = claim(message)
    later = NOON + claims.lease() + SECOND
    claims.recover_lost(at=later)
    (fast,) = claim(message, now=later)

    assert not mark(slow, now=later)
    assert claims.give_back([slow]) == claims.skip([slow], "paid", at=later) == 0
    assert claims.postpone([slow], due_at=later, reason="quiet") == 0
    assert not claims.fail(slow, "It failed.", at=later)
    assert claims.renew([slow], at=later) == []
    assert facts(message) == ("claimed", 2, "", "")
    assert mark(fast, now=later)


@pytest.mark.parametrize("ending", list(Ending))
def test_C11_a_late_sender_settles_nothing_that_another_has_now(ending):
    (message,) = due(1)
    (slow,) = claim(message)
    later = NOON + claims.lease() + SECOND
    claims.recover_lost(at=later)
    claim(message, now=later)

    assert not claims.settle(slow, End(ending, "Too late", is_bounce=True), at=later)

    assert facts(message) == ("claimed", 2, "", "")
    assert not Suppression.objects.exists()


def test_C11_a_message_is_marked_once():
    """Whoever asks a second time would send a second dot."""
    (message,) = due(1)
    (held,) = claim(message)

    assert [mark(held), mark(held)] == [True, False]


def test_C11_after_its_lease_a_message_must_not_leave():
    (message,) = due(1)
    (held,) = claim(message)

    assert not mark(held, now=NOON + claims.lease())
    assert claims.renew([held], at=NOON) == [held]
    assert mark(held, now=NOON + claims.lease() - SECOND)


@pytest.mark.parametrize("why", ["unsubscribed", "bounced", "complained"])
def test_C9_an_address_that_is_not_wanted_is_not_marked(why):
    first, second = due(2)
    held, other = claim(first)
    SuppressionFactory.create(studio_id=first.studio_id, address_key=held.address_key, why=why)
    SuppressionFactory.create(address_key=other.address_key, why=why)  # of another studio

    assert (mark(held), mark(other)) == (False, True)
    claims.settle(held, End(Ending.ABORTED), at=NOON)
    assert facts(first)[:3] == ("skipped", 1, why)
    assert facts(second)[0] == "transmitting"


def test_C11_what_was_no_attempt_is_not_counted():
    first, second = due(2)
    held, other = claim(first)

    claims.give_back([held])
    claims.postpone([other], due_at=NOON + SECOND, reason="quiet")

    assert (facts(first)[:3], facts(second)[:3]) == (("planned", 0, ""), ("planned", 0, "quiet"))


def test_C11_one_that_may_kill_its_sender_takes_no_other_along():
    first, second = due(2)
    Message.objects.filter(pk=first.pk).update(attempts=1)

    assert [row.pk for row in claim(first)] == [first.pk]
    assert [row.pk for row in claim(first)] == [second.pk]


def test_C11_the_messages_before_a_suspect_one_leave_without_it():
    first, second, third = due(3)
    Message.objects.filter(pk=second.pk).update(attempts=1)

    batches = [[row.pk for row in claim(first)] for _claim in range(4)]

    assert batches == [[first.pk], [second.pk], [third.pk], []]


def test_C11_a_message_that_a_server_refused_for_now_is_no_suspect():
    first, second = due(2)
    Message.objects.filter(pk=first.pk).update(attempts=3, reason="retry")

    assert [row.pk for row in claim(first)] == [first.pk, second.pk]


@pytest.mark.usefixtures("real_database")
def test_C11_workers_who_claim_at_once_get_different_messages():
    """Each gets a few, since those that another locks are passed over; nobody's is missing."""
    messages = due(30)
    all_ids = sorted(message.pk for message in messages)
    with races.Racers(3) as racers:
        for _round in range(ROUNDS):
            batches = racers.race(*[lambda: claim(messages[0], most=10)] * 3)

            claimed = [row.pk for batch in batches for row in batch]
            tokens = {row.token for batch in batches for row in batch}
            assert len(claimed) == len(set(claimed))
            assert len(tokens) == sum(bool(batch) for batch in batches)
            rest = [row.pk for row in claim(messages[0])]
            assert sorted([*claimed, *rest]) == all_ids
            Message.objects.update(status="planned", attempts=0, token="", leased_until=None)


# A person


ALL = [status.value for status in Message.Status]


@pytest.mark.parametrize("status", ALL)
def test_C11_only_what_is_in_doubt_or_failed_waits_for_a_person(status):
    first, second = due(2)
    values = {"status": status, "reason": "paid", "token": "t", "finished_at": NOON}
    Message.objects.update(**values, leased_until=NOON)

    arrived = by_hand.arrived([first.pk])
    again = by_hand.send_again([second.pk], clock=at(NOON))

    assert arrived == (1 if status == "unknown" else 0)
    assert again == (1 if status in ("unknown", "failed") else 0)
    assert statuses() == [
        "sent" if arrived else status,
        "planned" if again else status,
    ]


def test_C11_what_a_person_sends_again_begins_anew():
    parked, other = due(2)
    values = {"status": "failed", "finished_at": NOON, "attempts": claims.MOST_LOSSES}
    Message.objects.update(**values, remark=claims.PARKED)
    later = NOON + timedelta(days=3)

    assert by_hand.send_again([parked.pk], clock=at(later)) == 1

    row = Message.objects.get(pk=parked.pk)
    assert (row.due_at, row.meant_at, row.finished_at) == (later, later, None)
    assert facts(parked) == ("planned", 0, "", by_hand.AGAIN)
    assert facts(other) == ("failed", claims.MOST_LOSSES, "", claims.PARKED)
    assert [held.attempts for held in claim(parked, now=later)] == [1]
