"""Price lists in the admin, and which of them a job can have."""

from decimal import Decimal

import pytest

from jobstatus import clock
from shop.admin import prices as pages
from shop.models import PriceList, Product, Storefront
from tests.factories import (
    JobFactory,
    PriceListFactory,
    ProductFactory,
    StudioFactory,
    job_in,
)
from tests.staff import said, sign_in

pytestmark = pytest.mark.django_db
LIST = "/admin/shop/pricelist/"


@pytest.fixture
def studio():
    return StudioFactory.create()


@pytest.fixture
def client(studio):
    return sign_in(studio)


def page_of(prices: PriceList) -> str:
    return f"{LIST}{prices.pk}/change/"


def product(number: int, **values: object) -> dict[str, object]:
    fields = {"name": f"Print {number}", "price_cents": "9,50", "kind": "print"}
    fields |= {"picture_count": 1, "position": number, "is_active": "on", "description": ""}
    return {f"products-{number}-{name}": value for name, value in (fields | values).items()}


def filled(prices: PriceList | None = None, *products: dict[str, object], **values: object):
    """What the browser posts for this price list, with these answers changed."""
    stored = [] if prices is None else list(prices.products.order_by("position", "pk"))
    posted: dict[str, object] = {
        "name": prices.name if prices else "New prices",
        "currency": "EUR",
        "tax_percent": "19",
        "shipping_cents": "3,90",
        "products-TOTAL_FORMS": max(len(products), len(stored)),
        "products-INITIAL_FORMS": len(stored),
    }
    for number, row in enumerate(stored):
        posted |= product(number, name=row.name, price_cents=row.price_cents / 100)
        posted |= {
            f"products-{number}-id": row.pk,
            f"products-{number}-price_list": row.price_list_id,
        }
    for more in products:
        posted |= more
    return posted | values


def seen_on(client, url: str) -> str:
    return client.get(url).context["adminform"].form["seen"].value()


def problems(response) -> list[str]:
    """Every sentence of the forms on the page."""
    context = response.context
    forms = [context["adminform"].form, *context["inline_admin_formsets"][0].formset.forms]
    return [error for form in forms for errors in form.errors.values() for error in errors]


def test_S3_prices_typed_as_amounts_are_stored_as_cents(client, studio):
    data = filled(None, product(0), product(1, price_cents="12.5", name="Download"))

    client.post(f"{LIST}add/", data | {"tax_percent": "7,7"})

    prices = PriceList.objects.get()
    assert (prices.studio, prices.shipping_cents) == (studio, 390)
    assert prices.tax_percent == Decimal("7.70")
    rows = prices.products.order_by("position").values_list("name", "price_cents")
    assert list(rows) == [("Print 0", 950), ("Download", 1250)]


@pytest.mark.parametrize("language", ["en", "de"])
def test_S3_the_page_shows_the_amounts_in_the_language_of_the_person(client, studio, language):
    prices = PriceListFactory.create(studio=studio, shipping_cents=390)
    ProductFactory.create(price_list=prices, price_cents=95_000)

    html = client.get(page_of(prices), headers={"accept-language": language}).text

    assert f'value="{"3.90" if language == "en" else "3,90"}"' in html
    assert f'value="{"950.00" if language == "en" else "950,00"}"' in html


@pytest.mark.parametrize("price", ["1e9", "-1", "9,999", "10,000.01", "10000.01", "", "x" * 10_000])
@pytest.mark.parametrize("where", ["products-0-price_cents", "shipping_cents"])
def test_S3_a_price_that_is_none_is_refused_and_the_input_kept(client, price, where):
    response = client.post(f"{LIST}add/", filled(None, product(0)) | {where: price})

    assert len(problems(response)) == 1
    assert not PriceList.objects.exists()
    assert 'value="Print 0"' in response.text


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"products-0-picture_count": 3}, "Only a package has several photos."),
        ({"products-0-picture_count": 21, "products-0-kind": "package"}, "1 to 20 photos"),
        ({"products-0-picture_count": 0, "products-0-kind": "package"}, "1 to 20 photos"),
        ({"products-0-picture_count": "-1"}, "greater than or equal to 0"),
        ({"products-0-picture_count": "many"}, "whole number"),
        ({"products-0-position": 10**9}, "less than or equal to 9999"),
        ({"products-0-position": "-1"}, "greater than or equal to 0"),
        ({"products-0-kind": "gold"}, "Select a valid choice"),
        ({"products-0-name": "n" * 101}, "at most 100 characters"),
        ({"currency": "XAU"}, "Select a valid choice"),
        ({"tax_percent": "51"}, "less than or equal to 50"),
        ({"tax_percent": "1e1"}, "Write a rate in digits"),
        ({"tax_percent": "-7"}, "Write a rate in digits"),
        ({"name": ""}, "required"),
    ],
)
def test_S3_a_product_or_list_that_cannot_be_is_refused_with_a_sentence(client, change, sentence):
    response = client.post(f"{LIST}add/", filled(None, product(0)) | change)

    assert sentence in " ".join(problems(response))
    assert not PriceList.objects.exists()


def test_S3_products_without_a_position_come_last_in_the_order_they_were_typed(client):
    rows = [product(0, position=5), product(1, position=""), product(2, position="")]

    client.post(f"{LIST}add/", filled(None, *rows))

    names = Product.objects.order_by("position").values_list("name", "position")
    assert list(names) == [("Print 0", 5), ("Print 1", 6), ("Print 2", 7)]


