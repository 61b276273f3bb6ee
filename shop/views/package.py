"""The choice of several photos for a package."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from jobstatus import clock
from shop import frame, visit
from shop.gallery import contents, media
from shop.gallery.code_pages import CodePage, code_page
from shop.gallery.offers import offer
from shop.gallery.page import MOST_PHOTOS
from shop.gallery.thumbnails import Thumbnail, thumbnail
from shop.models import Product
from shop.models.basket import HIGHEST_QUANTITY

MOST_CHOSEN_BEFOREHAND = 20  # photos that an address may name; no package has more


@dataclass(frozen=True)
class Choice:
    """A photo to tick. `pick` names it together with its code, as the basket wants it."""

    pick: str
    thumbnail: Thumbnail
    is_chosen: bool


@dataclass(frozen=True)
class Section:
    page: CodePage
    choices: tuple[Choice, ...]


@require_safe
@vary_on_headers("Accept-Language", "Cookie")
def package(request: HttpRequest, studio: str, product: int) -> HttpResponse:
    """Photos of all open codes whose job sells by the package's price list (S2, S3).

    Seven queries whatever the number of codes and photos, and PostgreSQL's clock.
    """
    owner = frame.studio_or_404(studio)
    on_sale = Product.objects.filter(price_list__studio=owner, is_active=True, picture_count__gt=1)
    chosen = on_sale.select_related("price_list").filter(pk=product).first()
    if chosen is None:
        raise Http404
    at = clock.now()
    codes = contents.open_with(visit.unlocked(request, owner), chosen.price_list_id, at=at)
    if not codes:
        raise Http404
    photos = contents.pictures(codes, most=MOST_PHOTOS)
    picked = frozenset(request.GET.getlist("photo")[:MOST_CHOSEN_BEFOREHAND])
    sections = []
    for code in codes:
        granted = media.grant(request, code.pk, at=at)
        choices = []
        for photo in photos[code.pk]:
            pick, shown = f"{code.pk}:{photo.pk}", thumbnail(photo, granted=granted)
            choices.append(Choice(pick, shown, pick in picked))
        sections.append(Section(code_page(code, at=at), tuple(choices)))
    waits = [seconds for part in sections if (seconds := part.page.changes_in_seconds)]
    context = {
        "offer": offer(chosen),
        "sections": sections,
        "highest_quantity": HIGHEST_QUANTITY,
        "looks_again_in_seconds": min(waits, default=None),
    }
    return frame.page(request, owner, "shop/package.html", context)
