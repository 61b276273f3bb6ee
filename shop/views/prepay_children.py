"""The children of a prepay shop's basket: who they are, and what is ordered for each."""

from collections.abc import Callable, Mapping
from typing import Any

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from jobstatus import clock
from shop import frame, visit
from shop.buying import checkout as checkouts
from shop.buying.choices import Refused, read_quantity
from shop.codes import guessing, spelling
from shop.gallery.offers import Offer, offers
from shop.models import AccessCode, Basket, BasketChild, PrepayQuestion, PrepayShop
from shop.models.basket import HIGHEST_QUANTITY
from shop.prepay import children, choosing, pages
from shop.views import prepay
from shop.views.basket import BUSY, CONFLICT, busy
from shop.views.entry import TOO_MANY, network_of
from shop.views.prepay import FRAME, address, in_shop, job_of
from shop.views.prepay_form import ChildForm

FREE_BASKETS = 200  # new ones of a network without delay: a school shares one address
NETWORK_PREFIX = "basket:"  # before the network, so that nothing else is counted with them
QUANTITY = "quantity-"


@require_http_methods(["GET", "HEAD", "POST"])
@in_shop
def new(request: HttpRequest, shop: PrepayShop) -> HttpResponse:
    """The form for a child. The same child once more is asked about, if the visitor proves it."""
    questions = children.questions_of(job_of(shop).pk)
    if request.method != "POST" or not _is_open(shop):
        return _details_page(request, shop, ChildForm(questions=questions))
    form = ChildForm(request.POST, questions=questions)
    if not form.is_valid():
        return _details_page(request, shop, form)
    same = _same(request, shop, form, questions)
    chosen = request.POST.get("same", "")
    if same is not None and chosen == str(same.pk):
        return _led_on(address("known", shop, same.pk))
    if same is not None and chosen != "no":
        return _details_page(request, shop, form, same=same)

    def add() -> str:
        basket = _basket_to_fill(request, shop)
        child = choosing.add_child(basket.pk, shop, form.typed(), clock=clock.now)
        return address("child", shop, child.pk)

    return _answered(request, shop, add)


@require_http_methods(["GET", "HEAD", "POST"])
@in_shop
def choose(request: HttpRequest, shop: PrepayShop, child: int) -> HttpResponse:
    """How many of each product for this child. Posted, the basket holds so many."""
    basket, found = _child(request, shop, child)
    if basket is None or found is None:
        return _led_on(address("shop", shop))

    def put_in() -> str:
        chosen = _quantities(request)
        choosing.choose(basket.pk, shop, found.pk, chosen, clock=clock.now)
        return address("shop", shop)

    if request.method == "POST":
        return _answered(request, shop, put_in)
    return _products_page(request, shop, address("child", shop, found.pk), child=found)


@require_http_methods(["GET", "HEAD", "POST"])
@in_shop
def known(request: HttpRequest, shop: PrepayShop, code: int) -> HttpResponse:
    """The same for a child whose access code the visitor holds: nothing is asked of it (S1)."""
    opened = next((held for held in _held(request, shop) if held.pk == code), None)
    if opened is None:
        return _led_on(address("shop", shop))

    def put_in() -> str:
        chosen = _quantities(request)
        basket = _basket_to_fill(request, shop)
        child = choosing.add_known(basket.pk, shop, opened, clock=clock.now)
        choosing.choose(basket.pk, shop, child.pk, chosen, clock=clock.now)
        return address("shop", shop)

    if request.method == "POST":
        return _answered(request, shop, put_in)
    if not _is_open(shop):
        return prepay.page(request, shop)
    basket = visit.prepay_basket(request, shop)
    same_person = {"code__subject": opened.subject}
    found = basket and _children(basket).filter(**same_person).first()
    shown = found or BasketChild(name=str(opened.subject), code=opened)
    return _products_page(request, shop, address("known", shop, opened.pk), child=shown)


@require_http_methods(["GET", "HEAD", "POST"])
@in_shop
def details(request: HttpRequest, shop: PrepayShop, child: int) -> HttpResponse:
    """Another name or class for a child of the basket. Of one that is known nothing is typed."""
    basket, found = _child(request, shop, child)
    if basket is None or found is None or found.code_id is not None:
        return _led_on(address("shop", shop))
    questions = children.questions_of(job_of(shop).pk)
    data = request.POST if request.method == "POST" else None
    form = ChildForm(data, questions=questions, child=found)
    if data is None or not form.is_valid():
        return _details_page(request, shop, form, child=found)
    return prepay.changed(
        request,
        shop,
        lambda: choosing.change_child(basket.pk, shop, found.pk, form.typed(), clock=clock.now),
    )


@require_POST
@in_shop
def remove(request: HttpRequest, shop: PrepayShop, child: int) -> HttpResponse:
    basket = visit.prepay_basket(request, shop)
    return prepay.changed(
        request, shop, lambda: basket and choosing.remove_child(basket.pk, shop, child)
    )


