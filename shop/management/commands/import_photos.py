"""`manage.py import_photos JOB FOLDER`: the photos of a folder of this machine, as if uploaded."""

import secrets
from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from jobstatus import clock
from jobstatus.models import Job
from shop.management.who import person
from shop.models import Upload
from shop.uploads import folders, receiving, taking
from shop.uploads.reasons import sentence

PARTLY = 2  # exit code: some photos were refused
SHOWN_EVERY = 50

State = Upload.State


class Command(BaseCommand):
    help = (
        "Takes all photos of a folder into a job; each folder becomes an album of its name. A "
        "second time takes only what is new. Exit code 2: some were refused."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("job", type=int, help="the job's number")
        parser.add_argument("folder", type=Path)
        parser.add_argument("--album", default="", help="one album for all, whatever the folders")
        parser.add_argument("--by", help="username of the person who did it")

    def handle(self, *args: Any, job: int, folder: Path, **options: Any) -> None:
        row = Job.objects.select_related("studio").filter(pk=job).first()
        if row is None:
            raise CommandError(f"There is no job {job}.")
        if not folder.is_dir():
            raise CommandError(f"{folder} is no folder.")
        found = list(folders.photos_in(folder))
        if not found:
            raise CommandError(f"{folder} holds no JPEG, PNG or HEIC photos.")
        self.by = person(options["by"])
        self.batch, self.counts = secrets.token_hex(8), Counter[str]()
        first = receiving.next_position(row)
        for number, photo in enumerate(found, start=1):
            self.take(row, photo, album=options["album"], position=first + number - 1)
            if number % SHOWN_EVERY == 0:
                self.stdout.write(f"{number} of {len(found)}")
        self.stdout.write(
            f"{self.counts[State.DONE]} photos are ready, {self.counts[State.KNOWN]} were there "
            f"already, {self.counts[State.REFUSED]} were refused."
        )
        if waiting := self.counts[State.WAITING]:
            self.stdout.write(f"{waiting} are left to the workers.")
        if self.counts[State.REFUSED]:
            raise CommandError("Some photos were refused, see above.", returncode=PARTLY)

    def take(self, job: Job, photo: folders.Found, *, album: str, position: int) -> None:
        """Received and taken at once. What a worker has snatched, or a storage delays, is left."""
        arrival = receiving.Arrival(
            file_name=photo.path.name,
            length_bytes=photo.path.stat().st_size,
            batch=self.batch,
            folder=album or photo.album,
            position=position,
        )
        try:
            with photo.path.open("rb") as file:
                upload = receiving.receive(job, arrival, file, by=self.by, clock=clock.now)
        except receiving.NotTaken as error:
            self.refused(photo, str(error))
            return
        taking.take_next(clock=clock.now, only=upload.pk)
        upload.refresh_from_db()
        if upload.state == State.REFUSED:
            self.refused(photo, sentence(upload))
        else:
            self.counts[upload.state] += 1

    def refused(self, photo: folders.Found, text: str) -> None:
        self.counts[State.REFUSED] += 1
        self.stderr.write(f"{photo.path}: {text}")
