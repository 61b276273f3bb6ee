"""Where a code is typed, and where an address is left when the photos are not shown."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from jobstatus import clock
from jobstatus.models import Job, Studio
from shop import access, frame, visit
from shop.codes import guessing, networks, registration, spelling
from shop.models import AccessCode, PrepayShop, Storefront, Subject
from shop.models.people import EMAIL_LENGTH
from shop.pages import State, state_of
from shop.views.gallery import code_or_404, studio_of

REFUSED, TOO_MANY = 422, 429


class NoSuchCode(Exception):
    """Unknown, of another studio, or dead: one answer for all three."""


@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
@vary_on_headers("Accept-Language", "Cookie")
def enter(request: HttpRequest, studio: str) -> HttpResponse:
    """The field for a code; posted, the page that the code's state calls for (S1).

    A typing error is told without counting. Anything else is counted before it is looked up, and
    the count taken back if it was right. Whatever opens nothing gets the same answer after the
    same work, five queries.
    """
    return asked(request, frame.studio_or_404(studio), "shop/entry.html", {})


@sensitive_variables()  # also of whatever is called from here
def asked(
    request: HttpRequest, shop: Studio, template: str, context: dict[str, Any]
) -> HttpResponse:
    """The page with the field, or on to where the code leads. For this shop and prepay shops."""
    frame.choose_language(request)

    def form(error: str = "", status: int = 200) -> HttpResponse:
        said = {"typed": typed[: spelling.LONGEST_INPUT], "error": error}
        return frame.page(request, shop, template, context | said, status=status)

    typed = request.POST.get("code", "")
    if request.method != "POST":
        return form()
    try:
        return redirect(_opened(request, shop, spelling.read_either(typed), clock.now()))
    except spelling.Mistyped as error:
        return form(str(error), REFUSED)
    except NoSuchCode:
        return form(_("We do not know this access code. Compare it with your slip."), REFUSED)
    except guessing.Wait as wait:
        response = form(_asked_to_wait(wait), TOO_MANY)
        response["Retry-After"] = str(wait.seconds)
        return response


@require_POST
def forget(request: HttpRequest, studio: str, code: int) -> HttpResponse:
    """Take one code out of the session. The same again, or another's code, changes nothing."""
    shop = frame.studio_or_404(studio)
    if code in [known.pk for known in visit.unlocked(request, shop)]:
        visit.forget(request, code)
    return redirect("shop:my_photos" if visit.unlocked(request, shop) else "shop:entry", shop.slug)


@require_http_methods(["GET", "HEAD", "POST"])
def tell_me(request: HttpRequest, studio: str, code: int) -> HttpResponse:
    """An address left on a code's page: its person is remembered with it (L2, L6)."""
    opened = code_or_404(request, studio, code)
    place = [studio_of(opened).slug, opened.pk]
    if request.method != "POST" or opened.job is None or access.is_open(opened, clock.now()):
        return _back(request, reverse("shop:gallery", args=place))
    action = reverse("shop:tell_me", args=place)
    return _registered(request, opened.job, opened.subject, {"action": action})


# Without a token: the page with this form sets no cookie, and the form does nothing that a stranger
# could not do from a machine of his own. It asks no session and answers everybody alike.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def tell_me_of_job(request: HttpRequest, slug: str) -> HttpResponse:
    """An address left on the public page of a job (L2, L6)."""
    storefront = Storefront.objects.select_related("job__studio").filter(slug=slug.lower()).first()
    if storefront is None:
        raise Http404
    if request.method != "POST" or state_of(storefront.job, clock.now()) is State.OPEN:
        return _back(request, storefront.get_absolute_url())
    action = reverse("shop:tell_me_of_job", args=[storefront.slug])
    return _registered(request, storefront.job, None, {"action": action, "is_public": True})


def _back(request: HttpRequest, address: str) -> HttpResponse:
    """To the page that has the form, in the language that was chosen on the page after it."""
    language = request.GET.get("lang")
    return redirect(f"{address}?{urlencode({'lang': language})}" if language else address)


