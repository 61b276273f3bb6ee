"""Orders, money and messages for the tests of payments, and what must be true of them always."""

import time
from datetime import timedelta

from django.test import Client

from config.demo.card_messages import Message
from shop import payments
from shop.models import (
    Order,
    OrderEvent,
    OrderLine,
    OrderPicture,
    Payment,
    ProductKind,
    Receipt,
    Terms,
)
from tests.factories import NOON, CustomerFactory, StudioFactory

WEBHOOK = "/shop/payments/stripe/"
SECRET = "whsec_of_the_tests"
MINUTE = timedelta(minutes=1)


def terms_of(studio, **values):
    standard = {
        "seller": "Studio Example\nExample Street 1\n12345 Example",
        "email": "studio@example.org",
        "account_holder": "Studio Example",
        "iban": "DE02 1203 0000 0000 2020 51",
        "bic": "BYLADEM1001",
        "card_enabled": True,
    }
    return Terms.objects.update_or_create(studio=studio, defaults=standard | values)[0]


def placed(*, studio=None, method="card", total=1900, kind=ProductKind.PRINT, **values):
    """An order of one product, as the checkout writes it."""
    studio = studio or StudioFactory.create()
    terms_of(studio)
    number = Order.objects.filter(studio=studio).count() + 1001
    order = Order.objects.create(
        **{
            "studio": studio,
            "number": number,
            "checkout_key": f"{studio.pk}-{number}",
            "customer": CustomerFactory.create(studio=studio),
            "method": method,
            "name": "A parent",
            "email": "parent@example.org",
            "language": "en",
            "currency": "EUR",
            "goods_cents": total,
            "shipping_cents": 0,
            "total_cents": total,
            "tax_cents": total * 19 // 119,
            "placed_at": NOON,
        }
        | values
    )
    OrderEvent.objects.create(order=order, kind=OrderEvent.Kind.PLACED, at=NOON)
    Receipt.objects.create(order=order, kind=Receipt.Kind.CONFIRMATION, due_at=NOON)
    add_line(order, kind=kind, price=total)
    return Order.objects.select_related("studio__terms").get(pk=order.pk)


def add_line(order, *, kind=ProductKind.PRINT, price=0, title="Print 13 × 18 cm", name="a.jpg"):
    line = OrderLine.objects.create(
        order=order, kind=kind, title=title, quantity=1, price_cents=price, tax_percent=19
    )
    return OrderPicture.objects.create(
        line=line,
        job_name="School",
        subject_name="Child 1",
        file_name=name,
        original_name=f"tests/{order.pk}/{name}",
    )


def state(order):
    """Order, payments and receipts, without days: what must be the same in any order of events."""
    payments = order.payments.order_by("pk")
    return (
        Order.objects.get(pk=order.pk).status,
        sorted(payments.values_list("status", "amount_cents", "needs_person")),
        sorted(order.receipts.values_list("kind", flat=True)),
    )


def kinds(order):
    return list(order.events.order_by("pk").values_list("kind", flat=True))


def deliver(message, *, client=None, at=None, **headers):
    """A message of the provider, as its POST comes in. Returns the status of the answer."""
    signed = message.headers(at=int(time.time()) if at is None else at) | headers
    response = (client or Client()).post(
        WEBHOOK,
        data=message.body,
        content_type="application/json",
        headers={"stripe-signature": signed["Stripe-Signature"]},
    )
    return response.status_code


def event(kind, thing, *, event_id="evt_1", secret=SECRET):
    return Message(
        {"id": event_id, "object": "event", "type": kind, "data": {"object": thing}}, secret
    )


def wrong_sums():
    """A sentence for each order whose money does not add up: received less refunded is owed.

    Owed to the studio is the total of a paid order and nothing else; owed to a customer is what is
    due to be paid back; besides, money of a placed order waits for a person.
    """
    wrong = []
    for order in Order.objects.prefetch_related("payments"):
        sums = dict.fromkeys(Payment.Status.values, 0)
        for payment in order.payments.all():
            sums[payment.status] += payment.amount_cents
        received = [p for p in order.payments.all() if p.status == "received"]
        if order.status == "paid":
            fits = len(received) == 1 and (
                received[0].amount_cents == order.total_cents or received[0].by_id
            )
        elif order.status == "placed":
            fits = all(payment.needs_person for payment in received)
        else:
            fits = not received
        if not fits:
            wrong.append(f"Order {order.pk} is {order.status}: {sums}")
    return wrong


def receipt(order, kind="confirmation"):
    found = Receipt.objects.select_related("order__studio__terms")
    return found.get(order=order, kind=kind)


def facts(order, kind="confirmation"):
    row = receipt(order, kind)
    return row.status, row.attempts, row.doubts


def started(card_provider, **values):
    order = placed(**values)
    payments.start(order, back_url="http://127.0.0.1/", clock=lambda: NOON)
    return order


def paid_page(card_provider, order):
    card_provider.account.pay(order.payments.get().reference)
    return card_provider.postman.held[-1]
