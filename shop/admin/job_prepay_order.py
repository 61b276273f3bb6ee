"""One prepay order on its job's tab: released or held again, and photos chosen by hand (P2)."""

from typing import Any

from django.contrib import messages
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from jobstatus import clock
from jobstatus.models import Job
from shop.admin.job_prepay import CHOOSES, JobPrepayAdmin, busy, changed
from shop.admin.photo_grid import number
from shop.models import Order
from shop.orders import ChangeRefused
from shop.populating import picking, releasing, writing


class JobPrepayOrderAdmin(JobPrepayAdmin):
    """Rows are those of the job; the job is a person's own."""

    def get_urls(self) -> list[Any]:
        pages = [
            ("orders/<int:order>/", self.prepay_order_view, "prepay_order"),
            ("orders/<int:order>/lines/<int:line>/", self.prepay_line_view, "prepay_line"),
        ]
        return [*self.pages_of_job("prepay/", pages), *super().get_urls()]

    def prepay_order_view(self, request: HttpRequest, object_id: str, order: int) -> HttpResponse:
        """Release this order, also one that is not paid yet, or hold it again."""
        job = self._own_job(request, object_id, *CHOOSES)
        if job is None:
            return self._missing(request, object_id)
        row = _order(job, order)
        if request.method == "POST":
            try:
                if "hold" in request.POST:
                    releasing.take_back(row.pk, by=request.user, clock=clock.now)
                    messages.success(request, _("Order %(number)s is held again.") % _of(row))
                elif releasing.release_one(
                    job.pk, row.pk, by=request.user, clock=clock.now, seen=None
                ):
                    text = _("Order %(number)s is released for production.")
                    messages.success(request, text % _of(row))
                else:
                    text = _("Order %(number)s is not complete, so it stays held.")
                    messages.warning(request, text % _of(row))
            except ChangeRefused as refusal:
                messages.warning(request, str(refusal))
            except writing.PlanChanged:
                messages.warning(request, changed())
            except OperationalError:
                messages.warning(request, busy())
        return HttpResponseRedirect(_url(job, "prepay_populate"))

    def prepay_line_view(
        self, request: HttpRequest, object_id: str, order: int, line: int
    ) -> HttpResponse:
        """The places of a line, and the photos of the child that can be put there."""
        job = self._own_job(request, object_id, *CHOOSES)
        if job is None:
            return self._missing(request, object_id)
        row = _order(job, order)
        picker = picking.picker(job, row, line)
        if picker is None:
            raise Http404
        if request.method == "POST":
            try:
                picking.pick(
                    job.pk,
                    row.pk,
                    line,
                    number(request.POST.get("place", "")) or 0,
                    number(request.POST.get("photo", "")) or 0,
                    by=request.user,
                    clock=clock.now,
                    seen=request.POST.get("seen", ""),
                )
            except ChangeRefused as refusal:
                messages.warning(request, str(refusal))
            except OperationalError:
                messages.warning(request, busy())
            return HttpResponseRedirect(_url(job, "prepay_line", row.pk, line))
        context = self._prepay_context(request, job, _("Choose photos by hand")) | {
            "order": row,
            "picker": picker,
            "filled": [(place, picker.mark(place.number)) for place in picker.places],
            "photos": picker.photos,
            "populate_url": _url(job, "prepay_populate"),
        }
        return TemplateResponse(request, "admin/shop/job/pick.html", context)


def _order(job: Job, pk: int) -> Order:
    """A prepay order of this job. Raises Http404."""
    row = Order.objects.prepay().filter(pk=pk, prepay_shop__job=job).first()
    if row is None:
        raise Http404
    return row


def _of(order: Order) -> dict[str, int]:
    return {"number": order.number}


def _url(job: Job, name: str, *more: int) -> str:
    return reverse(f"admin:jobstatus_job_{name}", args=[job.pk, *more])