def _opened(request: HttpRequest, shop: Studio, code: str, at: datetime) -> str:
    """Where the code leads; the visitor knows it from now on. Raises as `_known_or_guessed`."""
    if spelling.is_of_job(code):
        prepay = _prepay_shop(request, shop, code, at)
        visit.enter_shop(request, prepay)
        return reverse("prepay:shop", args=[shop.slug, prepay.pk])
    opened = _known_or_guessed(request, shop, code, at)
    visit.unlock(request, opened)
    return page_of(shop, opened, at)


def _known_or_guessed(request: HttpRequest, shop: Studio, code: str, at: datetime) -> AccessCode:
    """The living code of this studio. Raises NoSuchCode and guessing.Wait.

    Who typed a code before does not guess: a network's delay does not keep that visitor waiting.
    """
    for known in visit.unlocked(request, shop):
        if known.code == code and known.job is not None:
            return known
    slot = guessing.claim(shop.pk, network=network_of(request), at=at)
    found = next(iter(with_code(code)), None)
    if found is None or found.studio_id != shop.pk or not (found.job_id and found.subject_id):
        raise NoSuchCode
    guessing.give_back(slot)
    rows = AccessCode.objects.select_related("job__studio", "job__prepay_shop")
    return rows.get(pk=found.pk)


def _prepay_shop(request: HttpRequest, shop: Studio, code: str, at: datetime) -> PrepayShop:
    """The same for the code of a prepay job, be it a standard job by now."""
    for known in visit.entered(request, shop):
        if known.code == code and known.job_id is not None:
            return known
    slot = guessing.claim(shop.pk, network=network_of(request), at=at)
    found = PrepayShop.objects.filter(code=code).first()
    if found is None or found.studio_id != shop.pk or found.job_id is None:
        raise NoSuchCode
    guessing.give_back(slot)
    return found


def with_code(code: str) -> QuerySet[AccessCode]:
    """The row with this text, if there is one: a single probe of the index, whosever it is.

    Without joins and without an order, so that nothing but the index leads to it.
    """
    return AccessCode.objects.filter(code=code)


def network_of(request: HttpRequest) -> str:
    return networks.client_network(
        remote_addr=request.META.get("REMOTE_ADDR", ""),
        forwarded_for=request.META.get("HTTP_X_FORWARDED_FOR", ""),
        trusted_proxies=settings.TRUSTED_PROXY_COUNT,
    )


def page_of(shop: Studio, code: AccessCode, at: datetime) -> str:
    """Where a code leads: its own page says whether it is open, not yet or no longer (S1)."""
    state, prepay = access.code_state(code, at), getattr(code.job, "prepay_shop", None)
    if state in (State.PREPAY, State.PREPAY_CLOSED) and prepay is not None:
        return reverse("prepay:known", args=[shop.slug, prepay.pk, code.pk])
    return reverse("shop:gallery", args=[shop.slug, code.pk])


def _asked_to_wait(wait: guessing.Wait) -> str:
    return ngettext(
        "Too many wrong codes were tried. Wait %(count)d second, then try again.",
        "Too many wrong codes were tried. Wait %(count)d seconds, then try again.",
        wait.seconds,
    ) % {"count": wait.seconds}


def _registered(
    request: HttpRequest, job: Job, subject: Subject | None, form: dict[str, Any]
) -> HttpResponse:
    """Thanks, or the form again with what was wrong. The same for known addresses and new ones."""
    frame.choose_language(request)
    typed = request.POST.get("email", "")
    context = form | {"job": job, "email": typed[:EMAIL_LENGTH]}
    status = 200
    try:
        address = registration.read_address(typed)
        registration.count(job.studio_id, network=network_of(request), at=clock.now())
        registration.register(
            job=job, subject=subject, address=address, language=get_language() or ""
        )
        context["told"] = address
    except registration.BadAddress as error:
        context["error"], status = str(error), REFUSED
    except guessing.Wait as wait:
        context["error"], status = _many_addresses(wait), TOO_MANY
    return frame.page(request, job.studio, "shop/tell_me_page.html", context, status=status)


def _many_addresses(wait: guessing.Wait) -> str:
    return ngettext(
        "Many addresses came from your network. Wait %(count)d second, then try again.",
        "Many addresses came from your network. Wait %(count)d seconds, then try again.",
        wait.seconds,
    ) % {"count": wait.seconds}
