"""What the tab of prepay shows: figures, and what populating would give each order."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from jobstatus.models import Job
from shop import money
from shop.codes import spelling
from shop.models import Order, OrderLine
from shop.populating.choosing import ALL, Lack
from shop.populating.planning import Outcome, Plan

MOST_SHOWN = 200  # orders on the page; all of them are populated
PAID = Q(status=Order.Status.PAID)


@dataclass(frozen=True)
class Figures:
    orders: int
    paid: int
    persons: int
    revenue: str  # of orders that are not cancelled


@dataclass(frozen=True)
class Line:
    pk: int
    title: str
    child: str
    code: str
    can_pick: bool
    gets: list[str]  # file names
    has: int
    lacks: list[str]


@dataclass(frozen=True)
class Row:
    number: int
    name: str
    url: str
    pill: str
    state: str
    pk: int
    is_released: bool
    is_releasable: bool
    lines: list[Line]


def figures(job: Job, *, is_prepay: bool) -> Figures:
    """Two queries. Prepay orders are those of the job's prepay shop; the others have its photos."""
    if is_prepay:
        orders = Order.objects.prepay().filter(prepay_shop__job=job)
    else:
        orders = Order.objects.standard().filter(
            pk__in=OrderLine.objects.filter(pictures__job=job).values("order")
        )
    orders = orders.exclude(status=Order.Status.CANCELLED)
    sums = orders.aggregate(count=Count("pk"), paid=Count("pk", filter=PAID))
    totals = orders.order_by("currency").values_list("currency").annotate(sum=Sum("total_cents"))
    lines = OrderLine.objects.filter(order__in=orders.order_by())
    path = "code__subject" if is_prepay else "pictures__subject_name"
    return Figures(
        orders=sums["count"],
        paid=sums["paid"],
        persons=lines.aggregate(count=Count(path, distinct=True))["count"],
        revenue=" + ".join(money.written(cents, currency) for currency, cents in totals) or "–",
    )


def rows(plan: Plan) -> list[Row]:
    """Orders that change or lack something first."""
    ordered = sorted(plan.outcomes, key=lambda o: (o.is_released, not o.changes, not o.missing))
    return [_row(outcome) for outcome in ordered[:MOST_SHOWN]]


def _row(outcome: Outcome) -> Row:
    pill, state = _state(outcome)
    return Row(
        number=outcome.order.number,
        name=outcome.order.name,
        url=reverse("admin:shop_order_change", args=[outcome.order.pk]),
        pill=pill,
        state=state,
        pk=outcome.order.pk,
        is_released=outcome.is_released,
        is_releasable=outcome.is_releasable,
        lines=[_line(line) for line in outcome.lines],
    )


def _state(outcome: Outcome) -> tuple[str, str]:
    if outcome.is_released:
        told = _("released; a photo changed since") if outcome.is_disturbed else _("released")
        return "selling", told
    if outcome.changes:
        is_replaced = outcome.is_disturbed
        return "prepay", _("a photo is gone: gets others") if is_replaced else _("gets photos")
    if outcome.waits:
        return "archived", _("held: photos are missing")
    return "selling", _("complete") if outcome.is_paid else _("complete, not paid")


def _line(found: Any) -> Line:
    words = lack_words()
    line, choice = found.line, found.choice
    return Line(
        pk=line.pk,
        can_pick=line.rule != ALL,
        title=f"{line.quantity} × {line.title}",
        child=line.subject_name,
        code=spelling.written(line.code) if line.code else "",
        gets=[fill.photo.file_name for fill in choice.fills],
        has=len(choice.kept),
        lacks=[words[lack] for lack in choice.lacks],
    )


def lack_words() -> dict[Lack, str]:
    return {
        Lack.NO_PERSON: _("The child was deleted."),
        Lack.NO_PHOTO: _("There is no photo of the child."),
        Lack.TOO_FEW: _("There are too few photos of the child."),
        Lack.NO_CLASS: _("The child has no album, so that no group photo can be found."),
        Lack.NO_GROUP: _("There is no group photo in the child's album."),
        Lack.ONLY_GROUP: _("There are group photos only."),
    }
