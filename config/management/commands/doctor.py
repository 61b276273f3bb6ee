"""`manage.py doctor [--json]`: what is well here and what is not (X6)."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.doctor import examine
from config.doctor.finding import Verdict
from jobstatus import clock


class Command(BaseCommand):
    help = "Examines this installation. Ends with 1 if there is a problem; warnings are none."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="for programs: one list")

    def handle(self, *args: Any, **options: Any) -> None:
        styles = {
            Verdict.OK: self.style.SUCCESS,
            Verdict.WARNING: self.style.WARNING,
            Verdict.PROBLEM: self.style.ERROR,
        }
        rows = []
        for name, finding in examine(clock.now):
            rows.append({"about": name, "verdict": finding.verdict, "text": finding.text})
            if not options["json"]:
                verdict = styles[finding.verdict](f"{finding.verdict:<8}")
                self.stdout.write(f"{verdict} {name:<15} {finding.text}")
                self.stdout.flush()
        if options["json"]:
            self.stdout.write(json.dumps(rows, indent=1))
        problems = sum(row["verdict"] is Verdict.PROBLEM for row in rows)
        if problems:
            raise CommandError("1 problem." if problems == 1 else f"{problems} problems.")
