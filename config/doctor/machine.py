"""What this machine and the places of its data are like."""

import io
import secrets
import shutil
import tempfile
import time
import zoneinfo
from collections.abc import Iterator
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from django.conf import settings
from django.core.checks import run_checks
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from config.doctor.finding import Finding, judged, ok, problem, warning
from config.doctor.servers import broker_time, status_for_a_stranger
from jobstatus.clock import Clock, read_database, read_machine
from jobstatus.models import Job, Studio
from jobstatus.zone_data import REACH

MOST_DIFFERENCE_SECONDS = 2.0  # between two clocks; parents count on the second
LITTLE_SPACE_GB, NO_SPACE_GB = 10, 1
GIGABYTE = 10**9
REFUSALS = (401, 403, 404)


def settings_are_sound(clock: Clock) -> Iterator[Finding]:
    """As `check --deploy`."""
    every = run_checks(include_deployment_checks=not settings.DEBUG)
    found = [message for message in every if not message.is_silenced()]
    for message in found:
        yield problem(f"{message.id}: {message.msg}")
    if settings.DEBUG:
        yield warning("DEBUG is on: this is for a trial or a test only.")
    elif not found:
        yield ok("All system checks for production are passed.")


def database_answers(clock: Clock) -> Iterator[Finding]:
    began = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    milliseconds = (time.perf_counter() - began) * 1000
    text = f"{connection.display_name} answers in {milliseconds:.0f} ms."
    if connection.vendor == "sqlite" and not settings.DEBUG:
        yield warning(f"{text} It is for a trial: production is PostgreSQL.")
    else:
        yield ok(text)
    executor = MigrationExecutor(connection)
    left = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if left:
        yield problem(f"Migrations to be applied: {len(left)}. Run manage.py migrate.")
    else:
        yield ok("All migrations are applied.")


def clocks_agree(clock: Clock) -> Iterator[Finding]:
    """Deadlines are asked of the database's clock; the others stamp files, mails and tasks."""
    if settings.CLOCK_OFFSET_SECONDS:
        yield warning(f"The product's clock is moved by {settings.CLOCK_OFFSET_SECONDS} s.")
    for name, ask in (("database", read_database), ("broker", broker_time)):
        there = ask()
        if there is not None:
            yield difference(name, there, read_machine())


def difference(name: str, there: datetime, here: datetime) -> Finding:
    seconds = (there - here).total_seconds()
    text = f"The clock of the {name} differs from this machine's by {seconds:+.1f} s."
    return judged(abs(seconds) <= MOST_DIFFERENCE_SECONDS, text)


def zones_are_current(clock: Clock) -> Iterator[Finding]:
    source = _zone_data()
    known = zoneinfo.available_timezones()
    zones = Studio.objects.order_by().values_list("timezone", flat=True).distinct()
    unknown = sorted(set(zones) - known)
    if unknown:
        yield problem(f"The zone data {source} does not know {', '.join(unknown)}.")
        return
    yield ok(f"The zone data {source} knows the zones of all studios.")
    wrong = Job.objects.filter(closes_at__gt=clock() - REACH).wrong_deadlines()
    count = len(list(wrong))
    if count:
        yield warning(f"Deadlines that do not fit it: {count}. They are corrected within a day.")


def _zone_data() -> str:
    """Where it is from, and its version if it says so. Python takes the system's before ours."""
    folders = [Path(path) for path in zoneinfo.TZPATH if Path(path, "UTC").exists()]
    if not folders:
        return f"of the package tzdata {version('tzdata')}"
    table = folders[0] / "tzdata.zi"
    with table.open() if table.exists() else io.StringIO() as lines:
        return f"of {folders[0]} {lines.readline().removeprefix('# version ').strip()}".strip()


def photos_can_be_kept(clock: Clock) -> Iterator[Finding]:
    """A file goes there and comes back, and nobody else gets it from the bucket."""
    storage, content = storages["private"], secrets.token_bytes(64)
    began = time.perf_counter()
    # In no folder: one that an administrator has made would be closed to the service.
    name = storage.save(f"doctor-{secrets.token_hex(16)}", ContentFile(content))
    try:
        with storage.open(name) as file:
            same = file.read() == content
        milliseconds = (time.perf_counter() - began) * 1000
        yield judged(same, f"A file was written and read in {milliseconds:.0f} ms.")
        if settings.PRIVATE_MEDIA_BUCKET:
            place = f"{settings.PRIVATE_MEDIA_ENDPOINT}/{settings.PRIVATE_MEDIA_BUCKET}/{name}"
            status = status_for_a_stranger(place)
            text = f"Whoever asks the bucket without a signature gets the answer {status}."
            yield judged(status in REFUSALS, text)
    finally:
        storage.delete(name)


def space_is_left(clock: Clock) -> Iterator[Finding]:
    folders = {"uploads": settings.UPLOAD_ROOT}
    if not settings.PRIVATE_MEDIA_BUCKET:
        folders["photos"] = settings.PRIVATE_MEDIA_ROOT
    for name, folder in folders.items():
        place = next(path for path in (Path(folder), *Path(folder).parents) if path.exists())
        with tempfile.TemporaryFile(dir=place):
            free = shutil.disk_usage(place).free / GIGABYTE
        text = f"{free:.0f} GB are left for {name}."
        if free < LITTLE_SPACE_GB:
            yield problem(text) if free < NO_SPACE_GB else warning(text)
        else:
            yield ok(text)
