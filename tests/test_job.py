"""One job: when it can be ordered from, and what saving it does."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django_fsm import ConcurrentTransition

from jobstatus import operations
from jobstatus.models import Job, Studio
from tests.factories import NOON, JobFactory, StudioFactory, UserFactory, at, job_in

pytestmark = pytest.mark.django_db

TICK = timedelta(microseconds=1)
MAY_20 = {"archiving_enabled": True, "archive_date": date(2026, 5, 20)}
END_OF_MAY_20 = datetime(2026, 5, 20, 22, tzinfo=UTC)  # local midnight in Berlin


@pytest.mark.parametrize("delay", [0, 1, 2, 3])
def test_L4_orderable_until_the_local_midnight_that_ends_date_and_delay(delay):
    job = job_in("selling", **MAY_20, archive_delay=delay)
    end = END_OF_MAY_20 + timedelta(days=delay)

    assert job.closes_at == end
    assert job.is_orderable(end - TICK)
    assert not job.is_orderable(end)


def test_A4_never_stays_orderable_after_the_date():
    job = job_in("selling", **MAY_20, archive_delay=-1)

    assert job.closes_at is None
    assert job.is_orderable(END_OF_MAY_20 + timedelta(days=1000))


def test_L4_without_archiving_a_selling_job_is_orderable_for_ever():
    job = job_in("selling", archive_date=date(2026, 5, 3))

    assert job.is_orderable(NOON)


def test_L9_prepay_orders_until_the_end_of_the_deadlines_local_day():
    job = job_in("prepay", prepay_deadline_date=date(2026, 5, 20))

    assert job.is_prepay_orderable(END_OF_MAY_20 - TICK)
    assert not job.is_prepay_orderable(END_OF_MAY_20)


def test_orderable_refuses_a_naive_instant():
    naive = NOON.replace(tzinfo=None)

    with pytest.raises(ValueError, match="has no time zone"):
        job_in("selling").is_orderable(naive)
    with pytest.raises(ValueError, match="has no time zone"):
        job_in("prepay").is_prepay_orderable(naive)


def test_L6_customers_read_closed_from_the_deadline_on_even_before_the_sweep():
    job = job_in("selling", **MAY_20, archive_delay=0)

    assert job.closed_since(END_OF_MAY_20 - TICK) is None
    assert job.closed_since(END_OF_MAY_20) == END_OF_MAY_20
    assert job_in("archived").closed_since(NOON + timedelta(days=1)) == NOON
    assert job_in("planning").closed_since(NOON) is None


def test_A2_saving_settings_computes_the_deadline_in_the_studios_zone():
    job = JobFactory.create(studio__timezone="America/New_York", **MAY_20, archive_delay=0)
    assert job.closes_at == datetime(2026, 5, 21, 4, tzinfo=UTC)

    job.archive_delay = 2
    job.save()
    assert Job.objects.get(pk=job.pk).closes_at == datetime(2026, 5, 23, 4, tzinfo=UTC)

    job.archiving_enabled = False
    job.save()
    assert Job.objects.get(pk=job.pk).closes_at is None


@pytest.mark.parametrize(
    ("field", "value", "end"),
    [
        ("archive_date", date(2026, 5, 21), END_OF_MAY_20 + timedelta(days=1)),
        ("archive_delay", 3, END_OF_MAY_20 + timedelta(days=3)),
        ("archiving_enabled", False, None),
    ],
)
def test_A2_saving_one_setting_alone_moves_the_deadline_too(field, value, end):
    job = JobFactory.create(**MAY_20, archive_delay=0)
    setattr(job, field, value)

    job.save(update_fields=[field])

    assert Job.objects.get(pk=job.pk).closes_at == end


def test_A2_moving_a_job_to_another_studio_moves_the_deadline():
    job = JobFactory.create(**MAY_20, archive_delay=0)
    job.studio = StudioFactory.create(timezone="Asia/Tokyo")

    job.save(update_fields=["studio"])

    assert Job.objects.get(pk=job.pk).closes_at == datetime(2026, 5, 20, 15, tzinfo=UTC)


def test_A2_saving_only_the_name_leaves_the_deadline_alone():
    job = JobFactory.create(**MAY_20, archive_delay=0)
    job.archive_date, job.name = date(2026, 6, 1), "Renamed"

    job.save(update_fields=["name"])

    stored = Job.objects.get(pk=job.pk)
    assert (stored.name, stored.closes_at) == ("Renamed", END_OF_MAY_20)


def test_A8_an_archived_job_stays_editable():
    job = job_in("archived")

    job.name = "Renamed"
    job.save()

    stored = Job.objects.get(pk=job.pk)
    assert (stored.name, stored.status, stored.archived_at) == ("Renamed", "archived", NOON)


def test_L13_saving_an_object_that_was_moved_meanwhile_is_refused():
    opened = job_in("selling")
    operations.archive([opened.pk], by=None, clock=at(NOON))

    opened.name = "Renamed"
    with pytest.raises(ConcurrentTransition), transaction.atomic():
        opened.save()

    assert Job.objects.get(pk=opened.pk).name != "Renamed"


def test_L13_saving_an_object_that_went_and_came_back_meanwhile_is_refused():
    opened = job_in("planning")
    operations.archive([opened.pk], by=None, clock=at(NOON))
    operations.return_to_planning([opened.pk], by=None, clock=at(NOON))

    with pytest.raises(ConcurrentTransition), transaction.atomic():
        opened.save()

    # The stale object knew of no archived period and would have wiped it out (A11).
    assert Job.objects.get(pk=opened.pk).archived_at == NOON


def test_L13_two_people_saving_the_same_settings_one_is_told():
    job = job_in("planning")
    first, second = Job.objects.get(pk=job.pk), Job.objects.get(pk=job.pk)
    first.name, second.name = "First", "Second"
    first.save()

    with pytest.raises(ConcurrentTransition), transaction.atomic():
        second.save()

    assert Job.objects.get(pk=job.pk).name == "First"


def test_an_object_can_be_saved_again_and_again():
    job = job_in("planning")
    for name in ("One", "Two"):
        job.name = name
        job.save()
    job.name = "Three"
    job.save(update_fields=["name"])

    assert Job.objects.get(pk=job.pk).name == "Three"
    assert Job.objects.get(pk=job.pk).version == job.version


def test_reading_again_gives_the_new_status():
    job = job_in("selling")
    operations.archive([job.pk], by=None, clock=at(NOON))

    job.refresh_from_db()
    job.save()

    assert (job.status, job.archived_at) == ("archived", NOON)


def test_reading_one_field_again_leaves_the_status_protected():
    job = job_in("selling")
    Job.objects.filter(pk=job.pk).update(name="Renamed")

    job.refresh_from_db(fields=["name"])

    assert (job.name, job.status) == ("Renamed", "selling")
    with pytest.raises(AttributeError):
        job.status = "archived"


def test_a_studio_with_a_zone_that_does_not_exist_cannot_be_saved():
    with pytest.raises(ValidationError, match="There is no time zone “Europe/Atlantis”"):
        StudioFactory.create(timezone="Europe/Atlantis")
    studio = StudioFactory.create()
    studio.timezone = "Mars"
    with pytest.raises(ValidationError):
        studio.save()

    assert Studio.objects.get().timezone == "Europe/Berlin"


def test_a_studios_new_zone_moves_the_deadlines_of_its_jobs_only():
    studio = StudioFactory.create()
    dated = JobFactory.create(studio=studio, **MAY_20, archive_delay=0)
    never = JobFactory.create(studio=studio, **MAY_20, archive_delay=-1)
    unticked = JobFactory.create(studio=studio, archive_date=date(2026, 5, 20))
    foreign = JobFactory.create(**MAY_20, archive_delay=0)

    studio.timezone = "Asia/Tokyo"
    studio.save()

    closing = dict(Job.objects.values_list("pk", "closes_at"))
    assert closing == {
        dated.pk: datetime(2026, 5, 20, 15, tzinfo=UTC),
        never.pk: None,
        unticked.pk: None,
        foreign.pk: END_OF_MAY_20,
    }


def test_J3_people_see_the_jobs_of_their_studios_and_superusers_all():
    mine, foreign = JobFactory.create(), JobFactory.create()
    user, nobody = UserFactory.create(), UserFactory.create()
    mine.studio.memberships.create(user=user)
    root = UserFactory.create(is_superuser=True)

    assert list(Job.objects.of(user)) == [mine]
    assert list(Job.objects.of(nobody)) == []
    assert set(Job.objects.of(root)) == {mine, foreign}
    assert list(Studio.objects.of(user)) == [mine.studio]
    assert set(Studio.objects.of(root)) == {mine.studio, foreign.studio}
