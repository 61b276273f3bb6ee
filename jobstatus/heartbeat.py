"""Whether the sweep is alive. The admin's front page and the health page ask here."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from jobstatus.models import Job, TaskRun

LATE_AFTER = timedelta(minutes=3)  # three ticks of beat


@dataclass(frozen=True)
class SweepHealth:
    """The sweep at one instant. `failed` counts the jobs that its last run could not archive."""

    last_run: TaskRun | None  # the last one that came to its end
    age_seconds: int | None  # since that end
    is_late: bool
    overdue: int  # jobs still selling although their deadline passed before LATE_AFTER
    failed: int

    @property
    def is_well(self) -> bool:
        return not (self.is_late or self.overdue or self.failed)


def sweep_health(at: datetime) -> SweepHealth:
    """Two queries, both on an index."""
    finished = TaskRun.objects.filter(finished_at__isnull=False)
    last_run = finished.latest_of(TaskRun.Task.ARCHIVE_DUE)
    age = at - last_run.finished_at if last_run and last_run.finished_at else None
    return SweepHealth(
        last_run=last_run,
        age_seconds=None if age is None else int(age.total_seconds()),
        is_late=age is None or age > LATE_AFTER,
        overdue=Job.objects.due(at - LATE_AFTER).count(),
        failed=last_run.failed if last_run else 0,
    )
