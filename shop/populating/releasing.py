"""Held orders go to production when they are complete, and come back until they were exported."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from jobstatus import deadlines
from jobstatus.clock import Clock
from jobstatus.keys import listed
from jobstatus.models import Job
from shop import orders
from shop.holding import hold
from shop.models import Order, OrderEvent
from shop.orders import ChangeRefused
from shop.populating.planning import Outcome, Plan, plan
from shop.populating.writing import PlanChanged, locked

What = OrderEvent.Kind
# After one of these, files or papers may have left: the release cannot be taken back.
GONE = (What.EXPORTED, What.DOWNLOADED)


@dataclass(frozen=True)
class Selection:
    """Which of a job's orders would be released, and why the others would not."""

    planned: Plan
    ready: Sequence[Outcome]

    @property
    def unpaid(self) -> int:
        return sum(not outcome.is_paid for outcome in self.ready)

    @property
    def photos(self) -> int:
        return sum(len(line.choice.kept) for o in self.ready for line in o.lines)

    def mark(self) -> str:
        return f"{len(self.ready)}-{self.planned.mark()}"


def all_complete(job: Job, *, held: bool = False) -> Selection:
    """Every complete order that is paid. `held` locks the rows."""
    planned = plan(job, locked=held)
    return Selection(planned, [o for o in planned.outcomes if o.is_releasable and o.is_paid])


def one(job: Job, order_id: int, *, held: bool = False) -> Selection:
    """This order, also if it is not paid yet."""
    planned = plan(job, [order_id], locked=held)
    return Selection(planned, [o for o in planned.outcomes if o.is_releasable])


def release_all(job_id: int, *, by: Any, clock: Clock, seen: str | None) -> int:
    """Release every complete, paid order of the job. Returns their number. PlanChanged.

    The second time there is nothing to release. Eight queries.
    """
    with transaction.atomic(durable=True):
        job = _held(job_id)
        return _release(all_complete(job, held=True), by=by, at=clock(), seen=seen)


def release_one(job_id: int, order_id: int, *, by: Any, clock: Clock, seen: str | None) -> int:
    """Release this order. 1, or 0 if it is not complete or was released already. PlanChanged."""
    with transaction.atomic(durable=True):
        job = _held(job_id)
        return _release(one(job, order_id, held=True), by=by, at=clock(), seen=seen)


def _held(job_id: int) -> Job:
    """The job with its gallery: no photo is hidden, trashed or untied between look and release."""
    job = locked(job_id)
    hold(job_id)
    return job


def _release(chosen: Selection, *, by: Any, at: datetime, seen: str | None) -> int:
    if seen is not None and chosen.mark() != seen:
        raise PlanChanged
    ids = [outcome.order.pk for outcome in chosen.ready]
    rows = Order.objects.waiting().filter(pk__in=listed(ids))
    # The second guard beside the locks: all of them, or none.
    if rows.update(released_at=deadlines.require_aware(at)) != len(ids):
        raise PlanChanged
    OrderEvent.objects.bulk_create(
        OrderEvent(order_id=pk, kind=What.RELEASED, at=at, by=by) for pk in ids
    )
    return len(ids)


def why_it_stays(order: Order) -> str | None:
    """The sentence for why a release cannot be taken back; None if it can. One query."""
    last = order.events.filter(kind__in=GONE, at__gte=order.released_at).order_by("at").first()
    if last is None:
        return None
    if last.kind == What.DOWNLOADED:
        return _("The customer has downloaded files of this order already.")
    return _("This order is in a file that was exported for production already.")


@transaction.atomic(durable=True)
def take_back(order_id: int, *, by: Any, clock: Clock) -> OrderEvent | None:
    """Hold the order again. None when it is held already. Raises ChangeRefused once it is gone."""
    order = orders.locked(order_id)
    at = deadlines.require_aware(clock())
    if not order.is_prepay or order.released_at is None:
        return None
    reason = why_it_stays(order)
    if reason is not None:
        raise ChangeRefused(reason)
    rows = Order.objects.filter(pk=order.pk, released_at=order.released_at)
    if rows.update(released_at=None) != 1:
        raise ChangeRefused(_("Somebody else changed this order just now. Look at it again."))
    return orders.record(order, What.TAKEN_BACK, by=by, at=at)


@transaction.atomic(durable=True)
def note_export(chosen: Any, *, by: Any, clock: Clock) -> None:
    """Write into the timelines of released prepay orders that they are in a file, once each.

    They are held, so that none is taken back meanwhile. Three queries, whatever the number of
    orders. `chosen` is a queryset of orders.
    """
    noted = OrderEvent.objects.filter(kind=What.EXPORTED).values("order")
    rows = Order.objects.prepay().filter(pk__in=chosen.values("pk"), released_at__isnull=False)
    rows = rows.exclude(pk__in=noted).select_for_update(no_key=True).order_by("pk")
    ids = list(rows.values_list("pk", flat=True))
    at = deadlines.require_aware(clock())
    OrderEvent.objects.bulk_create(
        OrderEvent(order_id=pk, kind=What.EXPORTED, at=at, by=by) for pk in ids
    )
