"""A gallery's page as HTML, kept for as long as nothing on it changes.

Two hundred photos cost ten times the rest of the page, and the rest ten times the queries. Both are
kept under keys that name all they show: the photos by the gallery's version, which the database
counts (docs/decisions/015), the rest by its facts. What changed has another key, so that nothing
stale can be shown. What differs from visitor to visitor and from second to second is filled in.
"""

import hashlib
import math
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from jobstatus import deadlines
from shop import frame
from shop.gallery import contents, media, revisit
from shop.gallery.code_pages import code_page
from shop.gallery.glance import Glance
from shop.gallery.thumbnails import thumbnail
from shop.models import AccessCode

MOST_PHOTOS = 1000  # on one page
KEPT_SECONDS = 24 * 60 * 60
# Places to fill. Text that a person wrote is escaped and cannot look like the first two, and in the
# grid, where the third one stands, there is none.
PHOTOS, SECONDS, GRANT = SafeString("<photos>"), SafeString("<seconds>"), "~grant~"


@dataclass(frozen=True)
class Facts:
    """All that the page shows, as plain values. What is not here must not be in its template."""

    row: tuple[Any, ...]  # the glance at the code, its job and what is on sale
    basket_count: int
    language: str
    day: date  # in the studio's zone, for the countdown
    is_orderable: bool  # or else open by late access

    @cached_property
    def key(self) -> str:
        return _digest(revisit.release(), self)


def facts_of(seen: Glance, *, at: datetime) -> Facts:
    """In the language that is spoken now. No query."""
    job = contents.job_of(seen.code)
    return Facts(
        row=seen.row,
        basket_count=seen.basket_count,
        language=get_language() or "",
        day=deadlines.local_date(at, job.studio.timezone),
        is_orderable=job.is_orderable(at),
    )


@dataclass(frozen=True)
class Moment:
    """What differs from visitor to visitor and from second to second."""

    at: datetime
    granted: str
    looks_again_in_seconds: int
    stretch: int

    def etag(self, facts: Facts) -> str:
        return f'"{_digest(facts.key, self.granted, self.stretch)}"'


def moment_of(request: HttpRequest, code: AccessCode, *, at: datetime) -> Moment:
    seconds = math.ceil((_changes_at(code, at) - at) / timedelta(seconds=1))
    wait, stretch = revisit.stretch(max(1, seconds), at)
    return Moment(at, media.grant(request, code.pk, at=at), wait, stretch)


def _changes_at(code: AccessCode, at: datetime) -> datetime:
    """Until when the page stays true: the closing, the next day, the end of its addresses.

    Photos further down the page are fetched late, by addresses that do not live long.
    """
    job = contents.job_of(code)
    zone = job.studio.timezone
    today_ends = deadlines.end_of_day(deadlines.local_date(at, zone), zone)
    ends = [at + media.grants_outlast(at), today_ends]
    if job.is_orderable(at) and job.closes_at is not None:
        ends.append(job.closes_at)
    elif not job.is_orderable(at) and code.late_until_date is not None:
        ends.append(deadlines.end_of_day(code.late_until_date, zone))
    return min(ends)


def kept(seen: Glance, facts: Facts, moment: Moment) -> str:
    """The page for one visitor. One query if its photos changed, none if they did not."""
    key = f"page:{facts.key}"
    page: str | None = cache.get(key)
    if page is None:
        page = _page(seen, facts, moment.at, request=None)
        cache.set(key, page, KEPT_SECONDS)
    return _filled(page, _photos(seen, facts), moment)


def shown_once(request: HttpRequest, seen: Glance, facts: Facts, moment: Moment) -> str:
    """The same with what the last request had to say, such as "in your basket now"."""
    page = _page(seen, facts, moment.at, request=request)
    return _filled(page, _photos(seen, facts), moment)


def _page(seen: Glance, facts: Facts, at: datetime, *, request: HttpRequest | None) -> str:
    """With places for the photos and the seconds.

    Without the request a template cannot reach anything of one visitor: such a page can be kept.
    """
    code, offers = seen.whole(), seen.offers()
    context = {
        "studio": code.studio,
        "languages": frame.languages(),
        "basket_count": facts.basket_count,
        "has_codes": True,
        "page": code_page(code, at=at),
        "offers": offers,
        "has_packages": any(offer.is_chosen_of_several for offer in offers),
        "looks_again_in_seconds": SECONDS,
        "photos": PHOTOS,
    }
    return render_to_string("shop/gallery.html", context, request)


def _photos(seen: Glance, facts: Facts) -> str:
    """The grid of thumbnails, with places for the grant.

    The version was read before the photos: a change between the two only makes the kept grid newer
    than its key. A job without a shop page has no version; its photos are drawn each time.
    """
    version = seen.version
    key = f"photos:{revisit.release()}:{seen.code.pk}:{version}:{facts.language}"
    html: str | None = None if version is None else cache.get(key)
    if html is None:
        html = _grid(seen.whole())
        if version is not None:
            cache.set(key, html, KEPT_SECONDS)
    return html


def _grid(code: AccessCode) -> str:
    if code.subject is None:
        return ""
    photos = list(contents.photos_of(code.subject).only(*contents.PLAIN)[: MOST_PHOTOS + 1])
    shown = [thumbnail(photo, granted=GRANT) for photo in photos[:MOST_PHOTOS]]
    most = MOST_PHOTOS if len(photos) > MOST_PHOTOS else None
    return render_to_string("shop/grid.html", {"photos": shown, "count": len(shown), "most": most})


def _filled(page: str, photos: str, moment: Moment) -> str:
    page = page.replace(SECONDS, str(moment.looks_again_in_seconds))
    return page.replace(PHOTOS, photos.replace(GRANT, moment.granted))


def _digest(*facts: Any) -> str:
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:32]
