"""Messages of the card provider: genuine or not, twice, late, early and in another order."""

import time

import pytest
from django.test import Client

from config.demo.card_messages import Message
from jobstatus import operations
from shop import orders, payments
from shop.models import Payment, ProviderEvent
from shop.views import webhooks
from tests.factories import NOON, at, job_in
from tests.paying import (
    MINUTE,
    SECRET,
    WEBHOOK,
    deliver,
    event,
    kinds,
    paid_page,
    placed,
    started,
    state,
    wrong_sums,
)

pytestmark = pytest.mark.django_db(transaction=True)

CLOCK = at(NOON)


def test_S4_a_message_that_comes_twice_does_nothing_twice(card_provider):
    order = started(card_provider)
    message = paid_page(card_provider, order)

    answers = [deliver(message) for _ in range(3)]

    assert answers == [200, 200, 200]
    assert state(order) == ("paid", [("received", 1900, False)], ["confirmation", "paid"])
    assert kinds(order) == ["placed", "paid"]
    assert ProviderEvent.objects.get().event_id == message.event["id"]


@pytest.mark.parametrize(
    "forgery",
    ["other_secret", "changed_body", "too_old", "no_signature", "no_time", "rubbish", "not_ascii"],
)
def test_S4_a_message_that_is_not_genuine_does_nothing_and_learns_nothing(
    card_provider, client, forgery
):
    order = started(card_provider)
    message = paid_page(card_provider, order)
    now = int(time.time())
    body = message.body
    signature = message.headers()["Stripe-Signature"]
    if forgery == "changed_body":
        body = body.replace(b'"amount_total": 1900', b'"amount_total": 1')
    signature = {
        "other_secret": Message(message.event, "whsec_guessed").headers()["Stripe-Signature"],
        "too_old": message.headers(at=now - 301)["Stripe-Signature"],
        "no_signature": "",
        "no_time": signature.split(",")[1],
        "rubbish": "t=now,v1=" + "0" * 64,
        "not_ascii": f"t={now},v1=ä",
    }.get(forgery, signature)

    response = client.post(
        WEBHOOK, body, content_type="application/json", headers={"stripe-signature": signature}
    )

    assert (response.status_code, response.content) == (400, b"")
    assert state(order)[:2] == ("placed", [("started", 1900, False)])
    assert not ProviderEvent.objects.exists()


def test_S4_a_second_secret_is_accepted_while_one_is_replaced(card_provider, settings):
    order = started(card_provider)
    settings.STRIPE_WEBHOOK_SECRETS = ["whsec_new", SECRET]

    assert deliver(paid_page(card_provider, order)) == 200
    assert state(order)[0] == "paid"


def test_S4_a_message_before_its_order_must_come_again(card_provider, caplog):
    message = event(
        "checkout.session.completed",
        {
            "id": "cs_test_1",
            "amount_total": 1900,
            "currency": "eur",
            "payment_intent": "pi_1",
            "payment_status": "paid",
            "metadata": {"order": "0" * 32, "payment": "1"},
        },
    )

    assert deliver(message) == 503

    assert not ProviderEvent.objects.exists()
    assert "asked to come again" in caplog.text


@pytest.mark.parametrize("kind", ["checkout.session.completed", "checkout.session.expired"])
def test_S4_a_payment_that_the_shop_never_asked_for_is_not_ours(card_provider, kind):
    page = {
        "id": "cs_test_1",
        "amount_total": 1900,
        "currency": "eur",
        "payment_intent": "pi_1",
        "payment_status": "paid",
        "metadata": {},
    }

    assert deliver(event(kind, page)) == 200

    assert not Payment.objects.exists()


def test_S4_what_is_of_no_interest_is_taken_and_forgotten(card_provider):
    assert deliver(event("customer.created", {"id": "cus_1"})) == 200
    assert not ProviderEvent.objects.exists()


@pytest.mark.parametrize("size", [webhooks.LONGEST_BODY_BYTES + 1, 3 * 1024 * 1024])
def test_S4_a_message_has_a_longest_length(card_provider, client, size):
    response = client.post(WEBHOOK, b"x" * size, content_type="application/json")

    assert response.status_code == 413


def test_S4_only_the_providers_that_are_set_up_may_speak(card_provider, client, settings):
    assert client.get(WEBHOOK).status_code == 405
    assert client.post("/shop/payments/other/").status_code == 404
    settings.STRIPE_WEBHOOK_SECRETS = []
    assert client.post(WEBHOOK).status_code == 404


