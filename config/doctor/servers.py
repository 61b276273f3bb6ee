"""Whether the other processes and servers answer."""

import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any
from urllib.error import HTTPError

from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.smtp import EmailBackend

from config.celery import app
from config.doctor.finding import Finding, judged, ok, problem, warning
from jobstatus.clock import Clock
from jobstatus.models import TaskRun

TIMEOUT_SECONDS = 5
ANSWERS_SECONDS = 2  # all workers answer in; it is always waited for
MANY_TASKS = 100  # in the queue: a tick adds three in a minute
TICKS_LOOKED_AT = 10


def broker_time() -> datetime | None:
    """What the clock of Redis shows; None if the broker is another one."""
    if not settings.CELERY_BROKER_URL.startswith("redis"):
        return None
    with _broker() as connection:
        seconds, microseconds = connection.default_channel.client.time()
    return datetime.fromtimestamp(seconds, UTC) + timedelta(microseconds=microseconds)


def broker_answers(clock: Clock) -> Iterator[Finding]:
    with _broker() as connection:
        yield ok(f"The broker answers: {connection.as_uri()}.")
        waiting = _waiting(connection)
    if waiting > MANY_TASKS:
        yield warning(f"Tasks that wait in the queue: {waiting}. The workers are down, or too few.")


def _waiting(connection: Any) -> int:
    channel = connection.default_channel
    try:
        count = channel.queue_declare(app.conf.task_default_queue, passive=True).message_count
    except connection.channel_errors:  # Redis forgets a queue when its last task is taken.
        return 0
    return int(count)


def _broker() -> Any:
    connection = app.connection_for_write(connect_timeout=TIMEOUT_SECONDS)
    connection.ensure_connection(max_retries=1, timeout=TIMEOUT_SECONDS)
    return connection


def workers_answer(clock: Clock) -> Iterator[Finding]:
    names = sorted(app.control.inspect(timeout=ANSWERS_SECONDS).ping() or {})
    if names:
        yield ok(f"Workers that answer: {', '.join(names)}.")
    else:
        yield problem("No worker answers. Nothing archives itself, and no message leaves.")


def beats_are_running(clock: Clock) -> Iterator[Finding]:
    """Told from how often the sweep ran, so that beats on other machines are seen, too."""
    window = timedelta(seconds=settings.TICK_SECONDS * TICKS_LOOKED_AT)
    recent = TaskRun.objects.filter(
        task=TaskRun.Task.ARCHIVE_DUE, started_at__gt=clock() - window
    ).count()
    beats = round(recent / TICKS_LOOKED_AT)
    text = f"Sweeps in the last {window.total_seconds():g} s: {recent}"
    if beats == 0:
        yield problem(f"{text}. No beat was running all the time.")
    elif beats == 1:
        yield ok(f"{text}. One beat is running.")
    else:
        yield ok(f"{text}. About {beats} beats are running; one is enough, more do no harm.")


def mail_server_answers(clock: Clock) -> Iterator[Finding]:
    """Connects, and signs in if a password is set; sends nothing."""
    connection = get_connection()
    if not isinstance(connection, EmailBackend):
        text = f"Mails go to no mail server: {settings.EMAIL_BACKEND}."
        yield ok(text) if settings.DEBUG else problem(text)
        return
    with connection:
        yield ok(f"The mail server {settings.EMAIL_HOST}:{settings.EMAIL_PORT} answers.")
    if settings.EMAIL_PROVIDER:
        yield ok(f"Messages of profiles go through {settings.EMAIL_PROVIDER}, which is not asked.")


def public_address_leads_here(clock: Clock) -> Iterator[Finding]:
    """As a customer's browser would come, with the certificate checked."""
    address = f"{settings.PUBLIC_BASE_URL}/healthz/web"
    try:
        status = status_for_a_stranger(address)
        yield judged(status == HTTPStatus.OK, f"{address} answers {status}.")
    except OSError as error:
        # Some networks do not lead their own public addresses back inside.
        yield warning(f"{address} cannot be reached from this machine: {error}")


def status_for_a_stranger(address: str) -> int:
    """What a request without cookies or signature is answered. Raises OSError if nobody answers."""
    if not address.startswith(("https://", "http://")):
        raise OSError("this is no address")
    try:
        with urllib.request.urlopen(address, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310 - see above
            return int(answer.status)
    except HTTPError as error:
        return error.code
