"""Populating does what was shown, or nothing (P2)."""

from datetime import timedelta

import pytest

from shop.models import Album, Order, OrderPicture, Photo, Subject
from shop.populating import planning, writing
from tests.factories import NOON, at
from tests.prepay_orders import child, chosen, job_of, photos, prepay_order, prepay_shop, told

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(days=10)


def plan(shop):
    return planning.plan(job_of(shop))


def populate(shop, seen):
    return writing.populate(shop.job_id, by=None, clock=at(LATER), seen=seen)


@pytest.mark.parametrize(
    "change", ["photo", "another photo", "file", "order", "status", "release", "person"]
)
def test_P2_nothing_is_written_when_it_is_not_what_was_shown(change):
    shop = prepay_shop()
    mia = child(shop)
    (photo,) = photos(mia, 1)
    order = prepay_order(shop, (mia, "individual", 2))
    seen = plan(shop).mark()
    if change == "photo":
        photos(mia, 1)
    elif change == "another photo":
        Photo.objects.filter(pk=photo.pk).update(trashed_at=LATER)
        photos(mia, 1)
    elif change == "file":
        Photo.objects.filter(pk=photo.pk).update(original="new/original.jpg")
    elif change == "release":
        Order.objects.filter(pk=order.pk).update(released_at=LATER)
    elif change == "order":
        prepay_order(shop, (mia, "individual", 1))
    elif change == "status":
        Order.objects.filter(pk=order.pk).update(status="placed", paid_at=None)
    else:
        Subject.objects.filter(pk=mia.subject_id).delete()

    with pytest.raises(writing.PlanChanged):
        populate(shop, seen=seen)

    assert chosen(order) == [[]]
    assert told(order) == []
    populate(shop, seen=plan(shop).mark())


def test_P2_nothing_is_written_after_somebody_chose_another_photo_by_hand():
    shop = prepay_shop()
    mia = child(shop)
    first, second = photos(mia, 2)
    order = prepay_order(shop, (mia, "individual", 1), (mia, "individual", 1))
    line_id = order.lines.latest("pk").pk
    populate(shop, plan(shop).mark())
    prepay_order(shop, (mia, "individual", 1))  # something to do
    seen = plan(shop).mark()
    OrderPicture.objects.filter(line=line_id).update(photo=second, original_name=second.original)

    with pytest.raises(writing.PlanChanged):
        populate(shop, seen=seen)

    assert OrderPicture.objects.exclude(photo__in=[first, second]).count() == 0


def test_P2_what_does_not_concern_the_orders_does_not_change_what_was_shown():
    shop = prepay_shop()
    mia = child(shop)
    photos(mia)
    prepay_order(shop, (mia, "individual", 2))
    seen = plan(shop).mark()
    photos(child(shop, "Ben"))
    Album.objects.update(name="Renamed")
    prepay_order(prepay_shop(shop.studio))

    assert populate(shop, seen=seen).photos == 2
