"""Families of two studios, each with photos, a basket and a paid order of their own."""

import re
from dataclasses import dataclass
from typing import Any

from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse

from jobstatus import clock
from shop import orders
from shop.codes import spelling
from shop.models import AccessCode, BasketLine, Order, OrderPicture, Photo, Product
from shop.visit import BASKETS
from tests.buying import BUYER, add, photos_of, print_of, second_child, visitor
from tests.factories import ProductFactory, family


@dataclass
class Family:
    """`marks` stand in nobody else's rows and files: where one shows, this family's data does."""

    mark: str
    code: AccessCode
    photo: Photo
    product: Product
    client: Client
    line: int
    order: Order
    picture: OrderPicture
    grant: str

    @property
    def marks(self) -> list[str]:
        return [self.mark, self.code.code, spelling.written(self.code.code), self.order.token]


def families() -> list[Family]:
    """Two of one job, one of another studio."""
    first, foreign = family(), family()
    second = second_child(first, photos=2)
    return [
        _settle("Amselkind", first),
        _settle("Buchenkind", second),
        _settle("Zedernkind", foreign),
    ]


def _settle(mark: str, code: AccessCode) -> Family:
    code = AccessCode.objects.select_related("job__storefront__price_list", "subject").get(
        pk=code.pk
    )
    assert code.job is not None
    assert code.subject is not None
    code.subject.name = mark
    code.subject.save()
    for photo in photos_of(code):
        Photo.objects.filter(pk=photo.pk).update(file_name=f"{mark}-{photo.pk}.jpg")
        for file in (photo.original, photo.preview, photo.thumbnail):
            file.storage.save(str(file.name), ContentFile(f"{mark} in {file.name}".encode()))
    download = ProductFactory.create(
        price_list=code.job.storefront.price_list, kind="download", name=f"File {mark}"
    )
    client = visitor(code)
    add(client, code, product=download.pk)
    order = _order(client, code, mark)
    orders.mark_paid(order.pk, by=None, clock=clock.now)
    add(client, code)
    page = client.get(reverse("shop:gallery", args=[code.studio.slug, code.pk])).content.decode()
    return Family(
        mark=mark,
        code=code,
        photo=photos_of(code)[0],
        product=print_of(code),
        client=client,
        line=_basket_line(client),
        order=Order.objects.get(pk=order.pk),
        picture=OrderPicture.objects.get(line__order=order),
        grant=re.findall(r"/shop/media/([^/]+)/", page)[0],
    )


def _order(client: Client, code: AccessCode, mark: str) -> Order:
    at = reverse("shop:checkout", args=[code.studio.slug])
    page: Any = client.get(at).context
    form = BUYER | {
        "email": f"{mark.lower()}@example.org",
        "name": f"Parents of {mark}",
        "key": page["key"],
        "seen": page["seen"],
    }
    client.post(at, form)
    return Order.objects.get(email=form["email"])


def _basket_line(client: Client) -> int:

    (basket,) = client.session[BASKETS].values()
    return BasketLine.objects.get(basket=basket).pk
