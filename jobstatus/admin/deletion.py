"""The page that deletes a job for ever: what goes, what stays, and its name typed by hand (A14)."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jobstatus import clock, deleting
from jobstatus.admin.job_list import page_instant
from jobstatus.admin.pages import job_context
from jobstatus.listeners import Severity
from jobstatus.models import Job

if TYPE_CHECKING:
    from jobstatus.admin.job import JobAdmin

CONFLICT, BUSY = 409, 503


class TypedNameForm(forms.Form):
    typed = forms.CharField(
        max_length=500,
        required=False,
        label=gettext_lazy("Name of the job"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


def delete_view(page: "JobAdmin", request: HttpRequest, job: Job) -> HttpResponse:
    """The question, and its answer. Acts on a POST with the name and the mark of what was seen."""
    form = TypedNameForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _shown(page, request, job, form)
    seen = request.POST.get("seen", "")
    try:
        deleting.delete_job(
            job.pk,
            typed=form.cleaned_data["typed"],
            by=request.user,
            clock=clock.now,
            seen=seen,
        )
    except deleting.NameDiffers as refusal:
        form.add_error("typed", str(refusal))
        return _shown(page, request, job, form)
    except deleting.FactsChanged:
        alert = _(
            "The facts changed since this page was shown, so nothing was done. Look at what "
            "would happen now and confirm again."
        )
        return _shown(page, request, job, form, alert=alert, status=CONFLICT)
    except deleting.JobIsGone as refusal:
        messages.info(request, str(refusal))
        return HttpResponseRedirect(page.list_url())
    except OperationalError:
        alert = _(
            "Somebody else is changing this job right now, so nothing was done. Your input is "
            "kept: confirm again in a moment."
        )
        return _shown(page, request, job, form, alert=alert, status=BUSY)
    messages.success(request, _("“%(job)s” is deleted.") % {"job": job.name})
    return HttpResponseRedirect(page.list_url())


def _shown(
    page: "JobAdmin",
    request: HttpRequest,
    job: Job,
    form: TypedNameForm,
    *,
    alert: str = "",
    status: int = 200,
) -> HttpResponse:
    notices = deleting.foresee(job, by=request.user, at=page_instant(request))

    def texts(severity: Severity) -> list[str]:
        return [notice.text for notice in notices if notice.severity == severity]

    context: dict[str, Any] = job_context(page, request, job, "") | {
        "subtitle": _("Delete job"),
        "form": form,
        "alert": alert,
        "goes": texts(Severity.WARNING),
        "stays": texts(Severity.DONE),
        "infos": texts(Severity.INFO),
        "seen": deleting.fingerprint(job, notices),
        "back": page.settings_url(job),
    }
    return TemplateResponse(request, "admin/jobstatus/job/deletion.html", context, status=status)
