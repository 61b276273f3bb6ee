"""A prepay job is turned into a standard job: the counted consequences, and that they happen."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jobstatus import operations
from jobstatus.listeners import Change
from shop.models import BasketLine, Order, PrepayShop
from shop.prepay import ending
from tests import buying, prepaying
from tests.factories import NOON, JobFactory, at, family
from tests.prepay_orders import child, prepay_order
from tests.prepaying import fill, parent, prepay_shop
from tests.staff import confirmation_page, hidden_fields, sign_in, texts

pytestmark = pytest.mark.django_db(transaction=True)

LEAD = {  # the steps, what is said of the code, and what its page says then
    ("convert_to_standard",): ("are being prepared, and", "The photos are being prepared"),
    ("convert_to_standard", "start_selling"): ("are here, and is asked", "The photos are here"),
    ("convert_to_standard", "archive"): ("are archived, and can", "These photos are archived"),
}


def told(shop, steps=("convert_to_standard",)):
    change = Change(steps, [shop.job], None, NOON)
    return [(str(notice.severity), notice.count) for notice in ending.foresee(change)]


def act(shop, steps=("convert_to_standard",)):
    return operations.change([shop.job_id], steps, by=None, clock=at(NOON))


def pending(shop):
    return BasketLine.objects.pending().filter(basket__prepay_shop=shop).count()


@pytest.mark.parametrize("start", ["prepay", "planning"])
@pytest.mark.parametrize("steps", LEAD)
def test_J2_the_window_says_what_closes_and_what_stays_and_so_it_comes(start, steps, monkeypatch):
    monkeypatch.setattr("jobstatus.clock.now", at(NOON))
    shop, other = prepay_shop(), prepay_shop()
    for _family in range(2):
        fill(parent(shop), shop, "Lena", "Ben")
    fill(parent(other), other)
    prepay_order(shop, (child(shop), "individual", 1))
    prepay_order(shop, (child(shop), "individual", 1), released_at=NOON)
    prepay_order(shop, (child(shop), "individual", 1), status="cancelled", cancelled_at=NOON)
    prepay_order(other, (child(other), "individual", 1))
    if start == "planning":
        operations.return_to_planning([shop.job_id], by=None, clock=at(NOON))
    url, client = confirmation_page(shop.job, "-then-".join(steps)), sign_in(shop.studio)
    said, page_says = LEAD[steps]

    page = client.get(url)
    before = (pending(shop), pending(other))
    done = client.post(url, hidden_fields(page))

    assert (
        "4 products leave prepay baskets that are not ordered yet (2 baskets), also if their "
        "checkout is open."
    ) in texts(page, "warnings")
    assert [text for text in texts(page, "infos") if "prepay code" in text and said in text]
    assert (
        "1 prepay order stays held until it has its photos: choose “Populate photos” afterwards."
    ) in texts(page, "infos")
    assert ("2 prepay orders are kept, with their prices and in the statistics.") in texts(
        page, "done"
    )
    assert (before, done.status_code) == ((4, 1), 302)
    assert (pending(shop), pending(other)) == (0, 1)
    assert Order.objects.waiting().filter(prepay_shop=shop).count() == 1
    assert page_says in parent(shop).get(prepaying.at("shop", shop)).text


def test_J2_a_prepay_job_that_nobody_ordered_from_says_where_its_code_leads_only():
    assert told(prepay_shop()) == [("info", 1)]
    job = JobFactory.create(kind="prepay")
    assert list(ending.foresee(Change(("convert_to_standard",), [job], None, NOON))) == []


def test_L8_lines_that_leave_are_told_to_the_customer_and_do_not_come_back(monkeypatch):
    monkeypatch.setattr("jobstatus.clock.now", at(NOON))
    shop = prepay_shop()
    client = parent(shop)
    (lena,) = fill(client, shop)
    form = prepaying.checkout_form(client, shop)

    act(shop, ("convert_to_standard", "start_selling"))
    late = client.post(prepaying.at("checkout", shop), form)
    page = client.get(prepaying.at("shop", shop))

    assert late.status_code == 409
    assert not shop.orders.exists()
    assert lena.lines.get().set_aside_at == NOON
    assert [(line.title, line.can_return) for line in page.context["left"]] == [
        ("Package A", False)
    ]
    assert f"Orders of “{shop.job}” before picture day have ended." in page.text


def test_L8_other_changes_of_a_prepay_job_leave_its_baskets_alone(monkeypatch):
    monkeypatch.setattr("jobstatus.clock.now", at(NOON))
    shop = prepay_shop()
    fill(parent(shop), shop)

    operations.return_to_planning([shop.job_id], by=None, clock=at(NOON))

    assert pending(shop) == 1


def test_L8_a_basket_of_photos_in_the_same_studio_stays(monkeypatch):
    monkeypatch.setattr("jobstatus.clock.now", at(NOON))
    code = family()
    buying.add(buying.visitor(code), code)
    shop = prepay_shop(studio=code.studio)

    act(shop)

    assert BasketLine.objects.pending().count() == 1


def test_L13_a_basket_that_grew_is_shown_before_it_loses_anything(monkeypatch):
    monkeypatch.setattr("jobstatus.clock.now", at(NOON))
    shop = prepay_shop()
    url, client = confirmation_page(shop.job, "convert_to_standard"), sign_in(shop.studio)
    page = client.get(url)
    fill(parent(shop), shop)

    again = client.post(url, hidden_fields(page))

    assert again.status_code == 409
    assert any("1 product leaves prepay baskets" in text for text in texts(again, "warnings"))
    assert pending(shop) == 1


@pytest.mark.parametrize("count", [1, 6])
def test_J2_foreseeing_and_ending_cost_the_same_for_many_jobs(count, monkeypatch):
    monkeypatch.setattr("jobstatus.clock.now", at(NOON))
    shops = [prepay_shop() for _shop in range(count)]
    for shop in shops:
        fill(parent(shop), shop)
    jobs = [shop.job for shop in PrepayShop.objects.select_related("job")]

    with CaptureQueriesContext(connection) as asked:
        list(ending.foresee(Change(("convert_to_standard",), jobs, None, NOON)))
    ids = [job.pk for job in jobs]
    events = operations.convert_to_standard(ids, by=None, clock=at(NOON)).events
    with CaptureQueriesContext(connection) as done:
        ending.react(events)
        ending.react([])

    assert (len(asked), len(done)) == (4, 1)
    assert not BasketLine.objects.pending().exists()
