"""Deadlines in calendars: the entry for customers and the feed of a studio (X7)."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.utils.translation import override
from hypothesis import HealthCheck, given
from hypothesis import settings as rounds
from icalendar import Calendar

from comms.models import SendingRules
from comms.texts import calendar
from jobstatus.models import Job, Studio
from tests.factories import NOON, JobFactory, StudioFactory, job_in
from tests.test_comms_texts import HOSTILE, ROUNDS

pytestmark = pytest.mark.django_db
DAY = date(2026, 5, 15)
COMING = date(2199, 1, 1)  # whatever the clock of the views says


def entries(content: bytes) -> list[Any]:
    return Calendar.from_ical(content).walk("VEVENT")


def dated(day: date = DAY, **values: Any) -> Job:
    return JobFactory.create(archiving_enabled=True, archive_date=day, **values)


def feed_of(studio: Studio, at: datetime = NOON) -> Any:
    key = SendingRules.objects.get(studio=studio).calendar_key
    return calendar.feed(key, at=at)


def path_of(studio: Studio) -> str:
    url = calendar.feed_url(studio)
    return url[url.index("/mail/") :]


def test_X7_the_last_day_is_a_whole_day_and_says_of_what():
    job = dated(name="Park, School; 2026")

    (event,) = entries(calendar.attachment(job, "https://x.example/", "Studio", at=NOON))

    assert (event["dtstart"].dt, event["dtend"].dt) == (DAY, DAY + timedelta(days=1))
    assert event["summary"] == "Last day to order: Park, School; 2026"
    assert event["dtstamp"].dt == NOON
    assert event["url"] == "https://x.example/"


def test_X7_a_moved_date_moves_the_entry_instead_of_adding_one():
    job = dated()
    (before,) = entries(calendar.attachment(job, "", "Studio", at=NOON))
    job.archive_date = DAY + timedelta(days=7)
    job.save()

    (after,) = entries(calendar.attachment(job, "", "Studio", at=NOON))

    assert before["uid"] == after["uid"]
    assert after["sequence"] > before["sequence"]
    assert after["dtstart"].dt == DAY + timedelta(days=7)


def test_X7_the_feed_has_the_deadlines_of_open_jobs_of_this_studio_only():
    studio = StudioFactory.create()
    calendar.renew_key(studio)
    planning = dated(studio=studio, name="Planning", archive_delay=1)
    never = dated(studio=studio, name="Never", archive_delay=-1)
    job_in("selling", studio=studio, name="Selling", archiving_enabled=True, archive_date=DAY)
    # Noise: archived, without a date, too long ago, of another studio.
    job_in("archived", studio=studio, name="Noise", archiving_enabled=True, archive_date=DAY)
    JobFactory.create(studio=studio, name="Noise", archive_date=DAY)
    dated(NOON.date() - timedelta(days=31), studio=studio, name="Noise")
    dated(NOON.date() - timedelta(days=30), studio=studio, name="Old", archive_delay=-1)
    dated(name="Noise")

    found = {str(e["summary"]): e["dtstart"].dt for e in entries(feed_of(studio).content())}

    midnight = datetime(2026, 5, 16, 22, tzinfo=UTC)  # of Berlin, a day after the date
    assert found == {
        "Last day to order: Old": NOON.date() - timedelta(days=30),
        "Last day to order: Planning": planning.archive_date,
        "Archived now: Planning": midnight,
        "Last day to order: Never": never.archive_date,
        "Last day to order: Selling": DAY,
        "Archived now: Selling": midnight,
    }


def test_X7_the_first_day_of_the_feed_is_one_of_the_studios_zone():
    studio = StudioFactory.create(timezone="Pacific/Auckland")
    calendar.renew_key(studio)
    evening = datetime(2026, 5, 4, 13, tzinfo=UTC)  # The 5th in Auckland.
    dated(date(2026, 4, 4), studio=studio)
    kept = dated(date(2026, 4, 5), studio=studio)

    assert [job.pk for job in feed_of(studio, evening).jobs] == [kept.pk]


def test_X7_the_feed_is_a_calendar_for_whoever_knows_its_address(client):
    studio = StudioFactory.create(name="Fox")
    dated(COMING, studio=studio)

    response = client.get(path_of(studio))

    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert len(entries(response.content)) == 2
    assert b"X-WR-CALNAME:Deadlines of Fox" in response.content
    assert not response.cookies


def test_X7_an_unchanged_feed_is_not_sent_again_and_a_changed_one_is(client):
    studio = StudioFactory.create()
    job = dated(COMING, studio=studio)
    path = path_of(studio)
    etag = client.get(path)["ETag"]

    unchanged = client.get(path, headers={"if-none-match": f'"noise", W/{etag}'})
    job.name = "Another"
    job.save()
    changed = client.get(path, headers={"if-none-match": etag})
    german = client.get(path, headers={"if-none-match": etag, "accept-language": "de"})

    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert unchanged["ETag"] == etag
    assert (changed.status_code, german.status_code) == (200, 200)
    assert len({etag, changed["ETag"], german["ETag"]}) == 3


@pytest.mark.parametrize("key", ["", "x", "0" * 32, "0" * 31, "%00", "../x"])
def test_X7_an_unknown_key_leads_nowhere(client, key):
    SendingRules.objects.create(studio=StudioFactory.create(), calendar_key="")

    assert client.get(f"/mail/calendar/{key}.ics").status_code == 404


def test_X7_a_renewed_address_ends_the_old_one_and_keeps_the_other_rules(client):
    studio = StudioFactory.create()
    SendingRules.objects.create(studio=studio, per_minute=7)
    old = path_of(studio)

    calendar.renew_key(studio)

    assert client.get(old).status_code == 404
    assert client.get(path_of(studio)).status_code == 200
    assert path_of(studio) != old
    assert SendingRules.objects.get().per_minute == 7


@pytest.mark.parametrize("jobs", [1, 12])
def test_X7_the_feed_takes_two_queries(jobs, django_assert_num_queries):
    studio = StudioFactory.create()
    key = calendar.renew_key(studio)
    for _ in range(jobs):
        dated(studio=studio)

    with django_assert_num_queries(2):
        found = calendar.feed(key, at=NOON)
        content = found.content()

    assert len(entries(content)) == 2 * jobs


def test_X7_entries_speak_german():
    with override("de"):
        (event,) = entries(calendar.attachment(dated(name="Schule"), "", "Studio", at=NOON))

    assert event["summary"] == "Letzter Bestelltag: Schule"


@rounds(max_examples=ROUNDS, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=HOSTILE)
def test_X7_no_name_of_a_job_or_studio_breaks_a_calendar(name):
    job = Job(pk=1, name=name, archive_date=DAY, studio=Studio(pk=1, name=name), closes_at=NOON)

    one = calendar.attachment(job, "https://x.example/", name, at=NOON)
    feed = calendar.Feed(name, [job], NOON).content()

    assert [str(e["uid"])[:5] for e in entries(one) + entries(feed)] == ["job-1"] * 3
    for content in (one, feed):
        assert all(len(line) <= 75 for line in content.split(b"\r\n"))
        assert b"\n" not in content.replace(b"\r\n", b"")