def test_S3_a_price_list_needs_a_name_of_its_own_in_its_studio(client, studio):
    PriceListFactory.create(studio=studio, name="Taken")
    PriceListFactory.create(name="New prices")  # of another studio

    refused = client.post(f"{LIST}add/", filled(name="Taken"))
    client.post(f"{LIST}add/", filled())

    assert problems(refused) == ["Another price list has this name. Choose a different one."]
    assert studio.price_lists.count() == 2


def test_S3_a_page_left_open_does_not_write_over_what_somebody_else_saved(client, studio):
    prices = PriceListFactory.create(studio=studio)
    row = ProductFactory.create(price_list=prices, price_cents=950)
    seen = seen_on(client, page_of(prices))
    Product.objects.filter(pk=row.pk).update(price_cents=1250)

    cheaper = filled(prices) | {"products-0-price_cents": "5,00", "seen": seen}
    again = client.post(page_of(prices), cheaper)
    after_refusal = Product.objects.get().price_cents
    form = again.context["adminform"].form
    client.post(page_of(prices), cheaper | {"seen": form["seen"].value()})

    assert "Somebody changed this while you were editing." in again.text
    assert 'value="5,00"' in again.text
    assert after_refusal == 1250
    assert Product.objects.get().price_cents == 500


def test_S3_a_page_without_its_mark_saves_nothing(client, studio):
    prices = PriceListFactory.create(studio=studio)

    client.post(page_of(prices), filled(prices) | {"name": "Crafted"})

    assert not PriceList.objects.filter(name="Crafted").exists()


def test_S3_the_page_names_the_selling_jobs_that_a_change_reaches(client, studio):
    prices, noise = (PriceListFactory.create(studio=studio) for _ in range(2))
    for status, name, list_ in (
        ("selling", "Forest school", prices),
        ("archived", "Closed school", prices),
        ("selling", "School of other prices", noise),
    ):
        job = job_in(status, studio=studio, name=name, now=clock.now())
        Storefront.objects.update_or_create(job=job, defaults={"price_list": list_})

    html = client.get(page_of(prices)).text

    assert "1 job is selling with these prices." in html
    assert "Forest school" in html
    assert "Closed school" not in html
    assert "School of other prices" not in html


def test_S3_duplicating_copies_the_products_and_none_of_the_jobs(client, studio):
    prices = PriceListFactory.create(studio=studio, name="Prices", shipping_cents=390)
    ProductFactory.create(price_list=prices, name="Print", price_cents=950)
    Storefront.objects.create(job=JobFactory.create(studio=studio), price_list=prices)
    foreign = PriceListFactory.create(name="Foreign")
    data = {"action": "duplicate", "_selected_action": [prices.pk, foreign.pk]}

    pages_said = [said(client.post(LIST, data, follow=True)) for _ in range(2)]

    assert pages_said == [
        ["“Prices (copy)” is a copy of “Prices”. No job uses it yet."],
        ["“Prices (copy 2)” is a copy of “Prices”. No job uses it yet."],
    ]
    copy = PriceList.objects.get(name="Prices (copy)")
    assert (copy.studio, copy.shipping_cents) == (studio, 390)
    assert list(copy.products.values_list("name", "price_cents")) == [("Print", 950)]
    assert not copy.storefronts.exists()
    assert PriceList.objects.count() == 4


def test_S3_a_copy_of_a_longest_name_fits(studio):
    prices = PriceListFactory.create(studio=studio, name="n" * 100)

    assert pages.copied(prices).name == "n" * 93 + " (copy)"


def test_S3_a_price_list_in_use_cannot_be_deleted_not_even_by_a_superuser(client, studio):
    used, unused = (PriceListFactory.create(studio=studio) for _ in range(2))
    Storefront.objects.create(job=JobFactory.create(studio=studio), price_list=used)
    boss = sign_in(**{"is_superuser": True})

    for prices in (used, unused):
        boss.post(f"{LIST}{prices.pk}/delete/", {"post": "yes"})
    boss.post(LIST, {"action": "delete_selected", "_selected_action": [used.pk], "post": "yes"})

    assert client.post(f"{LIST}{used.pk}/delete/", {"post": "yes"}).status_code == 403
    assert list(PriceList.objects.all()) == [used]


def test_J3_a_viewer_reads_amounts_and_has_nothing_to_press(studio):
    prices = PriceListFactory.create(studio=studio, shipping_cents=390)
    ProductFactory.create(price_list=prices, price_cents=950)
    viewer = sign_in(studio, role="Viewer")

    html = viewer.get(page_of(prices)).text

    assert "€9.50" in html
    assert "€3.90" in html
    assert 'name="_save"' not in html
    assert 'name="seen"' not in html


@pytest.mark.parametrize("count", [1, 5])
def test_J1_the_list_and_the_page_take_as_many_queries_for_five_as_for_one(
    client, studio, django_assert_num_queries, count
):
    lists = PriceListFactory.create_batch(count, studio=studio)
    for _ in range(count):
        ProductFactory.create(price_list=lists[0])
        Storefront.objects.create(job=JobFactory.create(studio=studio), price_list=lists[0])
    client.get(LIST)

    with django_assert_num_queries(8):
        client.get(LIST)
    with django_assert_num_queries(10):
        client.get(page_of(lists[0]))
