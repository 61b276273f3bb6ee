"""What a studio stores: of its quota, by job and by album, on a page of the studio (A13)."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.core.paginator import Page, Paginator
from django.db.models import Count, F, QuerySet, Sum, Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jobstatus.admin.base import SuperuserOnly
from jobstatus.admin.studio import StudioAdmin
from jobstatus.lifecycle import Status
from jobstatus.models import Job, Studio
from shop.models import Album, Photo, StorageQuota
from shop.storing import quota

if TYPE_CHECKING:
    AnyStackedInline = admin.StackedInline[Any, Any]
else:
    AnyStackedInline = admin.StackedInline

SEEN = ("jobstatus.view_job", "shop.view_photo")
PAGE_SIZE = 50
MOST_ALBUMS = 200  # of the jobs on a page


class StorageQuotaInline(SuperuserOnly, AnyStackedInline):
    """What was agreed with a studio, not what it would like."""

    model = StorageQuota
    extra = max_num = 1
    can_delete = False
    verbose_name = gettext_lazy("Storage")


@dataclass(frozen=True)
class AlbumUse:
    name: str
    is_trashed: bool
    photos: int
    bytes: int


@dataclass(frozen=True)
class JobUse:
    name: str
    url: str
    status: str
    status_label: str
    bytes: int
    albums: list[AlbumUse]


class StorageOfStudioAdmin(StudioAdmin):
    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.storage_view)
        own = path("<path:object_id>/storage/", view, name="jobstatus_studio_storage")
        return [own, *super().get_urls()]

    def storage_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Nine queries, whatever the studio has. Nothing here looks at all photos."""
        studio = self._own_row(request, object_id)
        if studio is None or not request.user.has_perms(SEEN):
            return self._missing(request, object_id)
        jobs = _jobs(studio)
        page: Page[Any] = Paginator(jobs, PAGE_SIZE).get_page(request.GET.get("p", "1"))
        page.object_list = _with_albums(list(page.object_list))
        archived = jobs.filter(status=Status.ARCHIVED).aggregate(sum=Sum("weight"))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": studio.name,
            "subtitle": _("Storage"),
            "studio": studio,
            "use": quota.use_of(studio),
            "archived_bytes": archived["sum"] or 0,
            "trashed_bytes": _trashed(studio),
            "page": page,
        }
        return TemplateResponse(request, "admin/shop/storage.html", context)


def _jobs(studio: Studio) -> QuerySet[Any, Any]:
    weight = Coalesce(F("storefront__stored_bytes"), Value(0))
    rows: QuerySet[Any, Any] = Job.objects.filter(studio=studio).annotate(weight=weight)
    return rows.order_by("-weight", "-pk")


def _with_albums(jobs: list[Any]) -> list[JobUse]:
    """One query for the albums of all these jobs."""
    rows = Album.objects.filter(job__in=[job.pk for job in jobs]).annotate(
        bytes=Coalesce(Sum("photos__stored_bytes"), Value(0)),
        count=Count("photos"),
    )
    albums: dict[int, list[AlbumUse]] = {}
    for row in rows.order_by("-bytes", "pk"):
        use = AlbumUse(row.name, row.trashed_at is not None, row.count, row.bytes)
        albums.setdefault(row.job_id, []).append(use)
    return [
        JobUse(
            name=job.name,
            url=reverse("admin:jobstatus_job_photos", args=[job.pk]),
            status=job.status,
            status_label=job.get_status_display(),
            bytes=job.weight,
            albums=albums.get(job.pk, [])[:MOST_ALBUMS],
        )
        for job in jobs
    ]


def _trashed(studio: Studio) -> int:
    """By the index of what is in the trash."""
    gone = Photo.objects.filter(trashed_at__isnull=False, job__studio=studio)
    sums: dict[str, Any] = gone.aggregate(sum=Sum("stored_bytes"))
    return sums["sum"] or 0
