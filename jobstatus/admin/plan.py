"""What the confirmation page is about: one change for many jobs, foreseen.

Jobs whose archiving deadline has passed can come along with new archiving settings (A10). Those
settings are for them only, so that they are a part of their own, with an operation of its own.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any

from jobstatus.admin.control import Steps
from jobstatus.foresight import Archiving, Foresight, Verdict
from jobstatus.listeners import Notice, Severity
from jobstatus.models import Job
from jobstatus.operations import foresee


@dataclass(frozen=True)
class Part:
    job_ids: list[int]
    archiving: Archiving | None
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
    """The change as it is, without new archiving settings."""
    ids = sorted(job_ids)
    return Plan(steps, [Part(ids, None, foresee(ids, steps, by=by, at=at))])


def overdue(plan: Plan, *, by: Any, at: datetime) -> list[Job]:
    """The refused jobs that would be let through without an archiving date (A10)."""
    refused = [verdict.job_id for verdict in plan.refused]
    if plan.steps[-1] != "start_selling" or not refused:
        return []
    unticked = Archiving(enabled=False, date=None, delay=0)
    return foresee(refused, plan.steps, by=by, at=at, archiving=unticked).ready


def with_archiving(
    plan: Plan, jobs: list[Job], archiving: Archiving | None, *, by: Any, at: datetime
) -> Plan:
    """The same change, with these settings for these jobs."""
    if archiving is None or not jobs:
        return plan
    ids = sorted(job.pk for job in jobs)
    others = sorted({pk for part in plan.parts for pk in part.job_ids} - set(ids))
    parts = [Part(ids, archiving, foresee(ids, plan.steps, by=by, at=at, archiving=archiving))]
    if others:
        parts.insert(0, Part(others, None, foresee(others, plan.steps, by=by, at=at)))
    return Plan(plan.steps, parts)
