"""The page “What comes” in tests: where it is, and what it shows."""

from datetime import date, datetime
from typing import Any

from jobstatus import ahead
from jobstatus.models import Job
from tests.factories import NOON, job_in
from tests.staff import LIST

DAY = date(2026, 5, 20)
ALL = f"{LIST}ahead/"


def of(job: Job) -> str:
    return f"{LIST}{job.pk}/ahead/"


def shown(response: Any) -> list[tuple[str, str, str, int | None]]:
    return [(row.job.name, row.when, row.text, row.count) for row in response.context["coming"]]


def outlook(*, until: datetime, now: datetime = NOON) -> ahead.Outlook:
    jobs = Job.objects.select_related("studio")
    return ahead.Outlook(jobs, ahead.open_jobs(jobs)[0], now, until)


def selling(studio: Any, day: date = DAY, **values: Any) -> Job:
    values = {"archiving_enabled": True, "archive_date": day, "archive_delay": 0} | values
    return job_in("selling", studio=studio, **values)
