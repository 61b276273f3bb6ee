"""The demo's shop: prices, photos, codes, baskets and orders of every job."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.files.base import ContentFile

from config.demo import pictures
from jobstatus.clock import Clock
from jobstatus.models import Job, Studio
from shop.buying import baskets
from shop.buying.checkout import Buyer, place_order
from shop.buying.choices import Choice
from shop.codes import issuing
from shop.models import (
    AccessCode,
    Album,
    Appearance,
    Basket,
    Order,
    Photo,
    PriceList,
    Product,
    Storefront,
    Subject,
    Terms,
)

CHILDREN = 3  # in a class
OWN_PHOTOS = 3  # of a child
PRODUCTS = (
    ("Print 13 × 18 cm", "print", 1, 950, "On matt photo paper"),
    ("Print 20 × 30 cm", "print", 1, 1690, "On matt photo paper"),
    ("Class picture 20 × 30 cm", "print", 1, 1290, "With the names of the class on request"),
    ("Family package", "package", 3, 2490, "Three photos of your choice, 13 × 18 cm each"),
    ("Photo as a download", "download", 1, 1200, "In full resolution, to print yourself"),
)


def open_shop(studio: Studio, *, currency: str) -> PriceList:
    """The studio's terms of sale and its price list."""
    Terms.objects.create(
        studio=studio,
        seller=f"{studio.name}\nMarket Square 1\n12345 Example Town",
        email=f"hello@{studio.slug}.example",
        account_holder=studio.name,
        iban="DE02120300000000202051",
        bic="BYLADEM1001",
        card_enabled=True,
    )
    prices = PriceList.objects.create(
        studio=studio, name="School and kindergarten", currency=currency, shipping_cents=390
    )
    Product.objects.bulk_create(
        Product(
            price_list=prices,
            name=name,
            kind=kind,
            picture_count=pictures_to_choose,
            price_cents=cents,
            description=description,
            position=position,
        )
        for position, (name, kind, pictures_to_choose, cents, description) in enumerate(PRODUCTS)
    )
    return prices


def hang_pictures(job: Job, prices: PriceList, *, classes: int, seeds: Iterator[int]) -> None:
    """Albums with drawn photos, the children on them, and a code for each child."""
    Storefront.objects.filter(job=job).update(price_list=prices)
    for number in range(1, classes + 1):
        album = Album.objects.create(job=job, name=f"Group {number}", position=number)
        _hang(album, f"group-{number}.jpg", draw={"seed": next(seeds), "people": 9})
        for child in range(1, CHILDREN + 1):
            subject = Subject.objects.create(job=job, album=album, name=f"Child {number}-{child}")
            face = next(seeds)
            for shot in range(1, OWN_PHOTOS + 1):
                draw = {"seed": next(seeds), "people": 1, "face": face}
                photo = _hang(album, f"{number}-{child}-{shot}.jpg", draw=draw)
                Appearance.objects.create(photo=photo, subject=subject)
    issuing.issue(Subject.objects.filter(job=job).order_by("pk"))


def _hang(album: Album, file_name: str, *, draw: dict[str, Any]) -> Photo:
    files = pictures.draw(**draw, watermark=album.job.studio.name)
    width, height = pictures.size_of(draw["people"])
    photo = Photo(
        job=album.job,
        album=album,
        file_name=file_name,
        position=album.photos.count(),
        is_group=draw["people"] > 1,
        width=width,
        height=height,
    )
    for name, data in files.items():
        getattr(photo, name).save(file_name, ContentFile(data), save=False)
    photo.save()
    return photo


@dataclass(frozen=True)
class Wish:
    """So many of a product, with the first photos of a child."""

    product: str
    code: AccessCode
    quantity: int = 1


def fill_basket(wishes: Sequence[Wish], *, clock: Clock) -> Basket:
    """A basket as a visitor fills it who knows the codes."""
    studio = wishes[0].code.studio
    basket = Basket.objects.create(studio=studio)
    for wish in wishes:
        product = Product.objects.get(name=wish.product, price_list__studio=studio)
        photos = Photo.objects.filter(appearances__subject=wish.code.subject_id).order_by("pk")
        picks = [(wish.code.pk, photo.pk) for photo in photos[: product.picture_count]]
        baskets.add(
            basket.pk,
            Choice(product.pk, picks, wish.quantity),
            studio=studio,
            code_ids=[wish.code.pk for wish in wishes],
            clock=clock,
        )
    return basket


def place(number: int, wishes: Sequence[Wish], *, at: datetime) -> Order:
    """An order of the past, placed the way customers do it."""
    studio, code_ids = wishes[0].code.studio, [wish.code.pk for wish in wishes]
    basket = fill_basket(wishes, clock=lambda: at)
    now = baskets.priced(basket.pk, studio=studio, code_ids=code_ids, at=at)
    buyer = Buyer(
        name=f"Family {number}",
        email=f"family-{number}@example.org",
        street=f"School Lane {number}",
        postal_code="12345",
        city="Example Town",
        language="en" if number % 2 else "de",
        method=Order.Method.INVOICE,
    )
    return place_order(
        basket.pk,
        studio=studio,
        code_ids=code_ids,
        buyer=buyer,
        key=f"demo-{studio.pk}-{number}",
        seen=now.fingerprint(),
        clock=lambda: at,
    )
