"""The shop's part in a status change: archived pictures leave the pending baskets (A5)."""

from collections.abc import Iterable, Sequence

from django.db.models import Count
from django.utils.translation import ngettext

from jobstatus.lifecycle import Status
from jobstatus.listeners import Change, Notice, Severity
from jobstatus.models import JobEvent
from shop.models import BasketLine


def foresee(change: Change) -> Iterable[Notice]:
    """How many basket lines a change to Archived takes away. One query."""
    if change.move != "archive":
        return
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
    """Set the lines aside. Idempotent. One query, none without an archived job."""
    archived = [event for event in events if event.to_status == Status.ARCHIVED]
    if archived:
        lines = BasketLine.objects.pending()
        lines.with_pictures_of({event.job_id for event in archived}).update(
            set_aside_at=archived[0].at
        )
