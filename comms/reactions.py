"""Communication's part in a status change: who would be written to, and their rows."""

from collections.abc import Iterable, Sequence

from comms import notices
from comms.ledger import planning
from jobstatus.listeners import Change, Notice
from jobstatus.models import JobEvent


def foresee(change: Change) -> Iterable[Notice]:
    """Who would be written to and when, counted by the statement that writes it (J2).

    A fixed number of queries whatever the number of jobs and people.
    """
    if change.move in ("start_selling", "archive"):
        yield from notices.of_change(change)


def react(events: Sequence[JobEvent]) -> None:
    """Take away what jobs archived for long must not have, then plan. Going anywhere else than to
    Selling or Archived plans nothing (L3, L9). Idempotent by the ledger's key."""
    planning.take_profile_away(events)
    planning.plan_changes(events)
