"""The tab of a job's persons and access codes: counts, late access, cards, persons by hand."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from jobstatus import deadlines, wording
from jobstatus.admin.job import JobAdmin
from jobstatus.admin.job_list import page_instant
from jobstatus.admin.pages import job_context
from jobstatus.lifecycle import Status
from jobstatus.models import Job
from shop import links
from shop.admin import code_list
from shop.admin.code_forms import LateForm, PersonForm
from shop.codes import cards, issuing, spelling
from shop.models import AccessCode, Album, Subject

CONFLICT = 409


class JobCodesAdmin(JobAdmin):
    """The job's pages with one more tab. Rows are those of the job; the job is a person's own."""

    def extra_tabs(self, request: HttpRequest, job: Job) -> dict[str, str]:
        allowed = request.user.has_perm("shop.view_accesscode")
        return {"codes": _("Codes")} if allowed else {}

    def get_urls(self) -> list[Any]:
        pages = [
            ("", self.codes_view, "codes"),
            ("issue/", self.issue_view, "codes_issue"),
            ("person/", self.person_view, "codes_person"),
            ("file/<str:kind>/", self.file_view, "codes_file"),
            ("<int:code>/late/", self.late_view, "codes_late"),
        ]
        return [*self.pages_of_job("codes/", pages), *super().get_urls()]

    # Each view begins with the job: own and there, or Django's answer for a row that is not.

    def codes_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        job = self._own_job(request, object_id, "shop.view_accesscode")
        if job is None:
            return self._missing(request, object_id)
        return self._codes_page(request, job, PersonForm(None, job=job))

    def issue_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Give every person without a code one. Doing it twice gives nobody a second one."""
        job = self._own_job(request, object_id, "shop.add_accesscode")
        if job is None:
            return self._missing(request, object_id)
        if request.method == "POST":
            count = len(issuing.issue_missing(job.pk))
            if count:
                text = ngettext(
                    "%(count)d access code is issued.", "%(count)d access codes are issued.", count
                ) % {"count": count}
                messages.success(request, text)
                self.log_change(request, job, text)
            else:
                messages.info(request, _("Everybody has an access code already."))
        return HttpResponseRedirect(_tab_url(job))

    def person_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        job = self._own_job(request, object_id, "shop.add_subject")
        if job is None:
            return self._missing(request, object_id)
        if request.method != "POST":
            return HttpResponseRedirect(_tab_url(job))
        with transaction.atomic():
            # Two at once, or a double click: the second one sees the first one's person.
            Job.objects.select_for_update(no_key=True).get(pk=job.pk)
            form = PersonForm(request.POST, job=job)
            subject = _add_person(job, form) if form.is_valid() else None
        if subject is None:
            return self._codes_page(request, job, form)
        text = _("“%(name)s” is added, with an access code.") % {"name": subject.name}
        messages.success(request, text)
        self.log_change(request, job, text)
        return HttpResponseRedirect(_tab_url(job))

    def file_view(self, request: HttpRequest, object_id: str, kind: str) -> HttpResponse:
        """All codes of the job as CSV, or as cards to print."""
        job = self._own_job(request, object_id, "shop.view_accesscode")
        if job is None:
            return self._missing(request, object_id)
        makers = {"csv": (cards.as_csv, "text/csv"), "pdf": (cards.as_pdf, "application/pdf")}
        if kind not in makers:
            raise Http404
        make, content_type = makers[kind]
        try:
            content = make(code_list.codes_of(job), base_url=links.absolute(""))
        except cards.TooManyCards as error:
            messages.error(request, str(error))
            return HttpResponseRedirect(_tab_url(job))
        name = f"{_('codes')}-{slugify(job.name)[:60] or job.pk}.{kind}"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return HttpResponse(content, content_type=content_type, headers=headers)

    def late_view(self, request: HttpRequest, object_id: str, code: int) -> HttpResponse:
        job = self._own_job(request, object_id, "shop.change_accesscode")
        if job is None:
            return self._missing(request, object_id)
        row = code_list.codes_of(job).filter(pk=code).first()
        if row is None:
            raise Http404
        today = deadlines.local_date(page_instant(request), job.studio.timezone)
        if request.method != "POST":
            return self._late_page(request, job, row, LateForm(None, today=today))
        form = LateForm(request.POST, today=today)
        takes_back = "take_back" in request.POST
        if not takes_back and not form.is_valid():
            return self._late_page(request, job, row, form)
        until = None if takes_back else form.cleaned_data["until"]
        if not _set_late(row, until, seen=request.POST.get("seen", "")):
            alert = _("Somebody else changed this just now, so nothing was done. Confirm again.")
            row.refresh_from_db()
            return self._late_page(request, job, row, form, alert=alert, status=CONFLICT)
        text = _late_sentence(row, until)
        messages.success(request, text)
        self.log_change(request, job, text)
        return HttpResponseRedirect(_tab_url(job))

    def _codes_page(self, request: HttpRequest, job: Job, form: PersonForm) -> HttpResponse:
        user, at = request.user, page_instant(request)
        query = request.GET.get("q", "").replace("\0", "").strip()
        context = job_context(self, request, job, "codes", back=_tab_url(job)) | {
            "counts": code_list.counts(job),
            "page": code_list.persons(job, query, request.GET.get("p", "1"), at=at),
            "query": query,
            "form": form,
            "may_issue": user.has_perm("shop.add_accesscode"),
            "may_add": user.has_perm("shop.add_subject"),
            "may_see_names": user.has_perms(("shop.view_subject", "shop.view_customer")),
            "may_open_late": user.has_perm("shop.change_accesscode"),
            "orders_url": f"{reverse('admin:shop_order_changelist')}?job={job.pk}"
            if user.has_perm("shop.view_order")
            else "",
        }
        return TemplateResponse(request, "admin/shop/job/codes.html", context)

    def _late_page(
        self,
        request: HttpRequest,
        job: Job,
        row: AccessCode,
        form: LateForm,
        *,
        alert: str = "",
        status: int = 200,
    ) -> HttpResponse:
        stored = row.late_until_date
        context = job_context(self, request, job, "codes", back=_tab_url(job)) | {
            "code": spelling.written(row.code),
            "row": row,
            "form": form,
            "alert": alert,
            "stored": wording.day(stored) if stored else "",
            "seen": stored.isoformat() if stored else "",
            "explanation": _explanation(job, page_instant(request)),
            "zone": job.studio.timezone.replace("_", " "),
            "back": _tab_url(job),
        }
        template = "admin/shop/job/late.html"
        return TemplateResponse(request, template, context, status=status)


