"""What is not as the customer saw it is told and not ordered (S4)."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from jobstatus import operations
from shop.buying import checkout, writing
from shop.models import (
    AccessCode,
    BasketLine,
    Customer,
    LinePicture,
    Order,
    OrderPicture,
    PriceList,
    Product,
    Storefront,
)
from tests.buying import (
    add,
    checkout_form,
    order,
    photos_of,
    second_job,
    visitor,
    words,
)
from tests.buying import at as address
from tests.factories import NOON, at, family

pytestmark = pytest.mark.django_db

CHANGED = "Your basket changed since this page was shown, so nothing was ordered."


@pytest.fixture(autouse=True)
def _noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jobstatus.clock.now", at(NOON))


def remove_photo(code: AccessCode) -> None:
    photos_of(code)[0].delete()


def archive(code: AccessCode) -> None:
    operations.archive([code.job_id], by=None, clock=at(NOON))


SPOILERS = [
    (archive, "have been archived since Mon 4 May 2026"),
    (remove_photo, "A photo of this product is no longer available."),
    (
        lambda code: Product.objects.update(is_active=False),
        "This product is no longer for sale.",
    ),
    (
        lambda code: Storefront.objects.filter(job=code.job_id).update(price_list=None),
        "This product is no longer for sale.",
    ),
    (lambda code: BasketLine.objects.all().delete(), "nothing in your basket"),
    (
        lambda code: Product.objects.update(price_cents=951),
        "The price changed from €9.50 to €9.51.",
    ),
    (lambda code: Product.objects.update(name="Poster"), "was called “Print 13 × 18 cm” before"),
    (lambda code: PriceList.objects.update(shipping_cents=1), "<dd>€0.01</dd>"),
    (lambda code: PriceList.objects.update(currency="CHF"), "from €9.50 to CHF"),
    (lambda code: PriceList.objects.update(tax_percent=7), "Including €0.62 tax."),
    (lambda code: BasketLine.objects.update(quantity=2), "<strong>2 × Print 13 × 18 cm</strong>"),
    (lambda code: Product.objects.update(kind="download"), "Order with obligation to pay"),
]


@pytest.mark.parametrize(("spoil", "words_of_it"), SPOILERS)
def test_S4_what_is_not_as_it_was_shown_is_told_and_not_ordered(
    spoil: Any, words_of_it: str
) -> None:
    code = family()
    client = visitor(code)
    add(client, code)
    form = checkout_form(client, code.studio)
    spoil(code)

    answer = client.post(address("checkout", code.studio), form)

    assert (answer.status_code, Order.objects.count()) == (409, 0)
    assert CHANGED in words(answer)
    assert words_of_it in words(answer)
    assert not Customer.objects.exists()


@pytest.mark.parametrize(("spoil", "_words"), SPOILERS)
def test_S4_the_order_itself_looks_again_under_its_lock(
    spoil: Any, _words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As above, but between the look of the view and the transaction."""
    code = family()
    client = visitor(code)
    add(client, code)
    form = checkout_form(client, code.studio)
    place_order = checkout.place_order
    monkeypatch.setattr(
        "shop.views.checkout.place_order",
        lambda *args, **values: (spoil(code), place_order(*args, **values))[1],
    )

    answer = client.post(address("checkout", code.studio), form)

    assert (answer.status_code, Order.objects.count()) == (409, 0)
    assert 'value="A parent"' in words(answer) or "nothing in your basket" in words(answer)


def test_S4_what_left_is_named_and_the_rest_is_ordered() -> None:
    code = family(name="Spring school")
    other = second_job(code, name="Autumn school")
    client = visitor(code, other)
    add(client, code)
    add(client, other)
    form = checkout_form(client, code.studio)
    archive(code)

    told = client.post(address("checkout", code.studio), form)
    order(client, code.studio)

    assert told.status_code == 409
    assert "The photos of “Spring school” have been archived since" in words(told)
    assert [picture.job_name for picture in OrderPicture.objects.all()] == ["Autumn school"]
    assert BasketLine.objects.get().set_aside_at == NOON


@pytest.mark.parametrize(("second", "status"), [(59, 302), (60, 409)])
def test_L4_an_order_is_refused_at_the_deadline_without_any_sweep(
    monkeypatch: pytest.MonkeyPatch, second: int, status: int
) -> None:
    code = family(archiving_enabled=True, archive_date=date(2026, 5, 10), archive_delay=0)
    client = visitor(code)
    add(client, code)
    form = checkout_form(client, code.studio)
    late = datetime(2026, 5, 10, 21, 59, 0, tzinfo=UTC).timestamp() + second
    monkeypatch.setattr("jobstatus.clock.now", at(datetime.fromtimestamp(late, UTC)))

    answer = client.post(address("checkout", code.studio), form)

    assert answer.status_code == status
    assert Order.objects.count() == (status == 302)


def test_X3_late_access_orders_while_the_job_is_archived() -> None:
    code = family()
    archive(code)
    AccessCode.objects.filter(pk=code.pk).update(late_until_date=date(2026, 5, 6))
    client = visitor(code)
    add(client, code)

    order(client, code.studio)

    assert Order.objects.count() == 1


def test_S4_more_than_an_order_can_hold_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shop.buying.lines.HIGHEST_TOTAL_CENTS", 949)
    code = family()
    client = visitor(code)
    add(client, code)

    answer = order(client, code.studio)

    assert "This is more than one order can hold." in words(answer)
    assert not Order.objects.exists()


def test_S4_lines_that_are_not_all_there_any_more_stop_the_order(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The guard behind the lock: it holds where there is none."""
    code = family()
    client = visitor(code)
    add(client, code)
    form = checkout_form(client, code.studio)
    write = writing.write

    def and_meanwhile(*args: Any, **kwargs: Any) -> Order:
        placed = write(*args, **kwargs)
        BasketLine.objects.update(set_aside_at=NOON)
        return placed

    monkeypatch.setattr("shop.buying.writing.write", and_meanwhile)
    answer = client.post(address("checkout", code.studio), form)

    assert (answer.status_code, Order.objects.count()) == (409, 0)
    assert LinePicture.objects.count() == 1
