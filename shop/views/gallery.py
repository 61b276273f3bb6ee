"""A code's photos: all of them on one page, and each on its own."""

from datetime import datetime

from django.contrib.messages import get_messages
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from jobstatus import clock
from jobstatus.models import Studio
from shop import access, frame, visit
from shop.gallery import contents, glance, media
from shop.gallery import page as gallery_page
from shop.gallery.code_pages import code_page
from shop.gallery.offers import offers
from shop.gallery.thumbnails import scaled
from shop.models import AccessCode, PrepayShop
from shop.models.basket import HIGHEST_QUANTITY
from shop.pages import State

PREVIEW_PIXELS = 1600  # of the longer side


@require_safe
@vary_on_headers("Accept-Language", "Cookie")
def gallery(request: HttpRequest, studio: str, code: int) -> HttpResponse:
    """All photos of a code, or why they are not shown now (S1, S3).

    One query, and one more for the photos if they changed. Unchanged since the last visit: "304 Not
    Modified", photos untouched.
    """
    seen = glance.of_visitor(request, code, studio)
    if seen is None:
        raise Http404
    at = clock.now() if seen.read_at is None else clock.of_database(seen.read_at)
    if not access.is_open(seen.code, at):
        return _closed(request, seen.whole(), at)
    frame.choose_language(request)
    facts = gallery_page.facts_of(seen, at=at)
    moment = gallery_page.moment_of(request, seen.code, at=at)
    # Without a version nobody knows whether the photos are still those that a browser keeps.
    if seen.version is None or len(get_messages(request)):
        once = gallery_page.shown_once(request, seen, facts, moment)
        return frame.private(HttpResponse(once))
    etag = moment.etag(facts)
    response = get_conditional_response(request, etag=etag) or HttpResponse(
        gallery_page.kept(seen, facts, moment)
    )
    frame.private(response)
    # The browser may keep it, and asks each time whether it is still true.
    response["Cache-Control"] = "private, no-cache"
    response["ETag"] = etag
    return response


@require_safe
@vary_on_headers("Accept-Language", "Cookie")
def photo(request: HttpRequest, studio: str, code: int, photo: int) -> HttpResponse:
    """One photo with what can be ordered of it (S3). Five queries, and PostgreSQL's clock."""
    opened = code_or_404(request, studio, code)
    at = clock.now()
    if opened.subject is None or not access.is_open(opened, at):
        return redirect("shop:gallery", studio_of(opened).slug, code)
    rows = contents.photos_of(opened.subject).values_list("pk", "is_group", "width", "height")
    photos = list(rows)
    place = next((n for n, row in enumerate(photos) if row[0] == photo), None)
    if place is None:
        raise Http404
    _pk, is_group, *size = photos[place]
    width, height = scaled(size[0], size[1], PREVIEW_PIXELS)
    context = {
        "page": code_page(opened, at=at),
        "number": place + 1,
        "count": len(photos),
        "previous": photos[place - 1][0] if place > 0 else None,
        "next": photos[place + 1][0] if place + 1 < len(photos) else None,
        "is_group": is_group,
        "address": media.picture_url(request, opened, photo, "preview", at=at),
        "width": width,
        "height": height,
        "pick": f"{opened.pk}:{photo}",
        "offers": offers(contents.price_list_of(opened)),
        "highest_quantity": HIGHEST_QUANTITY,
    }
    return frame.page(request, studio_of(opened), "shop/photo.html", context)


def code_or_404(request: HttpRequest, studio: str, code: int) -> AccessCode:
    """A code that this visitor has typed, with all that its pages need. Two queries.

    One and the same answer for codes of others, of other studios, dead ones and none.
    """
    if code not in visit.known_ids(request):
        raise Http404
    rows = AccessCode.objects.filter(
        pk=code, studio__slug=studio.lower(), job__studio=F("studio"), subject__isnull=False
    )
    loaded = rows.select_related(
        "job__studio__terms", "job__storefront__price_list", "subject__album"
    )
    found = loaded.first()
    if found is None:
        raise Http404
    found.studio = studio_of(found)
    return found


def studio_of(code: AccessCode) -> Studio:
    return contents.job_of(code).studio


def _closed(request: HttpRequest, code: AccessCode, at: datetime) -> HttpResponse:
    """Why there are no photos now, and the offer to be told when there are (L2, L6)."""
    studio, page = studio_of(code), code_page(code, at=at)
    action = reverse("shop:tell_me", args=[studio.slug, code.pk]) if page.can_be_told else ""
    context = {"page": page, "action": action, "prepay_url": _prepay_url(code, page.state)}
    return frame.page(request, studio, "shop/closed.html", context)


def _prepay_url(code: AccessCode, state: State) -> str:
    """Where something can be ordered for this child before the photos exist."""
    if state is not State.PREPAY or code.job is None:
        return ""
    shop = PrepayShop.objects.filter(job=code.job).first()
    return reverse("prepay:known", args=[studio_of(code).slug, shop.pk, code.pk]) if shop else ""
