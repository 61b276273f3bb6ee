from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from comms.sending import mute
from jobstatus import clock


class Command(BaseCommand):
    help = "Sends no message from now on, for example while a backup is being restored."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("why", nargs="?", default="Somebody has asked for it.")

    def handle(self, *args: Any, why: str, **options: Any) -> None:
        mute.mute(why, clock=clock.now)
        self.stdout.write("No messages are sent until you run manage.py comms_release.")
