"""A prepay job with its shop, and a visitor of it, for tests."""

from datetime import date, timedelta
from typing import Any

from django.test import Client
from django.urls import reverse

from jobstatus.lifecycle import Status
from jobstatus.models import Studio
from shop import visit
from shop.models import (
    AccessCode,
    BasketChild,
    Order,
    PrepayQuestion,
    PrepayShop,
    Product,
    Storefront,
)
from tests.buying import BUYER
from tests.factories import NOON, PriceListFactory, ProductFactory, StudioFactory, job_in

DEADLINE = NOON.date() + timedelta(days=10)
QUANTITY = "quantity-{}"


def prepay_shop(
    status: str = Status.PREPAY,
    *,
    studio: Studio | None = None,
    entry: str = PrepayShop.Entry.CODE,
    questions: bool = True,
    deadline: date | None = DEADLINE,
    **values: Any,
) -> PrepayShop:
    """With two packages for sale, and questions for class and teacher."""
    job = job_in(
        status,
        studio=studio or StudioFactory.create(),
        **{"kind": "prepay", "prepay_deadline_date": deadline} | values,
    )
    Storefront.objects.get_or_create(job=job)
    shop, _made = PrepayShop.objects.get_or_create(job=job, defaults={"studio": job.studio})
    return stocked(shop, entry=entry, questions=questions)


def stocked(
    shop: PrepayShop, *, entry: str = PrepayShop.Entry.CODE, questions: bool = True
) -> PrepayShop:
    prices = PriceListFactory.create(studio=shop.studio)
    ProductFactory.create(
        price_list=prices, name="Package A", kind="package", picture_count=3, photo_rule="mixed"
    )
    ProductFactory.create(
        price_list=prices, name="All files", kind="download", photo_rule="all", price_cents=2500
    )
    PrepayShop.objects.filter(pk=shop.pk).update(entry=entry, price_list=prices)
    if questions:
        slots = PrepayQuestion.Slot
        ask(shop, slots.CLASS, "Class", is_required=True)
        ask(shop, slots.TEACHER, "Teacher", position=1)
    return reloaded(shop)


def ask(shop: PrepayShop, slot: str, label: str, **values: Any) -> PrepayQuestion:
    return PrepayQuestion.objects.create(job=shop.job, slot=slot, label=label, **values)


def reloaded(shop: PrepayShop) -> PrepayShop:
    return PrepayShop.objects.select_related("job__studio", "price_list").get(pk=shop.pk)


def products(shop: PrepayShop) -> list[Product]:
    return list(Product.objects.filter(price_list=shop.price_list_id).order_by("pk"))


def parent(*shops: PrepayShop) -> Client:
    """A browser whose visitor has typed the codes of these shops."""
    client = Client()
    session = client.session
    session[visit.SHOPS] = [shop.pk for shop in shops]
    session.save()
    return client


def at(name: str, shop: PrepayShop, *more: int) -> str:
    return reverse(f"prepay:{name}", args=[shop.studio.slug, shop.pk, *more])


def child_form(shop: PrepayShop, name: str = "Lena Beispiel", **answers: str) -> dict[str, str]:
    """What a browser posts for this child; answers by slot."""
    given = {"class": "3a"} | answers
    asked = PrepayQuestion.objects.filter(job=shop.job)
    fields = {f"answer-{q.pk}": given[q.slot] for q in asked if q.slot in given}
    return {"name": name} | fields


def add_child(client: Client, shop: PrepayShop, name: str = "Lena Beispiel", **answers: str) -> Any:
    """Post the form for a child. Leads to the products for it."""
    return client.post(at("new_child", shop), child_form(shop, name, **answers))


def choose(client: Client, shop: PrepayShop, child: BasketChild, **counts: int) -> Any:
    """So many of `package` and of `files` for this child."""
    package, files = products(shop)
    numbers = {package.pk: counts.get("package", 1), files.pk: counts.get("files", 0)}
    form = {QUANTITY.format(pk): count for pk, count in numbers.items()}
    return client.post(at("child", shop, child.pk), form)


def fill(client: Client, shop: PrepayShop, *names: str, **counts: int) -> list[BasketChild]:
    """A basket with a package for each of these children."""
    filled = []
    for name in names or ("Lena Beispiel",):
        assert add_child(client, shop, name).status_code == 302
        child = BasketChild.objects.latest("pk")
        assert choose(client, shop, child, **counts).status_code == 302
        filled.append(child)
    return filled


def checkout_form(client: Client, shop: PrepayShop, **values: Any) -> dict[str, Any]:
    page = client.get(at("checkout", shop))
    hidden = {name: page.context[name] for name in ("key", "seen")} if page.context else {}
    return BUYER | hidden | values


def order(client: Client, shop: PrepayShop, *names: str, **values: Any) -> Order:
    """An order of a package for each of these children, by a visitor of the shop's pages."""
    fill(client, shop, *names)
    answer = client.post(at("checkout", shop), checkout_form(client, shop, **values))
    assert answer.status_code == 302, answer.content.decode()
    return Order.objects.latest("pk")


def codes_of(order: Order) -> list[AccessCode]:
    return list(AccessCode.objects.filter(order_lines__order=order).distinct().order_by("pk"))
