"""All codes that a visitor has typed, as cards."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from jobstatus import clock
from shop import access, frame, visit
from shop.gallery import contents, media
from shop.gallery.code_pages import CodePage, code_page
from shop.gallery.thumbnails import Thumbnail, thumbnail
from shop.models import AccessCode
from shop.pages import State

THUMBNAILS = 4  # on a card


@dataclass(frozen=True)
class Card:
    page: CodePage
    thumbnails: tuple[Thumbnail, ...]

    @property
    def is_archived(self) -> bool:
        return self.page.state is State.ARCHIVED


@require_safe
@vary_on_headers("Accept-Language", "Cookie")
def my_photos(request: HttpRequest, studio: str) -> HttpResponse:
    """The visitor's codes of this studio, the archived ones last and greyed out (A7, S2).

    Seven queries whatever their number, and PostgreSQL's clock.
    """
    owner = frame.studio_or_404(studio)
    codes = visit.unlocked(request, owner)
    at = clock.now()
    photos = contents.pictures(
        [code for code in codes if access.is_open(code, at)], most=THUMBNAILS
    )
    cards = []
    for code in _without_empty_archives(codes, at):
        granted = media.grant(request, code.pk, at=at)
        shown = [thumbnail(photo, granted=granted) for photo in photos.get(code.pk, [])]
        cards.append(Card(code_page(code, at=at), tuple(shown)))
    cards.sort(key=lambda card: card.is_archived)
    waits = [seconds for card in cards if (seconds := card.page.changes_in_seconds)]
    context = {"cards": cards, "looks_again_in_seconds": min(waits, default=None)}
    return frame.page(request, owner, "shop/my_photos.html", context)


def _without_empty_archives(codes: Sequence[AccessCode], at: datetime) -> list[AccessCode]:
    """An archived job whose albums are all inactive or deleted is not shown (A7)."""
    archived = {code.pk for code in codes if access.code_state(code, at) is State.ARCHIVED}
    with_albums = contents.jobs_with_active_albums(
        [code.job for code in codes if code.pk in archived and code.job]
    )
    return [code for code in codes if code.pk not in archived or code.job_id in with_albums]
