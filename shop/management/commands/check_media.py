"""`manage.py check_media`: are there files without rows, or rows without files?"""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from jobstatus import clock
from shop.storing import checking
from shop.storing.checking import Found


class Command(BaseCommand):
    help = (
        "Compare the photos in the storage with the database, both ways. Exit code 1 if not well."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--delete-orphans",
            action="store_true",
            help="note files without a row for deletion; the worker deletes them",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        deletes = options["delete_orphans"]
        report = checking.check(at=clock.now(), doom_orphans=deletes)
        self.stdout.write(f"{report.files} files were looked at.")
        self._tell(report.missing, "files of photos are missing")
        self._tell(report.bought_missing, "bought files are missing")
        text = "files belong to nothing" + (", and are noted for deletion" if deletes else "")
        self._tell(report.without_row, text)
        self._tell(report.wrong_sums, "jobs have a wrong sum of stored bytes")
        if not report.is_clean:
            raise CommandError("Files and rows do not agree.")
        self.stdout.write("Files and rows agree.")

    def _tell(self, found: Found, text: str) -> None:
        if found.count:
            self.stdout.write(f"{found.count} {text}:")
            for name in found.examples:
                self.stdout.write(f"  {name}")
            if found.count > len(found.examples):
                self.stdout.write(f"  … and {found.count - len(found.examples)} more")
