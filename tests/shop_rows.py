"""Orders and payments as rows, for tests that are not about how they come about."""

from datetime import datetime
from itertools import count
from typing import Any

from jobstatus.models import Job
from shop.models import (
    AccessCode,
    Appearance,
    Contact,
    Customer,
    Order,
    OrderEvent,
    OrderLine,
    OrderPicture,
    Payment,
    Photo,
    Storefront,
    Terms,
)
from tests.factories import (
    NOON,
    AccessCodeFactory,
    AlbumFactory,
    CustomerFactory,
    PhotoFactory,
    PriceListFactory,
    ProductFactory,
    SubjectFactory,
)

PRICE_CENTS = 950
_numbers = count(1)


def order_of(
    code: AccessCode,
    *,
    status: str = Order.Status.PLACED,
    placed_at: datetime = NOON,
    quantity: int = 2,
    customer: Customer | None = None,
    **values: Any,
) -> Order:
    """An order of one print of the child's first photo, of its job and studio."""
    job, subject = code.job, code.subject
    assert job is not None
    assert subject is not None
    customer = customer or CustomerFactory.create(studio=job.studio, name="Parent")
    order = Order.objects.create(**_columns(job, customer, status, placed_at, quantity) | values)
    OrderEvent.objects.create(order=order, kind=OrderEvent.Kind.PLACED, at=placed_at)
    add_line(order, job, subject.name, Photo.objects.of(subject).first(), quantity=quantity)
    return order


def _columns(
    job: Job, customer: Customer, status: str, placed_at: datetime, quantity: int
) -> dict[str, Any]:
    number, goods = next(_numbers), quantity * PRICE_CENTS
    days = {Order.Status.PAID: "paid_at", Order.Status.CANCELLED: "cancelled_at"}
    return {
        "studio": job.studio,
        "number": number,
        "checkout_key": f"key-{number}",
        "customer": customer,
        "status": status,
        "method": Order.Method.INVOICE,
        "name": customer.name,
        "email": customer.email,
        "street": "Example Street 1",
        "postal_code": "12345",
        "city": "Example Town",
        "language": "en",
        "currency": "EUR",
        "goods_cents": goods,
        "shipping_cents": 390,
        "total_cents": goods + 390,
        "tax_cents": 366,
        "placed_at": placed_at,
        **({days[status]: placed_at} if status in days else {}),
    }


def add_line(
    order: Order, job: Job, subject: str, photo: Photo | None, *, quantity: int = 1
) -> OrderLine:
    line = OrderLine.objects.create(
        order=order,
        kind="print",
        title="Print 13 × 18 cm",
        quantity=quantity,
        price_cents=PRICE_CENTS,
        tax_percent=19,
    )
    OrderPicture.objects.create(
        line=line,
        job=job,
        photo=photo,
        job_name=job.name,
        subject_name=subject,
        file_name=photo.file_name if photo else "IMG_0001.jpg",
        original_name="tests/original.jpg",
    )
    return line


def payment_of(order: Order, status: str = Payment.Status.RECEIVED, **values: Any) -> Payment:
    """A card payment of the order's total; by default one that waits for a person."""
    at = order.placed_at
    came = status in (Payment.Status.RECEIVED, Payment.Status.REFUND_DUE, Payment.Status.REFUNDED)
    return Payment.objects.create(
        **{
            "order": order,
            "provider": "stripe",
            "reference": f"cs_test_{next(_numbers)}",
            "amount_cents": order.total_cents,
            "currency": order.currency,
            "status": status,
            "needs_person": True,
            "created_at": at,
            "received_at": at if came else None,
            "refunded_at": at if status == Payment.Status.REFUNDED else None,
        }
        | values
    )


def shop_of(pk: int, job: Job, name: str, storefront: Storefront) -> Order:
    """A row of every model of the shop for this job, each with this number and this name in it."""
    studio = job.studio
    Terms.objects.create(pk=pk, studio=studio, seller=f"{name} GmbH")
    prices = PriceListFactory.create(pk=pk, studio=studio, name=f"{name} prices")
    ProductFactory.create(pk=pk, price_list=prices, name=f"{name} print")
    Storefront.objects.filter(pk=storefront.pk).update(price_list=prices)
    album = AlbumFactory.create(pk=pk, job=job, name=f"{name} album")
    subject = SubjectFactory.create(pk=pk, album=album, name=f"{name} child")
    photo = PhotoFactory.create(pk=pk, album=album, file_name=f"{name}.jpg")
    Appearance.objects.create(pk=pk, photo=photo, subject=subject)
    code = AccessCodeFactory.create(pk=pk, subject=subject)
    customer = CustomerFactory.create(
        pk=pk, studio=studio, name=f"{name} parent", email=f"{name.lower()}@example.org"
    )
    Contact.objects.create(pk=pk, customer=customer, job=job, subject=subject, source="order")
    order = order_of(code, customer=customer, pk=pk, number=pk % 1000, note=f"{name} note")
    OrderPicture.objects.filter(line__order=order).update(id=pk)
    payment_of(order, pk=pk, remark=f"{name} remark")
    return order
