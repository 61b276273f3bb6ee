"""No address of the shop gives one family's or studio's data to another (J3, S1, S2, L6).

The addresses come from the shop's own URLs: one without an entry here fails by its name. Every
visitor asks every address of every other family, by GET and by POST with that family's ids.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from jobstatus.models import Membership
from shop import urls
from shop.models import AccessCode, BasketLine, Contact, Customer, Order, OrderEvent, Photo
from tests.buying import BUYER
from tests.factories import UserFactory
from tests.families import Family, families

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Address:
    """How to ask for a family's page. `shows` says that the family itself finds its data there."""

    args: Callable[[Family, Family], list[object]]  # of the owner and of whoever asks
    data: Callable[[Family], dict[str, object]] = lambda owner: {}
    shows: bool = False


def studio(owner: Family, asking: Family) -> list[object]:
    return [owner.code.studio.slug]


def own_code(owner: Family, asking: Family) -> list[object]:
    return [owner.code.studio.slug, owner.code.pk]


def chosen(owner: Family) -> dict[str, object]:
    return {
        "product": owner.product.pk,
        "photo": f"{owner.code.pk}:{owner.photo.pk}",
        "quantity": 1,
    }


ADDRESSES = {
    "entry": Address(studio),
    "my_photos": Address(studio, shows=True),
    "gallery": Address(own_code, shows=True),
    "forget": Address(own_code),
    "tell_me": Address(own_code, lambda owner: {"email": "curious@example.org"}),
    "photo": Address(
        lambda owner, asking: [owner.code.studio.slug, owner.code.pk, owner.photo.pk], shows=True
    ),
    "package": Address(lambda owner, asking: [owner.code.studio.slug, owner.product.pk], chosen),
    "basket": Address(studio, shows=True),
    "basket_add": Address(studio, chosen),
    "basket_line": Address(
        lambda owner, asking: [owner.code.studio.slug, owner.line],
        lambda owner: {"do": "remove", "quantity": 5},
    ),
    "checkout": Address(studio, lambda owner: BUYER | {"key": owner.order.checkout_key}),
    # The address of an order is its key, so that a stranger has only his own.
    "order": Address(lambda owner, asking: [asking.order.token]),
    "order_pay": Address(lambda owner, asking: [asking.order.token]),
    "order_download": Address(lambda owner, asking: [asking.order.token, owner.picture.pk]),
    "download": Address(lambda owner, asking: [f"{owner.picture.pk}"]),
    "picture": Address(lambda owner, asking: [owner.grant, owner.photo.pk, "preview"], shows=True),
    "webhook": Address(lambda owner, asking: ["stripe"]),
    "job": Address(lambda owner, asking: [owner.code.job.storefront.slug]),
    "tell_me_of_job": Address(lambda owner, asking: [owner.code.job.storefront.slug]),
}


def body(response) -> str:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return content.decode(errors="replace")


def rows_of(owner: Family) -> list[object]:
    """What nobody else may change: the basket, orders and what the family is tied to."""
    return [
        list(BasketLine.objects.filter(pk=owner.line).values()),
        list(Order.objects.filter(pk=owner.order.pk).values()),
        list(OrderEvent.objects.filter(order=owner.order).values("kind")),
        list(AccessCode.objects.filter(pk=owner.code.pk).values()),
        list(Photo.objects.filter(pk=owner.photo.pk).values()),
        list(Customer.objects.filter(pk=owner.order.customer_id).values()),
        Contact.objects.filter(subject=owner.code.subject_id).count(),
    ]


def test_every_address_of_the_shop_has_an_entry():
    assert {pattern.name for pattern in urls.urlpatterns} == set(ADDRESSES)


@pytest.mark.parametrize("name", ADDRESSES)
def test_S2_no_family_sees_or_changes_what_is_anothers(name):
    address, known = ADDRESSES[name], families()
    for owner in known:
        for asking in known:
            if asking is owner:
                continue
            before = rows_of(owner)
            url = reverse(f"shop:{name}", args=address.args(owner, asking))
            for answer in (asking.client.get(url), asking.client.post(url, address.data(owner))):
                assert [mark for mark in owner.marks if mark in body(answer)] == [], url
                assert answer.status_code < 500
            assert rows_of(owner) == before, url


@pytest.mark.parametrize("name", ADDRESSES)
def test_S1_without_a_code_nothing_of_anybody_is_seen_also_by_staff_of_another_studio(name):
    address, known = ADDRESSES[name], families()
    staff = UserFactory.create()
    staff.groups.add(Group.objects.get(name="Photographer"))
    Membership.objects.create(user=staff, studio=known[-1].code.studio)
    signed_in = Client()
    signed_in.force_login(staff)
    for owner in known[:2]:
        before = rows_of(owner)
        url = reverse(f"shop:{name}", args=address.args(owner, known[-1]))
        for client in (Client(), signed_in):
            for answer in (client.get(url), client.post(url, address.data(owner))):
                assert [mark for mark in owner.marks if mark in body(answer)] == [], url
        assert rows_of(owner) == before, url


@pytest.mark.parametrize("name", [name for name, address in ADDRESSES.items() if address.shows])
def test_the_marks_are_really_there_for_whoever_may_see_them(name):
    for owner in families():
        url = reverse(f"shop:{name}", args=ADDRESSES[name].args(owner, owner))

        assert owner.mark in body(owner.client.get(url))


def test_S5_the_download_of_one_order_is_not_that_of_another():
    first, second, foreign = families()
    for owner, asking in ((first, second), (first, foreign)):
        crossed = reverse("shop:order_download", args=[asking.order.token, owner.picture.pk])
        right = reverse("shop:order_download", args=[owner.order.token, owner.picture.pk])

        assert Client().get(crossed).status_code == 404
        answer = Client().get(right, follow=True)
        assert owner.mark in body(answer)
