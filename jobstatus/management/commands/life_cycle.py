"""`manage.py life_cycle [FILE]`: prints the diagram, or draws it between the marks in a file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from jobstatus import diagram


class Command(BaseCommand):
    help = "Draws the life cycle of a job from its state machine."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, help="for example README.md")

    def handle(self, *args: Any, file: Path | None, **options: Any) -> None:
        if file is None:
            self.stdout.write(diagram.mermaid())
            return
        try:
            file.write_text(diagram.drawn_into(file.read_text("utf-8")), "utf-8")
        except (OSError, ValueError) as error:
            raise CommandError(f"{file}: {error}") from error
