"""The customer's own page of an order. Whoever has its address may see it: no session is needed.

The page keeps the site's referrer policy, `same-origin`: its address reaches no other site. With
`no-referrer` browsers would send its form with the origin `null`, which the CSRF check refuses.
"""

import logging
import re

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from jobstatus import clock
from shop import frame, links, orders, payments
from shop.delivery import downloads, order_pages
from shop.models import Order, OrderPicture
from shop.views.downloads import not_found, remember_order

TOKEN = re.compile(r"[0-9a-f]{32}")

logger = logging.getLogger(__name__)


@require_safe
def show(request: HttpRequest, token: str) -> HttpResponse:
    """Eight queries at the most, whatever was bought."""
    order = _find(token)
    if order is None:
        return not_found(request)
    frame.choose_language(request)
    page = order_pages.order_page(order, has_returned="returned" in request.GET)
    return frame.page(request, order.studio, "shop/order.html", {"page": page})


@require_POST
def pay(request: HttpRequest, token: str) -> HttpResponse:
    """To the provider's page; back to the order with a sentence if that is not possible."""
    order = _find(token)
    if order is None:
        return not_found(request)
    frame.choose_language(request)
    back_url = links.absolute(order.get_absolute_url())
    try:
        if not payments.is_available(getattr(order.studio, "terms", None)):
            raise payments.ProviderUnavailable(order_pages.no_card())
        address = payments.start(order, back_url=back_url, clock=clock.now)
    except (payments.ProviderUnavailable, orders.ChangeRefused) as reason:
        messages.error(request, str(reason))
        address = order.get_absolute_url()
    return frame.private(HttpResponseRedirect(address))


@require_safe
def download(request: HttpRequest, token: str, picture: int) -> HttpResponse:
    """A ticket for one bought file, and on to the file. The page renews it as often as needed."""
    order = _find(token)
    if order is None:
        return not_found(request)
    bought = OrderPicture.objects.select_related("line__order").filter(line__order=order)
    found = bought.filter(pk=picture).first()
    if found is None or not downloads.may_be_fetched(found):
        return not_found(request)
    remember_order(request, order.pk)
    ticket = downloads.ticket_for(found, at=clock.now())
    return frame.private(HttpResponseRedirect(reverse("shop:download", args=[ticket])))


def _find(token: str) -> Order | None:
    """One query, none for what cannot be a token. Guessing is hopeless: 128 bits."""
    if not TOKEN.fullmatch(token):
        return None
    orders_ = Order.objects.select_related("studio__terms")
    return orders_.filter(token=token).first()
