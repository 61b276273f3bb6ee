"""What an order owes its customer by mail leaves: once, or twice with the same Message-ID."""

from datetime import timedelta

import pytest

from shop import orders
from shop.delivery import letters, receipts
from shop.models import Order, OrderEvent, Receipt
from tests.factories import NOON, StudioFactory, at
from tests.paying import MINUTE, facts, kinds, placed, receipt

pytestmark = pytest.mark.django_db(transaction=True)

CLOCK = at(NOON)


def send(after=timedelta()):
    return receipts.send_due(clock=at(NOON + after))


@pytest.mark.parametrize(
    "name",
    [
        "Studio\r\nBcc: victim@example.org",
        "Studio\nSubject: other",
        'Studio" <a@example.org>, "',
        "Studio, Berlin; <b@example.org>",
        "\u202estudio",
        "ß" * 200,
    ],
)
def test_S4_no_name_becomes_a_header_of_its_own(sink, name):
    placed(studio=StudioFactory.create(name=name[:200]))
    Order.objects.update(name="A\r\nBcc: victim@example.org")

    assert send() == 1

    (message,) = sink.taken
    assert message["To"] == "parent@example.org"
    assert message["Bcc"] is None
    assert [a.addr_spec for a in message["From"].addresses] == ["shop@localhost"]
    assert "order 1001" in message["Subject"]


def test_S4_receipts_leave_once_in_order_and_are_noted(sink):
    order, other = placed(), placed()
    orders.mark_paid(order.pk, by=None, clock=CLOCK)

    assert (send(), send(), send(MINUTE)) == (3, 0, 0)

    assert [message["Subject"].split(" at ")[0] for message in sink.taken] == [
        "Your order 1001",
        "Your order 1001",
        "Payment received for order 1001",
    ]
    assert len(set(sink.ids())) == 3
    assert facts(order) == ("sent", 1, 0)
    assert kinds(order) == ["placed", "paid", "mailed", "mailed"]
    assert kinds(other) == ["placed", "mailed"]
    assert sink.taken[0]["Auto-Submitted"] == "auto-generated"
    assert order.token not in sink.taken[0]["Message-ID"]


def test_S4_what_is_not_due_waits(sink):
    order = placed()
    Receipt.objects.update(due_at=NOON + MINUTE)

    assert (send(), facts(order)) == (0, ("waiting", 0, 0))
    assert send(MINUTE) == 1


def test_S4_an_outage_of_the_mail_server_loses_and_counts_nothing(sink, settings, caplog):
    order = placed()
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 9

    for day in range(4):
        assert send(timedelta(days=day)) == 0
    assert facts(order) == ("waiting", 0, 0)
    assert "cannot be reached" in caplog.text
    settings.EMAIL_PORT = port

    assert send(timedelta(days=4)) == 1


def test_S4_a_temporary_refusal_is_tried_again_ever_later(sink):
    order, other = placed(), placed()
    sink.answers = ["451 Please try later"]

    assert send() == 1
    early = send(MINUTE - timedelta(seconds=1))
    sink.at_recipient = ["450 Mailbox busy"]
    second = send(MINUTE)
    third = send(6 * MINUTE)

    assert (early, second, third) == (0, 0, 1)
    assert facts(order) == ("sent", 3, 0)
    assert facts(other) == ("sent", 1, 0)
    assert len(set(sink.ids())) == len(sink.taken) == 2


def test_S4_a_temporary_refusal_for_days_ends_and_staff_see_it(sink):
    order = placed()
    sink.answers = ["451 Please try later"] * 1000
    now = timedelta()

    while facts(order)[0] == "waiting":
        send(now)
        now = receipt(order).due_at - NOON

    assert facts(order) == ("failed", receipts.MOST_ATTEMPTS, 0)
    assert now > timedelta(days=3)
    assert kinds(order) == ["placed", "mail_failed"]


@pytest.mark.parametrize("stage", ["at_recipient", "answers"])
def test_S4_a_permanent_refusal_is_final_and_staff_see_it(sink, stage):
    order, other = placed(), placed()
    setattr(sink, stage, ["550 No such user"])

    assert send() == 1
    assert send(timedelta(days=9)) == 0

    assert facts(order) == ("failed", 1, 0)
    event = order.events.get(kind=OrderEvent.Kind.MAIL_FAILED)
    assert event.text == "confirmation: 550 No such user"
    assert facts(other) == ("sent", 1, 0)


@pytest.mark.parametrize(
    "address", ["", "none", "a@example.org,b@example.org", "a@b\nBcc: c@d.org"]
)
def test_S4_an_address_that_is_none_is_told_to_the_staff(sink, address):
    order = placed()
    Order.objects.update(email=address)

    assert send() == 0

    assert sink.taken == []
    assert facts(order)[0] == "failed"
    assert kinds(order) == ["placed", "mail_failed"]


def test_S4_a_connection_lost_after_the_final_dot_repeats_the_same_mail_once(sink):
    order, other = placed(), placed()
    sink.answers = ["drop"]

    assert send() == 1
    assert facts(order) == ("waiting", 1, 1)
    assert send(MINUTE) == 1

    assert facts(order) == ("sent", 2, 1)
    assert facts(other) == ("sent", 1, 0)
    assert len(sink.taken) == 3
    assert len(set(sink.ids())) == 2


def test_S4_a_second_doubt_is_left_to_a_person(sink):
    order = placed()
    sink.answers = ["drop", "drop", "drop"]

    for minutes in (0, 1, 30, 9999):
        send(minutes * MINUTE)

    assert facts(order) == ("failed", 2, 1)
    assert len(sink.taken) == 2
    assert kinds(order) == ["placed", "mail_failed"]


def test_S4_a_server_that_ends_its_connection_between_mails_is_no_doubt(sink):
    made = [placed() for _ in range(3)]
    sink.answers = ["421 Too many mails", "250 OK", "421 Too many mails"]

    send()
    send(MINUTE)
    send(6 * MINUTE)

    assert {facts(order)[::2] for order in made} == {("sent", 0)}
    assert len(sink.taken) == 3


def test_S4_a_receipt_that_cannot_be_written_holds_up_no_other(sink, monkeypatch):
    broken, other = placed(), placed()
    message = letters.message

    def fail(receipt):
        if receipt.order_id == broken.pk:
            raise ZeroDivisionError
        return message(receipt)

    monkeypatch.setattr(letters, "message", fail)

    assert send() == 1

    assert facts(broken)[0] == "failed"
    assert facts(other) == ("sent", 1, 0)


def test_S4_a_run_ends_in_time_and_the_next_goes_on(sink):
    placed(), placed(), placed()
    instants = iter([NOON, NOON, NOON, NOON + receipts.RUN_LASTS])

    assert receipts.send_due(clock=lambda: next(instants)) == 1
    assert send(MINUTE) == 2


def test_S4_an_idle_run_asks_little(django_assert_num_queries):
    with django_assert_num_queries(2):
        assert send() == 0
