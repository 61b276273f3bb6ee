"""L13 with real connections: one wins, effects happen once, the other gets a clear message."""

import threading
import time
from datetime import date, timedelta

import pytest
from django.db import transaction
from django_fsm import ConcurrentTransition

from jobstatus import clock, operations
from jobstatus.models import Job, JobEvent
from tests import races
from tests.conftest import TORTURE
from tests.factories import NOON, at, job_in

pytestmark = pytest.mark.usefixtures("real_database")

ROUNDS = 10_000 if TORTURE else 300
CONTESTS = [
    races.two_people_archive,
    races.two_people_disagree,
    races.person_archives_and_sweep,
    races.person_returns_and_sweep,
]


@pytest.fixture(autouse=True)
def _counted_effects(settings):
    settings.JOB_LISTENERS = ["shop.reactions", "tests.listener"]


def test_L13_one_wins_effects_happen_once_and_the_other_is_told():
    assert races.run_rounds(CONTESTS, ROUNDS) == []


@pytest.mark.postgresql
def test_L13_without_lock_and_guard_the_same_checker_finds_it():
    wrong = races.run_rounds([races.broken_people_archive], ROUNDS)

    print(f"{len(wrong)} of {ROUNDS} rounds went wrong, such as: {wrong[:1]}")  # noqa: T201
    assert len(wrong) >= (100 if TORTURE else ROUNDS // 10)


def test_L13_settings_saved_against_the_sweep():
    rounds = ROUNDS // 10
    saved = archived = 0
    new_deadline = date(2026, 6, 1)

    with races.Racers(2) as racers:
        for number, job in enumerate(races.selling_jobs(rounds)):
            opened = Job.objects.select_related("studio").get(pk=job.pk)
            opened.archive_date = new_deadline
            error, run = racers.race(
                opened.save, lambda n=number: operations.archive_due(clock=at(races.due_at(n)))
            )
            now = Job.objects.get(pk=job.pk)
            if error is None:
                assert (now.status, now.archive_date, run.done) == ("selling", new_deadline, 0)
                saved += 1
            else:
                assert isinstance(error, ConcurrentTransition)
                assert (now.status, now.closes_at, run.done) == ("archived", job.closes_at, 1)
                archived += 1

    assert saved + archived == rounds
    assert JobEvent.objects.count() == archived


@pytest.mark.postgresql
def test_A3_eight_sweeps_at_once_archive_every_job_once(monkeypatch):
    count = 10_000 if TORTURE else 1_000
    monkeypatch.setattr(operations, "BATCH_SIZE", count // 20)
    jobs = races.selling_jobs(count)
    later = at(NOON + timedelta(days=30))

    with races.Racers(8) as racers:
        runs = racers.race(*[lambda: operations.archive_due(clock=later)] * 8)

    assert sum(run.done for run in runs) == count
    assert [run.failed for run in runs] == [0] * 8
    assert JobEvent.objects.count() == count
    assert JobEvent.objects.values("job").distinct().count() == len(jobs)
    assert not Job.objects.selling().exists()


@pytest.mark.postgresql
def test_A3_a_row_that_another_holds_is_left_to_it_and_nobody_waits():
    held, free = races.selling_jobs(2)
    is_held, is_swept = threading.Event(), threading.Event()

    def hold_one_row():
        with transaction.atomic():
            Job.objects.select_for_update().get(pk=held.pk)
            is_held.set()
            return is_swept.wait(timeout=60)

    def sweep():
        is_held.wait(timeout=60)
        try:
            return operations.archive_due(clock=at(NOON + timedelta(days=30)))
        finally:
            is_swept.set()

    with races.Racers(2) as racers:
        _waited, run = racers.race(hold_one_row, sweep)

    assert (run.done, run.failed) == (1, 0)
    assert dict(Job.objects.values_list("pk", "status")) == {
        held.pk: "selling",
        free.pk: "archived",
    }


@pytest.mark.postgresql
def test_A10_a_change_that_waited_behind_a_lock_is_judged_when_it_acts():
    job = job_in("planning", archiving_enabled=True, archive_date=date(2199, 1, 1))
    deadline = clock.now() + timedelta(seconds=0.5)
    Job.objects.filter(pk=job.pk).update(closes_at=deadline)

    def hold_the_row_past_its_deadline():
        with transaction.atomic():
            Job.objects.select_for_update().get(pk=job.pk)
            time.sleep(0.8)

    def start_selling_in_time():
        time.sleep(0.2)  # The other holds the row now, and the deadline is still ahead.
        assert clock.now() < deadline
        return operations.start_selling([job.pk], by=None, clock=clock.now)

    with races.Racers(2) as racers:
        held, outcome = racers.race(hold_the_row_past_its_deadline, start_selling_in_time)

    assert held is None
    assert outcome.events == []
    assert "archiving deadline" in outcome.refused[0].text
    assert outcome.at > deadline
