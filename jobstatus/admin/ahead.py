"""What comes: the timeline of a job, or of all jobs that a person sees, until a chosen day (X1)."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from jobstatus import ahead, deadlines
from jobstatus.admin.job_list import page_instant
from jobstatus.admin.pages import job_context
from jobstatus.models import Job
from jobstatus.operations import foresee

if TYPE_CHECKING:
    from jobstatus.admin.job import JobAdmin

DAYS_AHEAD = 30  # unless another day is chosen
MOST_SHOWN = 200
DEFAULT_ZONE = "UTC"


def ahead_view(page: "JobAdmin", request: HttpRequest, job: Job | None) -> HttpResponse:
    """Nothing is done. A fixed number of queries, whatever the number of jobs."""
    at = page_instant(request)
    jobs = page.get_queryset(request).select_related("studio")
    if job is not None:
        jobs = jobs.filter(pk=job.pk)
    open_jobs, has_more = ahead.open_jobs(jobs)
    newest = open_jobs or list(jobs.order_by("-pk")[:1])
    zone = newest[0].studio.timezone if newest else DEFAULT_ZONE
    until = _until(request, zone, at)
    outlook = ahead.Outlook(jobs, open_jobs, at, until)
    found = sorted(
        page.coming(request, outlook),
        key=lambda coming: (coming.at, coming.job.pk, coming.text),
    )
    closing = [job.pk for job in outlook.closing]
    context = {
        **_frame(page, request, job),
        "coming": found[:MOST_SHOWN],
        "more": max(0, len(found) - MOST_SHOWN),
        "left_out": ahead.MOST_JOBS if has_more else 0,
        "until": deadlines.local_date(until - timedelta(microseconds=1), zone),
        "zone": zone,
        "archiving": foresee(closing, "archive", by=None, at=until).notices if closing else [],
    }
    return TemplateResponse(request, "admin/jobstatus/job/ahead.html", context)


def _frame(page: "JobAdmin", request: HttpRequest, job: Job | None) -> dict[str, Any]:
    if job is not None:
        return job_context(page, request, job, "ahead")
    return {
        **page.admin_site.each_context(request),
        "opts": page.opts,
        "title": _("What comes"),
        "has_view_permission": True,
    }


def _until(request: HttpRequest, zone: str, at: datetime) -> datetime:
    """The end of the day that was chosen, in the studio's zone."""
    today = deadlines.local_date(at, zone)
    day = today + timedelta(days=DAYS_AHEAD)
    text = request.GET.get("until", "").strip()
    if text:
        try:
            chosen = parse_date(text)
        except ValueError:  # such as 31 February
            chosen = None
        if chosen is None or not today <= chosen <= deadlines.LATEST_DATE:
            said = _("Choose a day from today on. The next %(count)d days are shown.")
            messages.error(request, said % {"count": DAYS_AHEAD})
        else:
            day = chosen
    return deadlines.end_of_day(day, zone)
