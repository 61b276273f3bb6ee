"""Prepay jobs with children and orders as rows, for tests of what happens after the shoot."""

from itertools import count
from typing import Any

from jobstatus.lifecycle import Kind
from jobstatus.models import Job, Studio
from shop.models import (
    AccessCode,
    Album,
    Appearance,
    Order,
    OrderEvent,
    OrderLine,
    OrderPicture,
    Photo,
    PrepayShop,
    Subject,
)
from tests.factories import (
    FAR_AHEAD,
    NOON,
    AccessCodeFactory,
    AlbumFactory,
    CustomerFactory,
    JobFactory,
    PhotoFactory,
    PriceListFactory,
    ProductFactory,
    StudioFactory,
    SubjectFactory,
)

_numbers = count(90_001)


def prepay_shop(studio: Studio | None = None, **values: Any) -> PrepayShop:
    """The shop of a prepay job in Planning, with a price list of one package."""
    studio = studio or StudioFactory.create()
    values = {"kind": Kind.PREPAY, "prepay_deadline_date": FAR_AHEAD} | values
    job = JobFactory.create(studio=studio, **values)
    prices = PriceListFactory.create(studio=studio)
    ProductFactory.create(price_list=prices, name="Package", kind="package", picture_count=3)
    return PrepayShop.objects.create(studio=studio, job=job, price_list=prices)


def job_of(shop: PrepayShop) -> Job:
    return Job.objects.select_related("studio").get(prepay_shop=shop)


def child(shop: PrepayShop, name: str = "Mia", *, album: Album | None = None) -> AccessCode:
    subject = SubjectFactory.create(
        name=name, job=shop.job, album=album or AlbumFactory.create(job=shop.job)
    )
    code: AccessCode = AccessCodeFactory.create(subject=subject)
    return code


def subject_of(code: AccessCode) -> Subject:
    assert code.subject is not None
    return code.subject


def photos(code: AccessCode, number: int = 3, **values: Any) -> list[Photo]:
    """Own photos of the child, in their order."""
    subject = subject_of(code)
    found = PhotoFactory.create_batch(number, album=subject.album, **values)
    for photo in found:
        Appearance.objects.create(photo=photo, subject=subject)
    return found


def group_photos(code: AccessCode, number: int = 1) -> list[Photo]:
    return PhotoFactory.create_batch(number, album=subject_of(code).album, is_group=True)


def prepay_order(shop: PrepayShop, *wishes: tuple[Any, ...], **values: Any) -> Order:
    """A paid order. Each wish is a child's code, a rule, and how many photos it is about."""
    number = next(_numbers)
    customer = CustomerFactory.create(studio=shop.studio, name="Parent")
    order = Order.objects.create(
        **{
            "studio": shop.studio,
            "number": number,
            "checkout_key": f"prepay-{number}",
            "customer": customer,
            "prepay_shop": shop,
            "status": Order.Status.PAID,
            "paid_at": NOON,
            "method": Order.Method.INVOICE,
            "name": customer.name,
            "email": customer.email,
            "language": "en",
            "currency": "EUR",
            "goods_cents": 2500 * len(wishes),
            "shipping_cents": 0,
            "total_cents": 2500 * len(wishes),
            "tax_cents": 399 * len(wishes),
            "placed_at": NOON,
        }
        | values
    )
    OrderEvent.objects.create(order=order, kind=OrderEvent.Kind.PLACED, at=NOON)
    for code, rule, number_of_photos in wishes:
        line_of(order, code, rule, number_of_photos)
    return order


def line_of(order: Order, code: AccessCode, rule: str, number: int) -> OrderLine:
    return OrderLine.objects.create(
        order=order,
        kind="download" if rule == "all" else "package",
        title=f"{rule.title()} {number}",
        quantity=1,
        price_cents=2500,
        tax_percent=19,
        code=code,
        job_name=order.prepay_shop.job.name if order.prepay_shop else "",
        subject_name=subject_of(code).name,
        photo_rule=rule,
        photo_count=number,
    )


def chosen(order: Order) -> list[list[str]]:
    """The names of the files of each line, in the order of the places."""
    lines = OrderLine.objects.filter(order=order).order_by("pk")
    return [
        list(
            OrderPicture.objects.filter(line=line)
            .order_by("place")
            .values_list("file_name", flat=True)
        )
        for line in lines
    ]


def told(order: Order) -> list[tuple[str, str]]:
    """The timeline since the order was placed."""
    rows = OrderEvent.objects.filter(order=order).exclude(kind="placed").order_by("pk")
    return list(rows.values_list("kind", "text"))
