"""A photo chosen by hand: only what the child's code shows, only where it was looked at (P2)."""

from datetime import timedelta

import pytest

from shop.models import Order, OrderPicture
from shop.orders import ChangeRefused
from shop.populating import picking, planning, writing
from tests.factories import NOON, UserFactory, at
from tests.prepay_orders import (
    child,
    chosen,
    group_photos,
    job_of,
    photos,
    prepay_order,
    prepay_shop,
    subject_of,
    told,
)

pytestmark = pytest.mark.django_db(transaction=True)

LATER = NOON + timedelta(days=10)


@pytest.fixture
def shop():
    return prepay_shop()


@pytest.fixture
def mia(shop):
    return child(shop)


@pytest.fixture
def order(shop, mia):
    return prepay_order(shop, (mia, "individual", 2))


def pick(order, photo, place=0, seen="empty", *, line=None, by=None):
    line = line or order.lines.first()
    return picking.pick(
        order.prepay_shop.job_id,
        *(order.pk, line.pk, place, photo.pk),
        by=by,
        clock=at(LATER),
        seen=seen,
    )


def mark(order, place=0):
    found = picking.picker(job_of(order.prepay_shop), order, order.lines.first().pk)
    return found.mark(place)


def populate(shop):
    return writing.populate(shop.job_id, by=None, clock=at(LATER), seen=None)


def test_P2_a_photo_is_put_into_a_place_and_told_and_populating_fills_the_others(shop, mia, order):
    first, _second, third = photos(mia)
    group, user = group_photos(mia)[0], UserFactory.create()

    pick(order, third, place=1, by=user)
    populate(shop)
    pick(order, group, place=1, seen=mark(order, 1))

    assert chosen(order) == [[first.file_name, group.file_name]]
    assert order.events.filter(kind="populated", by=user).count() == 1
    name = third.file_name
    assert told(order)[0] == ("populated", f"{name} was chosen by hand.")
    text = f"{group.file_name} was chosen by hand instead of {name}."
    assert told(order)[2] == ("populated", text)
    assert populate(shop).photos == 0


def test_P2_the_same_photo_again_is_nothing(mia, order):
    first, *_more = photos(mia)
    pick(order, first)

    assert pick(order, first, seen="of before") is None
    assert len(told(order)) == 1


@pytest.mark.parametrize("foreign", ["child", "hidden", "trashed", "job"])
def test_P2_only_photos_that_the_childs_code_shows_can_be_chosen(shop, mia, order, foreign):
    photos(mia)
    if foreign == "child":
        (photo,) = photos(child(shop, "Ben", album=subject_of(mia).album), 1)
    elif foreign == "job":
        (photo,) = photos(child(prepay_shop(shop.studio)), 1)
    else:
        values = {"hidden": {"is_hidden": True}, "trashed": {"trashed_at": NOON}}[foreign]
        (photo,) = photos(mia, 1, **values)

    with pytest.raises(ChangeRefused):
        pick(order, photo)
    assert (chosen(order), told(order)) == ([[]], [])


@pytest.mark.parametrize("harm", ["place", "below", "all", "order", "job", "released", "seen"])
def test_P2_what_is_no_place_to_choose_is_refused(shop, mia, order, harm):
    first, second, _third = photos(mia)
    values = {}
    if harm in ("place", "below"):
        values = {"place": 2 if harm == "place" else -1}
    elif harm == "seen":
        pick(order, second)
    elif harm == "released":
        Order.objects.filter(pk=order.pk).update(released_at=LATER)
    elif harm == "all":
        order = prepay_order(shop, (mia, "all", 1))
    elif harm == "order":
        values = {"line": prepay_order(shop, (mia, "individual", 2)).lines.get()}
    else:
        order.prepay_shop = prepay_shop(shop.studio)  # asked at the pages of another job

    with pytest.raises(ChangeRefused):
        pick(order, first, **values)
    assert not OrderPicture.objects.exclude(photo=second).exists()


def test_P2_two_who_fill_one_place_at_once_are_told(shop, mia, order, monkeypatch):
    first, second, _third = photos(mia)
    found = picking.picker(job_of(shop), order, order.lines.get().pk)
    stale = planning.plan(job_of(shop))
    pick(order, second)

    monkeypatch.setattr(picking, "picker", lambda *_asked, **_values: found)
    monkeypatch.setattr(writing, "plan", lambda _job, locked: stale)

    with pytest.raises(ChangeRefused):
        pick(order, first)
    with pytest.raises(writing.PlanChanged):
        populate(shop)
    assert chosen(order) == [[second.file_name]]
