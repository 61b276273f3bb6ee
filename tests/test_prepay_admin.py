"""The photographer's side of prepay: settings, populating, release, one child (P1, P2)."""

import pytest

from jobstatus import operations
from shop.models import Order, OrderEvent, PrepayQuestion, PrepayShop, SameChild, Subject
from tests.factories import NOON, PriceListFactory, at
from tests.prepay_orders import (
    child,
    chosen,
    group_photos,
    job_of,
    photos,
    prepay_order,
    prepay_shop,
    subject_of,
)
from tests.staff import said, sign_in

pytestmark = pytest.mark.django_db(transaction=True)


def tab(shop, page=""):
    return f"/admin/jobstatus/job/{shop.job_id}/prepay/{page}"


@pytest.fixture
def shop():
    return prepay_shop()


@pytest.fixture
def client(shop):
    return sign_in(shop.studio)


def as_standard(shop):
    operations.convert_to_standard([shop.job_id], by=None, clock=at(NOON))


def populated(client, shop):
    page = tab(shop, "populate/")
    client.post(page, {"seen": client.get(page).context["seen"]})


def questions(**values):
    slots = ("class", "teacher", "first", "second", "third")
    return {f"{slot}-{name}": "" for slot in slots for name in ("label", "choices")} | values


def test_P1_shop_and_questions_are_saved_and_asked(shop, client):
    prices = PriceListFactory.create(studio=shop.studio)
    data = questions(**{"class-label": "Class", "class-is_required": "on", "third-label": "Pet?"})

    answer = client.post(tab(shop), data | {"entry": "name", "price_list": prices.pk}, follow=True)

    shop.refresh_from_db()
    assert (shop.entry, shop.price_list) == ("name", prices)
    rows = PrepayQuestion.objects.filter(job=shop.job_id).order_by("position")
    assert [(q.slot, q.label, q.is_required) for q in rows] == [
        ("class", "Class", True),
        ("third", "Pet?", False),
    ]
    assert said(answer) == ["The prepay shop is saved."]


def test_J3_a_price_list_of_another_studio_is_refused_and_the_input_kept(shop, client):
    foreign = PriceListFactory.create()
    before = PrepayShop.objects.get(pk=shop.pk).price_list

    answer = client.post(
        tab(shop),
        questions(**{"class-label": "Kept"}) | {"entry": "code", "price_list": foreign.pk},
    )

    assert "Nothing was saved" in answer.text
    assert 'value="Kept"' in answer.text
    assert PrepayShop.objects.get(pk=shop.pk).price_list == before


def test_P1_settings_are_fixed_once_the_job_is_a_standard_one(shop, client):
    as_standard(shop)

    page = client.get(tab(shop))
    client.post(tab(shop), questions(**{"class-label": "Late"}) | {"entry": "name"})

    assert "Save the prepay shop" not in page.text
    assert not PrepayQuestion.objects.filter(label="Late").exists()


def test_P2_populating_shows_first_and_writes_once(shop, client):
    mia = child(shop)
    order = prepay_order(shop, (mia, "individual", 2))
    photos(mia)
    as_standard(shop)

    shown = client.get(tab(shop, "populate/"))
    nothing = chosen(order)
    old = client.post(tab(shop, "populate/"), {"seen": "of before"})
    done = client.post(tab(shop, "populate/"), {"seen": shown.context["seen"]}, follow=True)
    again = client.get(tab(shop, "populate/"))

    assert (nothing, old.status_code) == ([[]], 409)
    assert len(chosen(order)[0]) == 2
    assert said(done) == ["Photos are chosen for 1 order: 2."]
    assert "There is nothing to choose." in again.text


def test_P2_an_order_without_photos_says_why(shop, client):
    prepay_order(shop, (child(shop), "individual", 1))
    as_standard(shop)

    assert "There is no photo of the child." in client.get(tab(shop, "populate/")).text


def test_P2_complete_paid_orders_are_released_and_the_others_stay_held(shop, client):
    mia, ben = child(shop), child(shop, "Ben")
    paid = prepay_order(shop, (mia, "individual", 1))
    unpaid = prepay_order(shop, (mia, "individual", 1), status="placed", paid_at=None)
    without = prepay_order(shop, (ben, "individual", 1))
    photos(mia)
    as_standard(shop)
    client.post(
        tab(shop, "populate/"), {"seen": client.get(tab(shop, "populate/")).context["seen"]}
    )

    page = client.get(tab(shop, "release/"))
    client.post(tab(shop, "release/"), {"seen": page.context["seen"]})

    released = Order.objects.filter(released_at__isnull=False)
    assert list(released) == [paid]
    assert {unpaid.pk, without.pk} == set(Order.objects.held().values_list("pk", flat=True))
    assert "2 orders stay held" in page.text


