"""Other apps take part in a status change through `settings.JOB_LISTENERS`.

A listener is a module with exactly two functions, both for a batch (one job is a batch of one):

    foresee(change: Change) -> Iterable[Notice]   reads only; says what the change would do
    react(events: Sequence[JobEvent]) -> None     does it, in the same transaction, own rows only

When a job is deleted, the modules of `settings.JOB_DELETION_LISTENERS` are asked in the same way,
with a Deletion: see `deleting`.

They run in the order of the setting. Both feed on the same selection, so that what is announced
is what happens. Nothing leaves the house in `react`: no mail, HTTP, file or broker call.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from importlib import import_module
from typing import Any, cast

from django.conf import settings
from django.core.checks import CheckMessage, Error

from jobstatus.models import Job, JobEvent


class Severity(StrEnum):
    BLOCKING = "blocking"  # the change is refused for these jobs
    WARNING = "warning"
    INFO = "info"
    DONE = "done"  # a point of the checklist that is in order


@dataclass(frozen=True)
class Notice:
    """One thing that a change would do or that speaks against it.

    `count` is how many rows or people it concerns; `job_ids` the jobs, none meaning all of them.
    """

    severity: Severity
    text: str
    count: int = 0
    job_ids: frozenset[int] = field(default_factory=frozenset)


@dataclass(frozen=True)
class Change:
    """A change that somebody considers: its steps in order, for jobs that could take them all."""

    steps: tuple[str, ...]
    jobs: Sequence[Job]
    by: Any  # a user; None means the clock
    at: datetime

    @property
    def move(self) -> str:
        return self.steps[-1]

    @property
    def job_ids(self) -> frozenset[int]:
        return frozenset(job.pk for job in self.jobs)


@dataclass(frozen=True)
class Deletion:
    """A job that is to go for ever, or that somebody considers to delete (A14)."""

    job: Job
    by: Any
    at: datetime


@dataclass(frozen=True)
class Listener:
    foresee: Callable[[Change], Iterable[Notice]]
    react: Callable[[Sequence[JobEvent]], None]


@dataclass(frozen=True)
class DeletionListener:
    foresee: Callable[[Deletion], Iterable[Notice]]
    react: Callable[[Deletion], None]


def listeners() -> list[Listener]:
    return [
        Listener(foresee=module.foresee, react=module.react)
        for module in (cast(Any, import_module(path)) for path in settings.JOB_LISTENERS)
    ]


def deletion_listeners() -> list[DeletionListener]:
    return [
        DeletionListener(foresee=module.foresee, react=module.react)
        for module in (cast(Any, import_module(path)) for path in settings.JOB_DELETION_LISTENERS)
    ]


def check_listeners(**kwargs: Any) -> list[CheckMessage]:
    """System check at start-up: every listener imports and has both functions."""
    errors: list[CheckMessage] = []
    for path in [*settings.JOB_LISTENERS, *settings.JOB_DELETION_LISTENERS]:
        try:
            module = import_module(path)
        except ImportError as error:
            errors.append(
                Error(f"The job listener {path} cannot be imported: {error}.", id="jobstatus.E001")
            )
            continue
        errors.extend(
            Error(f"The job listener {path} has no function {name}().", id="jobstatus.E002")
            for name in ("foresee", "react")
            if not callable(getattr(module, name, None))
        )
    return errors
