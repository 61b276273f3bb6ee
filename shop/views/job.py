"""The pages of the shop. Each reads the clock once and shows what `pages` makes of it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from jobstatus import clock
from shop.frame import choose_language, private
from shop.models import PrepayShop, Storefront
from shop.pages import State, job_page


# Takes no form: a POST is answered "not allowed", not with a lecture on cookies.
@csrf_exempt
@require_safe
@vary_on_headers("Accept-Language", "Cookie")
def job(request: HttpRequest, slug: str) -> HttpResponse:
    """The public page of a job. One query, and one more for PostgreSQL's clock and for prepay."""
    languages = choose_language(request)
    storefront = Storefront.objects.select_related("job__studio").filter(slug=slug.lower()).first()
    if storefront is None:
        # Not Http404: the demo, too, shows customers this page and not a developer's.
        response = render(request, "shop/not_found.html", status=404)
    else:
        page = job_page(storefront.job, at=clock.now())
        context = {
            "page": page,
            "languages": languages,
            "storefront": storefront,
            "prepay_url": _prepay_url(storefront) if page.state is State.PREPAY else "",
        }
        response = render(request, "shop/job.html", context)
    return private(response)


def _prepay_url(storefront: Storefront) -> str:
    """To the order form, or to the field for its code if one is needed."""
    shop: PrepayShop | None = getattr(storefront.job, "prepay_shop", None)
    slug = storefront.job.studio.slug
    if shop is None:
        return ""
    if shop.entry == PrepayShop.Entry.NAME:
        return reverse("prepay:shop", args=[slug, shop.pk])
    return reverse("prepay:entry", args=[slug])
