"""A form of the checkout makes one order, and passing troubles lose nothing (S4)."""

from typing import Any

import pytest
from django.db import OperationalError
from psycopg import errors

from shop.buying import writing
from shop.models import (
    BasketLine,
    Order,
)
from tests.buying import (
    add,
    checkout_form,
    order,
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


def test_S4_the_same_form_sent_again_leads_to_the_same_order() -> None:
    code = family()
    client = visitor(code)
    add(client, code)
    form = checkout_form(client, code.studio)

    first = client.post(address("checkout", code.studio), form)
    add(client, code, quantity="5")
    again = [client.post(address("checkout", code.studio), form | change) for change in CHANGES]

    assert Order.objects.count() == 1
    assert {answer.url for answer in again} == {first.url}
    assert BasketLine.objects.count() == 1


CHANGES: list[dict[str, str]] = [{}, {"name": "Another"}, {"email": ""}, {"seen": "x"}]


def test_S4_a_new_form_makes_a_new_order() -> None:
    code = family()
    client = visitor(code)
    for _order in range(2):
        add(client, code)
        order(client, code.studio)

    assert Order.objects.values("checkout_key").distinct().count() == 2


def test_S4_two_forms_of_one_basket_make_one_order() -> None:
    code = family()
    client = visitor(code)
    add(client, code)
    forms = [checkout_form(client, code.studio) for _tab in range(2)]

    answers = [client.post(address("checkout", code.studio), form) for form in forms]

    assert [answer.status_code for answer in answers] == [302, 409]
    assert CHANGED in words(answers[1])
    assert Order.objects.count() == 1


@pytest.mark.parametrize("key", ["", "x", "1-abc", "1-abc:xyz", "\x00", "k" * 5000])
def test_S4_a_key_that_is_not_from_this_shop_orders_nothing(key: str) -> None:
    code = family()
    client = visitor(code)
    add(client, code)

    answer = order(client, code.studio, key=key)

    assert (answer.status_code, Order.objects.count()) == (409, 0)
    assert 'value="A parent"' in words(answer)


def test_J3_a_key_of_another_visitor_leads_to_nobodys_order() -> None:
    code, foreign = family(), family()
    one, other, third = visitor(code), visitor(code), visitor(foreign)
    for client, of in ((one, code), (other, code), (third, foreign)):
        add(client, of)
    form = checkout_form(one, code.studio)
    own = one.post(address("checkout", code.studio), form)

    answers = [
        other.post(address("checkout", code.studio), form),
        third.post(address("checkout", foreign.studio), form),
        visitor().post(address("checkout", code.studio), form),
    ]

    assert [answer.status_code for answer in answers] == [409] * 3
    assert all(own.url not in words(answer) for answer in answers)
    assert Order.objects.count() == 1


def passing_error(sqlstate: str) -> OperationalError:
    error = OperationalError("deadlock detected")
    error.__cause__ = errors.lookup(sqlstate)("deadlock detected")
    return error


@pytest.mark.postgresql
@pytest.mark.parametrize("sqlstate", ["40P01", "40001", "55P03"])
@pytest.mark.parametrize(("failures", "status"), [(3, 302), (4, 503)])
def test_S4_passing_troubles_are_tried_again_and_then_told(
    monkeypatch: pytest.MonkeyPatch, sqlstate: str, failures: int, status: int
) -> None:
    code = family()
    client = visitor(code)
    add(client, code)
    form = checkout_form(client, code.studio)
    troubles = [passing_error(sqlstate)] * failures
    pauses: list[int] = []
    monkeypatch.setattr("shop.buying.checkout.pause", pauses.append)
    write = writing.write

    def troubled(*args: Any, **kwargs: Any) -> Order:
        if troubles:
            raise troubles.pop()
        return write(*args, **kwargs)

    monkeypatch.setattr("shop.buying.writing.write", troubled)
    answer = client.post(address("checkout", code.studio), form)

    assert (answer.status_code, Order.objects.count()) == (status, status == 302)
    assert pauses == list(range(failures))
    if status == 503:
        assert "Your input is kept: please try again" in words(answer)
        assert 'value="A parent"' in words(answer)
        again = {"key": answer.context["key"], "seen": answer.context["seen"]}
        assert client.post(address("checkout", code.studio), form | again).status_code == 302


def test_S4_other_troubles_are_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    code = family()
    client = visitor(code)
    add(client, code)
    form = checkout_form(client, code.studio)

    def broken(*args: Any, **kwargs: Any) -> None:
        raise OperationalError("disk full")

    monkeypatch.setattr("shop.buying.writing.write", broken)

    with pytest.raises(OperationalError, match="disk full"):
        client.post(address("checkout", code.studio), form)
