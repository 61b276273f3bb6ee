"""Whatever is posted to basket and checkout: no error, and no line or order that is wrong."""

from typing import Any

import hypothesis
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from jobstatus import operations
from shop.models import (
    AccessCode,
    BasketLine,
    Order,
    OrderLine,
    Photo,
    PriceList,
    Product,
)
from tests.buying import BUYER, add, checkout_form, photos_of, print_of, second_child, visitor
from tests.buying import at as address
from tests.conftest import TORTURE
from tests.factories import NOON, ProductFactory, at, family

EXAMPLES = 300 if TORTURE else 25
JUNK = st.one_of(
    st.integers(-(10**20), 10**20).map(str),
    st.floats().map(str),
    st.text(st.characters(codec="utf-8"), max_size=20),
    st.sampled_from(["", " ", "0", "-1", "1e9", "NaN", "٣", "\x00", "1" * 5000, "' OR 1=1 --"]),
)


class Shop(TestCase):
    """One studio with an open and an archived job, another studio, a child of somebody else."""

    @classmethod
    def setUpTestData(cls) -> None:
        cls.code = family()
        cls.archived = family("archived", studio=cls.code.studio)
        cls.foreign = family()
        cls.sibling = second_child(cls.code)
        prices = print_of(cls.code).price_list
        cls.package = ProductFactory.create(price_list=prices, kind="package", picture_count=2)
        ProductFactory.create(price_list=prices, is_active=False)
        Photo.objects.filter(pk=photos_of(cls.code)[1].pk).update(is_hidden=True)

    def ids(self, model: Any) -> st.SearchStrategy[str]:
        known = [str(pk) for pk in model.objects.values_list("pk", flat=True)]
        return st.one_of(st.sampled_from(known), JUNK)

    def picks(self) -> st.SearchStrategy[str]:
        pairs = st.tuples(self.ids(AccessCode), self.ids(Photo)).map(":".join)
        good = st.just(f"{self.code.pk}:{photos_of(self.code)[0].pk}")
        return st.one_of(good, pairs, JUNK)

    def browser(self) -> Client:
        client = visitor(self.code, self.archived, self.foreign)
        client.raise_request_exception = False
        return client

    @hypothesis.settings(max_examples=EXAMPLES)
    @given(data=st.data())
    def test_S4_adding_makes_only_lines_that_may_be(self, data: st.DataObject) -> None:
        browser = self.browser()
        for _post in range(3):
            form = data.draw(
                st.fixed_dictionaries(
                    {},
                    optional={
                        "product": self.ids(Product),
                        "photo": st.lists(self.picks(), max_size=3),
                        "quantity": st.one_of(st.integers(-1, 101).map(str), JUNK),
                        "next": JUNK,
                        "price_cents": JUNK,
                    },
                )
            )

            answer = browser.post(address("basket_add", self.code.studio), form)

            assert answer.status_code in (302, 409), (form, answer.status_code)
        for line in BasketLine.objects.all():
            assert self.may_be(line), vars(line)

    def may_be(self, line: BasketLine) -> bool:
        """An oracle that knows the rows of this test: one photo, two products, one code."""
        (own, _hidden) = photos_of(self.code)
        picks = list(line.pictures.values_list("code", "photo", "job"))
        offered = {print_of(self.code).pk: 1, self.package.pk: 2}
        product = line.product
        return (
            product is not None
            and len(picks) == offered.get(product.pk)
            and set(picks) == {(self.code.pk, own.pk, self.code.job_id)}
            and 1 <= line.quantity <= 99
            and (line.price_cents, line.title) == (product.price_cents, product.name)
            and line.basket.studio_id == self.code.studio_id
        )

    @hypothesis.settings(max_examples=EXAMPLES)
    @given(data=st.data())
    def test_S4_changing_makes_only_lines_that_may_be(self, data: st.DataObject) -> None:
        browser = self.browser()
        add(browser, self.code)
        line = BasketLine.objects.get().pk
        for _post in range(3):
            form = data.draw(
                st.fixed_dictionaries(
                    {"do": st.sampled_from(["quantity", "remove", "put_back", "undo", "accept"])},
                    optional={"quantity": JUNK, "seen": JUNK},
                )
            )
            where = data.draw(st.sampled_from([("basket_line", line), ("basket",)]))

            answer = browser.post(address(where[0], self.code.studio, *where[1:]), form)

            assert answer.status_code in (302, 409), (form, answer.status_code)
        assert all(self.may_be(line) for line in BasketLine.objects.all())

    @hypothesis.settings(max_examples=EXAMPLES)
    @given(data=st.data())
    def test_S4_ordering_makes_only_orders_that_were_shown(self, data: st.DataObject) -> None:
        browser = self.browser()
        add(browser, self.code)
        form = checkout_form(browser, self.code.studio)
        shown = Product.objects.get(pk=print_of(self.code).pk).price_cents
        spoil = data.draw(st.sampled_from(["nothing", "price", "archive", "hide"]))
        self.spoil(spoil)
        fields = st.sampled_from([*BUYER, "key", "seen", "total_cents", "price_cents", "placed_at"])
        tampered = data.draw(st.dictionaries(fields, st.one_of(JUNK, st.none()), max_size=3))
        sent = {k: v for k, v in (form | tampered).items() if v is not None}

        answer = browser.post(address("checkout", self.code.studio), sent)

        assert answer.status_code in (200, 302, 409), (sent, answer.status_code)
        placed = Order.objects.first()
        assert (answer.status_code == 302) == (placed is not None)
        if placed is not None:
            assert spoil == "nothing"
            assert (sent["key"], sent["seen"]) == (form["key"], form["seen"])
            assert placed.total_cents == shown
            assert OrderLine.objects.get().price_cents == shown
            assert (placed.name, placed.method) == (sent["name"].strip(), "invoice")
            assert not BasketLine.objects.exists()
        else:
            assert BasketLine.objects.exists()

    def spoil(self, what: str) -> None:
        if what == "price":
            PriceList.objects.update(shipping_cents=1)
        elif what == "archive":
            operations.archive([self.code.job_id], by=None, clock=at(NOON))
        elif what == "hide":
            Photo.objects.update(is_hidden=True)
