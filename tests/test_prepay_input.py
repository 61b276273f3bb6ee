"""Bad input of the prepay shop: extremes, forgeries, forms sent twice, no cookies."""

from http.cookies import SimpleCookie

import pytest
from django.test import Client
from django.urls import reverse

from jobstatus import clock
from shop.models import BasketChild, BasketLine, Order, PrepayShop, Product, Subject
from shop.names.exporting import as_csv
from shop.prepay import choosing
from shop.views import prepay_children
from tests import prepaying
from tests.buying import words
from tests.factories import NOON, ProductFactory
from tests.factories import at as standing
from tests.prepaying import at, parent, prepay_shop, products

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_noon(monkeypatch):
    monkeypatch.setattr(clock, "now", standing(NOON))


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("", "This field is required."),
        ("   ", "This field is required."),
        ("\u200b\u200b", "Type the name of the child."),
        ("x" * 10_000, "at most 200 characters"),
        ("Lena\nBcc: everybody@example.org", "in one line"),
        ("Lena\x00", "Null characters are not allowed."),
        ("Lena\x1b[2J", "in one line"),
        ("Lena\u2028x", "in one line"),
    ],
)
def test_P1_a_name_that_is_none_is_told_and_nothing_is_written(name, sentence):
    shop = prepay_shop()

    answer = prepaying.add_child(parent(shop), shop, name)

    assert answer.status_code == 200
    assert sentence in words(answer)
    assert not BasketChild.objects.exists()


@pytest.mark.parametrize("name", ["=1+1", "@SUM(A1)", "<script>alert(1)</script>", "Ŀena 🦄 ‏ليلى"])
def test_P1_a_strange_name_is_only_a_name(name):
    shop = prepay_shop()
    client = parent(shop)

    placed = prepaying.order(client, shop, name)

    page = client.get(placed.get_absolute_url()).content.decode()
    assert "<script>alert" not in page
    assert Subject.objects.get().name == placed.lines.get().subject_name
    rows = as_csv(shop.job).decode()
    assert not [cell for cell in rows.split(",") if cell.strip('"\r\n').startswith(("=", "@"))]


def test_P1_answers_are_those_that_the_studio_offers_and_required_ones_are_given():
    shop = prepay_shop()
    question = prepaying.ask(shop, "first", "Frame", choices="Oak\n\n  Pine \nOak", position=5)
    client = parent(shop)
    page = client.get(at("shop", shop))
    form = prepaying.child_form(shop, first="Gold")

    wrong = client.post(at("new_child", shop), form)
    without_class = client.post(at("new_child", shop), {"name": "Lena"})
    foreign = {**prepaying.child_form(shop, first="Pine"), f"answer-{question.pk + 99}": "x"}
    right = client.post(at("new_child", shop), foreign)

    field = page.context["form"].fields[f"answer-{question.pk}"]
    assert [value for value, _label in field.choices] == ["", "Oak", "Pine"]
    assert (wrong.status_code, without_class.status_code, right.status_code) == (200, 200, 302)
    (child,) = BasketChild.objects.all()
    assert set(child.answers.values()) == {"3a", "Pine"}


@pytest.mark.parametrize(
    "code", ["x" * 1_000_000, "0" * 8, "\x00" * 8, "ＡＢＣＤＥＦＧＨ", "🦄" * 8, ""]
)
def test_S1_whatever_is_typed_as_a_code_is_answered_with_a_sentence(code):
    shop = prepay_shop()

    answer = Client().post(reverse("prepay:entry", args=[shop.studio.slug]), {"code": code})

    assert answer.status_code == 422
    assert answer.context["error"]
    assert len(answer.context["typed"]) <= 100


QUANTITIES = [("-1", 409), ("1.5", 409), ("100", 409), ("9" * 5_000, 409), ("٣", 409), ("x", 409)]
QUANTITIES += [("0", 302), ("", 302), (" 99 ", 302), ("+2", 302), ("007", 302)]


@pytest.mark.parametrize(("typed", "status"), QUANTITIES)
def test_P1_quantities_are_whole_numbers_up_to_99_and_0_takes_the_product_out(typed, status):
    shop = prepay_shop()
    client = parent(shop)
    (child,) = prepaying.fill(client, shop, package=5)

    answer = client.post(at("child", shop, child.pk), {f"quantity-{products(shop)[0].pk}": typed})

    assert answer.status_code == status
    left = {"0": [], "": [], " 99 ": [99], "+2": [2], "007": [7]}.get(typed, [5])
    assert list(child.lines.values_list("quantity", flat=True)) == left


@pytest.mark.parametrize("what", ["foreign", "off sale", "huge", "none", "of another list"])
def test_P1_a_product_that_is_not_for_sale_here_is_refused(what):
    shop, foreign = prepay_shop(), prepay_shop()
    client = parent(shop)
    (child,) = prepaying.fill(client, shop)
    package, files = products(shop)
    if what == "off sale":
        Product.objects.filter(pk=files.pk).update(is_active=False)
    other = ProductFactory.create(price_list__studio=shop.studio)
    numbers = {
        "foreign": products(foreign)[0].pk,
        "off sale": files.pk,
        "huge": 10**25,
        "none": None,
        "of another list": other.pk,
    }
    form = {f"quantity-{numbers[what]}": 1} if numbers[what] else {"quantity": "1"}

    answer = client.post(at("child", shop, child.pk), form)

    assert answer.status_code == 409
    assert list(child.lines.values_list("product", "quantity")) == [(package.pk, 1)]


