"""A checkout of 50 lines against one that goes through its lines one by one."""

from collections.abc import Callable
from itertools import count
from statistics import median
from time import perf_counter

from django.db import connection, transaction
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from benchmarks.report import Figure
from jobstatus import clock
from jobstatus.models import Job, Studio
from shop import access, money
from shop.buying import baskets
from shop.buying.checkout import Buyer, PhotoCounter, place_order
from shop.codes import spelling
from shop.models import (
    AccessCode,
    Album,
    Appearance,
    Basket,
    BasketLine,
    Contact,
    Customer,
    LinePicture,
    Order,
    OrderCounter,
    OrderEvent,
    OrderLine,
    OrderPicture,
    Photo,
    PriceList,
    Product,
    Receipt,
    Storefront,
    Subject,
)

LINES = 50
ROUNDS, ORDERS = 7, 5  # rounds of each way, alternating, and orders in each round
QUERIES = 21  # of any number of lines; one more on PostgreSQL, which locks and asks the time there
BUYER = Buyer(
    name="A parent", email="parent@example.org", method="invoice", language="en", street="Road 1"
)
_keys = count(1)


def checkout() -> list[Figure]:
    """Queries of one and of many lines, and orders per second of the two ways in the same run."""
    code = _family()
    one, many = (_queries(code, lines) for lines in (1, LINES))
    speeds: dict[str, list[float]] = {"ours": [], "naive": []}
    for _round in range(ROUNDS + 1):
        for name, way in (("naive", _line_by_line), ("ours", _ours)):
            speeds[name].append(_orders_per_second(code, way))
    ours, naive = speeds["ours"][1:], speeds["naive"][1:]  # The first round warms up.
    ratio = median(mine / theirs for mine, theirs in zip(ours, naive, strict=True))
    expected = QUERIES + (2 if connection.vendor == "postgresql" else 0)
    return [
        Figure("checkout of 1 line", one, "queries", at_most=expected),
        Figure(f"checkout of {LINES} lines", many, "queries", at_most=expected),
        Figure(f"checkout of {LINES} lines", median(ours), "orders/s"),
        Figure("line by line", median(naive), "orders/s"),
        Figure("checkout : line by line", ratio, "", at_least=2),
    ]


def _family() -> AccessCode:
    number = next(_keys)
    studio = Studio.objects.create(name=f"Checkout {number}", slug=f"checkout-{number}")
    prices = PriceList.objects.create(studio=studio, name="Prices", shipping_cents=490)
    Product.objects.create(price_list=prices, name="Print", price_cents=950)
    job = Job.objects.bulk_create([Job(studio=studio, name="School", status="selling")])[0]
    Storefront.objects.create(job=job, price_list=prices)
    album = Album.objects.create(job=job, name="Class")
    subject = Subject.objects.create(job=job, album=album, name="Child")
    photos = Photo.objects.bulk_create(
        Photo(job=job, album=album, file_name=f"{n}.jpg", width=3, height=2, original=f"{n}.jpg")
        for n in range(LINES)
    )
    Appearance.objects.bulk_create(Appearance(photo=photo, subject=subject) for photo in photos)
    return AccessCode.objects.create(
        studio=studio, job=job, subject=subject, code=spelling.new_code()
    )


def _basket(code: AccessCode, lines: int) -> Basket:
    basket = Basket.objects.create(studio=code.studio)
    product = Product.objects.get(price_list__studio=code.studio)
    rows = BasketLine.objects.bulk_create(
        BasketLine(basket=basket, product=product, title=product.name, price_cents=950)
        for _line in range(lines)
    )
    photos = Photo.objects.filter(job=code.job).order_by("pk")[:lines]
    LinePicture.objects.bulk_create(
        LinePicture(line=row, job_id=photo.job_id, photo=photo, code=code)
        for row, photo in zip(rows, photos, strict=True)
    )
    return basket


def _queries(code: AccessCode, lines: int) -> int:
    basket = _basket(code, lines)
    order = _shown(code, basket)
    with CaptureQueriesContext(connection) as queries:
        order()
    return len([query for query in queries if query["sql"] not in ("BEGIN", "COMMIT")])


def _orders_per_second(code: AccessCode, way: Callable[[AccessCode, Basket], Order]) -> float:
    chosen = [_basket(code, LINES) for _order in range(ORDERS)]
    start = perf_counter()
    orders = [way(code, basket) for basket in chosen]
    seconds = perf_counter() - start
    for order, basket in zip(orders, chosen, strict=True):
        assert order.lines.count() == LINES
        assert not basket.lines.exists()
        assert order.total_cents == LINES * 950 + 490
    return ORDERS / seconds


def _ours(code: AccessCode, basket: Basket) -> Order:
    """With the look at the basket that the page of the form needs."""
    return _shown(code, basket)()


def _shown(code: AccessCode, basket: Basket) -> Callable[[], Order]:
    shown = baskets.priced(basket.pk, studio=code.studio, code_ids=[code.pk], at=clock.now())
    return lambda: place_order(
        basket.pk,
        counter=PhotoCounter(code.studio, [code.pk]),
        buyer=BUYER,
        key=f"bench-{next(_keys)}",
        seen=shown.fingerprint(),
        clock=clock.now,
    )


@transaction.atomic(durable=True)
def _line_by_line(code: AccessCode, basket: Basket) -> Order:
    """What one writes first: ask, price and write each line by itself. It locks nothing."""
    studio = code.studio
    customer, _new = Customer.objects.get_or_create(
        studio=studio, email_key=BUYER.email, defaults={"email": BUYER.email}
    )
    OrderCounter.objects.get_or_create(studio=studio)
    OrderCounter.objects.filter(studio=studio).update(last=F("last") + 1)
    at = clock.now()
    order = Order.objects.create(
        **vars(BUYER),
        studio=studio,
        customer=customer,
        number=OrderCounter.objects.get(studio=studio).last,
        checkout_key=f"bench-{next(_keys)}",
        currency="EUR",
        goods_cents=0,
        shipping_cents=490,
        total_cents=490,
        tax_cents=0,
        placed_at=at,
    )
    for line in basket.lines.order_by("pk"):
        _one_line(order, line, customer)
        line.delete()
    order.total_cents = order.goods_cents + order.shipping_cents
    order.tax_cents = money.tax_included(order.total_cents, order.lines.all()[0].tax_percent)
    order.save()
    OrderEvent.objects.create(order=order, kind="placed", at=at)
    Receipt.objects.create(order=order, kind="confirmation", due_at=at)
    return order


def _one_line(order: Order, line: BasketLine, customer: Customer) -> None:
    product = Product.objects.select_related("price_list").get(pk=line.product_id)
    bought = OrderLine.objects.create(
        order=order,
        product=product,
        kind=product.kind,
        title=product.name,
        quantity=line.quantity,
        price_cents=product.price_cents,
        tax_percent=product.price_list.tax_percent,
    )
    order.goods_cents += bought.total_cents
    for picture in line.pictures.select_related("photo", "code__job__studio", "code__subject"):
        code, photo = picture.code, picture.photo
        assert code is not None
        assert code.subject is not None
        assert photo is not None
        assert access.is_open(code, order.placed_at)
        assert Photo.objects.of(code.subject).filter(pk=photo.pk).exists()
        OrderPicture.objects.create(
            line=bought,
            job=code.job,
            photo=photo,
            job_name=code.job.name if code.job else "",
            subject_name=code.subject.name,
            file_name=photo.file_name,
            original_name=photo.original.name,
        )
        Contact.objects.get_or_create(
            customer=customer, job=code.job, subject=code.subject, source="order"
        )
