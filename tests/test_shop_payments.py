"""Payment by card, with a server beside the tests that speaks the provider's language."""

from datetime import timedelta

import pytest
import stripe

from shop import orders, payments
from shop.models import Payment
from shop.payments import outbox, starting, stripe_checkout
from tests.factories import NOON, at
from tests.paying import MINUTE, deliver, kinds, placed, state, terms_of

pytestmark = pytest.mark.django_db(transaction=True)

BACK = "http://127.0.0.1:8000/shop/order/x/"
CLOCK = at(NOON)


def start(order):
    return payments.start(order, back_url=BACK, clock=CLOCK)


def page_of(order, provider):
    """What the provider knows of the order's only page."""
    return provider.account.pages[order.payments.get().reference]


def test_S4_a_customer_is_sent_to_a_page_over_the_orders_total(card_provider):
    order = placed(total=1900, language="de")

    url = start(order)

    page = page_of(order, card_provider)
    payment = order.payments.get()
    assert url == page["url"]
    assert (page["amount_total"], page["currency"], page["locale"]) == (1900, "eur", "de")
    assert (page["success_url"], page["cancel_url"]) == (f"{BACK}?returned=1", BACK)
    assert page["metadata"] == {"order": order.token, "payment": str(payment.pk)}
    assert page["customer_email"] == "parent@example.org"
    assert (payment.status, payment.amount_cents, payment.currency) == ("started", 1900, "EUR")
    assert "Child" not in str(card_provider.requests)


def test_S4_a_paid_page_pays_the_order(card_provider):
    order, other = placed(), placed()
    start(order)
    start(other)

    card_provider.account.pay(order.payments.get().reference)
    statuses = [deliver(message) for message in card_provider.postman.held]

    assert statuses == [200]
    assert state(order) == ("paid", [("received", 1900, False)], ["confirmation", "paid"])
    assert kinds(order) == ["placed", "paid"]
    assert order.payments.get().intent.startswith("pi_")
    assert state(other)[:2] == ("placed", [("started", 1900, False)])


def test_S4_a_second_click_leads_to_the_same_page(card_provider):
    order = placed()

    assert start(order) == start(order)

    assert order.payments.count() == len(card_provider.account.pages) == 1


def test_S4_a_crash_before_the_page_is_stored_is_harmless(card_provider, monkeypatch):
    order = placed()
    with monkeypatch.context() as patch:
        patch.setattr(starting, "_page", _crash_after_opening(starting._page))
        with pytest.raises(SystemExit):
            start(order)
    assert order.payments.get().reference.startswith("new-")

    url = start(order)

    assert order.payments.count() == len(card_provider.account.pages) == 1
    assert url == page_of(order, card_provider)["url"]


def _crash_after_opening(page):
    def crash(provider, payment, *, back_url):
        provider.open_page(payment, key=f"page-{payment.reference}", back_url=back_url)
        raise SystemExit

    return crash


def test_S4_money_of_a_page_that_was_never_stored_is_recorded(card_provider, monkeypatch):
    order = placed()
    with monkeypatch.context() as patch:
        patch.setattr(starting, "_page", _crash_after_opening(starting._page))
        with pytest.raises(SystemExit):
            start(order)
    (page_id,) = card_provider.account.pages

    card_provider.account.pay(page_id)
    assert deliver(card_provider.postman.held[0]) == 200

    assert state(order)[:2] == ("paid", [("received", 1900, False)])
    assert order.payments.get().reference == page_id


def test_S4_an_expired_page_is_replaced(card_provider):
    order = placed()
    first = start(order)
    card_provider.account.expire(order.payments.get().reference)

    second = start(order)

    assert second != first
    assert state(order)[1] == [("failed", 1900, False), ("started", 1900, False)]
    assert kinds(order) == ["placed", "payment_failed"]


def test_S4_who_has_paid_already_comes_back_and_the_money_is_there(card_provider):
    order = placed()
    start(order)
    card_provider.account.pay(order.payments.get().reference)

    assert start(order) == f"{BACK}?returned=1"

    assert state(order)[:2] == ("paid", [("received", 1900, False)])


