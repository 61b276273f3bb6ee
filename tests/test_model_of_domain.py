"""Random lives of jobs, compared after every step with a small model of domain.md.

The model is plain Python and shares nothing with the product but the names of the moves. Its
zones are those whose midnights are neither skipped nor doubled; test_deadlines.py has the others.
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import TestCase
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from jobstatus import operations, zone_data
from jobstatus.models import Job, JobEvent
from jobstatus.operations import Archiving
from tests.conftest import TORTURE
from tests.factories import NOON, JobFactory, StudioFactory, at, stock
from tests.test_lifecycle import ALL_MOVES, LEGAL_MOVES

ZONES = st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Tokyo", "Asia/Kathmandu"])
STEPS = st.sampled_from(
    [
        *((move,) for move in ALL_MOVES),
        ("convert_to_standard", "start_selling"),
        ("convert_to_standard", "archive"),
    ]
)
DELAYS = st.integers(-1, 3)
DAYS_FROM_TODAY = st.integers(-5, 20)
TICK = timedelta(microseconds=1)


def end_of(day, zone):
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone)).astimezone(UTC)


@dataclass
class Model:
    """What domain.md says about one job."""

    kind: str
    zone: str
    status: str = "planning"
    ticked: bool = False
    day: date | None = None
    delay: int = 1
    prepay_date: date | None = None
    archived_at: datetime | None = None
    events: int = 0

    @property
    def closes_at(self):
        if not self.ticked or self.delay == -1:
            return None
        return end_of(self.day + timedelta(days=self.delay), self.zone)

    def is_orderable(self, now):
        return self.status == "selling" and (self.closes_at is None or now < self.closes_at)

    def can_prepay(self, now):
        return self.prepay_date is not None and now < end_of(self.prepay_date, self.zone)

    def has_arrived(self, step):
        if step == "convert_to_standard":
            return self.kind == "standard"
        target = {"start_selling": "selling", "open_prepay": "prepay", "archive": "archived"}
        return self.status == target.get(step, "planning")

    def moved(self, steps, now):
        """The job after these steps; None when one of them is refused."""
        job = replace(self)
        for step in steps:
            target = LEGAL_MOVES[job.kind, job.status].get(step)
            if target is None:
                return None
            if step == "convert_to_standard":
                job.kind = "standard"
            job.status = target
            if target == "archived" and job.archived_at is None:
                job.archived_at = now
            if target == "selling":
                job.archived_at = None
                if not job.is_orderable(now):
                    return None
            if target == "prepay" and not job.can_prepay(now):
                return None
            job.events += 1
        return job


class Lives(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        # As Django's own test case does it, so that durable operations run inside.
        self.atomics = TestCase._enter_atomics()
        self.now = NOON
        self.models = {}

    def teardown(self):
        TestCase._rollback_atomics(self.atomics)

    @initialize()
    def two_studios(self):
        self.studios = [StudioFactory.create(), StudioFactory.create(timezone="Asia/Tokyo")]
        for kind in ("standard", "standard", "prepay"):
            self.new_job(kind=kind, number=0)

    @precondition(lambda self: len(self.models) < 6)
    @rule(kind=st.sampled_from(["standard", "prepay"]), number=st.integers(0, 1))
    def new_job(self, kind, number):
        studio = self.studios[number]
        job = JobFactory.create(kind=kind, studio=studio)
        if kind == "prepay":
            stock(job)
        self.models[job.pk] = Model(kind=kind, zone=studio.timezone)

    def pick(self, data):
        return data.draw(st.sampled_from(sorted(self.models)), label="job")

    def draw_date(self, data):
        return self.now.date() + timedelta(days=data.draw(DAYS_FROM_TODAY, label="days"))

    @rule(data=st.data(), ticked=st.booleans(), delay=DELAYS)
    def save_settings(self, data, ticked, delay):
        pk, day = self.pick(data), self.draw_date(data)
        prepay_day = data.draw(st.none() | st.just(self.draw_date(data)))
        job, model = Job.objects.get(pk=pk), self.models[pk]
        for it in (job, model):
            it.archive_date = it.day = day
            it.archive_delay = it.delay = delay
            it.archiving_enabled = it.ticked = ticked
            it.prepay_deadline_date = it.prepay_date = prepay_day
        job.save()

    @rule(number=st.integers(0, 1), zone=ZONES)
    def change_the_zone_of_a_studio(self, number, zone):
        studio = self.studios[number]
        studio.timezone = zone
        studio.save()
        for pk in Job.objects.filter(studio=studio).values_list("pk", flat=True):
            self.models[pk].zone = zone

    @rule(seconds=st.integers(1, 3600) | st.integers(3600, 5 * 86_400))
    def time_passes(self, seconds):
        self.now += timedelta(seconds=seconds)

    @rule(data=st.data(), step=st.sampled_from([-TICK, timedelta(0), TICK]))
    def time_jumps_to_a_deadline(self, data, step):
        deadline = self.models[self.pick(data)].closes_at
        if deadline is not None:
            self.now = max(self.now, deadline + step)

    @rule(data=st.data(), steps=STEPS)
    def move_one(self, data, steps):
        self.change([self.pick(data)], steps)

    @rule(data=st.data(), steps=STEPS)
    def move_many(self, data, steps):
        self.change(data.draw(st.sets(st.sampled_from(sorted(self.models)))), steps)

    @rule(data=st.data(), ticked=st.booleans(), delay=DELAYS)
    def start_selling_with_a_new_date(self, data, ticked, delay):
        archiving = Archiving(enabled=ticked, date=self.draw_date(data), delay=delay)
        self.change([self.pick(data)], ("start_selling",), archiving=archiving)

    def change(self, ids, steps, archiving=None):
        moved, unchanged, refused = {}, set(), set()
        for pk in ids:
            model = replace(self.models[pk])
            if archiving:
                model.ticked = archiving.enabled
                if archiving.enabled:
                    model.day, model.delay = archiving.date, archiving.delay
            if len(steps) == 1 and model.has_arrived(steps[0]):
                unchanged.add(pk)
            elif after := model.moved(steps, self.now):
                moved[pk] = after
            else:
                refused.add(pk)

        foreseen = operations.foresee(ids, steps, by=None, at=self.now, dates=archiving)
        outcome = operations.change(
            ids,
            steps,
            by=None,
            clock=at(self.now),
            dates=archiving,
            seen=foreseen.fingerprint(),
        )

        assert outcome.moved_ids == {job.pk for job in foreseen.ready} == set(moved)
        assert {verdict.job_id for verdict in outcome.unchanged} == unchanged
        assert {verdict.job_id for verdict in outcome.refused} == refused
        self.models |= moved

    @rule()
    def sweep(self):
        due = {
            pk: model.moved(("archive",), self.now)
            for pk, model in self.models.items()
            if model.status == "selling" and not model.is_orderable(self.now)
        }

        run = operations.archive_due(clock=at(self.now))

        assert (run.done, run.failed) == (len(due), 0)
        self.models |= due

    @rule()
    def check_deadlines(self):
        run = zone_data.check_deadlines(clock=at(self.now))

        assert run is None or run.done == 0

    @invariant()
    def the_rows_are_as_the_model_says(self):
        for job in Job.objects.filter(pk__in=self.models).select_related("studio"):
            model = self.models[job.pk]
            row = (job.kind, job.status, job.closes_at, job.archived_at)
            assert row == (model.kind, model.status, model.closes_at, model.archived_at)
            assert job.is_orderable(self.now) is model.is_orderable(self.now)
            history = list(JobEvent.objects.filter(job=job).order_by("pk"))
            assert len(history) == model.events
            statuses = ["planning", *(event.to_status for event in history)]
            assert [event.from_status for event in history] == statuses[:-1]
            assert statuses[-1] == job.status


@pytest.mark.django_db
def test_L1_to_A11_random_lives_of_jobs_go_as_the_domain_says():
    run_state_machine_as_test(
        Lives,
        settings=settings(
            max_examples=500 if TORTURE else 20, stateful_step_count=60 if TORTURE else 30
        ),
    )