class _Waits(Refused):
    """Too many new baskets came from one network."""


def _answered(request: HttpRequest, shop: PrepayShop, act: Callable[[], str]) -> HttpResponse:
    """Do it and lead on to where it says; or the shop with the sentence why not."""
    try:
        return _led_on(act())
    except Refused as refused:
        status = TOO_MANY if isinstance(refused, _Waits) else CONFLICT
        return prepay.page(request, shop, alert=str(refused), status=status)
    except OperationalError as error:
        if not checkouts.is_passing(error):
            raise
        return prepay.page(request, shop, alert=busy(), status=BUSY)


def _led_on(url: str) -> HttpResponse:
    return frame.private(HttpResponseRedirect(url))


def _is_open(shop: PrepayShop) -> bool:
    is_open: bool = job_of(shop).is_prepay_orderable(clock.now())
    return is_open


def _held(request: HttpRequest, shop: PrepayShop) -> list[AccessCode]:
    """The codes of this job that the visitor has typed or got with an order."""
    codes = visit.unlocked(request, shop.studio)
    return [code for code in codes if code.job_id == shop.job_id]


def _same(
    request: HttpRequest, shop: PrepayShop, form: ChildForm, questions: list[PrepayQuestion]
) -> AccessCode | None:
    typed = form.typed()
    class_name = children.class_of(typed.answers, questions)
    return children.known(_held(request, shop), shop.job_id or 0, typed.name, class_name)


def _basket_to_fill(request: HttpRequest, shop: PrepayShop) -> Basket:
    """A new one is counted, because nothing else keeps a machine from making millions."""
    if visit.prepay_basket(request, shop) is None:
        network = f"{NETWORK_PREFIX}{network_of(request)}"
        try:
            guessing.claim_of_network(
                shop.studio_id, network=network, free=FREE_BASKETS, at=clock.now()
            )
        except guessing.Wait as wait:
            raise _Waits(_many_baskets(wait)) from None
    return visit.prepay_basket_to_fill(request, shop)


def _many_baskets(wait: guessing.Wait) -> str:
    return ngettext(
        "Many orders are begun from your network. Wait %(count)d second, then try again.",
        "Many orders are begun from your network. Wait %(count)d seconds, then try again.",
        wait.seconds,
    ) % {"count": wait.seconds}


def _child(
    request: HttpRequest, shop: PrepayShop, child_id: int
) -> tuple[Basket | None, BasketChild | None]:
    basket = visit.prepay_basket(request, shop)
    if basket is None:
        return None, None
    return basket, _children(basket).filter(pk=child_id).first()


def _children(basket: Basket) -> Any:
    return basket.children.select_related("code__subject__album")


def _quantities(request: HttpRequest) -> Mapping[int, int]:
    """By product. An empty field means none; a wrong one refuses the whole form."""
    found = {}
    for name, text in request.POST.items():
        number = name.removeprefix(QUANTITY)
        if name.startswith(QUANTITY) and number.isascii() and number.isdigit():
            wanted = str(text).strip().strip("0") and read_quantity(str(text))
            found[int(number[:18])] = wanted or 0
    if not found:
        raise Refused(_("Choose a product first."))
    return found


def _products_page(
    request: HttpRequest, shop: PrepayShop, action: str, *, child: BasketChild
) -> HttpResponse:
    job = job_of(shop)
    sold = offers(shop.price_list)
    told = pages.prepay_page(job, has_offers=bool(sold), at=clock.now())
    if not told.is_open:
        return prepay.page(request, shop)
    lines = child.lines.all() if child.pk else []
    chosen = {line.product_id: line.quantity for line in lines}
    rows: list[tuple[Offer, int]] = [(offer, chosen.get(offer.pk, 0)) for offer in sold]
    context = {
        "frame": FRAME,
        "shop": shop,
        "page": told,
        "child": child,
        "details": pages.details(child, children.questions_of(job.pk)),
        "rows": rows,
        "action": action,
        "most": HIGHEST_QUANTITY,
        "code": spelling.written(child.code.code) if child.code else "",
    }
    return frame.page(request, shop.studio, "shop/prepay/products.html", context)


def _details_page(
    request: HttpRequest,
    shop: PrepayShop,
    form: ChildForm,
    *,
    child: BasketChild | None = None,
    same: AccessCode | None = None,
) -> HttpResponse:
    told = pages.prepay_page(job_of(shop), has_offers=bool(offers(shop.price_list)), at=clock.now())
    if not told.is_open:
        return prepay.page(request, shop)
    context = {
        "frame": FRAME,
        "shop": shop,
        "page": told,
        "form": form,
        "child": child,
        "same": same,
        "same_code": spelling.written(same.code) if same else "",
    }
    return frame.page(request, shop.studio, "shop/prepay/child.html", context)