@pytest.mark.parametrize(
    "faults", [["fail", "fail"], ["refuse"], ["hang", "hang"], ["lose", "lose"]]
)
def test_S4_without_an_answer_the_order_stays_and_can_be_paid_later(
    card_provider, monkeypatch, faults
):
    order = placed()
    card_provider.faults, card_provider.hang_seconds = list(faults), 0.6
    patient = stripe.RequestsClient(timeout=0.2)
    monkeypatch.setattr(stripe_checkout.stripe, "RequestsClient", lambda **_: patient)

    with pytest.raises(payments.ProviderUnavailable, match=r"^The payment provider does not .*\.$"):
        start(order)

    assert card_provider.faults == []
    assert state(order)[:2] == ("placed", [("started", 1900, False)])
    assert start(order) == page_of(order, card_provider)["url"]
    assert len(card_provider.account.pages) == 1


def test_S4_a_provider_that_is_gone_is_told_as_such(card_provider, settings):
    settings.STRIPE_API_BASE = "http://127.0.0.1:9"
    order = placed()

    with pytest.raises(payments.ProviderUnavailable):
        start(order)

    assert state(order)[0] == "placed"


def test_S4_an_answer_that_was_lost_once_is_asked_for_again_with_the_same_key(card_provider):
    card_provider.faults = ["lose"]
    order = placed()

    start(order)

    keys = [request["key"] for _method, _path, request in card_provider.requests]
    assert len(keys) == 2
    assert keys[0] == keys[1] != ""
    assert len(card_provider.account.pages) == 1


@pytest.mark.parametrize("change", [orders.mark_paid, orders.cancel])
def test_S4_only_an_order_that_waits_for_it_is_paid(card_provider, change):
    order = placed()
    reason = {"reason": "Asked for"} if change is orders.cancel else {}
    change(order.pk, by=None, clock=CLOCK, **reason)

    with pytest.raises(orders.ChangeRefused, match=r"^Order 1001 does not wait for a payment\.$"):
        start(order)

    assert card_provider.requests == []


def test_S4_attempts_to_pay_an_order_have_a_limit(card_provider):
    order = placed()
    Payment.objects.bulk_create(
        Payment(
            order=order,
            provider="stripe",
            reference=f"cs_{number}",
            amount_cents=1900,
            currency="EUR",
            status="failed",
            created_at=NOON,
        )
        for number in range(starting.MOST_ATTEMPTS)
    )

    with pytest.raises(payments.ProviderUnavailable, match="too many attempts"):
        start(order)

    assert card_provider.requests == []


@pytest.mark.parametrize(
    ("enabled", "key", "secrets", "expected"),
    [
        (True, "sk", ["whsec"], True),
        (False, "sk", ["whsec"], False),
        (True, "", ["whsec"], False),
        (True, "sk", [], False),
    ],
)
def test_S4_card_payment_needs_the_studios_wish_and_both_keys(
    settings, enabled, key, secrets, expected
):
    settings.STRIPE_SECRET_KEY, settings.STRIPE_WEBHOOK_SECRETS = key, secrets
    order = placed()

    assert payments.is_available(terms_of(order.studio, card_enabled=enabled)) is expected
    assert payments.is_available(None) is False


def test_S4_a_payment_whose_message_got_lost_is_asked_for(card_provider):
    paid, left, fresh = placed(), placed(), placed()
    for order in (paid, left):
        start(order)
    payments.start(fresh, back_url=BACK, clock=at(NOON + 4 * MINUTE))
    card_provider.account.pay(paid.payments.get().reference)
    card_provider.account.expire(left.payments.get().reference)
    card_provider.requests.clear()

    ended = payments.ask_about_started(clock=at(NOON + 5 * MINUTE))

    assert ended == 2
    assert state(paid)[:2] == ("paid", [("received", 1900, False)])
    assert state(left)[:2] == ("placed", [("failed", 1900, False)])
    assert state(fresh)[:2] == ("placed", [("started", 1900, False)])
    assert len(card_provider.requests) == 2


def test_S4_an_open_page_is_asked_about_ever_more_seldom_and_then_by_a_person(card_provider):
    order = placed()
    start(order)
    now = NOON

    for wait in outbox.ASK_WAITS:
        for instant in (now + wait - timedelta(seconds=1), now + wait, now + wait):
            payments.ask_about_started(clock=at(instant))
        now += wait
    asked = len(card_provider.requests) - 1
    assert not order.payments.get().needs_person
    payments.ask_about_started(clock=at(now + outbox.ASK_WAITS[-1]))

    assert asked == len(outbox.ASK_WAITS)
    assert order.payments.get().needs_person
    assert now - NOON > timedelta(days=14)  # the slowest direct debit
