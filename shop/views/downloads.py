"""Bought files. Works without session and cookies: the signed ticket is the permission."""

import logging
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from jobstatus import clock
from shop import frame
from shop.delivery import downloads
from shop.gallery import media
from shop.models import OrderPicture

OWN_ORDERS = "orders"  # key of the session: orders from whose page this visitor downloads
MOST_ORDERS = 50

logger = logging.getLogger(__name__)


@require_safe
def download(request: HttpRequest, ticket: str) -> HttpResponseBase:
    """The original, as a file. At most two queries before the file, four for the timeline."""
    try:
        shown = downloads.read_ticket(ticket)
    except downloads.NoTicket:
        return not_found(request)
    pictures = OrderPicture.objects.select_related("line__order__studio__terms")
    picture = pictures.filter(pk=shown.picture_id).first()
    if picture is None:
        return not_found(request)
    if shown.has_expired(clock.now()):
        return _page(request, picture, "expired", status=410)
    if not downloads.may_be_fetched(picture):
        return _page(request, picture, "refused", status=403)
    file = downloads.original(picture)
    if not file or not file.storage.exists(str(file.name)):
        logger.error("The file of bought picture %s is missing.", picture.pk)
        return _page(request, picture, "missing", status=404)
    if request.method == "GET" and not downloads.note_download(picture, clock=clock.now):
        return _page(request, picture, "refused", status=403)
    name = downloads.file_name(picture)
    sent = media.sent(file, content_type=downloads.content_type(name), download_as=name)
    return frame.private(cast(HttpResponse, sent))


def remember_order(request: HttpRequest, order_id: int) -> None:
    """So that an expired ticket leads this visitor, and nobody else, back to the order's page."""
    known = [pk for pk in request.session.get(OWN_ORDERS, []) if pk != order_id]
    request.session[OWN_ORDERS] = [*known, order_id][-MOST_ORDERS:]


def not_found(request: HttpRequest) -> HttpResponse:
    frame.choose_language(request)
    return frame.private(render(request, "shop/not_found.html", status=404))


def _page(request: HttpRequest, picture: OrderPicture, state: str, *, status: int) -> HttpResponse:
    order = picture.line.order
    is_own = order.pk in request.session.get(OWN_ORDERS, [])
    context = {"state": state, "order_url": order.get_absolute_url() if is_own else ""}
    return frame.page(request, order.studio, "shop/order_download.html", context, status=status)
