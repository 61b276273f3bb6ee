"""Questions and deeds for the production under test; runs inside its settings."""

from collections import Counter
from datetime import timedelta

from jobstatus import clock, operations
from jobstatus.models import Job, JobEvent, Studio, TaskRun
from tests.factories import at

LONG_AGO = timedelta(days=9)


def make_due(count: int) -> list[int]:
    """So many jobs that sold until three days ago."""
    now = clock.now()
    studio, _created = Studio.objects.get_or_create(name="Deployed", slug="deployed")
    jobs = [
        Job(
            studio=studio,
            name=f"Job {number}",
            archiving_enabled=True,
            archive_date=(now - LONG_AGO / 3).date(),
            archive_delay=0,
        )
        for number in range(count)
    ]
    for job in jobs:
        job.set_closes_at()
    ids = [job.pk for job in Job.objects.bulk_create(jobs)]
    outcome = operations.start_selling(ids, by=None, clock=at(now - LONG_AGO))
    assert not outcome.refused
    return ids


def due() -> int:
    return Job.objects.due(clock.now()).count()


def archivings() -> tuple[list[int], int]:
    """How often a job was archived, each number once, and how many events these are."""
    times = Counter(JobEvent.objects.filter(move="archive").values_list("job", flat=True))
    return sorted(set(times.values())), times.total()


def interrupted_sweeps() -> int:
    """Runs that began and, long after, have not come to their end."""
    return TaskRun.objects.filter(finished_at=None, task=TaskRun.Task.ARCHIVE_DUE).count()
