"""What is held goes to production whole, and comes back as long as nothing has left (P2)."""

from datetime import timedelta

import pytest
from django.db import transaction

from shop.delivery import downloads
from shop.models import Appearance, Order, OrderPicture, Photo
from shop.orders import ChangeRefused
from shop.populating import planning, releasing, writing
from shop.sorting import photos as photo_steps
from shop.sorting import trash, tying
from shop.uploads import taking
from tests.factories import NOON, UserFactory, at
from tests.prepay_orders import (
    child,
    chosen,
    job_of,
    photos,
    prepay_order,
    prepay_shop,
    subject_of,
    told,
)
from tests.uploads import CLOCK, jpeg, uploaded

pytestmark = pytest.mark.django_db(transaction=True)

LATER = NOON + timedelta(days=10)
DAY = timedelta(days=1)


@pytest.fixture
def shop():
    return prepay_shop()


def populate(shop):
    return writing.populate(shop.job_id, by=None, clock=at(LATER), seen=None)


def release(shop, seen=None, when=LATER):
    return releasing.release_all(shop.job_id, by=None, clock=at(when), seen=seen)


def release_one(shop, order, seen=None):
    return releasing.release_one(shop.job_id, order.pk, by=None, clock=at(LATER), seen=seen)


def outcome(shop):
    (found,) = planning.plan(job_of(shop)).outcomes
    return found


def released():
    return list(Order.objects.filter(released_at__isnull=False).order_by("pk"))


def taken(code, *numbers):
    """Photos that came in through the pipeline and were tied to the child."""
    for number in numbers:
        uploaded(subject_of(code).album, jpeg(number), name=f"{number}.jpg", position=number)
    taking.take_waiting(clock=CLOCK, until=NOON + DAY)
    found = Photo.objects.filter(file_name__in=[f"{number}.jpg" for number in numbers])
    ids = list(found.values_list("pk", flat=True))
    tying.tie(subject_of(code).job, ids, code.subject_id, by=None, at=NOON)
    return ids


@pytest.mark.parametrize("door", [trash.put_photos, photo_steps.hide])
def test_P2_a_photo_replaced_after_populating_is_flagged_and_never_released_missing(shop, door):
    mia = child(shop)
    ids = taken(mia, 1, 2)
    order = prepay_order(shop, (mia, "individual", 2))
    populate(shop)
    page = releasing.all_complete(job_of(shop)).mark()

    door(job_of(shop), ids[:1], by=None, at=LATER)
    without = outcome(shop)
    refused = [release(shop), release_one(shop, order)]
    taken(mia, 3)
    replaced = outcome(shop)
    refused += [release(shop), release_one(shop, order)]
    with pytest.raises(writing.PlanChanged):
        release(shop, seen=page)

    assert (without.is_disturbed, without.waits, without.missing) == (True, True, 1)
    assert (replaced.is_disturbed, replaced.waits, replaced.fills) == (True, False, 1)
    assert (refused, released()) == ([0, 0, 0, 0], [])
    populate(shop)
    assert release(shop) == 1
    assert chosen(order) == [["3.jpg", "2.jpg"]]
    shown = Photo.objects.shown()
    assert OrderPicture.objects.filter(line__order=order, photo__in=shown).count() == 2


def test_P2_a_photo_that_comes_back_after_another_took_its_place_is_not_doubled(shop):
    mia = child(shop)
    first, second, third = photos(mia)
    order = prepay_order(shop, (mia, "individual", 2))
    populate(shop)
    trash.put_photos(job_of(shop), [first.pk], by=None, at=LATER)
    populate(shop)

    trash.restore_photos(job_of(shop), [first.pk])

    assert populate(shop).photos == 0
    assert chosen(order) == [[third.file_name, second.file_name]]
    assert release(shop) == 1


def test_P2_a_released_order_tells_that_a_photo_went_and_is_filled_anew_when_held(shop):
    mia = child(shop)
    first, second = photos(mia, 2)
    order = prepay_order(shop, (mia, "individual", 1))
    populate(shop)
    release(shop)

    trash.put_photos(job_of(shop), [first.pk], by=None, at=LATER)

    assert (outcome(shop).is_disturbed, outcome(shop).fills) == (True, 0)
    assert populate(shop).photos == 0
    releasing.take_back(order.pk, by=None, clock=at(LATER))
    assert release(shop) == 0
    populate(shop)
    assert chosen(order) == [[second.file_name]]
    assert release(shop) == 1


