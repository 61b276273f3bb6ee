"""Tying photos to persons by album, file name or card: choose a way, look, do it (G2)."""

from collections import Counter
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from jobstatus import clock
from jobstatus.admin.job import JobAdmin
from jobstatus.admin.pages import job_context
from jobstatus.models import Job
from shop.admin.job_photos import CHANGES, busy
from shop.admin.photo_grid import View, address, number, persons, url
from shop.models import Subject
from shop.sorting import albums, tying, ways
from shop.sorting.patterns import LONGEST_PATTERN, BadPattern
from shop.sorting.plans import Plan
from shop.sorting.ways import Among, Kind, Way, WayRefused

CONFLICT = 409
MOST_SHOWN = 200  # lines of each list; the counts are of all
EXAMPLES = (
    ("{name}_{number}", "Anna-Lena_Meyer_0012.jpg"),
    ("{number}-{name}", "0012-meyer-anna-lena.jpg"),
    ("{class}_{name}_*", "3b_Müller_Zoe_portrait_2.jpg"),
    ("{code}_*", "7K3M-9QRT-2WXYZ_0012.jpg"),
)


class JobTiesAdmin(JobAdmin):
    """Rows are those of the job; the job is a person's own."""

    def get_urls(self) -> list[Any]:
        pages = [("", self.ties_view, "photos_ties")]
        return [*self.pages_of_job("photos/ties/", pages), *super().get_urls()]

    def ties_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The choice lives in the address. A POST does what was looked at, or shows what is new."""
        job = self._own_job(request, object_id, *CHANGES)
        if job is None:
            return self._missing(request, object_id)
        asked = request.POST if request.method == "POST" else request.GET
        known = persons(job)
        way, alert, status = _way(asked, known), "", 200
        if request.method == "POST" and way is not None:
            try:
                return self._done(request, job, way)
            except tying.PlanChanged:
                status, alert = CONFLICT, _changed()
            except OperationalError:
                alert = busy()
            except (WayRefused, BadPattern):
                pass  # The page says why.
        planned, problem = _planned(job, way, asked, known)
        return self._page(request, job, asked, way, planned, problem or alert, known, status)

    def _done(self, request: HttpRequest, job: Job, way: Way) -> HttpResponse:
        seen = request.POST.get("seen", "")
        step = tying.carry_out(job, way, seen=seen, by=request.user, at=clock.now())
        view = View(album=way.album)
        if step is None:
            messages.info(request, _("There was nothing to change."))
            return HttpResponseRedirect(address(job, "photos", view))
        self.log_change(request, job, step.text)
        return HttpResponseRedirect(address(job, "photos", view, step=step.pk))

    def _page(
        self,
        request: HttpRequest,
        job: Job,
        asked: QueryDict,
        way: Way | None,
        planned: Plan | None,
        alert: str,
        known: dict[str, int],
        status: int,
    ) -> HttpResponse:
        context = job_context(self, request, job, "photos", back=url(job, "photos")) | {
            "subtitle": _("Tie photos to persons"),
            "kinds": [
                (kind.value, label, f"?{urlencode({'way': kind.value})}")
                for kind, label in ways.kinds()
            ],
            "kind": way.kind.value if way else "",
            "way": way,
            "asked": asked,
            "albums": albums.of_job(job),
            "persons": known,
            "examples": EXAMPLES,
            "longest": LONGEST_PATTERN,
            "plan": planned,
            "lines": _lines(job, planned) if planned else None,
            "alert": alert,
            "most": MOST_SHOWN,
        }
        template = "admin/shop/job/ties.html"
        return TemplateResponse(request, template, context, status=status)


def _way(asked: QueryDict, known: dict[str, int]) -> Way | None:
    kind = asked.get("way", "")
    if kind not in list(Kind):
        return None
    return Way(
        kind=Kind(kind),
        album=number(asked.get("album", "")),
        subject=known.get(" ".join(asked.get("person", "").split())),
        pattern=asked.get("pattern", "").replace("\0", ""),
        among=Among.ALL if asked.get("among") == Among.ALL else Among.WITHOUT,
    )


def _planned(
    job: Job, way: Way | None, asked: QueryDict, known: dict[str, int]
) -> tuple[Plan | None, str]:
    """The plan, once enough is chosen, or the sentence that says what is wrong."""
    if way is None:
        return None, ""
    if way.kind is Kind.PATTERN and not way.pattern.strip():
        return None, ""
    if way.kind is Kind.PERSON and not (asked.get("album") or asked.get("person")):
        return None, ""
    try:
        return ways.plan(job, way), ""
    except (WayRefused, BadPattern) as error:
        return None, str(error)


def _lines(job: Job, planned: Plan) -> dict[str, Any]:
    """Who gets how many, by name. One query."""
    names = dict(Subject.objects.filter(job=job).values_list("pk", "name"))
    gets = planned.counts()
    loses = Counter(subject for _photo, subject in planned.gone)
    order = sorted(gets | loses, key=lambda pk: (names.get(pk, ""), pk))
    rows = [(names.get(pk, ""), gets[pk], loses[pk]) for pk in order]
    return {
        "persons": rows[:MOST_SHOWN],
        "more_persons": max(0, len(rows) - MOST_SHOWN),
        "count": len(gets),
        "unclear": planned.unclear[:MOST_SHOWN],
        "without": planned.without[:MOST_SHOWN],
        "loses": len({photo for photo, _subject in planned.gone}),
    }


def _changed() -> str:
    return _(
        "The photos or persons changed since this page was shown, so nothing was done. Look at "
        "what would happen now."
    )
