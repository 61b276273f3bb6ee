"""What a visitor does with a basket before the order (S2, A5, X4).

Each change is one durable transaction: the jobs first, in id order, then the basket's row, then
the clock, then the judgement of `shelf`. A line that is put in can so never slip past an archive
that commits at the same instant.
"""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from jobstatus import deadlines
from jobstatus.clock import Clock
from jobstatus.keys import listed
from jobstatus.models import Job, Studio
from shop.buying import choices, shelf
from shop.buying.choices import Choice, Refused
from shop.buying.lines import Line, Priced
from shop.buying.reckoning import priced
from shop.buying.shelf import Shelf, Standing
from shop.models import AccessCode, Basket, BasketLine, LinePicture
from shop.models.basket import HIGHEST_QUANTITY, MOST_LINES

__all__ = [
    "Refused",
    "accept_prices",
    "add",
    "change_quantity",
    "hold",
    "hold_jobs",
    "priced",
    "put_back",
    "take_prices",
]


@transaction.atomic(durable=True)
def add(
    basket_id: int, choice: Choice, *, studio: Studio, code_ids: Collection[int], clock: Clock
) -> BasketLine:
    """Put this into the basket; the same product with the same photos is counted up.

    Raises Refused, and then nothing was changed. A fixed number of queries.
    """
    chosen = {code_id for code_id, _photo_id in choice.picks} & set(code_ids)
    hold_jobs(_jobs_of_codes(chosen))
    basket = hold(basket_id, studio)
    at = deadlines.require_aware(clock())
    known = shelf.read(
        studio,
        code_ids=chosen,
        photo_ids={photo_id for _code_id, photo_id in choice.picks},
        product_ids={choice.product_id},
        at=at,
    )
    _refuse_wrong_choice(choice, known)
    _refuse_other_currency(basket, known.products[choice.product_id].price_list.currency)
    _note_change(basket_id, at)
    same = _same_line(basket, choice)
    if same is not None:
        return _count_up(same, choice.quantity)
    refuse_full(basket)
    return _new_line(basket, choice, known)


def _refuse_other_currency(basket: Basket, currency: str) -> None:
    others = basket.lines.pending().exclude(currency=currency).values_list("currency", flat=True)
    if (other := others.first()) is not None:
        raise Refused(
            _(
                "Your basket has prices in %(other)s, and this product costs %(currency)s. "
                "Place that order first, then this one."
            )
            % {"other": other, "currency": currency}
        )


def _new_line(basket: Basket, choice: Choice, known: Shelf) -> BasketLine:
    product = known.products[choice.product_id]
    line: BasketLine = basket.lines.create(
        product=product,
        title=product.name,
        price_cents=product.price_cents,
        currency=product.price_list.currency,
        quantity=choice.quantity,
    )
    LinePicture.objects.bulk_create(
        LinePicture(line=line, job_id=known.photos[photo].job_id, photo_id=photo, code_id=code)
        for code, photo in choice.picks
    )
    return line


def _refuse_wrong_choice(choice: Choice, known: Shelf) -> None:
    standing = known.standing(choice.product_id, choice.picks)
    product = known.products.get(choice.product_id)
    if standing is Standing.GOOD:
        return
    if standing is Standing.CLOSED:
        raise Refused(_("These photos cannot be ordered now: their sale is closed."))
    if standing is Standing.OFF_SALE:
        raise Refused(_("This product is not for sale with this photo."))
    if product is not None and len(choice.picks) != product.picture_count:
        raise Refused(
            ngettext(
                "Choose exactly %(count)d photo for this product.",
                "Choose exactly %(count)d photos for this product.",
                product.picture_count,
            )
            % {"count": product.picture_count}
        )
    raise Refused(choices.not_yours())


def _same_line(basket: Basket, choice: Choice) -> BasketLine | None:
    rows = basket.lines.pending().filter(product=choice.product_id).prefetch_related("pictures")
    wanted = sorted(choice.picks)
    for line in rows.order_by("pk"):
        picks = [(p.code_id, p.photo_id) for p in line.pictures.all()]
        if all(None not in pick for pick in picks) and sorted(picks) == wanted:
            return line
    return None


def _count_up(line: BasketLine, quantity: int) -> BasketLine:
    if line.quantity + quantity > HIGHEST_QUANTITY:
        raise Refused(choices.too_many())
    line.quantity += quantity
    line.save(update_fields=["quantity"])
    return line


