"""From a basket to an order (S4): one transaction that locks, asks the clock, judges and writes.

The jobs' rows are held first, in id order, then the basket's; only then is the clock read. Whoever
archives one of the jobs therefore comes before this order or after it, and an order that waited
behind a lock until after the deadline is refused.
"""

import random
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.db import IntegrityError, OperationalError, connection, transaction

from jobstatus import deadlines
from jobstatus.clock import Clock
from jobstatus.keys import listed
from jobstatus.models import Studio
from shop.buying import baskets, writing
from shop.buying.lines import Priced
from shop.buying.writing import Buyer
from shop.models import AccessCode, Basket, BasketLine, LinePicture, Order

__all__ = ["BasketChanged", "Busy", "Buyer", "Counter", "PhotoCounter", "order_of", "place_order"]

RETRIES = 3
LONGEST_PAUSE_SECONDS = 0.1  # before the first retry; twice that before the second, and so on
# PostgreSQL's deadlock, serialization failure, and lock that was not released in time.
PASSING = frozenset({"40P01", "40001", "55P03"})


class BasketChanged(Exception):
    """What the customer saw is no longer what would be ordered. Nothing was written."""


class Busy(Exception):
    """The database could not do it now. Nothing was written; the same form may be sent again."""


class _OtherJobs(Exception):
    """The basket got lines of jobs that are not held. Start over and hold those, too."""


class Counter(Protocol):
    """What a kind of shop knows of its baskets: which jobs they are of, what they hold and cost.

    Asked inside the order's transaction, after the locks; it reads its facts anew each time.
    """

    @property
    def studio(self) -> Studio: ...

    def jobs(self, basket_id: int) -> frozenset[int]:
        """Whose status decides about the lines that are not set aside."""

    def hold(self, job_ids: Collection[int]) -> None:
        """Nobody changes the status of these jobs until the transaction ends."""

    def priced(self, basket_id: int | None, *, at: datetime) -> Priced: ...

    def enrol(self, now: Priced, *, at: datetime) -> Mapping[int, AccessCode]:
        """The code of each child of the lines, by the child's number; made if it has none."""

    def tidy(self, basket: Basket, codes: Mapping[int, AccessCode]) -> None:
        """After the ordered lines have left, with what `enrol` gave."""


@dataclass(frozen=True)
class PhotoCounter:
    """The shop of photos, for a visitor who typed these codes."""

    studio: Studio
    code_ids: Collection[int]

    def jobs(self, basket_id: int) -> frozenset[int]:
        return _jobs_of(basket_id)

    def hold(self, job_ids: Collection[int]) -> None:
        baskets.hold_jobs(job_ids)

    def priced(self, basket_id: int | None, *, at: datetime) -> Priced:
        return baskets.priced(basket_id, studio=self.studio, code_ids=self.code_ids, at=at)

    def enrol(self, now: Priced, *, at: datetime) -> Mapping[int, AccessCode]:
        return {}

    def tidy(self, basket: Basket, codes: Mapping[int, AccessCode]) -> None:
        """Nothing is left but lines."""


@dataclass(frozen=True)
class _Form:
    """What a person sent: the basket, who buys, the form's key and the fingerprint it showed."""

    basket_id: int
    counter: Counter
    buyer: Buyer
    key: str
    seen: str


def place_order(
    basket_id: int,
    *,
    counter: Counter,
    buyer: Buyer,
    key: str,
    seen: str,
    clock: Clock,
) -> Order:
    """Write the order of what is in the basket now, and take it out of the basket.

    `key` makes it happen once: the second time the first order is returned. `seen` is the
    fingerprint of what the customer saw; raises BasketChanged when that is not what would be
    ordered. Raises Busy after some attempts. A fixed number of queries,
    whatever the number of lines.
    """
    form = _Form(basket_id, counter, buyer, key, seen)
    for attempt in range(RETRIES + 1):
        try:
            return _place(form, clock=clock)
        except _OtherJobs:
            continue
        except IntegrityError:
            # The last word on double orders is the database's: the other one was faster.
            order = order_of(key)
            if order is None:
                raise
            return order
        except OperationalError as error:
            if not is_passing(error):
                raise
            if connection.vendor == "sqlite":
                break  # It has waited for the one writer long enough.
            pause(attempt)
    raise Busy


def is_passing(error: OperationalError) -> bool:
    """Whether the database would do the same a moment later."""
    if connection.vendor == "sqlite":
        return "locked" in str(error)
    return getattr(error.__cause__, "sqlstate", None) in PASSING


def order_of(key: str) -> Order | None:
    """The order that this form has made already."""
    return Order.objects.filter(checkout_key=key).first()


def pause(attempt: int) -> None:
    time.sleep(random.uniform(0, LONGEST_PAUSE_SECONDS * 2**attempt))  # noqa: S311 - no secret


@transaction.atomic(durable=True)
def _place(form: _Form, *, clock: Clock) -> Order:
    counter = form.counter
    held = counter.jobs(form.basket_id)
    counter.hold(held)
    try:
        basket = baskets.hold(form.basket_id, counter.studio)
    except baskets.Refused as gone:
        raise BasketChanged from gone
    if (order := order_of(form.key)) is not None:
        return order
    at = deadlines.require_aware(clock())
    now = counter.priced(basket.pk, at=at)
    if not now.job_ids <= held:
        raise _OtherJobs
    if not can_be_ordered(now) or now.fingerprint() != form.seen:
        raise BasketChanged
    codes = counter.enrol(now, at=at)
    order = writing.write(
        now,
        studio=counter.studio,
        basket=basket,
        codes=codes,
        buyer=form.buyer,
        key=form.key,
        at=at,
    )
    _take_out([line.pk for line in now.lines])
    counter.tidy(basket, codes)
    return order


def can_be_ordered(now: Priced) -> bool:
    return bool(now.lines) and not now.is_too_dear


def _jobs_of(basket_id: int) -> frozenset[int]:
    pictures = LinePicture.objects.filter(line__basket=basket_id, line__set_aside_at__isnull=True)
    return frozenset(pictures.values_list("job_id", flat=True).distinct())


def _take_out(line_ids: list[int]) -> None:
    """Delete the ordered lines, in two queries. None of them may have left by another way."""
    LinePicture.objects.filter(line__in=listed(line_ids)).delete()
    lines = BasketLine.objects.pending().filter(pk__in=listed(line_ids))
    # Not `delete()`, which reads the lines first: the condition and the count are the guard.
    if lines._raw_delete(lines.db) != len(line_ids):
        raise BasketChanged
