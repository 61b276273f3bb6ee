"""`manage.py demo_data`: for `manage.py demo`, which calls it with the demo's settings."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.demo.data import PASSWORD, ZONE, fill
from config.demo.tour import tour
from jobstatus import clock, deadlines
from jobstatus.models import Studio


class Command(BaseCommand):
    help = "Fills an empty database with the demo's studios, or says what there is to see."

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--fill", type=int, metavar="SECONDS", help="until a job closes")
        what.add_argument("--tour", metavar="URL")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("The demo's passwords are public. It needs DEBUG=1.")
        if options["tour"]:
            offset = timedelta(seconds=settings.CLOCK_OFFSET_SECONDS)
            for line in tour(url=options["tour"], at=clock.now(), offset=offset, password=PASSWORD):
                self.stdout.write(line)
            return
        if Studio.objects.exists():
            raise CommandError("This database has studios already. Nothing was changed.")
        today = deadlines.local_date(clock.now(), ZONE)
        fill(today)
        # How far the product's clock must be ahead for today's midnight to come that soon.
        target = deadlines.end_of_day(today, ZONE) - timedelta(seconds=options["fill"])
        self.stdout.write(f"{round((target - clock.now()).total_seconds())}")
