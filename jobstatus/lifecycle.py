"""The life cycle of a job as one table, and the sentence for every refusal. Pure: no database.

`Job` builds its django-fsm transitions from this table; the admin, the diagram and the tests read
it. Source: domain.md, L1, L8, L10, A10.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy


class Status(TextChoices):
    PLANNING = "planning", pgettext_lazy("job status", "Planning (inactive)")
    PREPAY = "prepay", pgettext_lazy("job status", "Prepay")
    SELLING = "selling", pgettext_lazy("job status", "Selling")
    ARCHIVED = "archived", pgettext_lazy("job status", "Archived")


class Kind(TextChoices):
    STANDARD = "standard", pgettext_lazy("job kind", "Standard")
    PREPAY = "prepay", pgettext_lazy("job kind", "Prepay")


LEGAL_PAIRS = (
    (Kind.STANDARD, Status.PLANNING),
    (Kind.STANDARD, Status.SELLING),
    (Kind.STANDARD, Status.ARCHIVED),
    (Kind.PREPAY, Status.PLANNING),
    (Kind.PREPAY, Status.PREPAY),
)


@dataclass(frozen=True)
class Move:
    """One arrow of the diagram. `kind` is the kind of job it exists for; None means both."""

    name: str
    sources: tuple[Status, ...]
    target: Status
    kind: Kind | None
    label: str | Promise  # the verb on the button


MOVES: dict[str, Move] = {
    move.name: move
    for move in (
        Move(
            "start_selling",
            (Status.PLANNING, Status.ARCHIVED),
            Status.SELLING,
            Kind.STANDARD,
            gettext_lazy("Start selling"),
        ),
        Move(
            "open_prepay",
            (Status.PLANNING,),
            Status.PREPAY,
            Kind.PREPAY,
            gettext_lazy("Open prepay"),
        ),
        Move(
            "archive",
            (Status.PLANNING, Status.SELLING),
            Status.ARCHIVED,
            Kind.STANDARD,
            gettext_lazy("Archive"),
        ),
        Move(
            "return_to_planning",
            (Status.SELLING, Status.PREPAY, Status.ARCHIVED),
            Status.PLANNING,
            None,
            gettext_lazy("Back to Planning"),
        ),
        Move(
            "convert_to_standard",
            (Status.PLANNING, Status.PREPAY),
            Status.PLANNING,
            Kind.PREPAY,
            gettext_lazy("Turn into a standard job"),
        ),
    )
}


class JobFacts(Protocol):
    """What a verdict depends on."""

    name: str
    status: str
    kind: str
    closes_at: datetime | None

    def prepay_closes_at(self) -> datetime | None: ...


class MoveRefused(Exception):
    """The move is not legal for this job now. The message is a sentence for a person."""


def has_nothing_to_do(job: JobFacts, move: Move) -> bool:
    """Whether the job is already where the move leads (L10: nothing happens, nothing is sent)."""
    if move.name == "convert_to_standard":
        return job.kind == Kind.STANDARD
    return job.status == move.target


def refusal(job: JobFacts, move: Move, at: datetime) -> str | None:
    """The sentence that says why this move is refused at this instant; None when it is legal."""
    if move.kind == Kind.STANDARD and job.kind == Kind.PREPAY:
        return _("“%(job)s” is a prepay job. Turn it into a standard job first.") % {
            "job": job.name
        }
    if move.kind == Kind.PREPAY and job.kind == Kind.STANDARD:
        return _("“%(job)s” is a standard job. Only prepay jobs can do this.") % {"job": job.name}
    if job.status not in move.sources:
        return _("“%(job)s” is in status %(from)s and cannot go to %(to)s from there.") % {
            "job": job.name,
            "from": Status(job.status).label,
            "to": move.target.label,
        }
    if move.target == Status.SELLING and job.closes_at is not None and at >= job.closes_at:
        return _(
            "The archiving deadline of “%(job)s” has passed, so it would be archived again at "
            "once. Move the archiving date or untick archiving first."
        ) % {"job": job.name}
    if move.target == Status.PREPAY:
        closes_at = job.prepay_closes_at()
        if closes_at is None:
            return _(
                "“%(job)s” has no prepay deadline, so customers would not know until when to "
                "order. Set the prepay deadline first."
            ) % {"job": job.name}
        if at >= closes_at:
            return _(
                "The prepay deadline of “%(job)s” has passed, so nobody could order. "
                "Move the prepay deadline first."
            ) % {"job": job.name}
    return None
