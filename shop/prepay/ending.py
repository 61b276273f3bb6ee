"""A prepay job is turned into a standard job: what ends with it, what stays, and what is done (L8).

It never comes back, so that nothing is left pending in a basket that could not be ordered.
"""

from collections.abc import Iterator, Sequence

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from jobstatus.keys import listed
from jobstatus.listeners import Change, Notice, Severity
from jobstatus.models import JobEvent
from shop.models import BasketLine, Order, PrepayShop

STEP = "convert_to_standard"


def foresee(change: Change) -> Iterator[Notice]:
    """Four queries, whatever the number of jobs. Reads only."""
    yield from _lines_leave(change)
    closing = PrepayShop.objects.filter(job__in=listed(change.job_ids))
    job_ids = frozenset(pk for pk in closing.values_list("job", flat=True) if pk is not None)
    if job_ids:
        yield Notice(Severity.INFO, _where_codes_lead(change), len(job_ids), job_ids)
    yield from _orders_stay(change)


def react(events: Sequence[JobEvent]) -> None:
    """Set aside what is pending in their prepay baskets. One query, none without events."""
    if events:
        lines = BasketLine.objects.pending().in_prepay_shops_of({e.job_id for e in events})
        lines.update(set_aside_at=events[0].at)


def _lines_leave(change: Change) -> Iterator[Notice]:
    lines = BasketLine.objects.pending().in_prepay_shops_of(change.job_ids)
    counted = lines.aggregate(lines=Count("pk"), baskets=Count("basket", distinct=True))
    if counted["lines"]:
        baskets = ngettext("%(count)d basket", "%(count)d baskets", counted["baskets"]) % {
            "count": counted["baskets"]
        }
        text = ngettext(
            "%(count)d product leaves prepay baskets that are not ordered yet (%(baskets)s), also "
            "if its checkout is open.",
            "%(count)d products leave prepay baskets that are not ordered yet (%(baskets)s), also "
            "if their checkout is open.",
            counted["lines"],
        ) % {"count": counted["lines"], "baskets": baskets}
        yield Notice(Severity.WARNING, text, counted["lines"])


def _where_codes_lead(change: Change) -> str:
    """The page that `shop.prepay.pages` shows afterwards."""
    if change.move == "start_selling":
        return _(
            "The prepay shop closes. Whoever enters the prepay code reads that the photos are "
            "here, and is asked for the child's access code."
        )
    if change.move == "archive":
        return _(
            "The prepay shop closes. Whoever enters the prepay code reads that the photos are "
            "archived, and can leave an e-mail address."
        )
    return _(
        "The prepay shop closes. Whoever enters the prepay code reads that the photos are being "
        "prepared, and can leave an e-mail address."
    )


def _orders_stay(change: Change) -> Iterator[Notice]:
    """Those that are populated and released afterwards; cancelled ones are not told of."""
    of_jobs = {"prepay_shop__job__in": listed(change.job_ids)}
    kept = Order.objects.filter(**of_jobs).exclude(status=Order.Status.CANCELLED).count()
    if kept:
        text = ngettext(
            "%(count)d prepay order is kept, with its prices and in the statistics.",
            "%(count)d prepay orders are kept, with their prices and in the statistics.",
            kept,
        ) % {"count": kept}
        yield Notice(Severity.DONE, text, kept)
    held = Order.objects.waiting().filter(**of_jobs).count()
    if held:
        text = ngettext(
            "%(count)d prepay order stays held until it has its photos: choose “Populate photos” "
            "afterwards.",
            "%(count)d prepay orders stay held until they have their photos: choose “Populate "
            "photos” afterwards.",
            held,
        ) % {"count": held}
        yield Notice(Severity.INFO, text, held)
