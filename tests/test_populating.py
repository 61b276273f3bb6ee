"""Populating the orders of a job: planned, shown, written once (P2)."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shop.gallery.contents import photos_of
from shop.models import Appearance, Order, OrderPicture, Photo, Subject
from shop.populating import planning, writing
from shop.populating.choosing import Lack
from tests.factories import NOON, AlbumFactory, PhotoFactory, UserFactory, at
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
from tests.shop_rows import order_of

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(days=10)


def names(*rows):
    return [photo.file_name for photo in rows]


def plan(shop):
    return planning.plan(job_of(shop))


def populate(shop, seen=None, **values):
    values = {"by": None, "clock": at(LATER), "seen": seen} | values
    return writing.populate(shop.job_id, **values)


def test_P2_every_line_gets_the_photos_of_its_own_child_by_its_rule():
    shop, user = prepay_shop(), UserFactory.create()
    mia, ben = child(shop, "Mia"), child(shop, "Ben")
    of_mia, of_ben, group = photos(mia), photos(ben), group_photos(mia, 2)
    group_photos(ben)
    order = prepay_order(shop, (mia, "individual", 2), (ben, "mixed", 2), (mia, "all", 1))
    elsewhere = prepay_shop(shop.studio)  # noise: another job of the studio with photos
    other = prepay_order(elsewhere, (child(elsewhere), "individual", 1))
    photos(other.lines.get().code)

    assert [outcome.order.pk for outcome in plan(shop).outcomes] == [order.pk]
    done = populate(shop, by=user)

    assert (done.orders, done.photos) == (1, 2 + 2 + 5)
    assert chosen(order) == [
        names(*of_mia[:2]),
        [
            Photo.objects.get(is_group=True, album=subject_of(ben).album).file_name,
            *names(of_ben[0]),
        ],
        names(*of_mia, *group),
    ]
    assert chosen(other) == [[]]
    picture = OrderPicture.objects.filter(line__order=order).order_by("pk").first()
    assert (picture.job_id, picture.job_name) == (shop.job_id, shop.job.name)
    assert (picture.subject_name, picture.photo_id) == ("Mia", of_mia[0].pk)
    assert picture.original_name == of_mia[0].original.name
    assert told(order) == [("populated", "9 photos chosen.")]
    assert order.events.get(kind="populated").by == user


def test_P2_the_photos_are_those_that_the_childs_code_shows_in_the_gallerys_order():
    shop = prepay_shop()
    mia = child(shop)
    photos(mia, 2, position=7)
    photos(mia, 1, position=3)
    group_photos(mia)
    photos(mia, 1, is_hidden=True)
    photos(mia, 1, trashed_at=NOON)
    tied_group = group_photos(mia)[0]
    Appearance.objects.create(photo=tied_group, subject=subject_of(mia))
    PhotoFactory.create(album=subject_of(mia).album, is_group=True, is_hidden=True)
    elsewhere = PhotoFactory.create()  # in another job
    Appearance.objects.create(photo=elsewhere, subject=subject_of(mia))
    inactive = PhotoFactory.create(album=AlbumFactory.create(job=shop.job, is_active=False))
    Appearance.objects.create(photo=inactive, subject=subject_of(mia))
    order = prepay_order(shop, (mia, "all", 1))
    photos(child(shop, "Ben", album=subject_of(mia).album))  # noise: another child of the class

    populate(shop)

    shown = photos_of(subject_of(mia))
    assert chosen(order) == [names(*shown)]
    assert len(shown) == 5


def test_P2_a_second_time_nothing_is_doubled_and_nothing_told():
    shop = prepay_shop()
    mia = child(shop)
    photos(mia)
    order = prepay_order(shop, (mia, "individual", 2), (mia, "all", 1))

    populate(shop)
    before = chosen(order)
    done = populate(shop)

    assert (done.orders, done.photos) == (0, 0)
    assert chosen(order) == before
    assert len(told(order)) == 1


def test_P2_orders_that_found_none_or_too_few_are_flagged_and_filled_later():
    shop = prepay_shop()
    mia, ben, tom = child(shop, "Mia"), child(shop, "Ben"), child(shop, "Tom")
    photos(mia, 1)
    photos(ben, 2)
    orders = [prepay_order(shop, (code, "individual", 2)) for code in (mia, ben, tom)]
    gone = child(shop, "Zoe")
    orders.append(prepay_order(shop, (gone, "group", 1)))
    Subject.objects.filter(pk=gone.subject_id).delete()

    found = plan(shop)
    populate(shop)

    assert [line.choice.lacks for o in found.outcomes for line in o.lines] == [
        (Lack.TOO_FEW,),
        (),
        (Lack.NO_PHOTO,),
        (Lack.NO_PERSON,),
    ]
    assert [o.waits for o in found.outcomes] == [True, False, True, True]
    assert told(orders[0]) == [("populated", "1 photo chosen. 1 photo is missing.")]
    assert [told(order) for order in orders[2:]] == [[], []]
    late = photos(tom, 2)
    assert populate(shop).orders == 1
    assert chosen(orders[2]) == [names(*late)]


@pytest.mark.parametrize("harm", ["trash", "hide", "untie", "purge", "deactivate"])
def test_P2_a_photo_that_is_gone_after_populating_is_flagged_and_filled_again(harm):
    shop = prepay_shop()
    mia = child(shop)
    first, second, third = photos(mia)
    order = prepay_order(shop, (mia, "individual", 2))
    populate(shop)

    if harm == "trash":
        Photo.objects.filter(pk=first.pk).update(trashed_at=LATER)
    elif harm == "hide":
        Photo.objects.filter(pk=first.pk).update(is_hidden=True)
    elif harm == "untie":
        Appearance.objects.filter(photo=first).delete()
    elif harm == "purge":
        Photo.objects.filter(pk=first.pk).delete()
    else:
        album = AlbumFactory.create(job=shop.job, is_active=False)
        Photo.objects.filter(pk=first.pk).update(album=album)
    found = plan(shop).outcomes[0]
    populate(shop)

    assert (found.is_disturbed, found.is_complete) == (True, False)
    assert chosen(order) == [names(third, second)]
    assert plan(shop).outcomes[0].is_complete


def test_P2_a_photo_whose_file_was_replaced_is_flagged_and_its_place_gets_the_new_file():
    shop = prepay_shop()
    mia = child(shop)
    first, second, _third = photos(mia)
    order = prepay_order(shop, (mia, "individual", 2))
    populate(shop)

    Photo.objects.filter(pk=second.pk).update(original="new/original.jpg", file_name="new.jpg")
    found = plan(shop).outcomes[0]
    populate(shop)

    assert (found.is_disturbed, found.fills) == (True, 1)
    picture = OrderPicture.objects.get(line__order=order, place=1)
    assert (picture.photo_id, picture.original_name) == (second.pk, "new/original.jpg")
    assert chosen(order) == [[first.file_name, "new.jpg"]]


def test_P2_all_photos_follow_what_comes_and_goes_until_the_order_is_released():
    shop = prepay_shop()
    mia = child(shop)
    first, second, third = photos(mia)
    order = prepay_order(shop, (mia, "all", 1))
    populate(shop)

    Photo.objects.filter(pk=second.pk).update(trashed_at=LATER)
    late = photos(mia, 1)
    populate(shop)
    Order.objects.filter(pk=order.pk).update(released_at=LATER)
    photos(mia, 1)
    done = populate(shop)

    assert chosen(order) == [names(first, third, *late)]
    assert done.photos == 0


@pytest.mark.parametrize("values", [{"status": "cancelled", "cancelled_at": NOON, "paid_at": None}])
def test_P2_cancelled_orders_and_those_of_the_sale_get_nothing(values):
    shop = prepay_shop()
    mia = child(shop)
    photos(mia)
    cancelled = prepay_order(shop, (mia, "individual", 1), **values)
    bought = order_of(mia)  # of the sale, with the photo that the customer chose

    done = populate(shop)

    assert done.orders == 0
    assert chosen(cancelled) == [[]]
    assert len(chosen(bought)[0]) == 1


def test_P2_an_order_that_was_not_paid_yet_is_populated_as_well():
    shop = prepay_shop()
    mia = child(shop)
    photos(mia)
    order = prepay_order(shop, (mia, "individual", 1), status="placed", paid_at=None)

    populate(shop)

    assert len(chosen(order)[0]) == 1


@pytest.mark.parametrize("number", [1, 15])
def test_P2_populating_takes_the_same_queries_for_any_number_of_orders(number):
    shop = prepay_shop()
    for _order in range(number):
        code = child(shop)
        photos(code)
        group_photos(code)
        prepay_order(shop, (code, "mixed", 2), (code, "all", 1))

    with CaptureQueriesContext(connection) as planned:
        plan(shop)
    with CaptureQueriesContext(connection) as written:
        populate(shop)

    assert len(planned) == 1 + 5
    # Savepoint, job, the plan, pictures held, that leave, changed and new, events, release.
    assert len(written) == 1 + 1 + 5 + 1 + 1 + 1 + 1 + 1
