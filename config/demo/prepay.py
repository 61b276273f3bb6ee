"""The demo's prepay shops: what they sell and ask, and orders placed before picture day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from jobstatus.models import Job, Studio
from shop.buying.checkout import Buyer, place_order
from shop.models import Basket, Order, PrepayQuestion, PrepayShop, PriceList, Product
from shop.prepay import children, choosing, shops
from shop.prepay.counter import PrepayCounter

OPEN = "Village school – First day at school"
PRODUCTS = (
    ("Package Classic", "package", 3, 2900, "mixed", "The group photo and two portraits"),
    ("Package Portrait", "package", 4, 3400, "individual", "Four portraits, 13 × 18 cm each"),
    ("Group photo 20 × 30 cm", "print", 1, 1290, "group", "On matt photo paper"),
    ("All photos as downloads", "download", 1, 3900, "all", "In full resolution"),
)
SLOTS = PrepayQuestion.Slot
QUESTIONS = (
    (SLOTS.CLASS, "Class or group", True, "1a\n1b\nHedgehogs"),
    (SLOTS.TEACHER, "Teacher", False, ""),
    (SLOTS.FIRST, "Frame of the group photo", False, "Oak\nWhite\nNone"),
)


@dataclass(frozen=True)
class Family:
    number: int
    children: Sequence[tuple[str, str]]  # name and class
    package: int  # of PRODUCTS
    days_after: int  # the opening


FAMILIES = (
    Family(11, [("Lena Berger", "1a")], 0, 1),
    Family(12, [("Tom Winter", "1b"), ("Ida Winter", "Hedgehogs")], 1, 2),
    Family(13, [("Ali Demir", "1a")], 3, 3),
    Family(14, [("Lena Berger", "1a")], 2, 4),  # the grandparents: two persons who may be one
)


def sell_before(job: Job, *, opened_at: datetime) -> None:
    """The job was opened just now: the orders of its first days."""
    for family in FAMILIES:
        _order(shops.shop_of(job), family, at=opened_at + timedelta(days=family.days_after))


def _prices(studio: Studio, currency: str) -> PriceList:
    prices, is_new = PriceList.objects.get_or_create(
        studio=studio, name="Before picture day", defaults={"currency": currency}
    )
    if is_new:
        Product.objects.bulk_create(
            Product(
                price_list=prices,
                name=name,
                kind=kind,
                picture_count=pictures,
                price_cents=cents,
                photo_rule=rule,
                description=description,
                position=position,
            )
            for position, (name, kind, pictures, cents, rule, description) in enumerate(PRODUCTS)
        )
    return prices


def furnish(job: Job, *, currency: str) -> None:
    """What it needs before it can open: its shop with prices and questions."""
    shop = shops.shop_of(job)
    shop.price_list = _prices(job.studio, currency)
    shop.entry = PrepayShop.Entry.NAME if job.name == OPEN else PrepayShop.Entry.CODE
    shop.save()
    PrepayQuestion.objects.bulk_create(
        PrepayQuestion(
            job=job, slot=slot, label=label, is_required=needed, choices=choices, position=n
        )
        for n, (slot, label, needed, choices) in enumerate(QUESTIONS)
    )


def _order(shop: PrepayShop, family: Family, *, at: datetime) -> Order:
    """Placed the way parents do it."""
    basket = Basket.objects.create(studio=shop.studio, prepay_shop=shop)
    asked = children.questions_of(shop.job_id or 0)
    product = Product.objects.get(price_list=shop.price_list, name=PRODUCTS[family.package][0])
    for name, class_name in family.children:
        typed = children.typed(name, {asked[0].pk: class_name, asked[1].pk: "Ms Ray"})
        child = choosing.add_child(basket.pk, shop, typed, clock=lambda: at)
        choosing.choose(basket.pk, shop, child.pk, {product.pk: 1}, clock=lambda: at)
    counter = PrepayCounter(shop.studio, shop.pk)
    return place_order(
        basket.pk,
        counter=counter,
        buyer=Buyer(
            name=f"Family {family.number}",
            email=f"family-{family.number}@example.org",
            street=f"School Lane {family.number}",
            postal_code="12345",
            city="Example Town",
            language="en" if family.number % 2 else "de",
            method=Order.Method.INVOICE,
        ),
        key=f"demo-prepay-{shop.pk}-{family.number}",
        seen=counter.priced(basket.pk, at=at).fingerprint(),
        clock=lambda: at,
    )
