"""What comes (X1): the timeline of a job and of a studio, and that it comes just so."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from comms.models import Trigger
from jobstatus import ahead, clock, operations
from jobstatus.models import Job
from tests.ahead_pages import ALL, DAY, of, outlook, selling, shown
from tests.comms_acts import plan
from tests.comms_rows import attach, ledger, person_in
from tests.factories import NOON, StudioFactory, at, job_in
from tests.staff import LIST, said, sign_in

pytestmark = pytest.mark.django_db

ENDS = datetime(2026, 5, 20, 22, tzinfo=UTC)  # the end of DAY in Berlin
TICK = timedelta(microseconds=1)
PREPAY_ENDS = "Last minute for prepay orders. The job stays in status Prepay."
CLOSES = "Last minute to order. Then the job archives itself."


@pytest.fixture(autouse=True)
def _at_noon(monkeypatch):
    monkeypatch.setattr(clock, "now", at(NOON))


@pytest.fixture
def studio():
    return StudioFactory.create()


@pytest.fixture
def client(studio):
    return sign_in(studio)


def prepay(studio, day=DAY, **values):
    return job_in("prepay", studio=studio, prepay_deadline_date=day, **values)


def test_X1_the_prepay_deadline_is_shown_as_the_end_of_its_local_day(client, studio):
    job = prepay(studio, name="Gala")
    prepay(studio, name="Other")

    page = client.get(of(job))

    assert shown(page) == [("Gala", "Wed 20 May 2026, 23:59 CEST", PREPAY_ENDS, None)]
    assert "Wed 20 May 2026, 23:59 CEST" in page.text


def test_X1_the_studio_sees_all_its_open_jobs_in_the_order_in_which_it_comes(client, studio):
    tokyo = StudioFactory.create(timezone="Asia/Tokyo")
    selling(studio, name="Sells")
    prepay(studio, DAY - timedelta(days=1), name="Gala")
    selling(studio, DAY + timedelta(days=60), name="Much later")
    job_in("planning", studio=studio, kind="prepay", prepay_deadline_date=DAY)
    job_in("selling", studio=studio)
    prepay(tokyo, name="Foreign")

    assert shown(client.get(ALL)) == [
        ("Gala", "Tue 19 May 2026, 23:59 CEST", PREPAY_ENDS, None),
        ("Sells", "Wed 20 May 2026, 23:59 CEST", CLOSES, None),
    ]


@pytest.mark.parametrize(
    ("until", "found"), [("2026-05-19", 0), ("2026-05-20", 2), ("2026-05-21", 2), ("", 2)]
)
def test_X1_simulating_until_a_day_includes_all_of_it(client, studio, until, found):
    prepay(studio)
    selling(studio)

    assert len(shown(client.get(ALL, {"until": until}))) == found


@pytest.mark.parametrize("until", ["yesterday", "2026-02-31", "2026-05-03", "9999-12-31"])
def test_X1_a_day_that_cannot_be_looked_at_is_told_and_the_next_month_is_shown(
    client, studio, until
):
    prepay(studio)

    page = client.get(ALL, {"until": until})

    assert said(page) == ["Choose a day from today on. The next 30 days are shown."]
    assert len(shown(page)) == 1


@pytest.mark.parametrize(("instant", "found"), [(ENDS - TICK, False), (ENDS, True)])
def test_L9_what_is_foreseen_is_when_orders_end_and_it_changes_no_status(studio, instant, found):
    job = prepay(studio)
    job_in("planning", studio=studio, kind="prepay", prepay_deadline_date=DAY)
    coming = list(ahead.of_life_cycle(outlook(until=instant)))

    operations.archive_due(clock=at(instant))

    assert [row.at for row in coming] == ([ENDS] if found else [])
    assert Job.objects.get(pk=job.pk).status == "prepay"
    assert Job.objects.get(pk=job.pk).is_prepay_orderable(instant) is not found


def test_X1_closed_jobs_do_not_displace_open_ones(client, studio, monkeypatch):
    monkeypatch.setattr(ahead, "MOST_JOBS", 2)
    opened = [selling(studio, name="First"), selling(studio, name="Second")]
    job_in("archived", studio=studio)
    assert {row[0] for row in shown(client.get(ALL))} == {job.name for job in opened}
    assert "newest" not in client.get(ALL).text

    selling(studio, name="Third")

    page = client.get(ALL)
    assert {row[0] for row in shown(page)} == {"Second", "Third"}
    assert "Deadlines and reminders are those of the newest 2 open jobs only." in page.text


@pytest.mark.parametrize(("instant", "found"), [(ENDS - TICK, 0), (ENDS, 1)])
def test_X1_what_is_foreseen_to_close_is_what_the_sweep_archives(studio, instant, found):
    jobs = [selling(studio), selling(studio, DAY + timedelta(days=1)), prepay(studio)]
    coming = list(ahead.of_life_cycle(outlook(until=instant, now=ENDS)))

    operations.archive_due(clock=at(instant))

    assert [row.job.pk for row in coming if row.text == CLOSES] == [jobs[0].pk][:found]
    archived = Job.objects.filter(status="archived").values_list("pk", flat=True)
    assert list(archived) == [jobs[0].pk][:found]


def test_X1_a_deadline_that_has_passed_is_not_ahead_but_what_is_overdue_comes_next(studio):
    late, _over = selling(studio), prepay(studio)
    at_last = ENDS + timedelta(hours=1)

    coming = list(ahead.of_life_cycle(outlook(until=at_last, now=at_last)))

    assert [(row.job.pk, row.at) for row in coming] == [(late.pk, at_last)]


def test_X1_reminders_come_with_the_number_of_people_and_so_they_are_written(client, studio):
    ticked = {"archiving_enabled": True, "archive_date": DAY}  # which counts when it sells
    job, other = prepay(studio, name="Gala", **ticked), prepay(studio, name="Other")
    for of_job in (job, other):
        attach(of_job, Trigger.BEFORE_PREPAY_DEADLINE, Trigger.BEFORE_ARCHIVING, days=3)
    people = [person_in(job) for _person in range(2)]

    before = shown(client.get(of(job), {"until": "2026-05-17"}))
    plan(datetime(2026, 5, 17, 8, tzinfo=UTC))

    assert before == [
        (
            "Gala",
            "Sun 17 May 2026, 10:00 CEST",
            "3 days before the prepay deadline at 10:00 → E-mail to all customers of the job",
            2,
        )
    ]
    assert [address for address, _status, _why in ledger()] == sorted(p.email for p in people)


def test_X1_what_archiving_does_until_then_is_counted_by_what_does_it(client, studio):
    first, second = selling(studio), selling(studio, DAY + timedelta(days=60))

    page = client.get(ALL)

    foreseen = operations.foresee([first.pk], "archive", by=None, at=NOON)
    assert [notice.text for notice in page.context["archiving"]] == [n.text for n in foreseen]
    assert "archiving" not in client.get(of(second)).text
    assert Job.objects.filter(status="selling").count() == 2


def test_J3_who_may_not_see_messages_sees_the_deadlines_only(studio):
    job = prepay(studio)
    attach(job, Trigger.BEFORE_PREPAY_DEADLINE, days=3)
    viewer = sign_in(studio, role="Viewer")
    sees_messages = viewer.get(f"{LIST}{job.pk}/communication/").status_code == 200

    assert len(shown(viewer.get(of(job)))) == (2 if sees_messages else 1)


def test_X1_a_job_where_nothing_comes_says_so(client, studio):
    assert "Nothing until then." in client.get(of(job_in("planning", studio=studio))).text


@pytest.mark.parametrize("count", [1, 5])
def test_X1_the_timeline_costs_the_same_for_many_jobs(client, studio, count):
    for number in range(count):
        job = (prepay if number % 2 else selling)(studio)
        attach(job, Trigger.BEFORE_PREPAY_DEADLINE, Trigger.BEFORE_ARCHIVING, days=3)
        person_in(job)
    client.get(ALL)

    with CaptureQueriesContext(connection) as queries:
        assert len(shown(client.get(ALL))) == 2 * count

    assert len(queries) == 20
