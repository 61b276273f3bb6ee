"""The tab of a prepay job: its shop, its orders, their photos and their release (P1, P2)."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from jobstatus import clock
from jobstatus.admin.job import JobAdmin
from jobstatus.admin.pages import job_context
from jobstatus.lifecycle import Kind
from jobstatus.models import Job
from shop import links
from shop.admin import prepay_facts, prepay_forms
from shop.codes import spelling
from shop.models import PrepayShop, SameChild
from shop.populating import planning, releasing, writing
from shop.prepay import joining

SEEN = ("shop.view_order", "shop.view_subject")
SETS = (*SEEN, "shop.change_storefront")
CHOOSES = (*SEEN, "shop.change_order")
JOINS = (*SEEN, "shop.change_subject")
DONE, CONFLICT, BUSY = 302, 409, 503


class JobPrepayAdmin(JobAdmin):
    """Rows are those of the job; the job is a person's own."""

    def extra_tabs(self, request: HttpRequest, job: Job) -> dict[str, str]:
        is_there = job.kind == Kind.PREPAY or PrepayShop.objects.filter(job=job).exists()
        own = {"prepay": _("Prepay")} if is_there and request.user.has_perms(SEEN) else {}
        return own | super().extra_tabs(request, job)

    def get_urls(self) -> list[Any]:
        pages = [
            ("", self.prepay_view, "prepay"),
            ("populate/", self.populate_view, "prepay_populate"),
            ("release/", self.release_view, "prepay_release"),
            ("children/", self.children_view, "prepay_children"),
        ]
        return [*self.pages_of_job("prepay/", pages), *super().get_urls()]

    # Each view begins with the job: own and there, or Django's answer for a row that is not.

    def prepay_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Figures and the shop's settings; those are fixed once the job is a standard one."""
        job = self._own_job(request, object_id, *(SETS if request.method == "POST" else SEEN))
        if job is None:
            return self._missing(request, object_id)
        is_open = job.kind == Kind.PREPAY and request.user.has_perms(SETS)
        settings = None
        if is_open:
            data = request.POST if request.method == "POST" else None
            settings = prepay_forms.settings_of(job, data)
            if data is not None and settings.is_valid:
                for label in prepay_forms.save(job, settings):
                    text = _("“%(question)s” stays: somebody has answered it.")
                    messages.warning(request, text % {"question": label})
                text = _("The prepay shop is saved.")
                messages.success(request, text)
                self.log_change(request, job, text)
                return HttpResponseRedirect(_url(job, "prepay"))
        return self._prepay_page(request, job, settings)

    def populate_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Look, and choose the photos by a POST that says what was looked at."""
        job = self._own_job(request, object_id, *(CHOOSES if request.method == "POST" else SEEN))
        if job is None:
            return self._missing(request, object_id)
        alert, status = self._tried(request, job, _populate)
        if status == DONE:
            return HttpResponseRedirect(_url(job, "prepay"))
        plan = planning.plan(job)
        context = self._prepay_context(request, job, _("Populate photos")) | {
            "plan": plan,
            "rows": prepay_facts.rows(plan),
            "more": max(0, len(plan.outcomes) - prepay_facts.MOST_SHOWN),
            "missing": sum(outcome.waits for outcome in plan.outcomes),
            "seen": plan.mark(),
            "alert": alert,
            "may_choose": request.user.has_perms(CHOOSES),
        }
        template = "admin/shop/job/populate.html"
        return TemplateResponse(request, template, context, status=status)

    def _tried(
        self, request: HttpRequest, job: Job, act: Callable[[HttpRequest, Job], str]
    ) -> tuple[str, int]:
        """Act by a POST; say and log what it did. What went wrong instead, and the answer's
        status, which is DONE if there is nothing more to show.
        """
        if request.method != "POST":
            return "", 200
        try:
            text = act(request, job)
        except writing.PlanChanged:
            return changed(), CONFLICT
        except OperationalError:
            return busy(), BUSY
        messages.success(request, text)
        self.log_change(request, job, text)
        return "", DONE

    def release_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """All complete, paid orders go to production, after a confirmation."""
        job = self._own_job(request, object_id, *CHOOSES)
        if job is None:
            return self._missing(request, object_id)
        alert, status = self._tried(request, job, _release)
        if status == DONE:
            return HttpResponseRedirect(_url(job, "prepay"))
        chosen = releasing.all_complete(job)
        held = [outcome for outcome in chosen.planned.outcomes if not outcome.is_released]
        context = self._prepay_context(request, job, _("Release for production")) | {
            "chosen": chosen,
            "count": len(chosen.ready),
            "staying": len(held) - len(chosen.ready),
            "seen": chosen.mark(),
            "alert": alert,
        }
        template = "admin/shop/job/release.html"
        return TemplateResponse(request, template, context, status=status)

    def children_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Two persons are one child, or they are two."""
        job = self._own_job(request, object_id, *JOINS)
        if job is None:
            return self._missing(request, object_id)
        if request.method == "POST":
            asked = request.POST.get("pair", "")
            is_key = asked.isascii() and asked.isdecimal() and len(asked) <= 18
            pairs = SameChild.objects.filter(first__job=job, second__job=job)
            pair = pairs.filter(pk=int(asked)).first() if is_key else None
            if pair is None:
                messages.info(request, _("This pair was decided about already."))
            elif "join" in request.POST:
                self._join(request, pair)
            else:
                joining.part(pair.pk, by=request.user, clock=clock.now)
                messages.success(request, _("They stay two children."))
        return HttpResponseRedirect(_url(job, "prepay"))

    def _join(self, request: HttpRequest, pair: SameChild) -> None:
        try:
            child = joining.join(pair.first_id, pair.second_id, by=request.user, clock=clock.now)
        except joining.JoinRefused as error:
            messages.error(request, str(error))
        else:
            text = _("“%(name)s” is one child now. Both access codes open its photos.")
            messages.success(request, text % {"name": child.name})

    def _prepay_context(self, request: HttpRequest, job: Job, subtitle: str) -> dict[str, Any]:
        context = job_context(self, request, job, "prepay", back=_url(job, "prepay"))
        return context | {"subtitle": subtitle, "tab_url": _url(job, "prepay")}

    def _prepay_page(
        self, request: HttpRequest, job: Job, settings: prepay_forms.Settings | None
    ) -> HttpResponse:
        user = request.user
        shop = PrepayShop.objects.select_related("price_list").filter(job=job).first()
        context = self._prepay_context(request, job, _("Prepay")) | {
            "shop": shop,
            "code": spelling.written(shop.code) if shop else "",
            "entry_url": links.absolute(reverse("prepay:entry", args=[job.studio.slug])),
            "settings": settings,
            "prepay": prepay_facts.figures(job, is_prepay=True),
            "standard": prepay_facts.figures(job, is_prepay=False),
            "pairs": joining.offered(job),
            "may_join": user.has_perms(JOINS),
            "may_choose": user.has_perms(CHOOSES),
        }
        return TemplateResponse(request, "admin/shop/job/prepay.html", context)


def _url(job: Job, name: str) -> str:
    return reverse(f"admin:jobstatus_job_{name}", args=[job.pk])


def _populate(request: HttpRequest, job: Job) -> str:
    seen = request.POST.get("seen", "")
    done = writing.populate(job.pk, by=request.user, clock=clock.now, seen=seen)
    return ngettext(
        "Photos are chosen for %(count)d order: %(photos)d.",
        "Photos are chosen for %(count)d orders: %(photos)d.",
        done.orders,
    ) % {"photos": done.photos, "count": done.orders}


def _release(request: HttpRequest, job: Job) -> str:
    seen = request.POST.get("seen", "")
    count = releasing.release_all(job.pk, by=request.user, clock=clock.now, seen=seen)
    return ngettext(
        "%(count)d order is released for production.",
        "%(count)d orders are released for production.",
        count,
    ) % {"count": count}


def changed() -> str:
    return _(
        "The facts changed since this page was shown, so nothing was done. Look at what "
        "would happen now and confirm again."
    )


def busy() -> str:
    return _(
        "Somebody else is changing this job right now, so nothing was done. Your input is "
        "kept: confirm again in a moment."
    )
