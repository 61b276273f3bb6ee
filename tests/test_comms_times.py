"""When a message of a status change is due, and how it is stopped."""

from datetime import UTC, datetime, time, timedelta

import pytest

from comms import by_hand
from comms.models import (
    Dispatch,
    Reason,
    Trigger,
)
from tests.comms_acts import NIGHT, NINE, PLANNED, SENT, SKIPPED, due_instants, mark_sent, sell
from tests.comms_rows import (
    SendingRulesFactory,
    job_with,
    ledger,
    person_in,
)
from tests.factories import (
    NOON,
    UserFactory,
    at,
)

pytestmark = pytest.mark.django_db


def test_C7_what_is_planned_in_the_quiet_hours_goes_at_their_end() -> None:
    job, _notifications = job_with(Trigger.SELLING)
    person_in(job)

    sell(job, now=NIGHT)

    assert due_instants() == [NINE]
    assert ledger()[0][1:] == (PLANNED, Reason.QUIET)


def test_C7_quiet_hours_are_the_studios_own() -> None:
    job, _notifications = job_with(Trigger.SELLING)
    SendingRulesFactory.create(studio=job.studio, quiet_from=time(12), quiet_until=time(15))
    person_in(job)

    sell(job, now=NOON)  # 14:00 in Berlin

    assert due_instants() == [datetime(2026, 5, 4, 13, tzinfo=UTC)]


def test_C2_days_after_selling_count_local_days() -> None:
    job, _notifications = job_with(Trigger.SELLING, days=2, send_time=time(10))
    person_in(job)

    sell(job, now=NIGHT)

    assert due_instants() == [datetime(2026, 5, 6, 8, tzinfo=UTC)]
    assert ledger()[0][1:] == (PLANNED, Reason.LATER)


def test_X2_a_change_by_a_person_is_held_and_can_be_stopped() -> None:
    job, _notifications = job_with(Trigger.SELLING)
    person_in(job)
    sell(job, by=UserFactory.create())
    held = Dispatch.objects.get()
    in_five_minutes = NOON + timedelta(minutes=5)
    assert (due_instants(), held.releases_at) == ([in_five_minutes], in_five_minutes)

    stopped = by_hand.stop(held.pk, clock=at(NOON + timedelta(minutes=1)))

    assert stopped == 1
    assert ledger()[0][1:] == (SKIPPED, Reason.STOPPED)


def test_X2_what_is_held_can_leave_at_once_but_not_what_waits_for_the_night_to_end() -> None:
    job, _notifications = job_with(Trigger.SELLING)
    late, _others = job_with(Trigger.SELLING, studio=job.studio)
    person_in(job)
    sell(job, by=UserFactory.create())
    person_in(late)
    sell(late, by=UserFactory.create(), now=NIGHT)

    let_go = [
        by_hand.release(dispatch.pk, clock=at(NOON + timedelta(minutes=1)))
        for dispatch in Dispatch.objects.order_by("at")
    ]

    assert let_go == [1, 0]
    assert due_instants() == [NOON + timedelta(minutes=1), NINE]


def test_X2_stopping_leaves_other_changes_and_what_was_sent_alone() -> None:
    job, _notifications = job_with(Trigger.SELLING)
    other, _others = job_with(Trigger.SELLING, studio=job.studio)
    sent, kept = person_in(job), person_in(other)
    user = UserFactory.create()
    sell(job, by=user)
    mark_sent()
    sell(other, by=user)

    assert by_hand.stop(Dispatch.objects.order_by("at", "pk")[0].pk, clock=at(NOON)) == 0
    assert ledger() == sorted([(sent.email, SENT, ""), (kept.email, PLANNED, Reason.HOLD)])
