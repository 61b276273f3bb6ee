"""The pages behind the links in messages, and a studio's calendar."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import render
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from comms import unsubscribe as unsubscribing
from comms.texts import calendar as calendars
from comms.unsubscribe import Recipient, Why
from jobstatus import clock
from shop import audience

SUBSCRIBE = "subscribe"
ONE_CLICK = ("List-Unsubscribe", "One-Click")  # the only body that RFC 8058 knows
CALENDAR_MAX_AGE_SECONDS = 15 * 60


# Mail programs and providers post without cookies (RFC 8058); whoever has the link may use it.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Show a button, or do what it says. Looking changes nothing: mail scanners look."""
    _choose_language(request)
    if token == unsubscribing.TEST:
        return _page(request, {"is_test": True})
    return _answer(request, unsubscribing.read(token))


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe_short(request: HttpRequest, short: str) -> HttpResponse:
    """As `unsubscribe`, from an SMS."""
    _choose_language(request)
    if short == unsubscribing.SHORT_TEST:
        return _page(request, {"is_test": True})
    return _answer(request, unsubscribing.read_short(short))


def _answer(request: HttpRequest, recipient: Recipient | None) -> HttpResponse:
    sender = recipient and audience.senders([recipient.studio_id]).get(recipient.studio_id)
    if recipient is None or not sender:
        raise Http404
    if request.method == "POST":
        _act(request, recipient)
    reasons = unsubscribing.why_silent(recipient)
    context = {
        "sender": sender,
        "address": recipient.masked,
        "is_unsubscribed": Why.UNSUBSCRIBED in reasons,
        "is_blocked": bool(reasons - {Why.UNSUBSCRIBED}),
        "has_subscribed": request.method == "POST" and Why.UNSUBSCRIBED not in reasons,
    }
    return _page(request, context)


def _act(request: HttpRequest, recipient: Recipient) -> None:
    """Every POST but that of the button "subscribe again" ends the messages."""
    if request.POST.get("do") == SUBSCRIBE:
        unsubscribing.resume(recipient)
        return
    name, value = ONE_CLICK
    is_one_click = request.POST.get(name) == value
    remark = "one-click" if is_one_click else "page"
    unsubscribing.stop(recipient, remark=remark, at=clock.now())


def _choose_language(request: HttpRequest) -> None:
    """The one that the address asks for, else the browser's."""
    if request.GET.get("lang") in dict(settings.LANGUAGES):
        translation.activate(request.GET["lang"])


def _page(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    languages = [
        (code, translation.get_language_info(code)["name_local"])
        for code, _name in settings.LANGUAGES
    ]
    response = render(request, "comms/unsubscribe.html", context | {"languages": languages})
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    # The address is a secret of its own: no page that this one leads to learns it.
    response["Referrer-Policy"] = "no-referrer"
    return response


@require_safe
def calendar(request: HttpRequest, key: str) -> HttpResponse:
    """A studio's deadlines, for a calendar program. Whoever knows the key may read them."""
    feed = calendars.feed(key, at=clock.now())
    if feed is None:
        raise Http404
    known = parse_etags(request.headers.get("If-None-Match", ""))
    if feed.etag in known or f"W/{feed.etag}" in known or known == ["*"]:
        response: HttpResponse = HttpResponseNotModified()
    else:
        response = HttpResponse(feed.content(), content_type=f"{calendars.TYPE}; charset=utf-8")
    response["ETag"] = feed.etag
    response["Cache-Control"] = f"private, max-age={CALENDAR_MAX_AGE_SECONDS}"
    response["X-Robots-Tag"] = "noindex"
    patch_vary_headers(response, ["Accept-Language"])
    return response