def test_P1_forms_that_are_sent_twice_do_nothing_twice():
    shop = prepay_shop()
    client = parent(shop)

    for _time in range(2):
        prepaying.add_child(client, shop)
        prepaying.choose(client, shop, BasketChild.objects.get(), package=3)
    form = prepaying.checkout_form(client, shop)
    answers = [client.post(at("checkout", shop), form) for _time in range(3)]

    placed = Order.objects.get()
    assert {answer.url for answer in answers} == {placed.get_absolute_url()}
    assert (placed.lines.get().quantity, Subject.objects.count()) == (3, 1)


def test_P1_a_form_of_another_basket_orders_nothing():
    shop = prepay_shop()
    first, second = parent(shop), parent(shop)
    prepaying.fill(first, shop)
    prepaying.fill(second, shop)
    stolen = prepaying.checkout_form(first, shop)

    answer = second.post(at("checkout", shop), stolen)

    assert (answer.status_code, Order.objects.count()) == (409, 0)


def test_P1_a_price_that_changed_is_told_before_it_is_paid():
    shop = prepay_shop()
    client = parent(shop)
    prepaying.fill(client, shop)
    form = prepaying.checkout_form(client, shop)
    Product.objects.filter(pk=products(shop)[0].pk).update(price_cents=1200)

    refused = client.post(at("checkout", shop), form)
    page = client.get(at("shop", shop))
    accepted = client.post(at("shop", shop), {"seen": page.context["seen"]})
    again = client.post(at("shop", shop), {"seen": form["seen"]})
    placed = client.post(at("checkout", shop), prepaying.checkout_form(client, shop))

    assert (refused.status_code, accepted.status_code, again.status_code) == (409, 302, 409)
    assert "The price changed from €9.50 to €12.00." in words(page)
    assert placed.status_code == 302
    assert Order.objects.get().total_cents == 1200


def test_P1_a_basket_holds_a_bounded_number_of_children(monkeypatch):
    monkeypatch.setattr(choosing, "MOST_CHILDREN", 2)
    shop = prepay_shop()
    client = parent(shop)

    answers = [prepaying.add_child(client, shop, f"Child {n}").status_code for n in range(3)]

    assert answers == [302, 302, 409]
    assert BasketChild.objects.count() == 2


def test_S1_many_new_baskets_of_one_network_are_slowed_down_and_known_ones_are_not(monkeypatch):
    monkeypatch.setattr(prepay_children, "FREE_BASKETS", 2)
    shop = prepay_shop(entry=PrepayShop.Entry.NAME)
    known, *others = (Client() for _n in range(4))

    answers = [prepaying.add_child(client, shop).status_code for client in (known, *others)]

    assert answers == [302, 302, 302, 429]
    assert prepaying.add_child(known, shop, "Another").status_code == 302


def test_without_cookies_a_form_says_what_is_missing():
    shop = prepay_shop()
    client = Client(enforce_csrf_checks=True)
    url = reverse("prepay:entry", args=[shop.studio.slug])
    client.get(url)
    client.cookies = SimpleCookie()

    answer = client.post(url, {"code": shop.code})

    assert answer.status_code == 403
    assert "Your browser keeps no cookies" in words(answer)


def test_P1_a_removed_child_takes_its_products_along_and_only_its_own():
    shop = prepay_shop()
    client = parent(shop)
    gone, stays = prepaying.fill(client, shop, "Gone", "Stays")

    answers = [client.post(at("remove_child", shop, gone.pk)).status_code for _time in range(2)]

    assert answers == [302, 302]
    assert [line.child_id for line in BasketLine.objects.all()] == [stays.pk]


def test_P1_the_details_of_a_child_are_corrected_until_the_order():
    shop = prepay_shop()
    client = parent(shop)
    (child,) = prepaying.fill(client, shop, "Lenna")
    old = prepaying.checkout_form(client, shop)

    client.post(
        at("details", shop, child.pk), prepaying.child_form(shop, "Lena", **{"class": "4b"})
    )
    outdated = client.post(at("checkout", shop), old)
    client.post(at("checkout", shop), prepaying.checkout_form(client, shop))

    subject = Subject.objects.get()
    assert outdated.status_code == 409
    assert (subject.name, subject.album.name) == ("Lena", "4b")


def test_P1_products_of_the_price_list_of_before_are_not_ordered_any_more():
    shop = prepay_shop()
    client = parent(shop)
    prepaying.fill(client, shop)
    form = prepaying.checkout_form(client, shop)
    PrepayShop.objects.update(price_list=prepay_shop(studio=shop.studio).price_list)

    refused = client.post(at("checkout", shop), form)
    page = words(client.get(at("shop", shop)))

    assert (refused.status_code, Order.objects.count()) == (409, 0)
    assert "This product is no longer for sale." in page