def refuse_full(basket: Basket) -> None:
    if basket.lines.count() >= MOST_LINES:
        raise Refused(
            ngettext(
                "A basket holds at most %(count)d product. Order it first, or remove it.",
                "A basket holds at most %(count)d products. Order these first, or remove some.",
                MOST_LINES,
            )
            % {"count": MOST_LINES}
        )


@transaction.atomic(durable=True)
def change_quantity(
    basket_id: int,
    line_id: int,
    quantity: int,
    *,
    studio: Studio,
    code_ids: Collection[int],
    clock: Clock,
) -> None:
    """Raises Refused for a line that is gone, set aside, or cannot be ordered now."""
    hold(basket_id, studio)
    at = deadlines.require_aware(clock())
    now = priced(basket_id, studio=studio, code_ids=code_ids, at=at)
    line = find([*now.lines, *now.left], line_id)
    if not line.counts:
        raise Refused(line.reason)
    pending = BasketLine.objects.pending().filter(pk=line_id, basket=basket_id)
    if pending.update(quantity=quantity) != 1:
        raise Refused(_gone())
    _note_change(basket_id, at)


@transaction.atomic(durable=True)
def put_back(
    basket_id: int, line_id: int, *, studio: Studio, code_ids: Collection[int], clock: Clock
) -> None:
    """A line that was set aside is in the basket again, at the price of now (X4). Or Refused."""
    hold_jobs(LinePicture.objects.filter(line=line_id).values_list("job_id", flat=True))
    hold(basket_id, studio)
    at = deadlines.require_aware(clock())
    line = find(priced(basket_id, studio=studio, code_ids=code_ids, at=at).left, line_id)
    if not line.can_return:
        raise Refused(line.reason)
    BasketLine.objects.filter(pk=line_id, basket=basket_id).update(
        set_aside_at=None, title=line.title, price_cents=line.price_cents, currency=line.currency
    )


@transaction.atomic(durable=True)
def accept_prices(
    basket_id: int, *, studio: Studio, code_ids: Collection[int], seen: str, clock: Clock
) -> None:
    """The visitor accepts what the page with this fingerprint showed. Refused if it changed."""
    hold(basket_id, studio)
    at = deadlines.require_aware(clock())
    take_prices(priced(basket_id, studio=studio, code_ids=code_ids, at=at), seen=seen)


def take_prices(now: Priced, *, seen: str) -> None:
    """What is shown now becomes what the visitor has accepted. The caller holds the basket."""
    if now.fingerprint() != seen:
        raise Refused(_("Your basket changed meanwhile. Please look at it again."))
    rows = [
        BasketLine(
            pk=line.pk, title=line.title, price_cents=line.price_cents, currency=line.currency
        )
        for line in now.changed
    ]
    BasketLine.objects.bulk_update(rows, ["title", "price_cents", "currency"])


def hold_jobs(job_ids: Iterable[int]) -> None:
    """Nobody changes the status of these jobs until this transaction ends.

    Shared with other baskets and checkouts, in id order. Whoever archives waits, or was here
    first: then this waits, and the clock is read afterwards. SQLite has one writer at a time.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT id FROM {Job._meta.db_table} WHERE id = ANY(%s) ORDER BY id FOR SHARE",  # noqa: S608 - a name of ours
                [sorted(set(job_ids))],
            )


def hold(basket_id: int, studio: Studio) -> Basket:
    """The basket's row, which every change of its lines holds. Raises Refused if it is gone."""
    rows = Basket.objects.select_for_update(no_key=True).filter(pk=basket_id, studio=studio)
    basket = rows.first()
    if basket is None:
        raise Refused(_("This basket no longer exists. Please choose again."))
    return basket


def _note_change(basket_id: int, at: datetime) -> None:
    """From now on it counts as left behind (C2)."""
    Basket.objects.filter(pk=basket_id).update(changed_at=at)


def _jobs_of_codes(code_ids: Collection[int]) -> list[int]:
    rows = AccessCode.objects.filter(pk__in=listed(code_ids), job__isnull=False)
    return [job_id for job_id in rows.values_list("job_id", flat=True) if job_id is not None]


def find(lines: Iterable[Line], line_id: int) -> Line:
    """Raises Refused when the line is not among them."""
    for line in lines:
        if line.pk == line_id:
            return line
    raise Refused(_gone())


def _gone() -> str:
    return _("This product is no longer in your basket.")
