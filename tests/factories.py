"""Rows for tests. Jobs reach a status through the operations, as in life."""

from datetime import UTC, datetime
from typing import Any

import factory
from django.contrib.auth import get_user_model

from jobstatus import operations
from jobstatus.lifecycle import Kind, Status
from jobstatus.models import Job, Studio

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


def at(instant: datetime) -> Any:
    """A clock that stands still."""
    return lambda: instant


class StudioFactory(factory.django.DjangoModelFactory[Studio]):
    class Meta:
        model = Studio

    name = factory.Sequence(lambda n: f"Studio {n}")
    slug = factory.Sequence(lambda n: f"studio-{n}")
    timezone = "Europe/Berlin"


class UserFactory(factory.django.DjangoModelFactory[Any]):
    class Meta:
        model = get_user_model()

    username = factory.Sequence(lambda n: f"user-{n}")
    is_staff = True


class JobFactory(factory.django.DjangoModelFactory[Job]):
    class Meta:
        model = Job

    studio = factory.SubFactory(StudioFactory)
    name = factory.Sequence(lambda n: f"Job {n}")


PATHS = {
    Status.PLANNING: (),
    Status.SELLING: ("start_selling",),
    Status.ARCHIVED: ("archive",),
    Status.PREPAY: ("open_prepay",),
}


def job_in(status: str, *, now: datetime = NOON, **values: Any) -> Job:
    """A job that went to this status at `now`, with the kind that the status needs."""
    if status == Status.PREPAY:
        values.setdefault("kind", Kind.PREPAY)
    job = JobFactory.create(**values)
    for step in PATHS[Status(status)]:
        outcome = getattr(operations, step)([job.pk], by=None, clock=at(now))
        assert not outcome.refused, outcome.refused
    return Job.objects.select_related("studio").get(pk=job.pk)
