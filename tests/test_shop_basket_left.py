"""What left the basket and why, and how it comes back (A5, X4)."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client

from jobstatus import operations
from shop.models import AccessCode, BasketLine, Photo, Product
from tests.buying import (
    add,
    change,
    pick,
    print_of,
    second_child,
    second_job,
    visitor,
    words,
)
from tests.buying import at as address
from tests.factories import NOON, ProductFactory, at, family

pytestmark = pytest.mark.django_db

ARCHIVED = datetime(2026, 5, 4, 13, tzinfo=UTC)


def basket(client: Client, code: AccessCode) -> Any:
    return client.get(address("basket", code.studio))


def only_line() -> BasketLine:
    return BasketLine.objects.get()


def filled(code: AccessCode, **values: Any) -> Client:
    client = visitor(code)
    assert add(client, code, **values).status_code == 302
    return client


def archive(*codes: AccessCode) -> None:
    ids = [code.job_id for code in codes if code.job_id]
    operations.archive(ids, by=None, clock=at(ARCHIVED))


def reopen(*codes: AccessCode) -> None:
    ids = [code.job_id for code in codes if code.job_id]
    operations.start_selling(ids, by=None, clock=at(ARCHIVED))


def test_A5_what_was_removed_and_archived_meanwhile_comes_back_set_aside() -> None:
    code = family()
    client = filled(code)
    change(client, code.studio, only_line().pk, "remove")
    archive(code)

    client.post(address("basket", code.studio), {"do": "undo"})

    assert only_line().set_aside_at is not None
    assert "have been archived since Mon 4 May 2026" in words(basket(client, code))


def test_A5_what_left_is_shown_with_the_job_and_the_date_and_without_pictures() -> None:
    code = family(name="Spring school")
    other = second_job(code, name="Autumn school")
    client = visitor(code, other)
    add(client, code)
    add(client, other, quantity="2")
    archive(code)

    page = basket(client, code)

    html = words(page)
    assert "The photos of “Spring school” have been archived since Mon 4 May 2026." in html
    assert [line.jobs for line in page.context["now"].lines] == ["Autumn school"]
    assert html.count("<img") == 1
    assert '<dd class="sum">€19.00</dd>' in html
    assert page.context["basket_count"] == 1


@pytest.mark.parametrize("is_swept", [True, False])
def test_A5_a_closed_job_counts_nothing_whether_or_not_a_sweep_ran(
    monkeypatch: pytest.MonkeyPatch, is_swept: bool
) -> None:
    code = family(archiving_enabled=True, archive_date=date(2026, 5, 10), archive_delay=0)
    closing = datetime(2026, 5, 10, 22, tzinfo=UTC)
    monkeypatch.setattr("jobstatus.clock.now", at(NOON))
    client = filled(code)
    assert basket(client, code).context["basket_count"] == 1
    monkeypatch.setattr("jobstatus.clock.now", at(closing))
    if is_swept:
        operations.archive_due(clock=at(closing))

    page = basket(client, code)

    assert page.context["basket_count"] == 0
    assert "have been archived since Mon 11 May 2026" in words(page)
    assert "<img" not in words(page)
    assert change(client, code.studio, only_line().pk, "quantity", quantity="2").status_code == 409
    assert only_line().quantity == 1


def test_L3_a_job_in_planning_is_not_available_and_comes_back_by_itself() -> None:
    code = family(name="School")
    client = filled(code)
    operations.return_to_planning([code.job_id], by=None, clock=at(NOON))
    away = words(basket(client, code))
    reopen(code)

    assert "The photos of “School” are not available now." in away
    assert basket(client, code).context["basket_count"] == 1


def test_A5_a_package_of_two_jobs_leaves_as_a_whole() -> None:
    code = family(name="Spring school")
    other = second_job(code, name="Autumn school")
    package = ProductFactory.create(
        price_list=print_of(code).price_list, kind="package", picture_count=2
    )
    client = visitor(code, other)
    add(client, code, product=package.pk, photo=[pick(code), pick(other)])
    archive(code)

    page = basket(client, code)

    assert page.context["now"].lines == []
    assert "The photos of “Spring school” have been archived since" in words(page)


def test_X4_what_left_is_offered_again_at_the_price_of_now() -> None:
    code = family(name="School")
    client = filled(code, quantity="2")
    archive(code)
    too_early = change(client, code.studio, only_line().pk, "put_back")
    Product.objects.update(price_cents=1100)
    reopen(code)

    page = basket(client, code)
    change(client, code.studio, only_line().pk, "put_back")

    assert too_early.status_code == 409
    assert "can be ordered again since “School” is open again" in words(page)
    assert "The price changed from €9.50 to €11.00." in words(page)
    assert page.context["basket_count"] == 0
    line = only_line()
    assert (line.set_aside_at, line.price_cents, line.quantity) == (None, 1100, 2)
    assert basket(client, code).context["now"].changed == []


def test_X3_at_archiving_lines_leave_in_spite_of_late_access_and_can_be_put_back() -> None:
    code = family()
    client = filled(code)
    AccessCode.objects.filter(pk=code.pk).update(late_until_date=date(2199, 1, 1))
    archive(code)
    assert only_line().set_aside_at == ARCHIVED

    change(client, code.studio, only_line().pk, "put_back")

    assert basket(client, code).context["basket_count"] == 1


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda: Photo.objects.all().delete(), "A photo of this product is no longer available."),
        (
            lambda: Photo.objects.update(is_hidden=True),
            "A photo of this product is no longer available.",
        ),
        (lambda: Product.objects.update(is_active=False), "This product is no longer for sale."),
        (lambda: Product.objects.all().delete(), "This product is no longer for sale."),
    ],
)
def test_S4_what_can_no_longer_be_ordered_is_kept_with_its_reason(spoil: Any, reason: str) -> None:
    code = family()
    client = filled(code)
    spoil()

    page = basket(client, code)

    assert reason in words(page)
    assert "Print 13 × 18 cm" in words(page)
    assert page.context["basket_count"] == 0


def test_S2_a_forgotten_code_takes_its_lines_and_the_childs_name_with_it() -> None:
    code = family()
    other = second_child(code)
    client = visitor(code, other)
    add(client, code)
    add(client, other)
    session = client.session
    session["codes"] = [other.pk]
    session.save()

    page = basket(client, code)

    assert code.subject is not None
    assert "Enter the access code of these photos again to order them." in words(page)
    assert code.subject.name not in words(page)
    assert page.context["basket_count"] == 1


def test_S4_a_new_price_is_told_and_accepted_by_one_click() -> None:
    code = family()
    client = filled(code)
    Product.objects.update(price_cents=1000)
    page = basket(client, code)

    client.post(address("basket", code.studio), {"do": "accept", "seen": page.context["seen"]})

    assert "The price changed from €9.50 to €10.00." in words(page)
    assert '<dd class="sum">€10.00</dd>' in words(page)
    assert only_line().price_cents == 1000
    assert "The price changed" not in words(basket(client, code))


def test_S4_a_price_that_changed_once_more_is_not_accepted_unseen() -> None:
    code = family()
    client = filled(code)
    Product.objects.update(price_cents=1000)
    seen = basket(client, code).context["seen"]
    Product.objects.update(price_cents=2000)

    answer = client.post(address("basket", code.studio), {"do": "accept", "seen": seen})

    assert answer.status_code == 409
    assert "The price changed from €9.50 to €20.00." in words(answer)
    assert only_line().price_cents == 950


def test_S2_lines_that_got_another_currency_wait_for_their_own_order() -> None:
    code = family()
    other = family(studio=code.studio)
    client = visitor(code, other)
    add(client, code)
    add(client, other)
    prices = print_of(other).price_list
    prices.currency = "CHF"
    prices.save()

    page = basket(client, code)

    assert "Its price is in CHF. Place the other order first, then this one." in words(page)
    assert page.context["now"].total == "€9.50"
