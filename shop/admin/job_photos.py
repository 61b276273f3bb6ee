"""The tab of a job's photos: albums, thumbnails, what is done to many at once, and back."""

from typing import Any

from django.contrib import messages
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from jobstatus import clock
from jobstatus.admin.job_list import page_instant
from jobstatus.admin.pages import job_context
from jobstatus.models import Job
from shop.admin import photo_changes
from shop.admin.job_uploads import JobUploadsAdmin, upload_context
from shop.admin.photo_grid import Grid, View, address, grid, number, persons, url
from shop.models import Album, Photo, SortingStep
from shop.sorting import albums, trash, undoing
from shop.sorting.albums import AlbumRefused
from shop.sorting.sequence import by_number
from shop.sorting.steps import UNDO_HOURS, can_be_undone

SEEN = ("shop.view_photo", "shop.view_album", "shop.view_subject")
CHANGES = (*SEEN, "shop.change_photo")
ALBUMS = (*SEEN, "shop.add_album", "shop.change_album", "shop.change_photo")
MOST_STEPS_SHOWN = 8


class JobPhotosAdmin(JobUploadsAdmin):
    """Rows are those of the job; the job is a person's own. The upload stands on the same page."""

    def get_urls(self) -> list[Any]:
        pages = [
            ("change/", self.photos_change_view, "photos_change"),
            ("album/", self.photos_album_view, "photos_album"),
            ("undo/", self.photos_undo_view, "photos_undo"),
        ]
        return [*self.pages_of_job("photos/", pages), *super().get_urls()]

    # Each view begins with the job: own and there, or Django's answer for a row that is not.

    def photos_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        job = self._own_job(request, object_id, *SEEN)
        if job is None:
            return self._missing(request, object_id)
        user, at = request.user, page_instant(request)
        shown = grid(job, View.of(request.GET))
        may_change = user.has_perms(CHANGES)
        context = job_context(self, request, job, "photos", back=url(job, "photos")) | {
            "grid": shown,
            "view": shown.view,
            "pages": _pages(shown),
            "persons": persons(job) if may_change else {},
            "may_change": may_change,
            "may_change_albums": user.has_perms(ALBUMS),
            "in_trash": _in_trash(job),
            **steps_of(request, job, at=at),
            **upload_context(request, job),
        }
        return TemplateResponse(request, "admin/shop/job/photos.html", context)

    def photos_change_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """One of the buttons. Back to where it was pressed, with the way to take it back."""
        job = self._own_job(request, object_id, *CHANGES)
        if job is None:
            return self._missing(request, object_id)
        view = View.of(request.POST)
        if request.method != "POST":
            return HttpResponseRedirect(url(job, "photos"))
        order = photo_changes.Order(job, request.POST, view, by=request.user, at=clock.now())
        step = None
        try:
            step = photo_changes.carry_out(order)
        except photo_changes.Refused as error:
            messages.error(request, str(error))
        except OperationalError:
            messages.error(request, busy())
        else:
            if step is None:
                messages.info(request, _("There was nothing to change."))
        return self._back(request, job, view, step)

    def photos_album_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Make an album, or name, show, hide, move and trash one."""
        job = self._own_job(request, object_id, *ALBUMS)
        if job is None:
            return self._missing(request, object_id)
        view = View.of(request.POST)
        if request.method != "POST":
            return HttpResponseRedirect(url(job, "photos"))
        try:
            return self._change_album(request, job, view)
        except AlbumRefused as error:
            messages.error(request, str(error))
        except OperationalError:
            messages.error(request, busy())
        return HttpResponseRedirect(address(job, "photos", view))

    def _change_album(self, request: HttpRequest, job: Job, view: View) -> HttpResponse:
        do, album = request.POST.get("do", ""), view.album or 0
        name = request.POST.get("name", "")
        step: SortingStep | None = None
        if do == "make":
            made = albums.make(job, name)
            text, view = _("The album “%(name)s” is made.") % {"name": made.name}, View(made.pk)
        elif do == "rename":
            named = albums.rename(job, album, name)
            text = _("The album is named “%(name)s”.") % {"name": named}
        elif do == "activate":
            albums.activate(job, album)
            text = _("Customers see the album.")
        elif do == "deactivate":
            albums.deactivate(job, album)
            text = _("No customer sees the album.")
        elif do in _ORDERS:
            albums.sort(job, _ORDERS[do](list(albums.of_job(job)), album))
            text = _("The albums are in a new order.")
        elif do == "trash":
            step = trash.put_album(job, album, by=request.user, at=clock.now())
            if step is None:
                raise AlbumRefused(_("This album is gone, or in the trash."))
            return self._back(request, job, View(), step)
        else:
            raise AlbumRefused(_("Choose what to do with the album."))
        messages.success(request, text)
        self.log_change(request, job, text)
        return HttpResponseRedirect(address(job, "photos", view))

    def photos_undo_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        job = self._own_job(request, object_id, *CHANGES)
        if job is None:
            return self._missing(request, object_id)
        view = View.of(request.POST)
        if request.method == "POST":
            try:
                step = number(request.POST.get("step", "")) or 0
                done = undoing.undo(job, step, at=clock.now())
            except undoing.UndoRefused as error:
                messages.error(request, str(error))
            except OperationalError:
                messages.error(request, busy())
            else:
                messages.success(request, done.told())
                for sentence in done.stayed():
                    messages.warning(request, sentence)
                self.log_change(request, job, done.told())
        return self._back(request, job, view, None)

    def _back(
        self, request: HttpRequest, job: Job, view: View, step: SortingStep | None
    ) -> HttpResponse:
        """To the photos, or to the photo whose page the button was on."""
        if step is not None:
            self.log_change(request, job, step.text)
        more = {"step": step.pk} if step else {}
        photo = number(request.POST.get("page_of", ""))
        here = Photo.objects.filter(pk=photo or 0, job=job, trashed_at__isnull=True)
        if photo is None or not here.exists():
            return HttpResponseRedirect(address(job, "photos", view, **more))
        query = view.query(**more)
        return HttpResponseRedirect(
            f"{url(job, 'photos_photo', photo)}{f'?{query}' if query else ''}"
        )


def steps_of(request: HttpRequest, job: Job, *, at: Any) -> dict[str, Any]:
    """What can be taken back, and what was done just now. One query."""
    rows = SortingStep.objects.filter(job=job, undone_at__isnull=True).order_by("-pk")
    known = [step for step in rows[:MOST_STEPS_SHOWN] if can_be_undone(step, at=at)]
    asked = number(request.GET.get("step", ""))
    return {
        "step": next((step for step in known if step.pk == asked), None),
        "steps": known,
        "undo_hours": UNDO_HOURS,
    }


def busy() -> str:
    return _(
        "Somebody else is changing these photos right now, so nothing was done. Try again in a "
        "moment."
    )


def _pages(shown: Grid) -> dict[str, str]:
    """The addresses of the pages before and after this one."""
    number = shown.page.number if shown.page else 1
    view = shown.view
    return {"previous": view.query(p=number - 1), "next": view.query(p=number + 1)}


def _in_trash(job: Job) -> int:
    return Photo.objects.filter(job=job, trashed_at__isnull=False).count() + (
        Album.objects.filter(job=job, trashed_at__isnull=False).count()
    )


def _moved(rows: list[Album], album: int, by: int) -> list[int]:
    ids = [row.pk for row in rows]
    if album not in ids:
        raise AlbumRefused(_("This album is gone, or in the trash."))
    place = ids.index(album)
    ids.remove(album)
    ids.insert(max(0, place + by), album)
    return ids


_ORDERS: Any = {
    "up": lambda rows, album: _moved(rows, album, -1),
    "down": lambda rows, album: _moved(rows, album, 1),
    "by_name": lambda rows, album: [
        row.pk for row in sorted(rows, key=lambda row: (by_number(row.name), row.pk))
    ],
}
