"""The tabs of a job: what is on all of them, and the Selling and History tabs."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.timesince import timeuntil
from django.utils.translation import gettext as _

from jobstatus import wording
from jobstatus.admin.control import offers, ways
from jobstatus.admin.history import history_page
from jobstatus.admin.job_list import page_instant
from jobstatus.lifecycle import Status
from jobstatus.models import Job
from jobstatus.operations import foresee

if TYPE_CHECKING:
    from jobstatus.admin.job import JobAdmin


@dataclass(frozen=True)
class Tab:
    label: str
    url: str
    is_current: bool


def job_context(
    page: "JobAdmin", request: HttpRequest, job: Job, current: str, *, back: str = ""
) -> dict[str, Any]:
    """What every page of a job shows: its name, the tabs, the status and the control for it."""
    may_change = page.has_change_permission(request, job)
    named = {
        "change": _("Settings"),
        "selling": _("Selling"),
        **page.extra_tabs(request, job),
        "history": _("History"),
    }
    return {
        **page.admin_site.each_context(request),
        "opts": page.opts,
        "original": job,
        "job": job,
        "title": job.name,
        "subtitle": named.get(current),
        "tabs": [
            Tab(label, reverse(f"admin:jobstatus_job_{name}", args=[job.pk]), name == current)
            for name, label in named.items()
        ],
        "offers": offers(job, back=back or request.path) if may_change else [],
        "shop_url": page.shop_url(job),
        **page.banners(request, job),
        "has_view_permission": True,
    }


@dataclass(frozen=True)
class SellingNow:
    """Whether and until when customers can order, in words."""

    is_open: bool
    headline: str
    until: str = ""
    remaining: str = ""


def selling_now(job: Job, at: datetime) -> SellingNow:
    zone = job.studio.timezone
    if job.status == Status.PREPAY:
        closes_at, is_open = job.prepay_closes_at(), job.is_prepay_orderable(at)
        opened, closed = _("Prepay orders are open"), _("The prepay deadline has passed")
    elif job.status == Status.SELLING:
        closes_at, is_open = job.closes_at, job.is_orderable(at)
        opened, closed = _("Customers can order"), _("The archiving deadline has passed")
    elif job.status == Status.ARCHIVED:
        since = wording.moment(job.archived_at, zone) if job.archived_at else ""
        return SellingNow(False, _("Archived"), _("Archived since %(since)s.") % {"since": since})
    else:
        return SellingNow(False, _("Not selling yet"), _("Customers read “not available yet”."))
    if not is_open:
        return SellingNow(False, closed, _("Customers can no longer order."))
    if closes_at is None:
        return SellingNow(True, opened, _("Open until somebody closes it by hand."))
    until = _("Open until %(end)s.") % {"end": wording.last_minute(closes_at, zone)}
    return SellingNow(True, opened, until, timeuntil(closes_at, at))


def selling_view(page: "JobAdmin", request: HttpRequest, job: Job) -> HttpResponse:
    at = page_instant(request)
    possible = list(ways(job.kind, job.status))
    main = next((s for s in possible if s[-1] in ("start_selling", "archive")), None)
    ahead = foresee([job.pk], main, by=request.user, at=at) if main else None
    context = job_context(page, request, job, "selling")
    context |= {
        "now": selling_now(job, at),
        "main": next((o for o in context["offers"] if main and o.move == main[-1]), None),
        "others": [o for o in context["offers"] if not main or o.move != main[-1]],
        "ahead": ahead,
    }
    return TemplateResponse(request, "admin/jobstatus/job/selling.html", context)


def history_view(page: "JobAdmin", request: HttpRequest, job: Job) -> HttpResponse:
    rows = history_page(job, request.GET.get("p", "1"))
    context = job_context(page, request, job, "history") | {"rows": rows}
    return TemplateResponse(request, "admin/jobstatus/job/history.html", context)
