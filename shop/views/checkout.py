"""The last page before the order, and the order itself, of the shop and of prepay shops."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from jobstatus import clock
from jobstatus.models import Studio
from shop import frame, orders, payments, visit
from shop.buying.checkout import (
    BasketChanged,
    Busy,
    Counter,
    PhotoCounter,
    can_be_ordered,
    order_of,
    place_order,
)
from shop.models import Basket, Order
from shop.views import basket as basket_page
from shop.views.basket import BUSY, CONFLICT
from shop.views.buyer import BuyerForm

KEY_BYTES = 16
_signer = signing.Signer(salt="shop.checkout")


@dataclass(frozen=True)
class Desk:
    """Where a visitor orders: the basket, what knows its goods, and the addresses around it."""

    request: HttpRequest
    studio: Studio
    basket: Basket | None
    counter: Counter
    basket_url: str
    checkout_url: str
    ordered: Callable[[Order], None]  # done once the order is there, also the second time
    context: dict[str, Any] = field(default_factory=dict)


@require_http_methods(["GET", "HEAD", "POST"])
def checkout(request: HttpRequest, studio: str) -> HttpResponse:
    """What would be ordered, and the form. A POST orders it, once, however often it is sent."""
    shop = frame.studio_or_404(studio)
    frame.choose_language(request)
    desk = Desk(
        request=request,
        studio=shop,
        basket=visit.basket(request, shop),
        counter=PhotoCounter(shop, visit.known_ids(request)),
        basket_url=reverse("shop:basket", args=[shop.slug]),
        checkout_url=reverse("shop:checkout", args=[shop.slug]),
        ordered=lambda _order: basket_page.forget_removed(request, shop),
    )
    return serve(desk)


def serve(desk: Desk) -> HttpResponse:
    if desk.request.method == "POST":
        return _order(desk)
    page = _Page(desk)
    if not page.now.lines:
        return HttpResponseRedirect(desk.basket_url)
    return page.render(200)


def _order(desk: Desk) -> HttpResponse:
    request, basket = desk.request, desk.basket
    key = _read_key(request.POST.get("key", ""), basket)
    if key and (order := order_of(key)) is not None:
        return _lead_on(desk, order)
    page = _Page(desk, key=key)
    if basket is None or not key or request.POST.get("seen") != page.now.fingerprint():
        return _new_facts(page)
    if not can_be_ordered(page.now) or not page.form.is_valid():
        return page.render(200)
    try:
        order = place_order(
            basket.pk,
            counter=desk.counter,
            buyer=page.form.buyer(),
            key=key,
            seen=page.now.fingerprint(),
            clock=clock.now,
        )
    except BasketChanged:
        return _new_facts(_Page(desk, key=key))
    except Busy:
        page.alert = _(
            "The shop is very busy, so nothing was ordered. Your input is kept: please try again "
            "in a moment."
        )
        return page.render(BUSY)
    return _lead_on(desk, order)


def _new_facts(page: "_Page") -> HttpResponse:
    """The page again with what is now; or the order, if it was this form that changed the basket.

    Asked after the look at the basket: a second click may arrive while the first is at work.
    """
    if page.key and (order := order_of(page.key)) is not None:
        return _lead_on(page.desk, order)
    page.alert = _(
        "Your basket changed since this page was shown, so nothing was ordered. Look at what "
        "it holds now and order again."
    )
    return page.render(CONFLICT)


def _lead_on(desk: Desk, order: Order) -> HttpResponse:
    """To the provider's page if it is to be paid there, else to the order's own."""
    desk.ordered(order)
    own = order.get_absolute_url()
    if order.method == Order.Method.CARD and order.status == Order.Status.PLACED:
        try:
            back = desk.request.build_absolute_uri(own)
            return HttpResponseRedirect(payments.start(order, back_url=back, clock=clock.now))
        except (payments.ProviderUnavailable, orders.ChangeRefused) as refused:
            # The order's page has a button to try again.
            messages.warning(desk.request, str(refused))
    return HttpResponseRedirect(own)


@dataclass
class _Page:
    """One showing of the page. Its key stays the same until it has led to an order."""

    desk: Desk
    key: str = ""
    alert: str = ""
    form: BuyerForm = field(init=False)

    def __post_init__(self) -> None:
        desk = self.desk
        self.at = clock.now()
        self.now = desk.counter.priced(desk.basket.pk if desk.basket else None, at=self.at)
        data = desk.request.POST if desk.request.method == "POST" else None
        self.form = BuyerForm(data, now=self.now, studio=desk.studio)

    def render(self, status: int) -> HttpResponse:
        desk, key = self.desk, self.key or secrets.token_hex(KEY_BYTES)
        context = {
            "now": self.now,
            "lines": basket_page.shown(desk.request, self.now.lines, at=self.at),
            "left": self.now.left,
            "form": self.form,
            "can_order": can_be_ordered(self.now) and bool(self.form.methods),
            "alert": self.alert,
            "key": "" if desk.basket is None else _signer.sign(f"{desk.basket.pk}-{key}"),
            "seen": self.now.fingerprint(),
            "basket_count": len(self.now.lines),
            "basket_url": desk.basket_url,
            "checkout_url": desk.checkout_url,
        } | desk.context
        return frame.page(desk.request, desk.studio, "shop/checkout.html", context, status=status)


def _read_key(text: str, basket: Basket | None) -> str:
    """The random part of a key that this shop gave to this basket; empty for any other."""
    try:
        pk, _dash, key = _signer.unsign(text).partition("-")
    except signing.BadSignature:
        return ""
    return key if basket is not None and pk == str(basket.pk) else ""
