"""Four senders and a mail server on this machine, against a task and connection for each mail."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from statistics import median
from time import perf_counter
from typing import Any

from django.db import connection

from benchmarks.report import Figure
from comms.models import (
    Campaign,
    Installation,
    Message,
    Notification,
    Pace,
    Profile,
    SendingRules,
    Text,
    Trigger,
)
from jobstatus import clock, operations
from jobstatus.models import Job, Studio
from shop.codes import spelling
from shop.models import AccessCode, Album, Contact, Customer, Subject

WORKERS = 4
STUDIOS = 8
MAILS, SAMPLE = 2_400, 400  # of us, and of the way that takes too long
ROUNDS = 3
PER_MINUTE = 10_000
is_postgresql = connection.vendor == "postgresql"


def delivery_speed() -> list[Figure]:
    """Mails per second of both ways, alternating; counted by the server that got them."""
    Message.objects.all()._raw_delete(Message.objects.db)
    jobs = [_season(MAILS // STUDIOS) for _studio in range(STUDIOS)]
    ours, naive, growth = [], [], []
    with _sink() as server:
        for _round in range(ROUNDS):
            naive.append(_mails_per_second("naive", _plan(jobs, SAMPLE), server)[0])
            speed, told = _mails_per_second("ours", _plan(jobs, MAILS), server)
            ours.append(speed)
            growth.append(max(one["late"] - one["early"] for one in told))
    ratio = median(mine / theirs for mine, theirs in zip(ours, naive, strict=True))
    return [
        Figure(f"{WORKERS} senders, {MAILS:,} mails", median(ours), "mails/s"),
        Figure("a task and a connection for each mail", median(naive), "mails/s"),
        Figure("senders : task for each mail", ratio, "", at_least=4 if is_postgresql else None),
        Figure("growth of a sender's memory", median(growth), "MiB", at_most=8),
    ]


def _season(people: int) -> Job:
    """A selling job with a profile, whose families wait for their mail."""
    number = Studio.objects.count()
    studio = Studio.objects.create(name=f"Mails {number}", slug=f"mails-{number}")
    SendingRules.objects.create(
        studio=studio, per_minute=PER_MINUTE, quiet_from="00:00", quiet_until="00:00"
    )
    profile = Profile.objects.create(studio=studio, name="Season")
    notification = Notification.objects.create(profile=profile, trigger=Trigger.SELLING)
    Text.objects.create(
        notification=notification,
        language="en",
        subject="The photos of [[Job.name]] are here",
        body="Hello [[Customer.name]],\n\nthe photos are here:\n\n[[Customer.photos]]\n",
    )
    job = Job.objects.create(studio=studio, name="School")
    Campaign.objects.create(job=job, profile=profile, attached_at=clock.now())
    operations.start_selling([job.pk], by=None, clock=clock.now)
    album = Album.objects.create(job=job, name="Class")
    keys = [f"p{n}@example.org" for n in range(people)]
    customers = Customer.objects.bulk_create(
        Customer(studio=studio, email=key, email_key=key, name="Parent") for key in keys
    )
    subjects = Subject.objects.bulk_create(
        Subject(job=job, album=album, name=f"Child {n}") for n in range(people)
    )
    AccessCode.objects.bulk_create(
        AccessCode(studio=studio, job=job, subject=subject, code=spelling.new_code())
        for subject in subjects
    )
    Contact.objects.bulk_create(
        Contact(customer=customer, job=job, subject=subject, source="names_list")
        for customer, subject in zip(customers, subjects, strict=True)
    )
    return job


def _plan(jobs: list[Job], mails: int) -> int:
    """So many due messages, the same number for each job, on an empty ledger."""
    Message.objects.all()._raw_delete(Message.objects.db)
    Pace.objects.all().delete()
    now = clock.now()
    for job in jobs:
        notification = Notification.objects.get(profile__campaigns__job=job)
        people = Customer.objects.filter(studio=job.studio_id).order_by("pk")
        Message.objects.bulk_create(
            Message(
                studio_id=job.studio_id,
                notification=notification,
                job=job,
                customer=person,
                channel="email",
                address=person.email,
                address_key=person.email_key,
                language="en",
                status="planned",
                planned_at=now,
                due_at=now,
                meant_at=now,
            )
            for person in people[: mails // len(jobs)]
        )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    connection.close()  # On SQLite nobody else could write.
    return mails


class _Server:
    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        self.port = json.loads(_line(process))

    def taken(self) -> int:
        return int(json.loads(_asked(self.process)))


@contextmanager
def _sink() -> Iterator[_Server]:
    with _process("sink", {}) as process:
        yield _Server(process)


@contextmanager
def _process(name: str, environment: dict[str, str], *words: str) -> Iterator[Any]:
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.mail_processes", name, *words],
        env={**os.environ, **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def _mails_per_second(name: str, mails: int, server: _Server) -> tuple[float, list[dict[str, Any]]]:
    before = server.taken()
    with tempfile.TemporaryDirectory() as media, ExitStack() as stack:
        environment = {
            "EMAIL_URL": f"smtp://127.0.0.1:{server.port}",
            "EMAIL_PER_MINUTE": "0",
            "PRIVATE_MEDIA_ROOT": media,
            "DATABASE_URL": os.environ["DATABASE_URL"],
            "DEBUG": "1",
            "SMS_PROVIDER": "",
        }
        _forget_installation()
        senders = [
            stack.enter_context(_process(name, environment, str(number), str(WORKERS)))
            for number in range(WORKERS)
        ]
        for sender in senders:
            _line(sender)
        start = perf_counter()
        for sender in senders:
            sender.stdin.write("go\n")
            sender.stdin.flush()
        told = [json.loads(_line(sender)) for sender in senders]
        seconds = perf_counter() - start
    assert server.taken() - before == mails, (server.taken() - before, mails)
    assert Message.objects.filter(status="sent").count() == mails
    return mails / seconds, told


def _forget_installation() -> None:
    """Each round has another folder: without the note in it nothing would be sent."""
    Installation.objects.all().delete()
    connection.close()


def _line(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line, "A process of the benchmark has died."
    return line


def _asked(process: "subprocess.Popen[str]") -> str:
    assert process.stdin is not None
    process.stdin.write("?\n")
    process.stdin.flush()
    return _line(process)
