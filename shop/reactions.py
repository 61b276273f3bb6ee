"""The shop's part in a status change: archived pictures leave the pending baskets (A5), and so
does what was chosen in a prepay shop that ends (L8).
"""

from collections.abc import Iterable, Sequence

from django.db.models import Count
from django.utils.translation import ngettext

from jobstatus.lifecycle import Status
from jobstatus.listeners import Change, Notice, Severity
from jobstatus.models import JobEvent
from shop import readiness
from shop.models import BasketLine, Storefront
from shop.prepay import ending, opening

OPEN_TO_CUSTOMERS = (Status.SELLING, Status.PREPAY)


def foresee(change: Change) -> Iterable[Notice]:
    """What is ready for what opens (J2), or how many basket lines archiving takes away;
    before it, what ends and stays of a prepay shop.

    Four queries or one, and four for prepay, whatever the number of jobs.
    """
    if ending.STEP in change.steps:
        yield from ending.foresee(change)
    if change.move == "start_selling":
        yield from readiness.checklist(change)
    elif change.move == opening.STEP:
        yield from opening.foresee(change)
    elif change.move == "archive":
        yield from _baskets_lose(change)


def _baskets_lose(change: Change) -> Iterable[Notice]:
    lines = BasketLine.objects.pending().with_pictures_of(change.job_ids)
    counted = lines.aggregate(lines=Count("pk"), baskets=Count("basket", distinct=True))
    if counted["lines"]:
        baskets = ngettext("%(count)d basket", "%(count)d baskets", counted["baskets"]) % {
            "count": counted["baskets"]
        }
        text = ngettext(
            "%(count)d product leaves pending baskets (%(baskets)s).",
            "%(count)d products leave pending baskets (%(baskets)s).",
            counted["lines"],
        ) % {"count": counted["lines"], "baskets": baskets}
        yield Notice(Severity.WARNING, text, count=counted["lines"])


def react(events: Sequence[JobEvent]) -> None:
    """Set the lines aside, and see to it that what opens has a page. Idempotent.

    One query for the jobs archived, one for those opened, one for those turned into standard jobs,
    none without. A line leaves whatever late access its codes have (X3), and as a whole if it is a
    package of several jobs. Nothing is to be done when a job comes back: baskets offer what was
    set aside by themselves (X4).
    """
    archived = [event for event in events if event.to_status == Status.ARCHIVED]
    if archived:
        lines = BasketLine.objects.pending()
        lines.with_pictures_of({event.job_id for event in archived}).update(
            set_aside_at=archived[0].at
        )
    ending.react([event for event in events if event.move == ending.STEP])
    opened = {event.job_id for event in events if event.to_status in OPEN_TO_CUSTOMERS}
    if opened:
        # Jobs made in the admin have their page; those of an integration may not have one yet.
        pages = [Storefront(job_id=job_id) for job_id in sorted(opened)]
        Storefront.objects.bulk_create(pages, ignore_conflicts=True)
