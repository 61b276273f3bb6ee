"""No address of the prepay shop gives one family's or studio's data to another (J3, S1, P1).

The addresses come from the shop's own URLs: one without an entry here fails by its name. Two of the
families know the same job's code, and two of them have a child of the same name and class.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from jobstatus import clock
from jobstatus.models import Membership
from shop import prepay_urls
from shop.characters import written
from shop.models import AccessCode, BasketChild, BasketLine, Contact, Order, PrepayShop, Subject
from tests import prepaying
from tests.buying import BUYER
from tests.factories import NOON, UserFactory
from tests.factories import at as standing

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_noon(monkeypatch):
    monkeypatch.setattr(clock, "now", standing(NOON))


@dataclass
class Family:
    """Has ordered for one child, and has another one in the basket."""

    mark: str
    shop: PrepayShop
    client: Client
    order: Order
    code: AccessCode
    child: BasketChild
    line: BasketLine

    @property
    def marks(self) -> list[str]:
        code = self.code.code
        return [self.mark, code, written(code), self.order.token, f"{self.mark.lower()}@"]


@dataclass(frozen=True)
class Address:
    """How to ask for a family's page. `shows` says that the family itself finds its data there."""

    args: Callable[[Family], list[object]]
    data: Callable[[Family], dict[str, object]] = lambda owner: {}
    shows: bool = False


def families() -> list[Family]:
    shop, foreign = prepaying.prepay_shop(), prepaying.prepay_shop()
    return [
        _settle("Amselkind", shop),
        _settle("Buchenkind", shop),
        _settle("Zedernkind", foreign),
    ]


def _settle(mark: str, shop: PrepayShop) -> Family:
    client = prepaying.parent(shop)
    email = {"email": f"{mark.lower()}@example.org", "name": f"Parents of {mark}"}
    order = prepaying.order(client, shop, f"{mark} Alike", **email)
    (code,) = prepaying.codes_of(order)
    (child,) = prepaying.fill(client, shop, f"{mark} Two")
    return Family(mark, shop, client, order, code, child, child.lines.get())


def at_shop(owner: Family) -> list[object]:
    return [owner.shop.studio.slug, owner.shop.pk]


def of_child(owner: Family) -> list[object]:
    return [*at_shop(owner), owner.child.pk]


def chosen(owner: Family) -> dict[str, object]:
    return {f"quantity-{product.pk}": 7 for product in prepaying.products(owner.shop)}


def described(owner: Family) -> dict[str, object]:
    """The very name and class of the owner's child, with the number of its code."""
    return {**prepaying.child_form(owner.shop, f"{owner.mark} Alike"), "same": owner.code.pk}


ADDRESSES = {
    "entry": Address(lambda owner: [owner.shop.studio.slug], lambda owner: {"code": owner.mark}),
    "shop": Address(at_shop, lambda owner: {"seen": "x"}, shows=True),
    "new_child": Address(at_shop, described),
    "child": Address(of_child, chosen, shows=True),
    "details": Address(of_child, described, shows=True),
    "remove_child": Address(of_child),
    "known": Address(lambda owner: [*at_shop(owner), owner.code.pk], chosen, shows=True),
    "line": Address(lambda owner: [*at_shop(owner), owner.line.pk]),
    "checkout": Address(
        at_shop, lambda owner: BUYER | {"key": owner.order.checkout_key}, shows=True
    ),
}


def url_of(name: str, owner: Family) -> str:
    return reverse(f"prepay:{name}", args=ADDRESSES[name].args(owner))


def leaked(owner: Family, answer: Any, sent: dict[str, object]) -> list[str]:
    """The owner's marks in an answer that did not come from the form that was sent."""
    text = answer.content.decode()
    echoed = str(sent.get("name", "")) + str(sent.get("code", ""))
    return [mark for mark in owner.marks if mark in text and mark not in echoed]


def rows_of(owner: Family) -> list[object]:
    return [
        list(BasketLine.objects.filter(pk=owner.line.pk).values()),
        list(BasketChild.objects.filter(pk=owner.child.pk).values()),
        list(Order.objects.filter(pk=owner.order.pk).values()),
        list(AccessCode.objects.filter(pk=owner.code.pk).values()),
        list(Subject.objects.filter(pk=owner.code.subject_id).values()),
        Contact.objects.filter(subject=owner.code.subject_id).count(),
    ]


def test_every_address_of_the_prepay_shop_has_an_entry():
    assert {pattern.name for pattern in prepay_urls.urlpatterns} == set(ADDRESSES)


@pytest.mark.parametrize("name", ADDRESSES)
def test_P1_no_family_sees_or_changes_what_is_anothers(name):
    known = families()
    for owner in known:
        before, data = rows_of(owner), ADDRESSES[name].data(owner)
        for asking in known:
            if asking is owner:
                continue
            url = url_of(name, owner)
            for answer, sent in (
                (asking.client.get(url), {}),
                (asking.client.post(url, data), data),
                (asking.client.get(url_of("shop", asking)), data),
            ):
                assert leaked(owner, answer, sent) == [], url
                assert answer.status_code < 500
        assert rows_of(owner) == before


@pytest.mark.parametrize("name", ADDRESSES)
def test_S1_without_the_code_nothing_is_seen_also_by_staff_of_another_studio(name):
    known = families()
    staff = UserFactory.create()
    staff.groups.add(Group.objects.get(name="Photographer"))
    Membership.objects.create(user=staff, studio=known[-1].shop.studio)
    signed_in = Client()
    signed_in.force_login(staff)
    for owner in known[:2]:
        before, data = rows_of(owner), ADDRESSES[name].data(owner)
        for client in (Client(), signed_in):
            url = url_of(name, owner)
            for answer, sent in ((client.get(url), {}), (client.post(url, data), data)):
                assert leaked(owner, answer, sent) == [], url
        assert rows_of(owner) == before


@pytest.mark.parametrize("name", [name for name, address in ADDRESSES.items() if address.shows])
def test_the_marks_are_really_there_for_whoever_may_see_them(name):
    for owner in families():
        assert owner.mark in owner.client.get(url_of(name, owner)).content.decode()


def test_P1_a_code_of_another_child_of_the_job_is_not_taken_over_by_its_number():
    owner, asking, _foreign = families()

    data = described(owner)
    asking.client.post(url_of("new_child", asking), data)
    asking.client.post(url_of("known", owner), chosen(owner))

    assert not BasketChild.objects.filter(basket=asking.child.basket, code=owner.code).exists()
