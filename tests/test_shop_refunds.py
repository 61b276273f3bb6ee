"""Paying back: asked for once for each attempt, settled by answer or message, never twice."""

from datetime import timedelta

import pytest

from shop import orders, payments
from shop.models import Payment
from shop.payments import outbox
from shop.payments.stripe_checkout import StripeCheckout
from tests.factories import NOON, at
from tests.paying import MINUTE, deliver, kinds, placed, state

pytestmark = pytest.mark.django_db(transaction=True)

CLOCK = at(NOON)


def owed(card_provider):
    """An order that was paid by card and then cancelled; the provider's messages are delivered."""
    order = placed()
    payments.start(order, back_url="http://127.0.0.1/", clock=CLOCK)
    card_provider.account.pay(order.payments.get().reference)
    deliver_all(card_provider)
    orders.cancel(order.pk, by=None, clock=CLOCK, reason="Asked for")
    card_provider.requests.clear()
    return order


def deliver_all(card_provider):
    while card_provider.postman.held:
        assert deliver(card_provider.postman.held.pop(0)) == 200


def refunded(card_provider):
    return sum(charge["amount_refunded"] for charge in card_provider.account.charges.values())


def test_S4_what_is_owed_is_paid_back_by_the_tick(card_provider):
    order, other = owed(card_provider), placed()

    done = payments.refund_due(clock=CLOCK)

    assert done == 1
    assert state(order)[:2] == ("cancelled", [("refunded", 1900, False)])
    assert kinds(order) == ["placed", "paid", "refund_asked", "cancelled", "refunded"]
    assert refunded(card_provider) == 1900
    deliver_all(card_provider)
    assert kinds(order).count("refunded") == 1
    assert state(other)[:2] == ("placed", [])


def test_S4_a_second_run_pays_nothing_back_again(card_provider):
    owed(card_provider)
    payments.refund_due(clock=CLOCK)

    assert payments.refund_due(clock=at(NOON + timedelta(days=9))) == 0
    assert len(card_provider.requests) == 1


@pytest.mark.parametrize("faults", [["lose", "lose"], ["fail", "fail"]])
def test_S4_a_lost_answer_is_asked_for_again_later_with_the_same_key(card_provider, faults):
    order = owed(card_provider)
    card_provider.faults = faults

    first = payments.refund_due(clock=CLOCK)
    too_early = payments.refund_due(clock=at(NOON + MINUTE))
    second = payments.refund_due(clock=at(NOON + 2 * MINUTE))

    assert (first, too_early, second) == (0, 0, 1)
    assert len({request["key"] for _method, _path, request in card_provider.requests}) == 1
    assert refunded(card_provider) == 1900
    assert state(order)[1] == [("refunded", 1900, False)]


def test_S4_a_worker_lost_after_the_refund_pays_nothing_back_twice(card_provider, monkeypatch):
    order = owed(card_provider)
    with monkeypatch.context() as patch:
        patch.setattr(outbox, "_settle", lambda *args, **values: exit())
        with pytest.raises(SystemExit):
            payments.refund_due(clock=CLOCK)
    assert state(order)[1] == [("refund_due", 1900, False)]

    payments.refund_due(clock=at(NOON + 2 * MINUTE))

    assert state(order)[1] == [("refunded", 1900, False)]
    assert refunded(card_provider) == 1900


def test_S4_a_refund_that_takes_days_is_settled_by_its_message(card_provider):
    order = owed(card_provider)
    card_provider.account.refund_status = "pending"
    assert payments.refund_due(clock=CLOCK) == 0
    card_provider.postman.held.clear()  # a pending one tells nothing yet
    before = state(order)[1]
    (refund,) = card_provider.account.refunds.values()
    refund["status"] = "succeeded"

    card_provider.account._tell("refund.updated", refund)
    deliver_all(card_provider)

    assert before == [("refund_due", 1900, False)]
    assert state(order)[1] == [("refunded", 1900, False)]


def test_S4_a_refund_that_is_refused_needs_a_person_at_once(card_provider):
    order = owed(card_provider)
    card_provider.faults = ["refuse"]

    payments.refund_due(clock=CLOCK)
    again = payments.refund_due(clock=at(NOON + timedelta(days=9)))

    payment = order.payments.get()
    assert (payment.status, payment.needs_person, again) == ("refund_due", True, 0)
    assert payment.remark == outbox.REFUSED
    assert len(card_provider.requests) == 1


