"""What a visitor of a prepay shop does with a basket: children, and how many of what for each.

Each change is one durable transaction: the job first, then the basket's row, then the clock, then
the judgement. A quantity is set, never added: a form that is sent twice does nothing twice.
"""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from jobstatus import deadlines
from jobstatus.clock import Clock
from shop.buying import baskets
from shop.buying.choices import Refused
from shop.gallery.offers import on_sale
from shop.models import AccessCode, Basket, BasketChild, BasketLine, PrepayShop, Product
from shop.models.basket import MOST_LINES
from shop.prepay import children
from shop.prepay.children import Typed
from shop.prepay.counter import PrepayCounter

MOST_CHILDREN = 20  # in one basket


@transaction.atomic(durable=True)
def add_child(basket_id: int, shop: PrepayShop, child: Typed, *, clock: Clock) -> BasketChild:
    """A child to order for. One that was described in the same words is the same. Or Refused."""
    basket, _at = _hold(basket_id, shop, clock=clock)
    for other in basket.children.filter(code__isnull=True).order_by("pk"):
        if child.is_like(other.name, children.stored(other.answers)):
            return other
    _refuse_many(basket)
    return basket.children.create(name=child.name, answers=_kept(child))


@transaction.atomic(durable=True)
def add_known(basket_id: int, shop: PrepayShop, code: AccessCode, *, clock: Clock) -> BasketChild:
    """A child whose code the visitor holds. The second time it is the same. Or Refused."""
    basket, _at = _hold(basket_id, shop, clock=clock)
    subject = code.subject
    if subject is None or code.job_id != shop.job_id:
        raise Refused(_gone())
    found = basket.children.filter(code__subject=subject).first()
    if found is not None:
        return found
    _refuse_many(basket)
    return basket.children.create(name=subject.name, code=code)


@transaction.atomic(durable=True)
def change_child(
    basket_id: int, shop: PrepayShop, child_id: int, child: Typed, *, clock: Clock
) -> None:
    """Raises Refused for a child that is gone, or known: of that one nothing is typed."""
    basket, _at = _hold(basket_id, shop, clock=clock)
    rows = basket.children.filter(pk=child_id, code__isnull=True)
    if rows.update(name=child.name, answers=_kept(child)) != 1:
        raise Refused(_gone())


@transaction.atomic(durable=True)
def remove_child(basket_id: int, shop: PrepayShop, child_id: int) -> None:
    """With all that was chosen for it. Also while the shop is closed. Twice is like once."""
    basket = baskets.hold(basket_id, shop.studio)
    basket.children.filter(pk=child_id).delete()


@transaction.atomic(durable=True)
def choose(
    basket_id: int,
    shop: PrepayShop,
    child_id: int,
    quantities: Mapping[int, int],
    *,
    clock: Clock,
) -> None:
    """So many of each product for this child; 0 takes it out, others stay. Or Refused.

    A chosen product has the price of now, which is what the page showed or tells next.
    """
    basket, at = _hold(basket_id, shop, clock=clock)
    child = basket.children.filter(pk=child_id).first()
    if child is None:
        raise Refused(_gone())
    products = on_sale(shop.price_list_id).filter(pk__in=quantities).select_related("price_list")
    wanted = {product: quantities[product.pk] for product in products}
    if len(wanted) < sum(quantity > 0 for quantity in quantities.values()):
        raise Refused(_("One of these products is no longer for sale. Please choose again."))
    child.lines.filter(product__in=[pk for pk, count in quantities.items() if not count]).delete()
    for product, quantity in wanted.items():
        if quantity:
            _set(basket, child, product, quantity)
    _refuse_full(basket)
    Basket.objects.filter(pk=basket_id).update(changed_at=at)


@transaction.atomic(durable=True)
def remove_line(basket_id: int, shop: PrepayShop, line_id: int) -> None:
    """Also when the shop is closed. The same again does nothing."""
    basket = baskets.hold(basket_id, shop.studio)
    basket.lines.filter(pk=line_id).delete()


@transaction.atomic(durable=True)
def accept_prices(basket_id: int, shop: PrepayShop, *, seen: str, clock: Clock) -> None:
    """The visitor accepts what the page with this fingerprint showed. Refused if it changed."""
    _basket, at = _hold(basket_id, shop, clock=clock)
    now = PrepayCounter(shop.studio, shop.pk).priced(basket_id, at=at)
    baskets.take_prices(now, seen=seen)


def _hold(basket_id: int, shop: PrepayShop, *, clock: Clock) -> tuple[Basket, datetime]:
    """The job and the basket held, the clock read after it. Refused when the shop is closed."""
    baskets.hold_jobs([shop.job_id] if shop.job_id else [])
    basket = baskets.hold(basket_id, shop.studio)
    at = deadlines.require_aware(clock())
    now = PrepayShop.objects.select_related("job__studio").get(pk=shop.pk)
    if basket.prepay_shop_id != shop.pk or now.job is None:
        raise Refused(_gone())
    if not now.job.is_prepay_orderable(at):
        raise Refused(_("Nothing was changed: “%(job)s” takes no orders now.") % {"job": now.job})
    return basket, at


def _set(basket: Basket, child: BasketChild, product: Product, quantity: int) -> None:
    BasketLine.objects.update_or_create(
        child=child,
        product=product,
        defaults={
            "basket": basket,
            "title": product.name,
            "price_cents": product.price_cents,
            "currency": product.price_list.currency,
            "quantity": quantity,
        },
    )


def _kept(child: Typed) -> dict[str, str]:
    return {str(number): text for number, text in child.answers.items()}


def _refuse_many(basket: Basket) -> None:
    if basket.children.count() >= MOST_CHILDREN:
        raise Refused(
            ngettext(
                "One order is for %(count)d child at most. Order first, then add the next one.",
                "One order is for %(count)d children at most. Order first, then add the next one.",
                MOST_CHILDREN,
            )
            % {"count": MOST_CHILDREN}
        )


def _refuse_full(basket: Basket) -> None:
    if basket.lines.count() > MOST_LINES:
        raise Refused(
            _("That is more than one order can hold. Place this order first, then the next one.")
        )


def _gone() -> str:
    return _("This child is no longer in your basket.")
