"""The tab of a job's communication: its profile, what was and will be written, and to whom."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import OperationalError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from comms import ahead, explain, overview
from comms.admin.banners import banners
from comms.admin.fields import number_in
from comms.admin.job_forms import NO_MARKETING, CampaignForm
from comms.ledger import planning
from comms.models import Campaign
from jobstatus import clock
from jobstatus.admin.job import JobAdmin
from jobstatus.admin.job_list import page_instant
from jobstatus.admin.pages import job_context
from jobstatus.admin.seen import mark
from jobstatus.ahead import Coming, Outlook
from jobstatus.lifecycle import Status
from jobstatus.models import Job

CONFLICT, BUSY = 409, 503
LONGEST_QUERY = 100


class JobCommunicationAdmin(JobAdmin):
    """The job's pages with one more tab, and with what can still be stopped above all of them."""

    def extra_tabs(self, request: HttpRequest, job: Job) -> dict[str, str]:
        allowed = request.user.has_perm("comms.view_campaign")
        more = {"communication": _("Communication")} if allowed else {}
        return {**super().extra_tabs(request, job), **more}

    def banners(self, request: HttpRequest, job: Job | None) -> dict[str, Any]:
        return {**super().banners(request, job), **banners(request, job)}

    def coming(self, request: HttpRequest, outlook: Outlook) -> Iterable[Coming]:
        yield from super().coming(request, outlook)
        if request.user.has_perm("comms.view_campaign"):
            yield from ahead.messages(outlook)

    def get_urls(self) -> list[Any]:
        pages = [
            ("", self.communication_view, "communication"),
            ("messages/", self.messages_view, "communication_messages"),
            ("make-up/", self.make_up_view, "communication_make_up"),
        ]
        return [*self.pages_of_job("communication/", pages), *super().get_urls()]

    # Each view begins with the job: own and there, or Django's answer for a row that is not.

    def communication_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        job = self._own_job(request, object_id, "comms.view_campaign")
        if job is None:
            return self._missing(request, object_id)
        if request.method != "POST":
            return self._tab(request, job, CampaignForm(None, job=job, instance=_campaign(job)))
        if not request.user.has_perm("comms.change_campaign"):
            raise PermissionDenied
        try:
            with transaction.atomic():
                # The row of the choice may not be there yet, so that the job is what is taken.
                Job.objects.select_for_update(no_key=True).get(pk=job.pk)
                form = CampaignForm(request.POST, job=job, instance=_campaign(job))
                if form.is_valid():
                    _save(form)
        except OperationalError:
            form = CampaignForm(request.POST, job=job, instance=_campaign(job))
            form.refused = _(
                "Somebody else is changing this job right now. Nothing is saved; your input is "
                "kept below. Save again in a moment."
            )
            return self._tab(request, job, form, status=BUSY)
        if not form.is_valid():
            return self._tab(request, job, form)
        return self._chosen(request, job, form)

    def _chosen(self, request: HttpRequest, job: Job, form: CampaignForm) -> HttpResponse:
        name = form.instance.profile.name if form.instance.profile else str(NO_MARKETING)
        text = _("The communication of “%(job)s” is saved: %(profile)s.")
        words = text % {"job": job.name, "profile": name}
        messages.success(request, words)
        if form.changed_data:
            self.log_change(request, job, words)
        if form.has_other_profile and form.instance.profile and job.status == Status.SELLING:
            messages.warning(
                request,
                _(
                    "The job is selling already. What goes out when it is set to Selling is not "
                    "made up for by itself."
                ),
            )
        return HttpResponseRedirect(_tab_url(job))

    def _tab(
        self, request: HttpRequest, job: Job, form: CampaignForm, *, status: int = 200
    ) -> HttpResponse:
        at = page_instant(request)
        stored = _campaign(job)
        may_change = request.user.has_perm("comms.change_campaign")
        context = job_context(self, request, job, "communication", back=_tab_url(job)) | {
            "form": form if may_change else None,
            "campaign": stored,
            "profile": stored.profile,
            "no_marketing": NO_MARKETING,
            "lines": overview.lines(job, at=at),
            "missed": overview.missed(job, by=request.user, at=at) if may_change else None,
            "messages_url": reverse("admin:jobstatus_job_communication_messages", args=[job.pk]),
        }
        template = "admin/comms/job/communication.html"
        return TemplateResponse(request, template, context, status=status)

    def messages_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Single messages of the job, with the texts that were sent."""
        job = self._own_job(request, object_id, "comms.view_message")
        if job is None:
            return self._missing(request, object_id)
        asked = {
            "q": request.GET.get("q", "").replace("\0", "").strip()[:LONGEST_QUERY],
            "state": request.GET.get("state", ""),
            "rule": request.GET.get("rule", ""),
        }
        rows = explain.found(
            job, state=asked["state"], rule=number_in(asked["rule"]), query=asked["q"]
        )
        number, zone = request.GET.get("p", "1"), job.studio.timezone
        context = job_context(self, request, job, "communication", back=_tab_url(job)) | {
            "page": explain.page_of(rows, number, zone=zone),
            "asked": asked,
            "asked_query": urlencode({name: value for name, value in asked.items() if value}),
            "states": [(state, explain.state_label(state)) for state in explain.STATES],
            "rules": [(str(pk), when) for pk, when in explain.named_rules(job)],
            "tab_url": _tab_url(job),
        }
        return TemplateResponse(request, "admin/comms/job/messages.html", context)

    def make_up_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Send what was missed when the sale began (C5). Only a POST with what was seen acts."""
        job = self._own_job(request, object_id, "comms.change_campaign")
        if job is None:
            return self._missing(request, object_id)
        missed = overview.missed(job, by=request.user, at=clock.now())
        if missed is None or not missed.planned:
            messages.info(request, _("Nobody of this job waits for that message."))
            return HttpResponseRedirect(_tab_url(job))
        seen = mark([missed.planned, missed.skipped, missed.known])
        alert = ""
        if request.method == "POST":
            if request.POST.get("seen") == seen:
                return self._make_up(request, job, missed.planned)
            alert = _(
                "The facts changed since this page was shown, so nothing was done. Look at what "
                "would happen now and confirm again."
            )
        context = job_context(self, request, job, "communication", back=_tab_url(job)) | {
            "missed": missed,
            "seen": seen,
            "alert": alert,
            "tab_url": _tab_url(job),
        }
        template = "admin/comms/job/make_up.html"
        return TemplateResponse(request, template, context, status=CONFLICT if alert else 200)

    def _make_up(self, request: HttpRequest, job: Job, count: int) -> HttpResponse:
        planning.make_up([job.pk], by=request.user, clock=clock.now)
        text = ngettext(
            "%(count)d message is planned.", "%(count)d messages are planned.", count
        ) % {"count": count}
        messages.success(request, text)
        self.log_change(
            request, job, _("The “selling” message is made up for. %(text)s") % {"text": text}
        )
        return HttpResponseRedirect(_tab_url(job))


def _tab_url(job: Job) -> str:
    return reverse("admin:jobstatus_job_communication", args=[job.pk])


def _campaign(job: Job) -> Campaign:
    """The stored choice, or the one that stands for none."""
    found = Campaign.objects.select_related("profile").filter(job=job).first()
    return found or Campaign(job=job)


def _save(form: CampaignForm) -> None:
    """In the caller's transaction. A profile that was chosen anew begins now (C5)."""
    campaign = form.save(commit=False)
    if form.has_other_profile:
        campaign.attached_at = clock.now() if campaign.profile_id else None
        campaign.removed_at = None
    campaign.save()
