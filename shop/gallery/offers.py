"""What can be ordered of a photo now, as plain values for a page."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Aggregate, F, OuterRef, QuerySet, Subquery, TextField
from django.db.models.functions import Cast, JSONArray

from shop import money
from shop.models import PriceList, Product, ProductKind
from shop.prepared import Prepared

MOST_OFFERS = 100  # of a price list on one page
FIELDS = ("pk", "name", "description", "kind", "picture_count", "price_cents")
SORTED = ("position", "pk")


@dataclass(frozen=True)
class Offer:
    pk: int
    name: str
    description: str
    kind: str
    pictures: int
    cents: int
    currency: str

    @property
    def price(self) -> str:
        return money.written(self.cents, self.currency)

    @property
    def is_chosen_of_several(self) -> bool:
        """A package for which photos are picked on a page of its own."""
        return self.pictures > 1

    @property
    def is_download(self) -> bool:
        return self.kind == ProductKind.DOWNLOAD


def on_sale(price_list: Any) -> QuerySet[Product]:
    return Product.objects.filter(price_list=price_list, is_active=True)


def offers(price_list: PriceList | None) -> tuple[Offer, ...]:
    """The products on sale, as the studio sorted them. One query; none without a price list."""
    if price_list is None:
        return ()
    return tuple(_offer(row, price_list.currency) for row in _QUERY.rows(price_list.pk))


def _sorted(price_list_id: int) -> QuerySet[Any, Any]:
    return on_sale(price_list_id).order_by(*SORTED).values_list(*FIELDS)[:MOST_OFFERS]


_QUERY = Prepared("shop_offers", _sorted, -1)


def offer(product: Product) -> Offer:
    """One of them. Needs its price list loaded."""
    values = [getattr(product, field) for field in FIELDS]
    return _offer(values, product.price_list.currency)


def _offer(values: Sequence[Any], currency: str) -> Offer:
    """From the values of FIELDS."""
    pk, name, description, kind, pictures, cents = values
    return Offer(pk, name, description, kind, pictures, cents, currency)


class _List(Aggregate):
    """All rows in one JSON text, in no order."""

    function = "JSON_GROUP_ARRAY"

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, function="JSON_AGG", **extra)


def as_text(price_list: OuterRef) -> Subquery:
    """The products of a price list as a column of another query; `from_text` reads it."""
    rows = on_sale(price_list).order_by().values("price_list")
    items = _List(JSONArray(*FIELDS, *(F(name) for name in SORTED)), output_field=TextField())
    return Subquery(rows.values(text=Cast(items, TextField())))


def from_text(text: str | None, currency: str) -> tuple[Offer, ...]:
    """As `offers`, from such a column."""
    rows = sorted(json.loads(text or "[]"), key=lambda row: row[len(FIELDS) :])
    return tuple(_offer(row[: len(FIELDS)], currency) for row in rows[:MOST_OFFERS])
