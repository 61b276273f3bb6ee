"""What populating a job would do, order by order, without doing it. The write asks here as well."""

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from jobstatus.models import Job
from shop.models import Order
from shop.populating.choosing import Choice, choose
from shop.populating.facts import Facts, Line, PrepayOrder, gather


@dataclass(frozen=True)
class LineOutcome:
    line: Line
    choice: Choice


@dataclass(frozen=True)
class Outcome:
    """One order. A released one is not touched: it only tells what is wrong with it since."""

    order: PrepayOrder
    lines: Sequence[LineOutcome]

    @property
    def is_released(self) -> bool:
        return self.order.released_at is not None

    @property
    def is_paid(self) -> bool:
        return self.order.status == Order.Status.PAID

    @property
    def is_complete(self) -> bool:
        """Everything is there, and choosing again would change nothing."""
        return all(line.choice.is_complete for line in self.lines)

    @property
    def is_disturbed(self) -> bool:
        """A photo was trashed, hidden, replaced or taken from the child since it was chosen."""
        return any(line.choice.unsound for line in self.lines)

    @property
    def changes(self) -> bool:
        return not self.is_released and any(line.choice.changes for line in self.lines)

    @property
    def fills(self) -> int:
        return 0 if self.is_released else sum(len(line.choice.fills) for line in self.lines)

    @property
    def missing(self) -> int:
        return sum(line.choice.missing for line in self.lines)

    @property
    def is_releasable(self) -> bool:
        return not self.is_released and self.is_complete

    @property
    def waits(self) -> bool:
        """Held because something is missing, also after choosing."""
        return not self.is_released and self.missing > 0


@dataclass(frozen=True)
class Plan:
    outcomes: Sequence[Outcome]

    @property
    def changes(self) -> bool:
        return any(outcome.changes for outcome in self.outcomes)

    @property
    def fills(self) -> int:
        return sum(outcome.fills for outcome in self.outcomes)

    @property
    def changing(self) -> list[Outcome]:
        return [outcome for outcome in self.outcomes if outcome.changes]

    def mark(self) -> str:
        """A fingerprint of all that was shown and would happen."""
        told = [
            (
                *(o.order.pk, o.order.status, o.is_released),
                [
                    (
                        line.line.pk,
                        [(p.pk, p.place, p.photo_id) for p in line.choice.kept],
                        [(f.place, f.photo.pk, f.photo.original_name) for f in line.choice.fills],
                        [p.pk for p in line.choice.unsound],
                        [str(lack) for lack in line.choice.lacks],
                        *(line.choice.missing, line.line.subject_id),
                    )
                    for line in o.lines
                ],
            )
            for o in self.outcomes
        ]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:32]


def plan(job: Job, order_ids: Collection[int] | None = None, *, locked: bool = False) -> Plan:
    """Of all prepay orders of the job, or of these. Five queries, whatever their number."""
    return judge(gather(job, order_ids, locked=locked))


def judge(facts: Facts) -> Plan:
    return Plan([_outcome(order, facts) for order in facts.orders])


def _outcome(order: PrepayOrder, facts: Facts) -> Outcome:
    return Outcome(
        order,
        [
            LineOutcome(line, choose(line.rule, line.count, line.placed, facts.shown(line)))
            for line in order.lines
        ],
    )
