"""Whatever provider, bank, staff and network do: received less refunded is owed, at every commit.

Hypothesis plays all of them: it pays pages, lets answers get lost, delivers messages twice, late,
in another order and forged, cancels and marks as paid, and lets days pass.
"""

from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from config.demo.card_account import Refused
from config.demo.card_messages import Message
from config.demo.card_provider import CardProvider
from shop import orders, payments
from shop.models import Order, OrderEvent, Payment, ProviderEvent, Receipt
from tests.conftest import TORTURE
from tests.factories import NOON, StudioFactory
from tests.paying import deliver, placed, wrong_sums

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS, STEPS = (300, 60) if TORTURE else (12, 30)
FAULTS = st.lists(st.sampled_from(["fail", "refuse", "lose"]), max_size=2)
BACK = "http://127.0.0.1/"


class Money(RuleBasedStateMachine):
    orders = Bundle("orders")
    studio = None  # set by the test
    provider = None

    def __init__(self):
        super().__init__()
        self.now, self.accepted = NOON, set()
        for model in (ProviderEvent, Payment, Receipt, OrderEvent, Order):
            rows = model.objects.all()
            rows.delete()
        self.provider.postman.held.clear()

    def clock(self):
        return self.now

    @rule(target=orders)
    def place(self):
        return placed(studio=self.studio).pk

    @rule(order=orders, faults=FAULTS)
    def start(self, order, faults):
        self.provider.faults = list(faults)
        row = Order.objects.select_related("studio").get(pk=order)
        with suppress(payments.ProviderUnavailable, orders.ChangeRefused):
            payments.start(row, back_url=BACK, clock=self.clock)
        self.provider.faults = []

    @rule(order=orders, act=st.sampled_from(["pay", "expire"]))
    def at_the_page(self, order, act):
        token = Order.objects.get(pk=order).token
        for page in list(self.provider.account.pages.values()):
            if page["metadata"]["order"] == token and page["status"] == "open":
                getattr(self.provider.account, act)(page["id"])

    @rule(order=orders, part=st.sampled_from([None, "700"]))
    def refund_on_the_site(self, order, part):
        token = Order.objects.get(pk=order).token
        for intent, charge in self.provider.account.charges.items():
            if charge["metadata"]["order"] == token:
                form = {"payment_intent": intent} | ({"amount": part} if part else {})
                with suppress(Refused):
                    self.provider.account.refund(form)

    @rule(order=orders)
    def bank_refuses_a_refund(self, order):
        token = Order.objects.get(pk=order).token
        for refund in self.provider.account.refunds.values():
            charge = self.provider.account.charges[refund["payment_intent"]]
            if charge["metadata"]["order"] == token and refund["status"] == "succeeded":
                self.provider.account.fail_refund(refund["id"])

    @rule(data=st.data(), times=st.integers(1, 2), is_kept=st.booleans())
    def deliver(self, data, times, is_kept):
        held = self.provider.postman.held
        if held:
            number = data.draw(st.integers(0, len(held) - 1))
            message = held[number] if is_kept else held.pop(number)
            for _ in range(times):
                assert deliver(message) == 200

    @rule(data=st.data(), amount=st.integers(1, 5000))
    def forge(self, data, amount):
        held = self.provider.postman.held
        if held:
            event = data.draw(st.sampled_from(held)).event
            event = event | {"id": "evt_forged", "type": "checkout.session.completed"}
            assert deliver(Message(event, f"whsec_{amount}")) == 400

    @rule(order=orders)
    def mark_paid(self, order):
        try:
            orders.mark_paid(order, by=None, clock=self.clock)
        except orders.ChangeRefused:
            assert Order.objects.get(pk=order).status == "cancelled"

    @rule(order=orders)
    def cancel(self, order):
        orders.cancel(order, by=None, clock=self.clock, reason="")

    @rule(order=orders)
    def person_pays_back(self, order):
        for payment in Payment.objects.filter(
            order=order, status="refund_due", needs_person=True, provider="transfer"
        ):
            orders.confirm_returned(payment.pk, by=None, clock=self.clock)

    @rule(faults=FAULTS, minutes=st.sampled_from([1, 10, 500, 3000]))
    def tick(self, faults, minutes):
        self.now += timedelta(minutes=minutes)
        self.provider.faults = list(faults)
        payments.ask_about_started(clock=self.clock)
        payments.refund_due(clock=self.clock)
        self.provider.faults = []

    @invariant()
    def the_sums_are_right(self):
        assert wrong_sums() == []
        for order in Order.objects.all():
            told = list(order.events.values_list("kind", flat=True))
            assert told.count("paid") <= 1
            assert told.count("cancelled") <= 1
            assert order.receipts.count() == 1 + told.count("paid") + told.count("cancelled")

    @invariant()
    def no_more_was_paid_back_than_had_come(self):
        for charge in self.provider.account.charges.values():
            assert 0 <= charge["amount_refunded"] <= charge["amount"]

    def teardown(self):
        """In the end everything is delivered, and the tick runs until nothing moves."""
        self.provider.faults = []
        for message in list(self.provider.postman.held):
            assert deliver(message) == 200
        for _ in range(25):
            self.now += timedelta(days=1)
            payments.ask_about_started(clock=self.clock)
            payments.refund_due(clock=self.clock)
        for message in list(self.provider.postman.held):
            assert deliver(message) == 200
        self.the_sums_are_right()
        self._the_provider_agrees()

    def _the_provider_agrees(self):
        """Row by row: what the shop says of card money is what the provider knows."""
        for payment in Payment.objects.filter(provider="stripe"):
            charge = self.provider.account.charges.get(payment.intent)
            if payment.status in ("started", "failed"):
                assert charge is None
            elif payment.status == "refunded":
                assert charge["refunded"]
            elif not payment.needs_person:
                assert charge["amount_refunded"] == 0
        paid = {c["metadata"]["order"] for c in self.provider.account.charges.values()}
        known = set(Payment.objects.exclude(intent="").values_list("order__token", flat=True))
        tokens = set(Order.objects.values_list("token", flat=True))
        assert paid & tokens == known


def test_S4_received_less_refunded_is_owed_at_every_commit(card_provider: CardProvider):
    Money.studio, Money.provider = StudioFactory.create(), card_provider
    Money.TestCase.settings = hypothesis_settings(max_examples=ROUNDS, stateful_step_count=STEPS)

    run_state_machine_as_test(Money, settings=Money.TestCase.settings)
