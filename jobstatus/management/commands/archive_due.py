"""`manage.py archive_due [--dry-run]`: the sweep by hand."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from jobstatus import clock, operations
from jobstatus.models import Job

MOST_LISTED = 1000


class Command(BaseCommand):
    help = "Archives every selling job whose archiving deadline has passed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--dry-run", action="store_true", help="only say which jobs it would archive"
        )

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        if dry_run:
            self.foresee()
            return
        run = operations.archive_due(clock=clock.now)
        self.stdout.write(f"{run.done} jobs archived, {run.failed} failed.")
        if run.failed:
            raise CommandError("Some jobs could not be archived and stay due; see the log.")

    def foresee(self) -> None:
        at = clock.now()
        due = Job.objects.due(at)
        ids = list(due.values_list("pk", flat=True)[:MOST_LISTED])
        foresight = operations.foresee(ids, "archive", by=None, at=at)
        for job in foresight.ready:
            self.stdout.write(f"{job.pk}  {job.closes_at:%Y-%m-%d %H:%M %Z}  {job.name}")
        for verdict in foresight.refused:
            self.stdout.write(f"{verdict.job_id}  refused: {verdict.text}")
        for notice in foresight:
            self.stdout.write(f"{notice.severity}: {notice.text}")
        total = due.count()
        self.stdout.write(f"{total} jobs are due. Nothing was changed.")
        if total > len(ids):
            self.stdout.write(f"Only the first {MOST_LISTED} are listed.")
