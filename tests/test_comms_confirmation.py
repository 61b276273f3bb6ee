"""The confirmation window counts exactly what is then written."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from comms.ledger import planning, selection
from comms.models import Audience, Campaign, Channel, Message, Photos, Reason, Trigger
from jobstatus import operations
from jobstatus.listeners import Severity
from jobstatus.models import Job
from shop.models import Contact
from tests.comms_rows import (
    LONG_AGO,
    NotificationFactory,
    ProfileFactory,
    SendingRulesFactory,
    SuppressionFactory,
    attach,
    job_with,
    person_in,
)
from tests.conftest import TORTURE
from tests.factories import NOON, CustomerFactory, JobFactory, StudioFactory, UserFactory, at

pytestmark = pytest.mark.django_db


def said(job_ids: Any, move: str = "start_selling", *, by: Any = None, now: Any = NOON) -> Any:
    """The sentences about messages, with their counts."""
    words = ("message", "e-mail", "SMS", "profile", "told")
    notices = operations.foresee(job_ids, move, by=by, at=now)
    return [
        (notice.severity, notice.text, notice.count)
        for notice in notices
        if any(word in notice.text for word in words)
    ]


def test_J2_the_window_says_how_many_get_what_and_why_others_do_not() -> None:
    job, _notifications = job_with(Trigger.SELLING)
    people = [person_in(job) for _n in range(3)]
    person_in(job, email="")
    SuppressionFactory.create(studio=job.studio, address_key=people[0].email_key)

    assert said([job.pk], by=UserFactory.create()) == [
        (Severity.INFO, "2 e-mails in 5 minutes; you can stop them until then.", 2),
        (Severity.INFO, "1 message is skipped: There is no address for this channel.", 1),
        (Severity.INFO, "1 message is skipped: The customer unsubscribed.", 1),
    ]


def test_C7_in_the_night_the_window_names_the_morning() -> None:
    job, _notifications = job_with(Trigger.SELLING)
    person_in(job)

    [(_severity, text, count)] = said([job.pk], now=datetime(2026, 5, 4, 21, tzinfo=UTC))

    assert (text, count) == ("1 e-mail on Tue 5 May 2026, 09:00 CEST.", 1)


def test_C5_the_window_says_that_nobody_is_told_without_a_profile() -> None:
    job = JobFactory.create()
    person_in(job)

    [(severity, text, count)] = said([job.pk])

    assert (severity, count) == (Severity.WARNING, 1)
    assert text.startswith("It has no communication profile: nobody is told")


def test_C8_the_window_warns_when_nobody_is_known_yet() -> None:
    job, _notifications = job_with(Trigger.SELLING)

    assert said([job.pk]) == [
        (Severity.WARNING, "Nobody is known yet who could be told that the photos are there.", 0)
    ]


def test_A12_the_window_counts_those_who_have_it_already() -> None:
    job, _notifications = job_with(Trigger.SELLING)
    person_in(job)
    operations.start_selling([job.pk], by=None, clock=at(NOON - timedelta(days=9)))
    Message.objects.update(status="sent", finished_at=NOON)
    operations.archive([job.pk], by=None, clock=at(NOON - timedelta(days=1)))
    person_in(job)

    assert said([job.pk]) == [
        (Severity.INFO, "1 e-mail at once.", 1),
        (Severity.INFO, "1 message is not repeated: its recipient has it already.", 1),
    ]


def test_A11_the_window_says_first_that_the_profile_will_be_gone() -> None:
    job, _notifications = job_with(Trigger.SELLING)
    person_in(job)
    operations.archive([job.pk], by=None, clock=at(NOON - timedelta(days=15)))

    [(severity, text, count)] = said([job.pk])

    assert (severity, count) == (Severity.WARNING, 1)
    assert text.startswith("1 job was archived for more than 14 days: its communication profile")


def test_L3_going_back_to_planning_says_nothing_of_messages_but_that_there_are_none() -> None:
    job, _notifications = job_with(Trigger.SELLING, Trigger.ARCHIVED)
    person_in(job)
    operations.start_selling([job.pk], by=None, clock=at(NOON))

    [(_severity, text, _count)] = said([job.pk], "return_to_planning")

    assert text.endswith("Nobody gets a message.")


def test_J2_the_window_costs_the_same_queries_for_1_and_40_jobs() -> None:
    costs = []
    studio = StudioFactory.create()
    for number in (1, 40):
        jobs = [job_with(Trigger.SELLING, studio=studio)[0] for _n in range(number)]
        for job in jobs:
            person_in(job)
        with CaptureQueriesContext(connection) as queries:
            operations.foresee([job.pk for job in jobs], "start_selling", by=None, at=NOON)
        costs.append(len(queries))

    assert costs[0] == costs[1]


# Announced is written, whatever the facts


PERSON = st.fixed_dictionaries(
    {
        "email": st.booleans(),
        "phone": st.sampled_from(["", "0151 2345678", "+49 151 2345678", "x"]),
        "source": st.sampled_from(Contact.Source.values),
        "why": st.sampled_from(["", "", "unsubscribed", "bounced"]),
        "status": st.sampled_from(["", "", "planned", "sent", "skipped", "unknown"]),
    }
)
NOTIFICATION = st.fixed_dictionaries(
    {
        "audience": st.sampled_from(Audience.values),
        "photos": st.sampled_from(Photos.values),
        "channel": st.sampled_from(Channel.values),
        "days": st.sampled_from([0, 0, 2]),
    }
)


@settings(
    max_examples=500 if TORTURE else 25,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    people=st.lists(st.lists(PERSON, max_size=4), min_size=1, max_size=3),
    notifications=st.lists(NOTIFICATION, min_size=1, max_size=3),
    sms=st.booleans(),
    hour=st.integers(0, 23),
    by_person=st.booleans(),
)
def test_J2_C4_what_the_window_counts_is_what_is_written(
    people: Any, notifications: Any, sms: bool, hour: int, by_person: bool
) -> None:
    now = NOON.replace(hour=hour)
    studio = StudioFactory.create()
    SendingRulesFactory.create(studio=studio, sms_enabled=sms)
    profile = ProfileFactory.create(studio=studio)
    rules = [NotificationFactory.create(profile=profile, **values) for values in notifications]
    jobs = []
    for persons in people:
        job = JobFactory.create(studio=studio)
        Campaign.objects.create(job=job, profile=profile, attached_at=LONG_AGO)
        jobs.append(job)
        for facts in persons:
            invite(job, rules[0], facts)
    by = UserFactory.create() if by_person else None
    before = rows_of(jobs)
    slots = planning.slots_of_change([job.pk for job in jobs], Trigger.SELLING, by=by, at=now)
    counted = selection.count(slots)

    operations.start_selling([job.pk for job in jobs], by=by, clock=at(now))

    after = rows_of(jobs)
    written = Counter(row[1:] for key, row in after.items() if before.get(key) != row)
    announced: Counter[Any] = Counter()
    for row in counted:
        if not row.is_known:
            announced[row.notification_id, row.status, row.reason, row.due_at] += row.count
    # A skipped row that is skipped again stays as it is; whatever is planned was announced.
    assert {k: n for k, n in written.items() if k[1] == "planned"} == {
        k: n for k, n in announced.items() if k[1] == "planned"
    }
    assert len(after) == len(before) + sum(written.values()) - changed(before, after)
    assert sum(announced.values()) + sum(r.count for r in counted if r.is_known) == len(after)


def invite(job: Job, notification: Any, facts: Any) -> None:
    number = CustomerFactory._meta.next_sequence()
    email = f"family-{number}@example.org" if facts["email"] else ""
    person = person_in(job, email=email, phone=facts["phone"], source=facts["source"])
    if facts["why"] and email:
        SuppressionFactory.create(studio=job.studio, address_key=email, why=facts["why"])
    if facts["status"] and email and notification.channel == Channel.EMAIL:
        Message.objects.create(
            studio=job.studio,
            notification=notification,
            job=job,
            customer=person,
            channel=Channel.EMAIL,
            address=email,
            address_key=email,
            language="en",
            status=facts["status"],
            reason=Reason.STOPPED if facts["status"] == "skipped" else "",
            planned_at=LONG_AGO,
            due_at=LONG_AGO,
            meant_at=LONG_AGO,
            finished_at=LONG_AGO,
        )


def rows_of(jobs: Any) -> dict[Any, Any]:
    rows = Message.objects.filter(job__in=jobs)
    fields = ("planned_at", "notification_id", "status", "reason", "due_at")
    return {row[0]: row[1:] for row in rows.values_list("pk", *fields)}


def changed(before: Any, after: Any) -> int:
    return sum(after[key] != row for key, row in before.items())


def test_C1_a_profile_can_serve_many_jobs() -> None:
    profile_job, _notifications = job_with(Trigger.SELLING)
    profile = Campaign.objects.get(job=profile_job).profile
    other = JobFactory.create(studio=profile_job.studio)
    attach(other)
    Campaign.objects.filter(job=other).update(profile=profile)
    for job in (profile_job, other):
        person_in(job)

    operations.start_selling([profile_job.pk, other.pk], by=None, clock=at(NOON))

    assert Message.objects.count() == 2
