"""The prepay shop: the way in, its page with what is in the basket, and the checkout."""

import functools
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from jobstatus import clock
from shop import frame, visit
from shop.buying import checkout as checkouts
from shop.buying.choices import Refused
from shop.buying.lines import Line, Priced
from shop.gallery.offers import offers
from shop.models import AccessCode, Basket, BasketChild, Order, PrepayShop
from shop.prepay import children, choosing, pages, shops
from shop.prepay.counter import PrepayCounter
from shop.views import checkout as checkout_page
from shop.views.basket import BUSY, CONFLICT, busy
from shop.views.entry import asked
from shop.views.prepay_form import ChildForm

FRAME = "shop/prepay/frame.html"
Given = ParamSpec("Given")


def in_shop(
    view: Callable[Concatenate[HttpRequest, PrepayShop, Given], HttpResponse],
) -> Callable[..., HttpResponse]:
    """A page for whoever has entered this shop. All others are led to the door, without a word.

    Shops of other studios and none at all lead there as well.
    """

    @functools.wraps(view)
    def entered(
        request: HttpRequest, studio: str, shop: int, *args: Given.args, **values: Given.kwargs
    ) -> HttpResponse:
        owner = frame.studio_or_404(studio)
        frame.choose_language(request)
        found = shops.in_studio(shop, owner)
        if found is None or not visit.may_enter(request, found):
            return frame.private(redirect("prepay:entry", owner.slug))
        found.studio = owner
        return view(request, found, *args, **values)

    return entered


@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
@vary_on_headers("Accept-Language", "Cookie")
def enter(request: HttpRequest, studio: str) -> HttpResponse:
    """The field for a job's code, or an access code; and the jobs that are chosen by name (L9)."""
    owner = frame.studio_or_404(studio)
    search = request.GET.get("name", "")[: shops.LONGEST_SEARCH]
    found, can_search = shops.named(owner, search, at=clock.now())
    context = {"named": found, "can_search": can_search, "search": search, "frame": FRAME}
    return asked(request, owner, "shop/prepay/entry.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@in_shop
def show(request: HttpRequest, shop: PrepayShop) -> HttpResponse:
    """What the job's state calls for; open: the basket. A POST accepts its new prices."""
    if request.method != "POST":
        return page(request, shop)
    basket = visit.prepay_basket(request, shop)
    seen = request.POST.get("seen", "")
    return changed(
        request,
        shop,
        lambda: basket and choosing.accept_prices(basket.pk, shop, seen=seen, clock=clock.now),
    )


@require_POST
@in_shop
def remove_line(request: HttpRequest, shop: PrepayShop, line: int) -> HttpResponse:
    basket = visit.prepay_basket(request, shop)
    return changed(request, shop, lambda: basket and choosing.remove_line(basket.pk, shop, line))


@require_http_methods(["GET", "HEAD", "POST"])
@in_shop
def checkout(request: HttpRequest, shop: PrepayShop) -> HttpResponse:
    """The checkout of all shops, at this shop's counter."""

    def ordered(order: Order) -> None:
        """The visitor knows the codes that came with the order, as the order's page tells them."""
        codes = AccessCode.objects.filter(order_lines__order=order, subject__isnull=False)
        known = visit.known_ids(request)
        new = [code for code in codes.distinct().order_by("pk") if code.pk not in known]
        if new:
            visit.unlock(request, *new)

    desk = checkout_page.Desk(
        request=request,
        studio=shop.studio,
        basket=visit.prepay_basket(request, shop),
        counter=PrepayCounter(shop.studio, shop.pk),
        basket_url=address("shop", shop),
        checkout_url=address("checkout", shop),
        ordered=ordered,
        context={"frame": FRAME, "shop": shop},
    )
    return checkout_page.serve(desk)


def changed(request: HttpRequest, shop: PrepayShop, act: Callable[[], Any]) -> HttpResponse:
    """Do it and lead on to the shop; or the shop with the sentence why nothing was changed."""
    try:
        act()
    except Refused as refused:
        return page(request, shop, alert=str(refused), status=CONFLICT)
    except OperationalError as error:
        if not checkouts.is_passing(error):
            raise
        return page(request, shop, alert=busy(), status=BUSY)
    return frame.private(HttpResponseRedirect(address("shop", shop)))


def page(
    request: HttpRequest, shop: PrepayShop, *, alert: str = "", status: int = 200
) -> HttpResponse:
    """The shop's page as it is now. A fixed number of queries."""
    at, job = clock.now(), job_of(shop)
    told = pages.prepay_page(job, has_offers=bool(offers(shop.price_list)), at=at)
    basket = visit.prepay_basket(request, shop)
    now = PrepayCounter(shop.studio, shop.pk).priced(basket.pk if basket else None, at=at)
    questions = children.questions_of(job.pk)
    cards = _cards(basket, now, questions)
    context = {
        "frame": FRAME,
        "shop": shop,
        "page": told,
        "alert": alert,
        "now": now,
        "seen": now.fingerprint(),
        "cards": cards,
        "left": now.left,
        "can_order": checkouts.can_be_ordered(now),
        "form": ChildForm(questions=questions) if told.is_open and not cards else None,
        "basket_count": len(now.lines),
        "tell_me": tell_me_address(shop) if told.can_be_told else "",
    }
    return frame.page(request, shop.studio, "shop/prepay/shop.html", context, status=status)


def address(name: str, shop: PrepayShop, *more: int) -> str:
    return reverse(f"prepay:{name}", args=[shop.studio.slug, shop.pk, *more])


def job_of(shop: PrepayShop) -> Any:
    """Whoever is in the shop has met a living job at the door."""
    if shop.job is None:
        raise ValueError(f"Prepay shop {shop.pk} has no job any more.")
    return shop.job


def tell_me_address(shop: PrepayShop) -> str:
    storefront = getattr(shop.job, "storefront", None)
    return "" if storefront is None else reverse("shop:tell_me_of_job", args=[storefront.slug])


def _cards(
    basket: Basket | None, now: Priced, questions: list[Any]
) -> list[tuple[BasketChild, str, list[Line]]]:
    """Each child of the basket, what was said of it, and what would be ordered for it."""
    if basket is None:
        return []
    rows = basket.children.select_related("code__subject__album").order_by("pk")
    return [
        (
            child,
            pages.details(child, questions),
            [line for line in now.lines if line.child and line.child.pk == child.pk],
        )
        for child in rows
    ]