def test_P2_one_order_is_released_before_it_is_paid_and_held_again(shop, client):
    mia = child(shop)
    order = prepay_order(shop, (mia, "individual", 1), status="placed", paid_at=None)
    photos(mia)
    as_standard(shop)
    client.post(
        tab(shop, "populate/"), {"seen": client.get(tab(shop, "populate/")).context["seen"]}
    )

    client.post(tab(shop, f"orders/{order.pk}/"), {"release": "1"})
    released = Order.objects.get(pk=order.pk).released_at
    client.post(tab(shop, f"orders/{order.pk}/"), {"hold": "1"})

    assert released is not None
    assert Order.objects.get(pk=order.pk).released_at is None
    kinds = list(order.events.order_by("pk").values_list("kind", flat=True))
    assert kinds[-3:] == ["populated", "released", "taken_back"]


def test_P2_an_exported_order_is_not_held_again(shop, client):
    mia = child(shop)
    order = prepay_order(shop, (mia, "individual", 1))
    photos(mia)
    as_standard(shop)
    client.post(
        tab(shop, "populate/"), {"seen": client.get(tab(shop, "populate/")).context["seen"]}
    )
    client.post(tab(shop, f"orders/{order.pk}/"), {"release": "1"})

    client.get("/admin/shop/order/export/csv/")
    client.post(tab(shop, f"orders/{order.pk}/"), {"hold": "1"})

    assert Order.objects.get(pk=order.pk).released_at is not None
    assert order.events.filter(kind=OrderEvent.Kind.EXPORTED).count() == 1


def test_P2_a_photo_chosen_by_hand_stays(shop, client):
    mia = child(shop)
    order = prepay_order(shop, (mia, "individual", 1))
    first, second, *_more = photos(mia)
    group_photos(mia)
    as_standard(shop)
    client.post(
        tab(shop, "populate/"), {"seen": client.get(tab(shop, "populate/")).context["seen"]}
    )
    page = tab(shop, f"orders/{order.pk}/lines/{order.lines.get().pk}/")
    ((_place, seen),) = client.get(page).context["filled"]

    client.post(page, {"place": "0", "photo": second.pk, "seen": seen})
    client.post(page, {"place": "0", "photo": first.pk, "seen": seen})  # of before

    assert chosen(order) == [[second.file_name]]
    assert "There is nothing to choose." in client.get(tab(shop, "populate/")).text


def test_J3_orders_and_lines_of_another_job_are_not_there(shop, client):
    other = prepay_shop(shop.studio)
    order = prepay_order(other, (child(other), "individual", 1))
    line = order.lines.get()

    assert client.post(tab(shop, f"orders/{order.pk}/"), {"release": "1"}).status_code == 404
    assert client.get(tab(shop, f"orders/{order.pk}/lines/{line.pk}/")).status_code == 404


@pytest.mark.parametrize(("pressed", "left", "is_parted"), [("join", 1, False), ("part", 2, True)])
def test_P1_two_persons_are_joined_or_stay_two(shop, client, pressed, left, is_parted):
    first, second = (subject_of(child(shop)) for _n in range(2))
    pair = SameChild.objects.create(first=first, second=second, found_at=NOON)
    other = prepay_shop(shop.studio)
    noise = SameChild.objects.create(
        first=subject_of(child(other)), second=subject_of(child(other)), found_at=NOON
    )

    client.post(tab(shop, "children/"), {"pair": noise.pk, pressed: "1"})
    client.post(tab(shop, "children/"), {"pair": pair.pk, pressed: "1"})

    noise.refresh_from_db()
    assert Subject.objects.filter(job=shop.job_id).count() == left
    assert SameChild.objects.filter(pk=pair.pk, parted_at__isnull=False).exists() is is_parted
    assert noise.parted_at is None


def test_P1_jobs_without_prepay_have_no_such_tab(shop, client):
    page = client.get(f"/admin/jobstatus/job/{shop.job_id}/selling/")
    assert tab(shop) in page.text
    job = job_of(shop)
    PrepayShop.objects.filter(pk=shop.pk).update(job=None)
    as_standard(shop)

    assert tab(shop) not in client.get(f"/admin/jobstatus/job/{job.pk}/selling/").text
