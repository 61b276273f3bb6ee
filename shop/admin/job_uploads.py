"""The upload of photos on the job's tab: the page, the plain form, and what the script talks to."""

import json
import secrets
from typing import Any

from django.contrib import messages
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
    JsonResponse,
)
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from jobstatus import clock
from jobstatus.admin.job import JobAdmin
from jobstatus.admin.pages import job_context
from jobstatus.models import Job
from shop.admin.upload_words import words
from shop.models import Album, Upload
from shop.uploads import progress, protocol, receiving, starting

SEEN = "shop.view_photo"
ADDS = ("shop.view_photo", "shop.add_photo", "shop.add_album")
PIECE_BYTES = 4 << 20  # of the script's requests: half a minute on a line of one megabit
MOST_PLAIN = 100  # files in one form; Django takes no more
BAD_REQUEST = 400


class JobUploadsAdmin(JobAdmin):
    """Rows are those of the job; the job is a person's own."""

    def extra_tabs(self, request: HttpRequest, job: Job) -> dict[str, str]:
        own = {"photos": _("Photos")} if request.user.has_perm(SEEN) else {}
        return own | super().extra_tabs(request, job)

    def get_urls(self) -> list[Any]:
        pages = [
            ("", self.photos_view, "photos"),
            ("uploads/", self.uploads_view, "uploads"),
            ("uploads/progress/", self.uploads_progress_view, "uploads_progress"),
            ("uploads/known/", self.uploads_known_view, "uploads_known"),
            ("uploads/files/", self.uploads_create_view, "uploads_create"),
            ("uploads/files/<str:token>/", self.uploads_file_view, "uploads_file"),
        ]
        return [*self.pages_of_job("photos/", pages), *super().get_urls()]

    # Each view begins with the job: own and there, or Django's answer for a row that is not.

    def photos_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        job = self._own_job(request, object_id, SEEN)
        if job is None:
            return self._missing(request, object_id)
        context = job_context(self, request, job, "photos") | upload_context(request, job)
        return TemplateResponse(request, "admin/shop/job/photos.html", context)

    def uploads_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The form without a script: a few files at once, taken the same way."""
        job = self._own_job(request, object_id, *ADDS)
        if job is None:
            return self._missing(request, object_id)
        if request.method == "POST":
            _take_plainly(request, job)
        return HttpResponseRedirect(_url(job, "photos"))

    def uploads_progress_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        job = self._own_job(request, object_id, SEEN)
        if job is None:
            return self._missing(request, object_id)
        refused = request.GET.get("refused", "")
        now = progress.of_batch(
            job,
            request.GET.get("batch", "").replace("\0", ""),
            refused=int(refused) if protocol.NUMBER.fullmatch(refused) else 0,
        )
        return JsonResponse(
            {**now.counts, "refusals": now.refusals, "is_over": now.is_over},
            headers={"Cache-Control": "no-store"},
        )

    def uploads_known_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Which of these contents the job has: they need not be sent."""
        job = self._own_job(request, object_id, *ADDS)
        if job is None:
            return self._missing(request, object_id)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        try:
            asked = json.loads(request.body)
            digests = [str(digest) for digest in asked]
        except (ValueError, TypeError):
            return HttpResponse(status=BAD_REQUEST)
        return JsonResponse({"known": sorted(progress.known(job, digests))})

    def uploads_create_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        job = self._own_job(request, object_id, *ADDS)
        if job is None:
            return self._missing(request, object_id)

        def url_of(upload: Upload) -> str:
            return _url(job, "uploads_file", upload.token)

        return protocol.create(request, job, by=request.user, clock=clock.now, url_of=url_of)

    def uploads_file_view(self, request: HttpRequest, object_id: str, token: str) -> HttpResponse:
        job = self._own_job(request, object_id, *ADDS)
        if job is None:
            return self._missing(request, object_id)
        rows = Upload.objects.select_related("photo").filter(job=job, token=token)
        return protocol.resume(request, rows.first(), clock=clock.now)


def upload_context(request: HttpRequest, job: Job) -> dict[str, Any]:
    """What `admin/shop/job/uploads.html` needs; nothing for who may not upload."""
    if not request.user.has_perms(ADDS):
        return {}
    albums = Album.objects.filter(job=job, trashed_at=None).order_by("position", "pk")
    batch = progress.open_batch(job, request.user)
    return {
        "uploads": {
            "albums": list(albums),
            "batch": batch or secrets.token_hex(8),
            "is_under_way": bool(batch),
            "unfinished": progress.unfinished(job, request.user) if batch else 0,
            "next_position": receiving.next_position(job),
            "piece_bytes": PIECE_BYTES,
            "most_bytes": receiving.MOST_BYTES,
            "megabytes": receiving.MOST_BYTES // 1_000_000,
            "most_plain": MOST_PLAIN,
            "words": words(),
        }
    }


def _take_plainly(request: HttpRequest, job: Job) -> None:
    files = request.FILES.getlist("files")
    if not files:
        messages.error(request, _("Choose the photos first."))
        return
    album, batch, taken = request.POST.get("album", ""), secrets.token_hex(8), 0
    first = receiving.next_position(job)
    for number, file in enumerate(files):
        arrival = receiving.Arrival(
            file_name=file.name or "",
            length_bytes=file.size or 0,
            batch=batch,
            album_id=int(album) if protocol.NUMBER.fullmatch(album) else None,
            folder=request.POST.get("folder", "").replace("\0", ""),
            position=first + number,
        )
        try:
            receiving.receive(job, arrival, file, by=request.user, clock=clock.now)
            taken += 1
        except receiving.NotTaken as error:
            messages.error(request, str(error))
    if taken:
        starting.hurry(at=clock.now())
        text = ngettext(
            "%(count)d file has arrived and is being processed.",
            "%(count)d files have arrived and are being processed.",
            taken,
        )
        messages.success(request, text % {"count": taken})


def _url(job: Job, name: str, *more: str) -> str:
    return reverse(f"admin:jobstatus_job_{name}", args=[job.pk, *more])
