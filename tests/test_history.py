"""The record of every change, and the archived period that is read from it (L12, A11)."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError, QuerySet

from jobstatus import operations
from jobstatus.models import Job, JobEvent
from jobstatus.models.event import RecordIsFinal
from tests.factories import NOON, UserFactory, at, job_in

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(hours=1)


def run(step, job, **values):
    values = {"by": None, "clock": at(LATER)} | values
    return getattr(operations, step)([job.pk], **values)


def stored(job):
    return Job.objects.get(pk=job.pk)


def test_L12_an_event_says_job_from_to_when_who_and_why():
    user, job = UserFactory.create(), job_in("selling")

    outcome = run("archive", job, by=user, reason="The school asked.")

    event = JobEvent.objects.get(job=job, move="archive")
    assert (event.from_status, event.to_status) == ("selling", "archived")
    assert (event.at, event.by, event.reason) == (LATER, user, "The school asked.")
    assert event.archived_since is None
    assert (outcome.at, outcome.events) == (LATER, [event])


def test_L12_a_reason_that_would_not_fit_is_refused_and_the_job_stays():
    job = job_in("selling")

    with pytest.raises(ValueError, match="A reason has 200 characters at the most"):
        run("archive", job, reason="x" * 201)

    assert stored(job).status == "selling"
    assert not JobEvent.objects.filter(job=job, move="archive").exists()


def test_A9_start_selling_again_ends_the_archived_period():
    job = job_in("archived")
    assert job.archived_at == NOON

    outcome = run("start_selling", job)

    assert (stored(job).status, stored(job).archived_at) == ("selling", None)
    assert outcome.events[0].archived_since == NOON


def test_A11_a_detour_through_planning_does_not_shorten_the_archived_period():
    job = job_in("archived")

    run("return_to_planning", job)
    assert stored(job).archived_at == NOON
    run("archive", job, clock=at(LATER + timedelta(days=1)))
    assert stored(job).archived_at == NOON
    run("return_to_planning", job)
    outcome = run("start_selling", job, clock=at(NOON + timedelta(days=20)))

    assert stored(job).archived_at is None
    assert outcome.events[0].archived_since == NOON


def test_A11_a_new_archived_period_begins_after_selling():
    job = job_in("archived")

    run("start_selling", job)
    run("archive", job, clock=at(LATER + timedelta(days=1)))

    assert stored(job).archived_at == LATER + timedelta(days=1)


def test_L12_the_sweep_is_nobody_and_says_why():
    job = job_in("selling", archiving_enabled=True, archive_date=NOON.date(), archive_delay=0)

    operations.archive_due(clock=at(NOON + timedelta(days=1)))

    event = JobEvent.objects.get(job=job, move="archive")
    assert (event.by, event.reason) == (None, "The archiving deadline has passed.")
    assert event.at == NOON + timedelta(days=1)


def test_L12_nobody_edits_a_record_through_python():
    event = run("archive", job_in("selling")).events[0]
    event.reason = "Never happened."

    with pytest.raises(RecordIsFinal):
        event.save()
    with pytest.raises(RecordIsFinal):
        event.delete()
    with pytest.raises(RecordIsFinal):
        JobEvent.objects.update(reason="Never happened.")
    with pytest.raises(RecordIsFinal):
        JobEvent.objects.filter(pk=event.pk).delete()

    assert JobEvent.objects.get(pk=event.pk).reason == ""


@pytest.mark.parametrize(
    "column", ["job_id", "move", "from_status", "to_status", "at", "by_id", "reason"]
)
def test_L12_nobody_edits_a_record_through_the_database(column):
    run("archive", job_in("selling"))

    with (
        pytest.raises(IntegrityError, match="history of a job cannot be edited"),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE jobstatus_jobevent SET {column} = {column}")


def test_L12_a_query_set_that_knows_nothing_is_stopped_by_the_database():
    run("archive", job_in("selling"))

    with pytest.raises(IntegrityError), transaction.atomic():
        QuerySet(JobEvent).update(reason="Never happened.")

    assert not JobEvent.objects.exclude(reason="").exists()


def test_L12_a_job_with_a_history_and_a_person_in_it_cannot_be_deleted():
    user, job = UserFactory.create(), job_in("selling")
    run("archive", job, by=user)

    with pytest.raises(ProtectedError):
        job.delete()
    with pytest.raises(ProtectedError):
        user.delete()
