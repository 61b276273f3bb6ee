"""What the confirmation page is about: one change for many jobs, foreseen.

Jobs whose archiving or prepay deadline has passed can come along with a new one (A10, L9). It is
for them only, so that they are a part of their own, with an operation of its own.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any

from jobstatus import deadlines
from jobstatus.admin.control import Steps
from jobstatus.foresight import Archiving, Foresight, NewDates, PrepayDeadline, Verdict
from jobstatus.listeners import Notice, Severity
from jobstatus.models import Job
from jobstatus.operations import foresee

# With these a job is refused for no date any more.
LIFTED: dict[str, NewDates] = {
    "start_selling": Archiving(enabled=False, date=None, delay=0),
    "open_prepay": PrepayDeadline(deadlines.LATEST_DATE),
}


@dataclass(frozen=True)
class Part:
    job_ids: list[int]
    dates: NewDates | None
    foresight: Foresight


@dataclass(frozen=True)
class Plan:
    steps: Steps
    parts: list[Part]

    @property
    def fingerprint(self) -> str:
        return "-".join(part.foresight.fingerprint() for part in self.parts)

    @property
    def ready(self) -> list[Job]:
        return list(chain.from_iterable(part.foresight.ready for part in self.parts))

    @property
    def unchanged(self) -> list[Verdict]:
        return list(chain.from_iterable(part.foresight.unchanged for part in self.parts))

    @property
    def refused(self) -> list[Verdict]:
        return list(chain.from_iterable(part.foresight.refused for part in self.parts))

    def notices(self, severity: Severity) -> list[Notice]:
        every = chain.from_iterable(part.foresight.notices for part in self.parts)
        return [notice for notice in every if notice.severity is severity]


def plain(job_ids: Collection[int], steps: Steps, *, by: Any, at: datetime) -> Plan:
    """The change as it is, without new dates."""
    ids = sorted(job_ids)
    return Plan(steps, [Part(ids, None, foresee(ids, steps, by=by, at=at))])


def overdue(plan: Plan, *, by: Any, at: datetime) -> tuple[list[Job], list[Verdict]]:
    """The refused jobs that would be let through if it were not for a date (A10, L9), and what
    else speaks against those that would not.
    """
    lifted = LIFTED.get(plan.steps[-1])
    if lifted is None or not plan.refused:
        return [], []
    refused = [verdict.job_id for verdict in plan.refused]
    foresight = foresee(refused, plan.steps, by=by, at=at, dates=lifted)
    return foresight.ready, [v for v in foresight.refused if v not in plan.refused]


def with_dates(
    plan: Plan, jobs: list[Job], dates: NewDates | None, *, by: Any, at: datetime
) -> Plan:
    """The same change, with these settings for these jobs."""
    if dates is None or not jobs:
        return plan
    ids = sorted(job.pk for job in jobs)
    others = sorted({pk for part in plan.parts for pk in part.job_ids} - set(ids))
    parts = [Part(ids, dates, foresee(ids, plan.steps, by=by, at=at, dates=dates))]
    if others:
        parts.insert(0, Part(others, None, foresee(others, plan.steps, by=by, at=at)))
    return Plan(plan.steps, parts)
