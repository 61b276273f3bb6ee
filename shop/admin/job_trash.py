"""The trash of a job's photos: what is in it, for how long, and the way back (A14)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import OperationalError
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from jobstatus.admin.job import JobAdmin
from jobstatus.admin.job_list import page_instant
from jobstatus.admin.pages import job_context
from jobstatus.ahead import Coming, Outlook
from jobstatus.models import Job
from shop.admin.job_photos import CHANGES, SEEN, busy
from shop.admin.photo_grid import PAGE_SIZE, View, cells, number, url
from shop.models import Album, Photo
from shop.sorting import trash
from shop.sorting.steps import MOST_PHOTOS
from shop.storing import ahead
from shop.storing.purging import KEPT_IN_TRASH, WENT_ALONG


@dataclass(frozen=True)
class TrashedAlbum:
    pk: int
    name: str
    photos: int
    left: str


class JobTrashAdmin(JobAdmin):
    """Rows are those of the job; the job is a person's own."""

    def get_urls(self) -> list[Any]:
        pages = [("", self.trash_view, "photos_trash")]
        return [*self.pages_of_job("photos/trash/", pages), *super().get_urls()]

    def coming(self, request: HttpRequest, outlook: Outlook) -> Iterable[Coming]:
        yield from super().coming(request, outlook)
        if request.user.has_perms(SEEN):
            yield from ahead.purges(outlook)

    def trash_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Look, and bring back by a POST: an album with its photos, or photos."""
        needed = (*CHANGES, "shop.change_album") if request.method == "POST" else SEEN
        job = self._own_job(request, object_id, *needed)
        if job is None:
            return self._missing(request, object_id)
        if request.method == "POST":
            self._restore(request, job)
            return HttpResponseRedirect(url(job, "photos_trash"))
        at = page_instant(request)
        page: Any = Paginator(_single(job).order_by("-trashed_at", "pk"), PAGE_SIZE).get_page(
            number(request.GET.get("p", "")) or 1
        )
        rows = list(page.object_list)
        page.object_list = [
            (cell, _left(row.trashed_at, at))
            for row, cell in zip(rows, cells(job, rows, View()), strict=True)
        ]
        context = job_context(self, request, job, "photos", back=url(job, "photos")) | {
            "subtitle": _("Trash"),
            "albums": _albums(job, at),
            "page": page,
            "kept_days": KEPT_IN_TRASH.days,
            "may_change": request.user.has_perms((*CHANGES, "shop.change_album")),
        }
        return TemplateResponse(request, "admin/shop/job/trash.html", context)

    def _restore(self, request: HttpRequest, job: Job) -> None:
        album = number(request.POST.get("album", ""))
        try:
            if album is not None:
                found = trash.restore_album(job, album)
            else:
                found = trash.restore_photos(job, _chosen(request, job))
        except OperationalError:
            messages.error(request, busy())
            return
        if not (found.photos or found.albums or trash.stayed(found)):
            messages.info(request, _("Nothing was chosen that is in the trash."))
            return
        for sentence in trash.stayed(found):
            messages.warning(request, sentence)
        if found.photos or found.albums:
            messages.success(request, trash.told(found))
            self.log_change(request, job, trash.told(found))


def _chosen(request: HttpRequest, job: Job) -> list[int]:
    if request.POST.get("all"):
        return list(_single(job).order_by("pk").values_list("pk", flat=True)[:MOST_PHOTOS])
    found = [number(text) for text in request.POST.getlist("photo")]
    return [pk for pk in found if pk is not None][:MOST_PHOTOS]


def _single(job: Job) -> QuerySet[Photo]:
    """Photos in the trash that did not go there with their album."""
    trashed = Photo.objects.filter(job=job, trashed_at__isnull=False).select_related("album")
    return trashed.exclude(trashed_at=F("album__trashed_at"), album__trashed_at__isnull=False)


def _albums(job: Job, at: datetime) -> list[TrashedAlbum]:
    rows = Album.objects.filter(job=job, trashed_at__isnull=False)
    return [
        TrashedAlbum(album.pk, album.name, album.went, _left(album.trashed_at, at))
        for album in rows.annotate(went=WENT_ALONG).order_by("-trashed_at", "pk")
        if album.trashed_at is not None
    ]


def _left(trashed_at: datetime | None, at: datetime) -> str:
    if trashed_at is None:
        return ""
    days = trash.days_left(trashed_at, at=at)
    if not days:
        return _("is deleted soon")
    text = ngettext("%(count)d more day", "%(count)d more days", days)
    return text % {"count": days}