def test_S4_attempts_to_pay_back_wait_longer_and_end_with_a_person(card_provider):
    order = owed(card_provider)
    card_provider.faults = ["fail"] * 100
    now = NOON

    for wait in outbox.REFUND_WAITS[1:]:
        payments.refund_due(clock=at(now))
        asked = len(card_provider.requests)
        payments.refund_due(clock=at(now + wait - timedelta(seconds=1)))
        assert len(card_provider.requests) == asked
        now += wait
    payments.refund_due(clock=at(now))
    assert not order.payments.get().needs_person
    payments.refund_due(clock=at(now + outbox.REFUND_WAITS[-1]))

    payment = order.payments.get()
    assert (payment.status, payment.needs_person) == ("refund_due", True)
    assert payment.remark == outbox.TOO_MANY
    assert payment.attempts == len(outbox.REFUND_WAITS)
    assert now - NOON > timedelta(days=2)


def test_S4_what_a_person_pays_back_on_the_providers_site_is_settled(card_provider):
    order = owed(card_provider)
    Payment.objects.update(needs_person=True)

    card_provider.account.refund({"payment_intent": order.payments.get().intent})
    deliver_all(card_provider)

    assert state(order)[1] == [("refunded", 1900, False)]


def test_S4_what_was_paid_back_there_already_is_settled_by_the_answer(card_provider):
    order = owed(card_provider)
    card_provider.account.refund({"payment_intent": order.payments.get().intent})
    card_provider.postman.held.clear()

    assert payments.refund_due(clock=CLOCK) == 1

    assert state(order)[1] == [("refunded", 1900, False)]


def test_S4_a_refund_that_the_bank_refuses_later_needs_a_person(card_provider):
    order = owed(card_provider)
    payments.refund_due(clock=CLOCK)
    deliver_all(card_provider)

    card_provider.account.fail_refund(next(iter(card_provider.account.refunds)))
    deliver_all(card_provider)

    assert state(order)[1] == [("refund_due", 1900, True)]
    assert payments.refund_due(clock=at(NOON + timedelta(days=9))) == 0


def test_S4_a_refund_is_claimed_by_one_of_two_workers(card_provider, monkeypatch):
    owed(card_provider)
    seen = list(Payment.objects.filter(status="refund_due").select_related("order"))
    payments.refund_due(clock=CLOCK)
    claimed = outbox._claimed(
        Payment.objects.filter(status="refund_due"), outbox.REFUND_WAITS, "", clock=CLOCK
    )

    assert seen
    assert list(claimed) == []


def test_S4_money_stays_due_while_the_provider_is_not_set_up(card_provider, settings, caplog):
    order = owed(card_provider)
    settings.STRIPE_SECRET_KEY = ""

    assert payments.refund_due(clock=CLOCK) == 0

    assert state(order)[1] == [("refund_due", 1900, False)]
    assert order.payments.get().attempts == 0
    assert "is not set up" in caplog.text


def test_S4_an_old_message_does_not_undo_what_a_person_has_done_since(card_provider):
    order = owed(card_provider)
    payments.refund_due(clock=CLOCK)
    card_provider.account.fail_refund(next(iter(card_provider.account.refunds)))
    failed = card_provider.postman.held[-1]
    deliver_all(card_provider)
    orders.confirm_returned(order.payments.get().pk, by=None, clock=CLOCK)

    assert deliver(failed) == 200

    assert state(order)[1] == [("refunded", 1900, False)]


def test_S4_a_message_that_is_quicker_than_the_answer_settles_once(card_provider, monkeypatch):
    order = owed(card_provider)
    pay_back = StripeCheckout.pay_back

    def and_tell(self, payment, *, key):
        answer = pay_back(self, payment, key=key)
        deliver_all(card_provider)
        return answer

    monkeypatch.setattr(StripeCheckout, "pay_back", and_tell)

    assert payments.refund_due(clock=CLOCK) == 0

    assert state(order)[1] == [("refunded", 1900, False)]
    assert kinds(order).count("refunded") == 1
