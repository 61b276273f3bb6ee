"""The rows of a new order, written inside the transaction of the checkout."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from jobstatus.models import Studio
from shop.buying.lines import Line, Picture, Priced
from shop.models import (
    AccessCode,
    Basket,
    Contact,
    Customer,
    Order,
    OrderCounter,
    OrderEvent,
    OrderLine,
    OrderPicture,
    Payment,
    Product,
    Receipt,
)
from shop.models.people import email_key

NEXT_NUMBER = """
INSERT INTO {table} (studio_id, last) VALUES (%s, 1)
ON CONFLICT (studio_id) DO UPDATE SET last = {table}.last + 1 RETURNING last
"""


@dataclass(frozen=True)
class Buyer:
    """Who orders, where it is sent, and how it is paid. Checked by the form of the checkout."""

    name: str
    email: str
    method: str
    language: str
    phone: str = ""
    street: str = ""
    postal_code: str = ""
    city: str = ""
    country: str = ""
    note: str = ""


def write(
    now: Priced,
    *,
    studio: Studio,
    basket: Basket,
    codes: Mapping[int, AccessCode],
    buyer: Buyer,
    key: str,
    at: datetime,
) -> Order:
    """The order with everything that belongs to it. The caller holds jobs and basket.

    `codes` are those of the children, by their numbers; the order of a prepay shop's basket is of
    that shop. The studio's counter is taken last of what others could wait for, and held until
    the end.
    """
    customer = _customer(studio, buyer)
    _contacts(customer, now.lines, codes)
    is_free = now.total_cents == 0
    order = Order.objects.create(
        studio=studio,
        prepay_shop_id=basket.prepay_shop_id,
        number=next_number(studio),
        checkout_key=key,
        customer=customer,
        **vars(buyer) | ({"method": Order.Method.INVOICE} if is_free else {}),
        currency=now.currency,
        goods_cents=now.goods_cents,
        shipping_cents=now.shipping_cents,
        total_cents=now.total_cents,
        tax_cents=now.tax_cents,
        placed_at=at,
        **({"status": Order.Status.PAID, "paid_at": at} if is_free else {}),
    )
    _lines(order, now.lines, codes)
    OrderEvent.objects.create(order=order, kind=OrderEvent.Kind.PLACED, at=at, by=None)
    if is_free:
        _settle(order)
    Receipt.objects.create(order=order, kind=Receipt.Kind.CONFIRMATION, due_at=at)
    return order


def next_number(studio: Studio) -> int:
    """Counted by one statement: two orders never get the same number, and none is left out."""
    with connection.cursor() as cursor:
        cursor.execute(NEXT_NUMBER.format(table=OrderCounter._meta.db_table), [studio.pk])
        number: int = cursor.fetchone()[0]
    return number


def _customer(studio: Studio, buyer: Buyer) -> Customer:
    """The one row of this address. What a stranger types does not change who it is.

    Only a name that is missing is taken over: those who left just their e-mail have none.
    """
    wanted = Customer(
        studio=studio,
        email=buyer.email,
        email_key=email_key(buyer.email),
        name=buyer.name,
        phone=buyer.phone,
        language=buyer.language,
    )
    Customer.objects.bulk_create([wanted], ignore_conflicts=True)
    customers = Customer.objects.filter(studio=studio, email_key=wanted.email_key)
    customers.filter(name="").update(name=buyer.name)
    return customers.get()


def _contacts(customer: Customer, lines: Sequence[Line], codes: Mapping[int, AccessCode]) -> None:
    pairs = {
        (picture.job_id, picture.code.subject_id)
        for picture in _pictures(lines)
        if picture.code is not None
    }
    children = [line.child for line in lines if line.child is not None]
    pairs |= {(child.job_id, codes[child.pk].subject_id) for child in children}
    # Sorted, so that two orders of one customer never wait for each other.
    contacts = [
        Contact(customer=customer, job_id=job, subject_id=subject, source=Contact.Source.ORDER)
        for job, subject in sorted(pairs, key=lambda pair: (pair[0], pair[1] or 0))
    ]
    Contact.objects.bulk_create(contacts, ignore_conflicts=True)


def _lines(order: Order, lines: Sequence[Line], codes: Mapping[int, AccessCode]) -> None:
    written = OrderLine.objects.bulk_create(
        OrderLine(
            order=order,
            product=line.product,
            kind=line.product.kind,
            title=line.title,
            quantity=line.quantity,
            price_cents=line.price_cents,
            tax_percent=line.product.price_list.tax_percent,
            **_of_child(line, line.product, codes),
        )
        for line in lines
        if line.product is not None
    )
    OrderPicture.objects.bulk_create(
        OrderPicture(
            line=row,
            job_id=picture.job_id,
            photo=picture.photo,
            job_name=picture.job,
            subject_name=picture.child,
            file_name=picture.photo.file_name,
            original_name=str(picture.photo.original.name),
        )
        for row, line in zip(written, lines, strict=True)
        for picture in line.pictures
        if picture.photo is not None
    )


def _of_child(line: Line, product: Product, codes: Mapping[int, AccessCode]) -> dict[str, object]:
    """What a line has whose photos do not exist yet."""
    if line.child is None:
        return {}
    return {
        "code": codes[line.child.pk],
        "job_name": line.child.job,
        "subject_name": line.child.name,
        "photo_rule": product.photo_rule,
        "photo_count": product.picture_count,
    }


def _settle(order: Order) -> None:
    """An order of nothing but gifts owes nothing: it is paid at once, by a transfer of 0.00."""
    at = order.placed_at
    Payment.objects.create(
        order=order,
        provider="transfer",
        reference=f"order-{order.pk}",
        amount_cents=0,
        currency=order.currency,
        status=Payment.Status.RECEIVED,
        created_at=at,
        received_at=at,
    )
    OrderEvent.objects.create(order=order, kind=OrderEvent.Kind.PAID, at=at, by=None)


def _pictures(lines: Iterable[Line]) -> Iterable[Picture]:
    return (picture for line in lines for picture in line.pictures)
