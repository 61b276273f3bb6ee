"""What a visitor has unlocked and put into the basket, remembered in the session.

The session holds numbers only. Whether they still open anything is asked anew on every request.
"""

import secrets
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from jobstatus.models import Studio
from shop.models import AccessCode, Basket, BasketLine, PrepayShop
from shop.prepared import Prepared

CODES, BASKETS, VISITOR = "codes", "baskets", "visitor"  # keys of the session
SHOPS = "prepay_shops"  # whose code the visitor has typed; as well a key of the session
MOST_CODES = 50  # of one visitor; the oldest is forgotten


def unlock(request: HttpRequest, *codes: AccessCode) -> None:
    """Remember that the visitor knows these codes. The session gets a new key (no fixation)."""
    new = [code.pk for code in codes]
    known: list[int] = [pk for pk in request.session.get(CODES, []) if pk not in new]
    request.session.cycle_key()
    request.session[CODES] = [*known, *new][-MOST_CODES:]


def forget(request: HttpRequest, code_id: int) -> None:
    request.session[CODES] = [pk for pk in request.session.get(CODES, []) if pk != code_id]


def unlocked(request: HttpRequest, studio: Studio) -> list[AccessCode]:
    """The visitor's codes of this studio, in the order they were typed; dead ones left out.

    Job, its studio, its storefront with price list, and the subject with its album are loaded.
    One query; none for a visitor without codes.
    """
    return codes_of(known_ids(request), studio)


def known_ids(request: HttpRequest) -> list[int]:
    """The codes that the visitor has typed, of any studio, dead or alive."""
    known: list[int] = request.session.get(CODES, [])
    return known


def codes_of(known: list[int], studio: Studio) -> list[AccessCode]:
    """As `unlocked`, for whoever has no request: the checkout reads them again under its lock."""
    if not known:
        return []
    rows = AccessCode.objects.filter(pk__in=known, studio=studio, subject__isnull=False)
    codes = rows.select_related("job__studio", "job__storefront__price_list", "subject__album")
    return sorted(codes, key=lambda code: known.index(code.pk))


def enter_shop(request: HttpRequest, shop: PrepayShop) -> None:
    """Remember that the visitor knows the code of this prepay shop. The session gets a new key."""
    known: list[int] = [pk for pk in request.session.get(SHOPS, []) if pk != shop.pk]
    request.session.cycle_key()
    request.session[SHOPS] = [*known, shop.pk][-MOST_CODES:]


def entered(request: HttpRequest, studio: Studio) -> list[PrepayShop]:
    """Those of this studio whose code the visitor has typed. No query for who has typed none."""
    known = request.session.get(SHOPS, [])
    return list(PrepayShop.objects.filter(pk__in=known, studio=studio)) if known else []


def may_enter(request: HttpRequest, shop: PrepayShop) -> bool:
    """Who typed its code, or a code of one of its children; everybody if it is chosen by name."""
    if shop.entry == PrepayShop.Entry.NAME or shop.pk in request.session.get(SHOPS, []):
        return True
    codes = AccessCode.objects.filter(pk__in=known_ids(request), subject__isnull=False)
    return codes.filter(job=shop.job_id).exists()


def is_new(request: HttpRequest) -> bool:
    """Whether the visitor has done nothing yet for which a session is needed."""
    return not any(name in request.session for name in (CODES, BASKETS, SHOPS))


def visitor(request: HttpRequest) -> str:
    """A random name for this visitor, to tie signed addresses to."""
    if VISITOR not in request.session:
        request.session[VISITOR] = secrets.token_hex(8)
    name: str = request.session[VISITOR]
    return name


def basket(request: HttpRequest, studio: Studio) -> Basket | None:
    """The visitor's basket in this studio's shop; None before anything was put into it."""
    pk = basket_id(request, studio)
    return None if pk is None else Basket.objects.filter(pk=pk, studio=studio).first()


def basket_id(request: HttpRequest, studio: Studio) -> int | None:
    """What the session says. Whether it is a basket of this studio, the database knows."""
    pk: int | None = request.session.get(BASKETS, {}).get(str(studio.pk))
    return pk


def basket_to_fill(request: HttpRequest, studio: Studio) -> Basket:
    found = basket(request, studio) or Basket.objects.create(studio=studio)
    request.session[BASKETS] = request.session.get(BASKETS, {}) | {str(studio.pk): found.pk}
    return found


def basket_count(request: HttpRequest, studio: Studio) -> int:
    """Lines in the basket, for the head of every page. At most one query."""
    pk = basket_id(request, studio)
    return 0 if pk is None else len(_LINES.rows(pk, studio.pk))


def prepay_basket(request: HttpRequest, shop: PrepayShop) -> Basket | None:
    """The visitor's basket in this prepay shop, which is one of its own."""
    pk: int | None = request.session.get(BASKETS, {}).get(_key(shop))
    return None if pk is None else Basket.objects.filter(pk=pk, prepay_shop=shop).first()


def prepay_basket_to_fill(request: HttpRequest, shop: PrepayShop) -> Basket:
    found = prepay_basket(request, shop) or Basket.objects.create(
        studio_id=shop.studio_id, prepay_shop=shop
    )
    request.session[BASKETS] = request.session.get(BASKETS, {}) | {_key(shop): found.pk}
    return found


def _key(shop: PrepayShop) -> str:
    """Beside the baskets of studios, whose keys are numbers."""
    return f"prepay-{shop.pk}"


def lines_of(basket: Any, studio: Any) -> QuerySet[BasketLine]:
    """What counts as being in the basket."""
    return BasketLine.objects.pending().filter(basket=basket, basket__studio=studio)


def _lines(basket: int, studio: int) -> QuerySet[Any, Any]:
    return lines_of(basket, studio).values_list("pk")


_LINES = Prepared("shop_lines", _lines, -1, -2)
