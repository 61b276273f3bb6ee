"""The basket's page and every change of it. A GET changes nothing."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.contrib import messages
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from jobstatus import clock
from jobstatus.models import Studio
from shop import frame, visit
from shop.buying import baskets, checkout, choices, removal
from shop.buying.choices import Refused
from shop.buying.lines import Line
from shop.gallery import media
from shop.models.basket import HIGHEST_QUANTITY

CONFLICT, BUSY = 409, 503
REMOVED = "removed"  # key of the session: the line that was removed last, for each studio


@dataclass(frozen=True)
class Shown:
    """A line with the addresses of its thumbnails."""

    line: Line
    thumbnails: list[str]


@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, studio: str) -> HttpResponse:
    """The basket. A POST accepts its prices, or undoes the last removal."""
    shop = frame.studio_or_404(studio)
    if request.method != "POST":
        return page(request, shop)
    frame.choose_language(request)
    what = request.POST.get("do")
    acts = {"accept": _accept, "undo": _undo}
    return _changed(request, shop, lambda basket: acts.get(what or "", _nothing)(request, basket))


@require_POST
def add(request: HttpRequest, studio: str) -> HttpResponse:
    """Put a product with its photos into the basket, and lead back to where the form was."""
    shop = frame.studio_or_404(studio)
    frame.choose_language(request)
    back = _local_path(request.POST.get("next", ""))

    def put_in() -> str:
        choice = choices.read_choice(request.POST)
        code_ids = visit.known_ids(request)
        if not {code_id for code_id, _photo_id in choice.picks} <= set(code_ids):
            raise Refused(choices.not_yours())
        basket = visit.basket_to_fill(request, shop)
        line = baskets.add(basket.pk, choice, studio=shop, code_ids=code_ids, clock=clock.now)
        return _("“%(product)s” is in your basket.") % {"product": line.title}

    return _answered(request, shop, put_in, back=back)


@require_POST
def change(request: HttpRequest, studio: str, line: int) -> HttpResponse:
    """Another quantity for a line, or none, or back into the basket. Other words do nothing."""
    shop = frame.studio_or_404(studio)
    frame.choose_language(request)
    line_id = choices.read_key(str(line)) or 0
    what = request.POST.get("do")
    acts = {"quantity": _count, "remove": _remove, "put_back": _put_back}
    return _changed(
        request, shop, lambda basket: acts.get(what or "", _nothing)(request, basket, line_id)
    )


@dataclass(frozen=True)
class _Basket:
    pk: int
    studio: Studio
    code_ids: list[int]

    @property
    def scope(self) -> dict[str, Any]:
        return {"studio": self.studio, "code_ids": self.code_ids, "clock": clock.now}


def _changed(request: HttpRequest, studio: Studio, act: Callable[[_Basket], None]) -> HttpResponse:
    found = visit.basket(request, studio)
    if found is None:
        return redirect("shop:basket", studio.slug)

    def changed() -> str:
        act(_Basket(found.pk, studio, visit.known_ids(request)))
        return ""

    return _answered(request, studio, changed)


def _answered(
    request: HttpRequest, studio: Studio, act: Callable[[], str], *, back: str = ""
) -> HttpResponse:
    """Do it and lead on; or the basket with the sentence why not, and nothing was changed."""
    before = _removed(request, studio)
    try:
        said = act()
    except Refused as refused:
        return page(request, studio, alert=str(refused), back=back, status=CONFLICT)
    except OperationalError as error:
        if not checkout.is_passing(error):
            raise
        return page(request, studio, alert=busy(), back=back, status=BUSY)
    if before is not None and before == _removed(request, studio):
        forget_removed(request, studio)
    if said:
        messages.success(request, said)
    return HttpResponseRedirect(back or reverse("shop:basket", args=[studio.slug]))


def _accept(request: HttpRequest, basket: _Basket) -> None:
    baskets.accept_prices(basket.pk, seen=request.POST.get("seen", ""), **basket.scope)


def _undo(request: HttpRequest, basket: _Basket) -> None:
    removed = _removed(request, basket.studio)
    if removed is not None:
        removal.restore(basket.pk, removed, **basket.scope)


def _count(request: HttpRequest, basket: _Basket, line_id: int) -> None:
    quantity = choices.read_quantity(request.POST.get("quantity", ""))
    baskets.change_quantity(basket.pk, line_id, quantity, **basket.scope)


def _remove(request: HttpRequest, basket: _Basket, line_id: int) -> None:
    removed = removal.remove(basket.pk, line_id, studio=basket.studio)
    if removed is not None:
        kept = request.session.get(REMOVED, {})
        request.session[REMOVED] = kept | {str(basket.studio.pk): removed}


def _put_back(request: HttpRequest, basket: _Basket, line_id: int) -> None:
    baskets.put_back(basket.pk, line_id, **basket.scope)


def _nothing(*_args: Any) -> None:
    """A form that is none of ours."""


def _removed(request: HttpRequest, studio: Studio) -> dict[str, Any] | None:
    removed: dict[str, Any] | None = request.session.get(REMOVED, {}).get(str(studio.pk))
    return removed


def forget_removed(request: HttpRequest, studio: Studio) -> None:
    """The way back after a removal ends with the next change."""
    kept = request.session.get(REMOVED, {})
    if str(studio.pk) in kept:
        request.session[REMOVED] = {k: v for k, v in kept.items() if k != str(studio.pk)}


def page(
    request: HttpRequest, studio: Studio, *, alert: str = "", back: str = "", status: int = 200
) -> HttpResponse:
    """The basket as it is now. A fixed number of queries."""
    found = visit.basket(request, studio)
    at = clock.now()
    frame.choose_language(request)
    now = baskets.priced(
        found.pk if found else None, studio=studio, code_ids=visit.known_ids(request), at=at
    )
    context = {
        "now": now,
        "lines": shown(request, now.lines, at=at),
        "left": shown(request, now.left, at=at),
        "can_order": checkout.can_be_ordered(now),
        "seen": now.fingerprint(),
        "removed": _removed(request, studio),
        "alert": alert,
        "back": back,
        "most": HIGHEST_QUANTITY,
        "basket_count": len(now.lines),
    }
    return frame.page(request, studio, "shop/basket.html", context, status=status)


def shown(request: HttpRequest, lines: Iterable[Line], *, at: datetime) -> list[Shown]:
    @cache
    def grant(code_id: int) -> str:
        return media.grant(request, code_id, at=at)

    return [
        Shown(
            line,
            [
                media.address(grant(picture.code_id), picture.photo_id, "thumbnail")
                for picture in line.shown
                if picture.code_id is not None and picture.photo_id is not None
            ],
        )
        for line in lines
    ]


def busy() -> str:
    return _("The shop is very busy, so nothing was changed. Please try again in a moment.")


def _local_path(text: str) -> str:
    """Empty for whatever could lead to another site."""
    is_local = text.startswith("/") and url_has_allowed_host_and_scheme(text, allowed_hosts=None)
    return text if is_local else ""
