"""The pages of the shop. Each reads the clock once and shows what `pages` makes of it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from jobstatus import clock
from shop.frame import choose_language, private
from shop.models import Storefront
from shop.pages import job_page


# Takes no form: a POST is answered "not allowed", not with a lecture on cookies.
@csrf_exempt
@require_safe
@vary_on_headers("Accept-Language", "Cookie")
def job(request: HttpRequest, slug: str) -> HttpResponse:
    """The public page of a job. One query, and one more for PostgreSQL's clock."""
    languages = choose_language(request)
    storefront = Storefront.objects.select_related("job__studio").filter(slug=slug.lower()).first()
    if storefront is None:
        # Not Http404: the demo, too, shows customers this page and not a developer's.
        response = render(request, "shop/not_found.html", status=404)
    else:
        page = job_page(storefront.job, at=clock.now())
        context = {"page": page, "languages": languages, "storefront": storefront}
        response = render(request, "shop/job.html", context)
    return private(response)
