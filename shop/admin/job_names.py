"""The names list of a job: choose a file, say what its columns mean, look, import; and back."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.db import OperationalError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from jobstatus import clock
from jobstatus.admin.job import JobAdmin
from jobstatus.admin.pages import job_context
from jobstatus.models import Job
from shop.admin.names_forms import ColumnsForm, UploadForm
from shop.admin.names_preview import preview
from shop.names import columns, drafts, exporting, importing, judging, planning
from shop.names.facts import headings
from shop.names.planning import Mode, Plan
from shop.names.table import MOST_BYTES, MOST_COLUMNS, MOST_ROWS

CONFLICT, BUSY = 409, 503
SEEN = ("shop.view_subject", "shop.view_accesscode", "shop.view_customer")
IMPORTS = (
    *("shop.add_subject", "shop.change_subject", "shop.add_accesscode"),
    "shop.change_customer",
)
REMEMBERED = "names_columns"  # in the session, by studio
MOST_REMEMBERED = 100  # headings
CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class JobNamesAdmin(JobAdmin):
    """Pages behind the tab of the codes. A draft is one person's, and belongs to one job."""

    def get_urls(self) -> list[Any]:
        pages = [
            ("", self.names_view, "names"),
            ("file/<str:kind>/", self.names_file_view, "names_file"),
            ("<str:key>/columns/", self.names_columns_view, "names_columns"),
            ("<str:key>/discard/", self.names_discard_view, "names_discard"),
            ("<str:key>/", self.names_preview_view, "names_preview"),
        ]
        return [*self.pages_of_job("codes/names/", pages), *super().get_urls()]

    # Each view begins with the job: own and there, or Django's answer for a row that is not.

    def names_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        needed = (*SEEN, *IMPORTS) if request.method == "POST" else SEEN
        job = self._own_job(request, object_id, *needed)
        if job is None:
            return self._missing(request, object_id)
        if request.method != "POST":
            return self._upload_page(request, job, UploadForm())
        form = UploadForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._upload_page(request, job, form)
        key = drafts.keep(
            form.table,
            job_id=job.pk,
            user_id=_user_id(request),
            file_name=form.cleaned_data["file"].name or "",
            at=clock.now(),
        )
        return HttpResponseRedirect(_url(job, "names_columns", key))

    def names_file_view(self, request: HttpRequest, object_id: str, kind: str) -> HttpResponseBase:
        """The persons of the job as a list that can be changed and imported again."""
        job = self._own_job(request, object_id, *SEEN)
        if job is None:
            return self._missing(request, object_id)
        if kind not in ("csv", "xlsx"):
            raise Http404
        word = _("names-list")  # No text is found inside of an f-string.
        name = f"{word}-{slugify(job.name)[:60] or job.pk}.{kind}"
        try:
            if kind == "xlsx":
                file = exporting.as_xlsx(job)
                return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX_TYPE)
            headers = {"Content-Disposition": f'attachment; filename="{name}"'}
            return HttpResponse(exporting.as_csv(job), content_type=CSV_TYPE, headers=headers)
        except exporting.TooManyPersons as error:
            messages.error(request, str(error))
            return HttpResponseRedirect(_url(job, "names"))

    def names_columns_view(self, request: HttpRequest, object_id: str, key: str) -> HttpResponse:
        job = self._own_job(request, object_id, *SEEN, *IMPORTS)
        if job is None:
            return self._missing(request, object_id)
        draft = self._draft(request, job, key)
        if draft is None:
            return self._gone(request, job)
        known = request.session.get(REMEMBERED, {}).get(str(job.studio_id), {})
        asked = headings(job)
        # Another job may have asked something else by the same words.
        known = {head: field for head, field in known.items() if field not in columns.ANSWERS}
        guessed = columns.guess(draft.table, known | asked)
        data = request.POST if request.method == "POST" else None
        form = ColumnsForm(data, table=draft.table, guessed=guessed, asked=asked.values())
        if form.is_valid():
            _remember(request, job, columns.remembered(draft.table, form.reading))
            chosen = columns.written(form.reading)
            return HttpResponseRedirect(f"{_url(job, 'names_preview', key)}?{urlencode(chosen)}")
        context = self._names_context(request, job) | {
            "draft": draft,
            "form": form,
            "described": form.described(),
            "count": len(draft.table.rows) - 1,
            "discard_url": _url(job, "names_discard", key),
        }
        return TemplateResponse(request, "admin/shop/job/names_columns.html", context)

    def names_preview_view(self, request: HttpRequest, object_id: str, key: str) -> HttpResponse:
        """Look, and import by a POST that says what was looked at."""
        job = self._own_job(request, object_id, *SEEN, *IMPORTS)
        if job is None:
            return self._missing(request, object_id)
        draft = self._draft(request, job, key)
        if draft is None:
            return self._gone(request, job)
        asked = request.GET
        reading = columns.from_address(
            asked.get("columns", ""), asked.get("head", ""), width=draft.table.width
        )
        if reading is None:
            return HttpResponseRedirect(_url(job, "names_columns", key))
        mode = Mode(asked["mode"]) if asked.get("mode") in Mode.values else Mode.UPDATE
        alert, status = "", 200
        if request.method == "POST":
            try:
                text = self._import(request, job, draft, reading, mode)
            except importing.ImportedAlready:
                messages.info(request, _("This list was imported already. Nothing was done twice."))
                return HttpResponseRedirect(_tab_url(job))
            except importing.PlanChanged:
                alert, status = _changed(), CONFLICT
            except OperationalError:
                alert, status = _busy(), BUSY
            else:
                messages.success(request, _("The list is imported: %(text)s") % {"text": text})
                return HttpResponseRedirect(_tab_url(job))
        plan = planning.plan(job, judging.entries(draft.table, reading), mode)
        return self._preview_page(request, job, draft, plan, mode, alert, status)

    def _import(
        self, request: HttpRequest, job: Job, draft: drafts.Draft, reading: Any, mode: Mode
    ) -> str:
        text = importing.apply(
            job.pk,
            judging.entries(draft.table, reading),
            mode,
            by=request.user,
            seen=request.POST.get("seen", ""),
            reference=draft.reference,
            language=_language(),
            file_name=draft.file_name,
        )
        # After the commit: a list that is not written yet must not be lost.
        drafts.discard(draft.key, job_id=job.pk, user_id=_user_id(request))
        return text

    def names_discard_view(self, request: HttpRequest, object_id: str, key: str) -> HttpResponse:
        job = self._own_job(request, object_id, *SEEN, *IMPORTS)
        if job is None:
            return self._missing(request, object_id)
        if request.method == "POST":
            drafts.discard(key, job_id=job.pk, user_id=_user_id(request))
            messages.info(request, _("The list is discarded. Nothing was imported."))
        return HttpResponseRedirect(_url(job, "names"))

    def _draft(self, request: HttpRequest, job: Job, key: str) -> drafts.Draft | None:
        return drafts.find(key, job_id=job.pk, user_id=_user_id(request), at=clock.now())

    def _gone(self, request: HttpRequest, job: Job) -> HttpResponse:
        text = _("This list was imported or discarded, or is too old. Choose the file once more.")
        messages.warning(request, text)
        return HttpResponseRedirect(_url(job, "names"))

    def _names_context(self, request: HttpRequest, job: Job) -> dict[str, Any]:
        context = job_context(self, request, job, "codes", back=_tab_url(job))
        return context | {"subtitle": _("Names list"), "tab_url": _tab_url(job)}

    def _upload_page(self, request: HttpRequest, job: Job, form: UploadForm) -> HttpResponse:
        context = self._names_context(request, job) | {
            "form": form if request.user.has_perms(IMPORTS) else None,
            "has_persons": job.subjects.exists(),
            "fields": [field.label for field in columns.Field if field not in columns.ANSWERS],
            "megabytes": MOST_BYTES // 1_000_000,
            "most_rows": MOST_ROWS,
            "most_columns": MOST_COLUMNS,
        }
        return TemplateResponse(request, "admin/shop/job/names.html", context)

    def _preview_page(
        self,
        request: HttpRequest,
        job: Job,
        draft: drafts.Draft,
        plan: Plan,
        mode: Mode,
        alert: str,
        status: int,
    ) -> HttpResponse:
        asked = {name: request.GET[name] for name in ("columns", "head")}
        show, number = request.GET.get("show", ""), request.GET.get("p", "1")
        context = self._names_context(request, job) | {
            "draft": draft,
            "preview": preview(plan, mode, show=show, number=number, asked=asked),
            "seen": plan.mark(),
            "alert": alert,
            "language": dict(settings.LANGUAGES)[_language()],
            "columns_url": _url(job, "names_columns", draft.key),
            "discard_url": _url(job, "names_discard", draft.key),
        }
        template = "admin/shop/job/names_preview.html"
        return TemplateResponse(request, template, context, status=status)


def _language() -> str:
    """Of the page, which is the language that its studio most likely writes in."""
    return get_language() or settings.LANGUAGE_CODE


def _user_id(request: HttpRequest) -> int:
    return int(request.user.pk or 0)


def _remember(request: HttpRequest, job: Job, chosen: dict[str, str]) -> None:
    studios = request.session.get(REMEMBERED, {})
    known = studios.pop(str(job.studio_id), {}) | chosen
    latest = dict(list(known.items())[-MOST_REMEMBERED:])
    request.session[REMEMBERED] = {**studios, str(job.studio_id): latest}


def _url(job: Job, name: str, *more: str) -> str:
    return reverse(f"admin:jobstatus_job_{name}", args=[job.pk, *more])


def _tab_url(job: Job) -> str:
    return _url(job, "codes")


def _changed() -> str:
    return _(
        "The facts changed since this page was shown, so nothing was imported. Look at what would "
        "happen now and import again."
    )


def _busy() -> str:
    return _(
        "Somebody else is changing this job right now, so nothing was imported. Import again in a "
        "moment."
    )
