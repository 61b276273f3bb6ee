"""What all shop pages share: language, the studio's head with the basket, headers of privacy."""

import functools
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation

from jobstatus.models import Studio
from shop import visit

LANGUAGE = "language"  # key of the session


def studio_or_404(slug: str) -> Studio:
    studio = Studio.objects.select_related("terms").filter(slug=slug.lower()).first()
    if studio is None:
        raise Http404
    return studio


def choose_language(request: HttpRequest) -> list[tuple[str, str]]:
    """Speak the language that the address asks for, else the browser's. Returns the offered ones.

    In the address and not in a cookie: looking at a page leaves nothing on a visitor's device.
    Who has typed a code or filled a basket has a session, and it remembers the choice for the
    next page.
    """
    offered = languages()
    names = dict(offered)
    wanted = request.GET.get("lang")
    if wanted in names and not visit.is_new(request):
        request.session[LANGUAGE] = wanted
    wanted = wanted if wanted in names else request.session.get(LANGUAGE)
    if wanted in names:
        translation.activate(wanted)
    return offered


@functools.cache
def languages() -> list[tuple[str, str]]:
    """Those that a page can be read in, each under its own name."""
    return [
        (code, translation.get_language_info(code)["name_local"]) for code, _ in settings.LANGUAGES
    ]


def page(
    request: HttpRequest,
    studio: Studio,
    template: str,
    context: dict[str, Any],
    *,
    status: int = 200,
) -> HttpResponse:
    """A page of this studio's shop. One query for the basket's count if there is a basket."""
    return private(render(request, template, head(request, studio) | context, status=status))


def head(request: HttpRequest, studio: Studio) -> dict[str, Any]:
    """What head and foot of every page show."""
    return {
        "studio": studio,
        "languages": choose_language(request),
        "basket_count": visit.basket_count(request, studio),
        "has_codes": bool(request.session.get(visit.CODES)),
    }


def private(response: HttpResponse) -> HttpResponse:
    """For this visitor's eyes, and not for a search engine's."""
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    return response