def test_P2_only_complete_paid_held_orders_are_released_and_each_tells_it(shop):
    mia, ben, user = child(shop), child(shop, "Ben"), UserFactory.create()
    photos(mia)
    wish = (mia, "individual", 1)
    orders = [prepay_order(shop, wish), prepay_order(shop, wish)]
    unpaid = prepay_order(shop, wish, status="placed", paid_at=None)
    cancelled = prepay_order(shop, wish)
    half = prepay_order(shop, wish, (ben, "individual", 1))
    elsewhere = prepay_shop(shop.studio)
    zoe = child(elsewhere)
    photos(zoe)
    other = prepay_order(elsewhere, (zoe, "individual", 1))
    populate(shop)
    populate(elsewhere)
    Order.objects.filter(pk=cancelled.pk).update(
        status="cancelled", paid_at=None, cancelled_at=NOON
    )

    count = releasing.release_all(shop.job_id, by=user, clock=at(LATER), seen=None)

    assert (count, released()) == (2, orders)
    assert (release(shop), len(told(orders[0]))) == (0, 2)
    assert orders[0].events.get(kind="released").by == user
    assert [release_one(shop, order) for order in (half, cancelled, orders[0], other)] == [0] * 4
    assert release_one(shop, unpaid) == 1


@pytest.mark.parametrize("change", ["order", "photo"])
def test_P2_nothing_is_released_when_it_is_not_what_was_shown(shop, change):
    mia = child(shop)
    first, *_more = photos(mia)
    order = prepay_order(shop, (mia, "individual", 1))
    populate(shop)
    every = releasing.all_complete(job_of(shop)).mark()
    one = releasing.one(job_of(shop), order.pk).mark()

    if change == "order":
        Order.objects.filter(pk=order.pk).update(status="placed", paid_at=None)
    else:
        Appearance.objects.filter(photo=first).delete()

    with pytest.raises(writing.PlanChanged):
        release(shop, seen=every)
    with pytest.raises(writing.PlanChanged):
        release_one(shop, order, seen=one)
    assert (released(), len(told(order))) == ([], 1)


def test_P2_a_release_is_taken_back_once_and_noted(shop):
    mia, user = child(shop), UserFactory.create()
    photos(mia)
    order = prepay_order(shop, (mia, "individual", 1))
    populate(shop)
    release(shop)

    event = releasing.take_back(order.pk, by=user, clock=at(LATER))

    assert (event.kind, event.by, released()) == ("taken_back", user, [])
    assert releasing.take_back(order.pk, by=user, clock=at(LATER)) is None


@pytest.mark.parametrize("way", ["download", "export"])
def test_P2_what_has_left_is_not_taken_back_but_what_left_before_is(shop, way):
    mia = child(shop)
    photos(mia)
    order = prepay_order(shop, (mia, "all", 1))
    populate(shop)
    release(shop)
    picture = OrderPicture.objects.filter(line__order=order).first()

    def leave(when):
        if way == "download":
            downloads.note_download(picture, clock=at(when))
        else:
            releasing.note_export(Order.objects.all(), by=None, clock=at(when))

    leave(LATER)
    leave(LATER)

    with pytest.raises(ChangeRefused):
        releasing.take_back(order.pk, by=None, clock=at(LATER + DAY))
    assert (released(), len(told(order))) == ([order], 3)
    Order.objects.filter(pk=order.pk).update(released_at=LATER + DAY)
    assert releasing.take_back(order.pk, by=None, clock=at(LATER + DAY)) is not None


def test_P2_held_orders_and_those_of_the_sale_are_not_noted_as_exported(shop):
    held = prepay_order(shop, (child(shop), "individual", 1))
    gone = prepay_order(shop, (child(shop), "individual", 1), released_at=NOON)
    outside = prepay_order(shop, (child(shop), "individual", 1), released_at=NOON)

    chosen_rows = Order.objects.exclude(pk=outside.pk)
    releasing.note_export(chosen_rows, by=None, clock=at(LATER))

    assert [told(order) for order in (held, gone, outside)] == [[], [("exported", "")], []]


@pytest.mark.parametrize(
    "change",
    [{"status": "cancelled", "cancelled_at": LATER, "paid_at": None}, {"released_at": LATER}],
)
def test_P2_orders_that_are_not_held_any_more_are_not_released_together(shop, change):
    """The second guard, beside the locks: all of what was chosen, or nothing."""
    mia = child(shop)
    photos(mia)
    orders = [prepay_order(shop, (mia, "individual", 1)) for _n in range(2)]
    populate(shop)
    chosen_before = releasing.all_complete(job_of(shop))
    Order.objects.filter(pk=orders[0].pk).update(**change)

    with pytest.raises(writing.PlanChanged), transaction.atomic():
        releasing._release(chosen_before, by=None, at=LATER + DAY, seen=None)

    assert not Order.objects.filter(released_at=LATER + DAY).exists()
