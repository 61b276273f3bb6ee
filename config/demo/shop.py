"""The demo's shop: prices, photos, codes, baskets and orders of every job."""

import hashlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from django.core.files.base import ContentFile

from config.demo import pictures
from jobstatus.clock import Clock
from jobstatus.models import Job, Studio
from shop import images
from shop.buying import baskets
from shop.buying.checkout import Buyer, PhotoCounter, place_order
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

CORES = 2  # that draw at the same time
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
        iban="DE02 1203 0000 0000 2020 51",
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


@dataclass(frozen=True)
class Shot:
    """A photo to be drawn: of one child, or of all of a class."""

    album: Album
    file_name: str
    subject: Subject | None
    draw: dict[str, int]
    watermark: str


def hang_pictures(job: Job, prices: PriceList, *, classes: int, seeds: Iterator[int]) -> None:
    """Albums with drawn photos, the children on them, and a code for each child."""
    Storefront.objects.filter(job=job).update(price_list=prices)
    mark, shots = job.studio.name, []
    for number in range(1, classes + 1):
        album = Album.objects.create(job=job, name=f"Group {number}", position=number)
        group = {"seed": next(seeds), "people": 9}
        shots.append(Shot(album, f"group-{number}.jpg", None, group, mark))
        for child in range(1, CHILDREN + 1):
            subject = Subject.objects.create(job=job, album=album, name=f"Child {number}-{child}")
            face = next(seeds)
            for shot in range(1, OWN_PHOTOS + 1):
                draw = {"seed": next(seeds), "people": 1, "face": face}
                shots.append(Shot(album, f"{number}-{child}-{shot}.jpg", subject, draw, mark))
    with ThreadPoolExecutor(CORES) as pool:
        for one, (made, content) in zip(shots, pool.map(_developed, shots), strict=True):
            _hang(one, made, content)
    issuing.issue_missing(job.pk)  # Who was ordered for before picture day has one.


def _developed(shot: Shot) -> tuple[images.Made, dict[str, bytes]]:
    """Drawn, and made ready by the pipeline like every photo. Asks the database nothing."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        source = folder / shot.file_name
        source.write_bytes(pictures.draw(**shot.draw))
        made = images.make(source, folder, watermark=shot.watermark)
        return made, {path.name: path.read_bytes() for path in folder.iterdir()}


def _hang(shot: Shot, made: images.Made, content: dict[str, bytes]) -> None:
    original = content[shot.file_name]
    photo = Photo(
        job=shot.album.job,
        album=shot.album,
        file_name=shot.file_name,
        position=shot.album.photos.count(),
        is_group=shot.subject is None,
        width=made.width,
        height=made.height,
        sha256=hashlib.sha256(original).hexdigest(),
        stored_bytes=sum(map(len, content.values())),
        has_webp=True,
    )
    photo.original.save(shot.file_name, ContentFile(original), save=False)
    for size in ("preview", "thumbnail"):
        file = getattr(photo, size)
        file.save(shot.file_name, ContentFile(content[f"{size}.jpg"]), save=False)
        beside = str(PurePosixPath(file.name).with_suffix(".webp"))
        file.storage.save(beside, ContentFile(content[f"{size}.webp"]))
    photo.save()
    if shot.subject is not None:
        Appearance.objects.create(photo=photo, subject=shot.subject)


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
        counter=PhotoCounter(studio, code_ids),
        buyer=buyer,
        key=f"demo-{studio.pk}-{number}",
        seen=now.fingerprint(),
        clock=lambda: at,
    )
