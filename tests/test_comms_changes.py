"""What a status change puts into the ledger, and what coming back does not."""

from datetime import date, timedelta
from typing import Any

import pytest

from comms.ledger import planning
from comms.models import (
    Campaign,
    Message,
    Photos,
    Reason,
    Trigger,
)
from jobstatus import operations
from shop.models import Contact
from tests.comms_acts import PLANNED, SENT, SKIPPED, archive, due_instants, mark_sent, sell
from tests.comms_rows import (
    NotificationFactory,
    attach,
    job_with,
    ledger,
    person_in,
)
from tests.factories import (
    NOON,
    CustomerFactory,
    JobFactory,
    PhotoFactory,
    StudioFactory,
    SubjectFactory,
    UserFactory,
    at,
)

pytestmark = pytest.mark.django_db


def test_C2_going_to_selling_writes_one_row_for_each_customer_of_the_job() -> None:
    job, [notification] = job_with(Trigger.SELLING)
    other, _others = job_with(Trigger.SELLING)
    ann, ben = person_in(job), person_in(job)
    person_in(other)

    sell(job)

    rows = Message.objects.values_list("customer", "notification", "job", "status", "due_at")
    assert sorted(rows) == sorted(
        (person.pk, notification.pk, job.pk, PLANNED, NOON) for person in (ann, ben)
    )


def test_C8_a_family_with_two_children_in_the_job_gets_one_message() -> None:
    job, _notifications = job_with(Trigger.SELLING)
    parent = person_in(job)
    for source in (Contact.Source.NAMES_LIST, Contact.Source.REGISTRATION):
        Contact.objects.create(
            customer=parent,
            job=job,
            subject=SubjectFactory.create(album__job=job),
            source=source,
        )

    sell(job)

    assert ledger() == [(parent.email, PLANNED, "")]


def test_L3_L9_going_to_planning_or_prepay_writes_nothing() -> None:
    job, _notifications = job_with(Trigger.SELLING, Trigger.ARCHIVED)
    person_in(job)
    sell(job)
    written = Message.objects.count()

    operations.return_to_planning([job.pk], by=None, clock=at(NOON))

    assert Message.objects.count() == written == 1


def test_L7_archiving_by_hand_and_by_the_sweep_write_alike() -> None:
    hand, _notifications = job_with(Trigger.ARCHIVED)
    swept, _others = job_with(Trigger.ARCHIVED, studio=hand.studio)
    people = [person_in(hand), person_in(swept)]
    swept.archiving_enabled, swept.archive_date, swept.archive_delay = True, date(2026, 5, 3), 0
    swept.save()
    sell(hand, now=NOON - timedelta(days=9))
    sell(swept, now=NOON - timedelta(days=9))
    archive(hand)

    run = operations.archive_due(clock=at(NOON))

    assert run.done == 1
    assert ledger() == sorted((person.email, PLANNED, "") for person in people)


def test_C1_without_a_profile_nobody_is_written_to() -> None:
    job, _notifications = job_with(Trigger.SELLING)
    Campaign.objects.update(profile=None)
    person_in(job)

    sell(job)

    assert ledger() == []


@pytest.mark.parametrize("field", ["is_active", "retired_at", "profile__retired_at"])
def test_C1_what_was_switched_off_or_deleted_writes_nothing(field: str) -> None:
    job, [notification] = job_with(Trigger.SELLING)
    person_in(job)
    if field == "is_active":
        notification.is_active = False
    elif field == "retired_at":
        notification.retired_at = NOON
    else:
        notification.profile.retired_at = NOON
        notification.profile.save()
    notification.save()

    sell(job)

    assert ledger() == []


# Coming back


def test_A12_within_14_days_only_those_who_never_got_it_are_written_to() -> None:
    job, _notifications = job_with(Trigger.SELLING)
    old = person_in(job)
    sell(job, now=NOON - timedelta(days=20))
    mark_sent()
    archive(job, now=NOON - timedelta(days=14))
    new = person_in(job)

    sell(job)

    assert ledger() == sorted([(old.email, SENT, ""), (new.email, PLANNED, "")])


def test_A11_after_more_than_14_days_the_profile_is_gone_also_through_planning() -> None:
    job, _notifications = job_with(Trigger.SELLING)
    other, _others = job_with(Trigger.SELLING, studio=job.studio)
    person_in(job)
    for each in (job, other):
        sell(each, now=NOON - timedelta(days=30))
        archive(each, now=NOON - timedelta(days=14, seconds=1))
    mark_sent()
    person_in(job)
    operations.return_to_planning([job.pk], by=None, clock=at(NOON - timedelta(days=1)))

    sell(job)

    assert Campaign.objects.get(job=job).profile is None
    assert Campaign.objects.get(job=job).removed_at == NOON
    assert Campaign.objects.get(job=other).profile is not None
    assert Message.objects.waiting().count() == 0


def test_A12_whoever_was_skipped_or_stopped_before_is_written_to_when_it_is_true_again() -> None:
    job, _notifications = job_with(Trigger.SELLING, photos=Photos.WITH)
    child = SubjectFactory.create(album__job=job)
    parent = person_in(job, subject=child)
    sell(job)
    assert ledger() == [(parent.email, SKIPPED, Reason.NO_PHOTOS)]
    PhotoFactory.create(album=child.album).subjects.add(child)
    operations.return_to_planning([job.pk], by=None, clock=at(NOON))

    sell(job, now=NOON + timedelta(hours=1))

    assert ledger() == [(parent.email, PLANNED, "")]
    assert due_instants() == [NOON + timedelta(hours=1)]


@pytest.mark.parametrize("status", [s for s in Message.Status if s != SKIPPED])
def test_C4_no_other_row_is_ever_planned_anew(status: str) -> None:
    job, _notifications = job_with(Trigger.SELLING)
    person_in(job)
    sell(job)
    Message.objects.update(
        status=status, finished_at=NOON, token="t", leased_until=NOON, attempts=3
    )
    operations.return_to_planning([job.pk], by=None, clock=at(NOON))

    sell(job, now=NOON + timedelta(hours=1))

    assert list(Message.objects.values_list("status", "attempts", "due_at")) == [(status, 3, NOON)]


def test_C5_a_profile_chosen_after_the_change_can_be_made_up_for() -> None:
    job = JobFactory.create()
    sell(job)
    attach(job, Trigger.SELLING)
    parent = person_in(job)
    assert ledger() == []
    planning_job = JobFactory.create(studio=job.studio)
    attach(planning_job, Trigger.SELLING)
    person_in(planning_job)

    made_up = planning.make_up([job.pk, planning_job.pk], by=UserFactory.create(), clock=at(NOON))

    assert made_up == 1
    assert ledger() == [(parent.email, PLANNED, Reason.HOLD)]


def test_J3_a_profile_of_another_studio_cannot_reach_a_job(settings: Any) -> None:
    job, _notifications = job_with(Trigger.SELLING)
    person_in(job)
    stranger = StudioFactory.create()
    CustomerFactory.create(studio=stranger)
    NotificationFactory.create(profile__studio=stranger)

    sell(job)

    assert Message.objects.exclude(studio=job.studio).count() == 0