def _tab_url(job: Job) -> str:
    return reverse("admin:jobstatus_job_codes", args=[job.pk])


def _add_person(job: Job, form: PersonForm) -> Subject:
    """The person with an access code, in the caller's transaction."""
    album = form.cleaned_data["album"]
    if form.cleaned_data["new_album"]:
        name = form.cleaned_data["new_album"]
        known = Album.objects.filter(job=job, name=name, trashed_at__isnull=True)
        album = known.order_by("pk").first()
        album = album or Album.objects.create(job=job, name=name)
    subject = Subject.objects.create(job=job, album=album, name=form.cleaned_data["name"])
    issuing.issue([subject])
    return subject


def _set_late(row: AccessCode, until: date | None, *, seen: str) -> bool:
    """Written only over what the person saw: False if it is something else by now."""
    stored = row.late_until_date
    if seen != (stored.isoformat() if stored else ""):
        return False
    rows = AccessCode.objects.filter(pk=row.pk, late_until_date=stored, subject__isnull=False)
    return rows.update(late_until_date=until) == 1


def _late_sentence(row: AccessCode, until: date | None) -> str:
    name = row.subject.name if row.subject else ""
    if until is None:
        text = _("The late access of %(code)s (%(name)s) is taken back.")
        return text % {"code": spelling.written(row.code), "name": name}
    text = _("%(code)s (%(name)s) opens until the end of %(day)s.")
    day = wording.day(until)
    return text % {"code": spelling.written(row.code), "name": name, "day": day}


def _explanation(job: Job, at: Any) -> str:
    """What late access means for this job now (X3)."""
    if job.closed_since(at) is not None:
        return _(
            "The job is archived. With late access this one code shows its photos and can order "
            "until the end of the day that you choose. Nobody else's code opens."
        )
    if job.status == Status.SELLING:
        return _(
            "The job is selling, so that every code opens now. Should it be archived before the "
            "day that you choose, this one code stays open until the end of that day."
        )
    return _(
        "The job is not selling yet, and nobody sees its photos. Late access counts only after "
        "the job was sold and archived."
    )
