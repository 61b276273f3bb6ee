from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from comms.models import Message
from comms.sending import mute
from jobstatus import clock


class Command(BaseCommand):
    help = "Sends messages again after a restore. Without --yes it only says what would be sent."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--yes", action="store_true", help="do it")

    def handle(self, *args: Any, yes: bool, **options: Any) -> None:
        row = mute.is_muted()
        if row is None:
            self.stdout.write("Messages are being sent already; there is nothing to release.")
            return
        due = Message.objects.waiting().filter(due_at__lte=clock.now()).count()
        self.stdout.write(f"Nothing is sent since {row.muted_at:%Y-%m-%d %H:%M} UTC.")
        self.stdout.write(row.muted_because)
        self.stdout.write(
            f"{due} messages are due. Those that are too late or not true any more are skipped; "
            "those that went out after the backup was made go out again."
        )
        if not yes:
            self.stdout.write("To send them: manage.py comms_release --yes")
            return
        mute.release(by="manage.py comms_release", clock=clock.now)
        self.stdout.write("Messages are sent again, beginning with the next tick.")