def test_S4_a_message_needs_no_cookie_and_no_form(card_provider):
    order = started(card_provider)

    assert deliver(paid_page(card_provider, order), client=Client(enforce_csrf_checks=True)) == 200


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"amount_total": 1800}, ("placed", [("received", 1800, True)])),
        ({"amount_total": 2000}, ("placed", [("received", 2000, True)])),
        ({"currency": "usd"}, ("placed", [("received", 1900, True)])),
    ],
)
def test_S4_another_amount_is_kept_and_a_person_decides(card_provider, change, expected):
    order = started(card_provider)
    message = paid_page(card_provider, order)
    message.event["data"]["object"] |= change

    assert deliver(message) == 200

    assert state(order)[:2] == expected
    payment = order.payments.get()
    assert payment.currency == change.get("currency", "eur").upper()
    assert payment.remark
    assert wrong_sums() == []


def test_S4_money_for_an_order_cancelled_meanwhile_is_owed_back(card_provider):
    order = started(card_provider)
    orders.cancel(order.pk, by=None, clock=CLOCK, reason="Asked for")

    assert deliver(paid_page(card_provider, order)) == 200

    assert state(order)[:2] == ("cancelled", [("refund_due", 1900, False)])
    assert kinds(order) == ["placed", "cancelled", "refund_asked"]


def test_S4_money_that_comes_a_second_time_is_owed_back(card_provider):
    order = started(card_provider)
    orders.mark_paid(order.pk, by=None, clock=CLOCK)
    page = order.payments.get(provider="stripe").reference
    card_provider.account.pay(page)

    assert deliver(card_provider.postman.held[-1]) == 200

    assert state(order)[:2] == ("paid", [("received", 1900, False), ("refund_due", 1900, False)])
    assert wrong_sums() == []


def test_S4_money_of_a_page_that_nobody_remembers_is_recorded(card_provider):
    order = started(card_provider)
    message = paid_page(card_provider, order)
    message.event["data"]["object"] |= {"id": "cs_test_other", "payment_intent": "pi_other"}
    first = event(
        "checkout.session.completed",
        dict(card_provider.account.find_page(order.payments.get().reference)),
        event_id="evt_first",
    )

    assert [deliver(message), deliver(first)] == [200, 200]

    assert state(order)[:2] == ("paid", [("received", 1900, False), ("refund_due", 1900, False)])


def test_S4_a_payment_that_arrives_after_the_job_closed_is_honoured(card_provider):
    job = job_in("selling")
    order = placed(studio=job.studio)
    order.lines.get().pictures.update(job=job)
    payments.start(order, back_url="http://127.0.0.1/", clock=CLOCK)
    operations.archive([job.pk], by=None, clock=at(NOON + MINUTE))

    assert deliver(paid_page(card_provider, order)) == 200

    assert state(order)[:2] == ("paid", [("received", 1900, False)])


def test_S4_a_direct_debit_is_paid_when_its_money_has_come(card_provider):
    order = started(card_provider)
    page = card_provider.account.find_page(order.payments.get().reference)
    page |= {"payment_intent": "pi_1", "payment_status": "unpaid", "status": "complete"}

    deliver(event("checkout.session.completed", page, event_id="evt_1"))
    before = state(order)[:2]
    deliver(event("checkout.session.async_payment_succeeded", page, event_id="evt_2"))

    assert before == ("placed", [("started", 1900, False)])
    assert state(order)[:2] == ("paid", [("received", 1900, False)])


def test_S4_a_customer_who_goes_to_the_bank_is_shown_to_a_person(card_provider):
    order = started(card_provider)
    deliver(paid_page(card_provider, order))
    intent = order.payments.get().intent

    deliver(event("charge.dispute.created", {"id": "dp_1", "payment_intent": intent}))

    assert state(order)[:2] == ("paid", [("received", 1900, True)])
    assert wrong_sums() == []


def test_S4_a_part_that_was_paid_back_there_is_shown_to_a_person(card_provider):
    order = started(card_provider)
    deliver(paid_page(card_provider, order))
    card_provider.account.refund({"payment_intent": order.payments.get().intent, "amount": "900"})

    for message in card_provider.postman.held[1:]:
        deliver(message)

    assert state(order)[:2] == ("paid", [("received", 1900, True)])


def test_S4_a_message_is_applied_in_few_queries(card_provider, django_assert_max_num_queries):
    order = started(card_provider)
    message = paid_page(card_provider, order)

    with django_assert_max_num_queries(18):
        deliver(message)
