"""The pages of the shop. Each reads the clock once and shows what `pages` makes of it."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from jobstatus import clock
from shop.models import Storefront
from shop.pages import job_page


# Takes no form: a POST is answered "not allowed", not with a lecture on cookies.
@csrf_exempt
@require_safe
@vary_on_headers("Accept-Language", "Cookie")
def job(request: HttpRequest, slug: str) -> HttpResponse:
    """The public page of a job. One query, and one more for PostgreSQL's clock."""
    languages = _choose_language(request)
    storefront = Storefront.objects.select_related("job__studio").filter(slug=slug.lower()).first()
    if storefront is None:
        # Not Http404: the demo, too, shows customers this page and not a developer's.
        response = render(request, "shop/not_found.html", status=404)
    else:
        page = job_page(storefront.job, at=clock.now())
        response = render(request, "shop/job.html", {"page": page, "languages": languages})
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    return response


def _choose_language(request: HttpRequest) -> list[tuple[str, str]]:
    """Speak the language that the address asks for, else the browser's. Returns the offered ones.

    In the address and not in a cookie: looking at a page leaves nothing on a visitor's device.
    """
    offered = [
        (code, translation.get_language_info(code)["name_local"]) for code, _ in settings.LANGUAGES
    ]
    wanted = request.GET.get("lang")
    if wanted in dict(offered):
        translation.activate(wanted)
    return offered
