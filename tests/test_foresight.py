"""What a change would do, asked without doing it, and confirmed with what was seen."""

from datetime import date, timedelta

import pytest

from jobstatus import operations
from jobstatus.listeners import Severity
from jobstatus.models import Job, JobEvent, TaskRun
from jobstatus.operations import Archiving, FactsChanged
from tests.factories import NOON, at, job_in
from tests.listener import BLOCKED

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(hours=1)


def run(step, job, **values):
    values = {"by": None, "clock": at(LATER)} | values
    return getattr(operations, step)([job.pk], **values)


def stored(job):
    return Job.objects.get(pk=job.pk)


def foresee(jobs, steps, *, instant=NOON, **values):
    return operations.foresee([job.pk for job in jobs], steps, by=None, at=instant, **values)


def test_foresight_judges_as_the_change_does_and_changes_nothing():
    ready, there = job_in("planning"), job_in("selling")
    prepay, late = (
        job_in("prepay"),
        job_in("planning", archiving_enabled=True, archive_date=date(2026, 5, 1), archive_delay=0),
    )
    jobs = [ready, there, prepay, late]
    rows = list(Job.objects.order_by("pk").values())
    events = JobEvent.objects.count()

    foresight = foresee(jobs, "start_selling")

    assert list(Job.objects.order_by("pk").values()) == rows
    assert (JobEvent.objects.count(), TaskRun.objects.count()) == (events, 0)
    outcome = operations.start_selling([job.pk for job in jobs], by=None, clock=at(NOON))
    assert {job.pk for job in foresight.ready} == outcome.moved_ids == {ready.pk}
    assert foresight.unchanged == outcome.unchanged
    assert foresight.refused == outcome.refused
    assert [v.job_id for v in outcome.unchanged] == [there.pk]
    assert {v.job_id for v in outcome.refused} == {prepay.pk, late.pk}


def test_A10_foresight_takes_the_new_date_into_account():
    late = job_in("planning", archiving_enabled=True, archive_date=date(2026, 5, 1))
    moved = Archiving(enabled=True, date=date(2026, 6, 1), delay=0)

    assert foresee([late], "start_selling").ready == []
    assert foresee([late], "start_selling", dates=moved).ready == [late]
    assert stored(late).archive_date == date(2026, 5, 1)


def test_foresight_refuses_a_naive_instant():
    with pytest.raises(ValueError, match="has no time zone"):
        foresee([job_in("planning")], "start_selling", instant=NOON.replace(tzinfo=None))


def test_foresight_with_nothing_ready_asks_no_listener():
    assert list(foresee([job_in("archived")], "archive")) == []
    assert list(foresee([], "archive")) == []


def test_a_blocking_notice_refuses_the_job_it_names(settings):
    settings.JOB_LISTENERS = ["tests.listener"]
    blocked, free = job_in("planning", name=BLOCKED), job_in("planning")

    foresight = foresee([blocked, free], "start_selling")
    outcome = operations.start_selling([blocked.pk, free.pk], by=None, clock=at(NOON))

    assert [n.text for n in foresight if n.severity is Severity.BLOCKING] == [
        "The price list is missing."
    ]
    assert foresight.refused == outcome.refused
    assert [(v.job_id, v.text) for v in outcome.refused] == [
        (blocked.pk, "The price list is missing.")
    ]
    assert outcome.moved_ids == {free.pk}
    assert stored(blocked).status == "planning"


def test_what_a_person_confirmed_is_done_while_it_holds():
    job = job_in("selling")
    seen = operations.foresee([job.pk], "archive", by=None, at=NOON).fingerprint()
    assert operations.foresee([job.pk], "archive", by=None, at=LATER).fingerprint() == seen

    outcome = operations.change([job.pk], ("archive",), by=None, clock=at(LATER), seen=seen)

    assert outcome.moved_ids == {job.pk}


def test_L13_what_a_person_confirmed_is_not_done_when_someone_was_faster():
    job = job_in("selling")
    seen = operations.foresee([job.pk], "return_to_planning", by=None, at=NOON).fingerprint()
    run("archive", job)

    with pytest.raises(FactsChanged):
        operations.change([job.pk], ("return_to_planning",), by=None, clock=at(LATER), seen=seen)

    assert stored(job).status == "archived"


def test_L13_what_a_person_confirmed_is_not_done_when_the_settings_were_saved():
    job = job_in("planning")
    seen = operations.foresee([job.pk], "start_selling", by=None, at=NOON).fingerprint()
    job.name = "Renamed"
    job.save()

    with pytest.raises(FactsChanged):
        run("start_selling", job, seen=seen)

    assert stored(job).status == "planning"
