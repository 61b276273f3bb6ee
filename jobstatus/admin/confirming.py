"""The ways to the confirmation page: from one job, from the job list, and its answers."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from jobstatus.admin.confirmation import Confirmation
from jobstatus.admin.control import Steps
from jobstatus.models import Job

if TYPE_CHECKING:
    from jobstatus.admin.job import JobAdmin

LONGEST_ID = 18  # digits; more is no number that the database knows
BULK_LIMIT = 1000  # jobs in one confirmed change; it is one transaction


def confirm_one(page: "JobAdmin", request: HttpRequest, job: Job, steps: Steps) -> HttpResponse:
    back = safe_way_back(request, page.settings_url(job))
    confirmation = Confirmation(page, request, steps, [job.pk], job, back)
    return confirmation.answer() if request.method == "POST" else confirmation.show()


def confirm_chosen(page: "JobAdmin", request: HttpRequest, steps: Steps) -> HttpResponse:
    """The answer to the page that `choose` showed. Ids of other studios count as missing."""
    back = safe_way_back(request, page.list_url())
    asked = set(ids_in(request.POST.get("jobs", "")))
    if len(asked) > BULK_LIMIT:
        messages.error(request, _too_many())
        return HttpResponseRedirect(back)
    own = list(page.get_queryset(request).filter(pk__in=asked).values_list("pk", flat=True))
    missing = len(asked) - len(own)
    if not own:
        messages.error(request, _("These jobs no longer exist."))
        return HttpResponseRedirect(back)
    return Confirmation(page, request, steps, own, None, back, missing).answer()


def choose(page: "JobAdmin", request: HttpRequest, steps: Steps, jobs: Any) -> HttpResponse | None:
    """The action of the job list: nothing happens yet, the confirmation page is shown."""
    ids = list(jobs.order_by("-pk").values_list("pk", flat=True)[: BULK_LIMIT + 1])
    if len(ids) > BULK_LIMIT:
        messages.error(request, _too_many())
        return None
    if not ids:
        messages.error(request, _("These jobs no longer exist."))
        return None
    return Confirmation(page, request, steps, ids, None, request.get_full_path()).show()


def _too_many() -> str:
    return _(
        "At most %(count)d jobs can be changed at once. Choose fewer, for example with a filter."
    ) % {"count": BULK_LIMIT}


def ids_in(text: str) -> Iterable[int]:
    """The numbers in a hidden field. What no row can have as its number is left out."""
    parts = (part for part in text.split(",") if len(part) <= LONGEST_ID)
    return (int(part) for part in parts if part.isascii() and part.isdecimal())


def safe_way_back(request: HttpRequest, default: str) -> str:
    """Where one came from, if that is a page of this site."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    is_local = asked.startswith("/") and url_has_allowed_host_and_scheme(
        asked, allowed_hosts=None, require_https=request.is_secure()
    )
    return asked if is_local else default
