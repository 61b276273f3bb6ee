"""The lines of a basket as plain values, with their sentences and their sums. No database."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from jobstatus import deadlines, wording
from shop import money
from shop.buying.shelf import Standing
from shop.models import AccessCode, Photo, Product, ProductKind

HIGHEST_TOTAL_CENTS = 100_000_000  # of one order: far below what the columns hold


@dataclass(frozen=True)
class Picture:
    """A picture of a line. The code is None when the visitor has not typed it, and the photo when
    it is deleted; neither says that the picture can be ordered.
    """

    code_id: int | None
    photo_id: int | None
    code: AccessCode | None
    photo: Photo | None
    job_id: int
    job: str
    zone: str
    is_shown: bool
    is_open: bool
    closed_since: datetime | None

    @property
    def child(self) -> str:
        """Empty where the visitor may not know it."""
        return "" if self.code is None or self.code.subject is None else self.code.subject.name


@dataclass(frozen=True)
class Child:
    """Whom a line of a prepay shop is for. `details` is all else that was typed of the child."""

    pk: int
    name: str
    job_id: int
    job: str
    code: AccessCode | None = None  # of a child that is known already
    details: str = ""

    @property
    def facts(self) -> tuple[int, str, int, str]:
        return self.pk, self.name, 0 if self.code is None else self.code.pk, self.details


@dataclass(frozen=True)
class Line:
    """Title, price and currency are those of now; `was_*` are those the visitor last accepted."""

    pk: int
    product: Product | None
    quantity: int
    title: str
    price_cents: int
    currency: str
    was_title: str
    was_price_cents: int
    was_currency: str
    pictures: Sequence[Picture]
    standing: Standing
    set_aside_at: datetime | None
    child: Child | None = None  # of a prepay shop; then there are no pictures yet

    @property
    def total_cents(self) -> int:
        return self.quantity * self.price_cents

    @property
    def price(self) -> str:
        return money.written(self.price_cents, self.currency)

    @property
    def total(self) -> str:
        return money.written(self.total_cents, self.currency)

    @property
    def can_return(self) -> bool:
        """Whether a line that was set aside could be ordered again (X4)."""
        return self.set_aside_at is not None and self.standing is Standing.GOOD

    @property
    def counts(self) -> bool:
        return self.set_aside_at is None and self.standing is Standing.GOOD

    @property
    def is_closed(self) -> bool:
        return not all(picture.is_open for picture in self.pictures)

    @property
    def has_changed(self) -> bool:
        was = (self.was_title, self.was_price_cents, self.was_currency)
        return was != (self.title, self.price_cents, self.currency)

    @property
    def jobs(self) -> str:
        if self.child is not None:
            return self.child.job
        return " · ".join(dict.fromkeys(picture.job for picture in self.pictures))

    @property
    def children(self) -> str:
        if self.child is not None:
            return self.child.name
        return " · ".join(dict.fromkeys(p.child for p in self.pictures if p.child))

    @property
    def shown(self) -> list[Picture]:
        return [picture for picture in self.pictures if picture.is_shown]

    @property
    def change(self) -> str:
        """What is different from what the visitor accepted; empty when nothing is."""
        old = money.written(self.was_price_cents, self.was_currency)
        if old != self.price:
            return _("The price changed from %(old)s to %(new)s.") % {
                "old": old,
                "new": self.price,
            }
        if self.was_title != self.title:
            return _("This product was called “%(old)s” before.") % {"old": self.was_title}
        return ""

    @property
    def reason(self) -> str:
        """Why the line is not ordered; empty for one that is."""
        if self.can_return:
            return _("Its photos can be ordered again since “%(job)s” is open again.") % {
                "job": self.jobs
            }
        if self.child is not None and self.set_aside_at is not None:
            return _("Orders of “%(job)s” before picture day have ended.") % {"job": self.jobs}
        return self._why_closed() if self.is_closed else _reasons(self).get(self.standing, "")

    def _why_closed(self) -> str:
        closed = [picture for picture in self.pictures if not picture.is_open]
        names = " · ".join(dict.fromkeys(picture.job for picture in closed))
        since = next((p.closed_since for p in closed if p.closed_since), None)
        if since is None:
            return _("The photos of “%(job)s” are not available now.") % {"job": names}
        return _("The photos of “%(job)s” have been archived since %(date)s.") % {
            "job": names,
            "date": wording.day(deadlines.local_date(since, closed[0].zone)),
        }


def _reasons(line: Line) -> dict[Standing, str]:
    return {
        # Of photos this is said with the day: see `_why_closed`.
        Standing.CLOSED: _("“%(job)s” takes no orders now.") % {"job": line.jobs},
        Standing.LOCKED: _("Enter the access code of these photos again to order them."),
        Standing.PHOTO_GONE: _("A photo of this product is no longer available."),
        Standing.OFF_SALE: _("This product is no longer for sale."),
        Standing.OTHER_CURRENCY: _(
            "Its price is in %(currency)s. Place the other order first, then this one."
        )
        % {"currency": line.currency},
    }


@dataclass(frozen=True)
class Priced:
    """A basket at an instant. Only `lines` are counted and ordered."""

    lines: Sequence[Line] = field(default_factory=list)
    left: Sequence[Line] = field(default_factory=list)  # each with its reason
    job_ids: frozenset[int] = frozenset()  # of all lines that are not set aside

    @property
    def currency(self) -> str:
        return self.lines[0].currency if self.lines else ""

    @property
    def goods_cents(self) -> int:
        return sum(line.total_cents for line in self.lines)

    @property
    def shipping_cents(self) -> int:
        return self._shipping()[0]

    @property
    def total_cents(self) -> int:
        return self.goods_cents + self.shipping_cents

    @property
    def tax_cents(self) -> int:
        """The tax included, rounded once for each rate, as it stands on an invoice."""
        gross: dict[Decimal, int] = defaultdict(int)
        for line, product in _sold(self.lines):
            gross[product.price_list.tax_percent] += line.total_cents
        shipping_cents, percent = self._shipping()
        gross[percent] += shipping_cents
        return sum(money.tax_included(cents, rate) for rate, cents in gross.items())

    @property
    def needs_address(self) -> bool:
        return any(product.kind != ProductKind.DOWNLOAD for _line, product in _sold(self.lines))

    @property
    def changed(self) -> list[Line]:
        return [line for line in self.lines if line.has_changed]

    @property
    def is_too_dear(self) -> bool:
        return self.total_cents > HIGHEST_TOTAL_CENTS

    @property
    def goods(self) -> str:
        return money.written(self.goods_cents, self.currency)

    @property
    def shipping(self) -> str:
        return money.written(self.shipping_cents, self.currency)

    @property
    def total(self) -> str:
        return money.written(self.total_cents, self.currency)

    @property
    def tax(self) -> str:
        return money.written(self.tax_cents, self.currency)

    def fingerprint(self) -> str:
        """Differs as soon as anything does that would be ordered. For `seen` of the checkout."""
        facts = [
            [
                (
                    *(line.pk, line.product and line.product.pk, line.title, line.quantity),
                    *(line.price_cents, line.currency),
                    sorted((picture.code_id, picture.photo_id) for picture in line.pictures),
                    line.child and line.child.facts,
                )
                for line in self.lines
            ],
            (self.shipping_cents, self.total_cents, self.tax_cents, self.needs_address),
        ]
        return hashlib.sha256(json.dumps(facts).encode()).hexdigest()

    def _shipping(self) -> tuple[int, Decimal]:
        """Once for the order: the highest of the price lists that have anything to send.

        With the tax rate of that price list.
        """
        lists = [
            product.price_list
            for _line, product in _sold(self.lines)
            if product.kind != ProductKind.DOWNLOAD
        ]
        dearest = max(lists, key=lambda prices: prices.shipping_cents, default=None)
        if dearest is None:
            return 0, Decimal(0)
        return dearest.shipping_cents, dearest.tax_percent


def _sold(lines: Iterable[Line]) -> list[tuple[Line, Product]]:
    return [(line, line.product) for line in lines if line.product is not None]
