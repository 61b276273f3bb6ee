"""`manage.py import_names JOB FILE [--apply]`: says what a names list would do, and does it."""

import secrets
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import get_language

from jobstatus.models import Job
from shop.management.who import person
from shop.names import columns, importing, judging, planning, reading, wording
from shop.names.facts import headings
from shop.names.planning import Kind, Mode
from shop.names.table import MOST_BYTES, Unreadable

MOST_LISTED = 1_000


class Command(BaseCommand):
    help = "Shows what importing a names list (CSV or XLSX) into a job would do; --apply does it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("job", type=int, help="the job's number")
        parser.add_argument("file", type=Path)
        parser.add_argument("--apply", action="store_true", help="write it")
        parser.add_argument(
            "--add-only", action="store_true", help="known persons keep their name and album"
        )
        parser.add_argument(
            "--leave-out-errors", action="store_true", help="import the rows without errors"
        )
        parser.add_argument("--by", help="username of the person for the job's history")

    def handle(self, *args: Any, job: int, file: Path, **options: Any) -> None:
        row = Job.objects.select_related("studio").filter(pk=job).first()
        if row is None:
            raise CommandError(f"There is no job {job}.")
        table, how = self.read(file, headings(row))
        mode = Mode.ADD if options["add_only"] else Mode.UPDATE
        plan = planning.plan(row, judging.entries(table, how), mode)
        self.show(plan)
        if not options["apply"]:
            self.stdout.write("Nothing was written. To write it: --apply")
            return
        if plan.count(Kind.ERROR) and not options["leave_out_errors"]:
            raise CommandError("Nothing was written. To import the other rows: --leave-out-errors")
        try:
            text = importing.apply(
                row.pk,
                judging.entries(table, how),
                mode,
                by=person(options["by"]),
                seen=plan.mark(),
                reference=secrets.token_hex(6).upper(),
                language=get_language() or "",
                file_name=file.name,
            )
        except importing.PlanChanged:
            raise CommandError("Somebody changed the job just now. Nothing was written.") from None
        self.stdout.write(f"Imported: {text}")

    def read(self, file: Path, asked: dict[str, str]) -> tuple[Any, columns.Reading]:
        try:
            with file.open("rb") as opened:
                table = reading.read(opened.read(MOST_BYTES + 1))
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.") from None
        except Unreadable as error:
            raise CommandError(str(error)) from None
        how = columns.guess(table, asked)
        if sentences := columns.problems(how.columns):
            raise CommandError(" ".join(sentences))
        for remark in table.remarks:
            self.stdout.write(remark)
        return table, how

    def show(self, plan: planning.Plan) -> None:
        for outcome in plan.outcomes[:MOST_LISTED]:
            entry = outcome.entry
            words = [*wording.changes(plan, outcome), *outcome.remarks]
            words += [
                f"{label} “{text}”: {sentence}" if text else f"{label}: {sentence}"
                for label, text, sentence in wording.errors(outcome)
            ]
            name = " · ".join(part for part in (entry.name, entry.album) if part)
            self.stdout.write(f"{entry.number:6}  {outcome.kind.label}  {name}")
            for word in words:
                self.stdout.write(f"        {word}")
        if len(plan.outcomes) > MOST_LISTED:
            self.stdout.write(f"Only the first {MOST_LISTED} rows are listed.")
        unchanged = plan.count(Kind.UNCHANGED)
        self.stdout.write(f"{wording.summary(plan)} {unchanged} unchanged.")
