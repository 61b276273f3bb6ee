"""One photo's page, and its files for staff: by session, permission and studio only."""

import mimetypes
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.defaultfilters import filesizeformat
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from jobstatus.admin.job import JobAdmin
from jobstatus.admin.job_list import page_instant
from jobstatus.admin.pages import job_context
from jobstatus.models import Job
from shop.admin.job_photos import CHANGES, SEEN, steps_of
from shop.admin.photo_grid import View, address, cell, chosen, persons, url
from shop.codes import spelling
from shop.gallery import media
from shop.models import Appearance, Photo
from shop.sorting import albums

OCTETS = "application/octet-stream"


class JobPhotoAdmin(JobAdmin):
    """Rows are those of the job; the job is a person's own."""

    def get_urls(self) -> list[Any]:
        pages = [
            ("<int:photo>/", self.photo_view, "photos_photo"),
            ("<int:photo>/original/", self.original_view, "photos_original"),
            ("<int:photo>/<str:size>.jpg", self.picture_view, "photos_picture"),
        ]
        return [*self.pages_of_job("photos/", pages), *super().get_urls()]

    # Each view begins with the job: own and there, or Django's answer for a row that is not.

    def photo_view(self, request: HttpRequest, object_id: str, photo: int) -> HttpResponse:
        job = self._own_job(request, object_id, *SEEN)
        if job is None:
            return self._missing(request, object_id)
        rows = chosen(job, View()).select_related("album")
        row = rows.filter(pk=photo).first()
        if row is None:
            raise Http404
        view, may_change = View.of(request.GET), request.user.has_perms(CHANGES)
        ties = list(Appearance.objects.filter(photo=row).select_related("subject"))
        ties.sort(key=lambda tie: (tie.subject.name, tie.pk))
        before, after = _neighbours(job, view, row)
        context = job_context(self, request, job, "photos", back=url(job, "photos")) | {
            "photo": row,
            "cell": cell(job, row, (), view),
            "preview": url(job, "photos_picture", row.pk, "preview"),
            "original": url(job, "photos_original", row.pk),
            "ties": ties,
            "facts": _facts(row),
            "view": view,
            "back_url": address(job, "photos", view),
            "before": before,
            "after": after,
            "persons": persons(job) if may_change else {},
            "albums": albums.of_job(job),
            "may_change": may_change,
            **steps_of(request, job, at=page_instant(request)),
        }
        return TemplateResponse(request, "admin/shop/job/photo.html", context)

    def picture_view(
        self, request: HttpRequest, object_id: str, photo: int, size: str
    ) -> HttpResponseBase:
        """Also of what is in the trash. Nothing of it may be kept by anything in between."""
        job = self._own_job(request, object_id, *SEEN)
        if job is None:
            return self._missing(request, object_id)
        row = Photo.objects.filter(pk=photo, job=job).first()
        if row is None or size not in media.SIZES:
            raise Http404
        return _guarded(getattr(row, size))

    def original_view(self, request: HttpRequest, object_id: str, photo: int) -> HttpResponseBase:
        job = self._own_job(request, object_id, *SEEN)
        if job is None:
            return self._missing(request, object_id)
        row = Photo.objects.filter(pk=photo, job=job).first()
        if row is None:
            raise Http404
        content_type = mimetypes.guess_type(row.file_name)[0] or OCTETS
        return _guarded(row.original, content_type=content_type, download_as=row.file_name)


def _guarded(file: Any, **options: str) -> HttpResponseBase:
    try:
        response = media.sent(file, **options)
    except FileNotFoundError:
        raise Http404 from None
    response["Cache-Control"] = f"private, max-age={media.keeps_seconds(response)}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def _neighbours(job: Job, view: View, row: Photo) -> tuple[str, str]:
    """The addresses of the photos before and after it in its album. Two queries."""
    rows = chosen(job, View(album=row.album_id))
    # By position, then number: as the grid has them.
    earlier = rows.filter(position__lt=row.position) | rows.filter(
        position=row.position, pk__lt=row.pk
    )
    later = rows.filter(position__gt=row.position) | rows.filter(
        position=row.position, pk__gt=row.pk
    )
    found = (
        earlier.order_by("-position", "-pk").first(),
        later.order_by("position", "pk").first(),
    )
    before, after = (cell(job, other, (), view).url if other else "" for other in found)
    return before, after


def _facts(row: Photo) -> list[tuple[str, str]]:
    facts = [
        (_("Album"), row.album.name),
        (_("Size"), f"{row.width} × {row.height}"),
    ]
    if row.stored_bytes:
        facts.append((_("Stored"), filesizeformat(row.stored_bytes)))
    if row.card_code:
        facts.append((_("Card with the code"), spelling.written(row.card_code)))
    return facts
