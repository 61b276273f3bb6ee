"""Several threads at the same rows, each with its own connection, and the checker of what came out.

`archive_without_lock_and_guard` is broken on purpose: if the checker finds nothing wrong with it,
the races prove nothing.
"""

import random
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, timedelta
from threading import Barrier

from django.db import connection, transaction
from django.db.models import F

from jobstatus import operations
from jobstatus.foresight import consider
from jobstatus.listeners import listeners
from jobstatus.models import Job, JobEvent, TaskRun
from shop.models import BasketLine, LinePicture
from tests.factories import NOON, BasketFactory, StudioFactory, at

LONGEST_JITTER_SECONDS = 0.002
MESSAGES = (operations.FactsChanged,)  # The page says so and shows the new facts.


class Racers:
    """Threads that start together, again and again, and keep their connections meanwhile."""

    def __init__(self, count):
        self.count, self.start = count, Barrier(count)
        self.pool = ThreadPoolExecutor(count)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        # Looked up in each thread: `connection` is another one there.
        self.race(*[lambda: connection.close()] * self.count)
        self.pool.shutdown()

    def race(self, *acts):
        """What each act returned or raised."""
        return [future.result() for future in [self.pool.submit(self._run, act) for act in acts]]

    def _run(self, act):
        self.start.wait(timeout=30)
        time.sleep(random.uniform(0, LONGEST_JITTER_SECONDS))
        try:
            return act()
        except Exception as error:
            return error


@contextmanager
def hasty_racers(count):
    """Racers whose deadlocks are noticed at once."""
    with Racers(count) as racers:
        racers.race(*[_notice_deadlocks_soon] * count)
        yield racers


def _notice_deadlocks_soon():
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET deadlock_timeout = '5ms'")


def selling_jobs(count):
    """Selling jobs, the first due at NOON, each a minute later, each with a product in a basket."""
    studio = StudioFactory.create()
    dates = {"archiving_enabled": True, "archive_date": date(2026, 5, 4), "archive_delay": 0}
    jobs = Job.objects.bulk_create(
        Job(studio=studio, name=f"{n}", status="selling", closes_at=due_at(n), **dates)
        for n in range(count)
    )
    basket = BasketFactory.create()
    lines = BasketLine.objects.bulk_create(BasketLine(basket=basket, title="Print") for _ in jobs)
    LinePicture.objects.bulk_create(
        LinePicture(line=line, job=job) for line, job in zip(lines, jobs, strict=True)
    )
    return jobs


def due_at(number):
    return NOON + timedelta(minutes=number)


def confirmed(job, step, clock):
    """The act of a person who has just seen what it would do."""
    seen = operations.foresee([job.pk], step, by=None, at=clock()).fingerprint()
    return lambda: operations.change([job.pk], (step,), by=None, clock=clock, seen=seen)


def two_people_archive(job, clock):
    act = lambda: operations.archive([job.pk], by=None, clock=clock)  # noqa: E731 - a short act
    return act, act


def two_people_disagree(job, clock):
    return confirmed(job, "archive", clock), confirmed(job, "return_to_planning", clock)


def person_archives_and_sweep(job, clock):
    return two_people_archive(job, clock)[0], lambda: operations.archive_due(clock=clock)


def person_returns_and_sweep(job, clock):
    act = confirmed(job, "return_to_planning", clock)
    return act, lambda: operations.archive_due(clock=clock)


def broken_people_archive(job, clock):
    act = lambda: archive_without_lock_and_guard([job.pk], clock=clock)  # noqa: E731
    return act, act


@transaction.atomic(durable=True)
def archive_without_lock_and_guard(job_ids, *, clock):
    jobs = list(Job.objects.filter(pk__in=job_ids).select_related("studio").order_by("pk"))
    at = clock()
    considered = consider(jobs, job_ids, ("archive",), by=None, at=at)
    outcome = operations.Outcome(at=at, unchanged=considered.unchanged)
    if considered.ready:
        outcome.events = [
            JobEvent(job=job, move="archive", from_status=job.status, to_status="archived", at=at)
            for job in considered.ready
        ]
        Job.objects.filter(pk__in=job_ids).update(
            status="archived", archived_at=at, version=F("version") + 1
        )
        JobEvent.objects.bulk_create(outcome.events)
        for listener in listeners():
            listener.react(outcome.events)
    return outcome


def run_rounds(contests, rounds):
    """Race once for each job. Returns a sentence for every round in which L13 did not hold."""
    jobs = selling_jobs(rounds)
    results = {}
    with Racers(2) as racers:
        for number, job in enumerate(jobs):
            contest = contests[number % len(contests)]
            results[job.pk] = racers.race(*contest(job, at(due_at(number))))
    return wrong_rounds(results)


def wrong_rounds(results):
    events = Counter(JobEvent.objects.values_list("job", flat=True))
    effects = dict(LinePicture.objects.values_list("job", "line__quantity"))
    wrong = []
    for job in Job.objects.filter(pk__in=results).order_by("pk"):
        kinds = sorted(ending(result) for result in results[job.pk])
        facts = (kinds, events[job.pk], job.version, effects[job.pk])
        archived = 1 if job.status == "archived" else 0
        if facts != (["told", "won"], 1, 1, 1 + archived):
            wrong.append(f"Job {job.pk} is {job.status}: {facts}, {results[job.pk]}")
    return wrong


def ending(result):
    """won; told, by a sentence or an exception that the pages know; or whatever went wrong."""
    if isinstance(result, TaskRun):
        return {(1, 0): "won", (0, 0): "told"}.get((result.done, result.failed), repr(result))
    if isinstance(result, operations.Outcome):
        told = [verdict.text for verdict in result.unchanged + result.refused]
        return "won" if result.events else "told" if all(told) and told else "silent"
    return "told" if isinstance(result, MESSAGES) else repr(result)
