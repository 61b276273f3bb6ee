"""What a basket of a prepay shop holds and costs at an instant, and may be ordered (L9, P1)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from jobstatus.models import Job, Studio
from shop.buying.lines import Child, Line, Priced
from shop.buying.shelf import Standing
from shop.models import AccessCode, Basket, BasketChild, BasketLine, PrepayShop, Product
from shop.prepay import children, enrolling


@dataclass(frozen=True)
class PrepayCounter:
    """A `Counter` of the checkout. It reads shop, job and prices anew each time it is asked."""

    studio: Studio
    shop_id: int

    def jobs(self, basket_id: int) -> frozenset[int]:
        """Of a prepay basket always the one job, whatever is in it."""
        shops = PrepayShop.objects.filter(pk=self.shop_id, job__isnull=False)
        return frozenset(pk for pk in shops.values_list("job_id", flat=True) if pk is not None)

    def hold(self, job_ids: Collection[int]) -> None:
        """Alone, and not shared as for photos: checkouts queue up, and who closes with them.

        Shared, a crowd of parents would keep the studio waiting: each new one would pass it. Of two
        orders for one child the second one so finds the first one's person, too.
        """
        list(Job.objects.select_for_update(no_key=True).filter(pk__in=job_ids).order_by("pk"))

    def priced(self, basket_id: int | None, *, at: datetime) -> Priced:
        """Two queries. Reads only."""
        if basket_id is None:
            return Priced()
        shop = PrepayShop.objects.select_related("job__studio").get(pk=self.shop_id)
        job = shop.job
        if job is None:
            return Priced()
        rows = BasketLine.objects.filter(
            basket=basket_id, basket__prepay_shop=shop, child__isnull=False
        ).select_related("child__code__subject", "product__price_list")
        is_open = job.is_prepay_orderable(at)
        lines = [
            _line(row, row.child, shop, job.name, is_open=is_open)
            for row in rows.order_by("child", "product__position", "pk")
            if row.child is not None
        ]
        return Priced(
            lines=[line for line in lines if line.counts],
            left=[line for line in lines if not line.counts],
            job_ids=frozenset([job.pk]),
        )

    def enrol(self, now: Priced, *, at: datetime) -> Mapping[int, AccessCode]:
        return enrolling.enrol(self.shop_id, now, at=at)

    def tidy(self, basket: Basket, codes: Mapping[int, AccessCode]) -> None:
        enrolling.tidy(basket, codes)


def _line(
    row: BasketLine, child: BasketChild, shop: PrepayShop, job_name: str, *, is_open: bool
) -> Line:
    product = row.product
    currency = product.price_list.currency if product else row.currency
    return Line(
        pk=row.pk,
        product=product,
        quantity=row.quantity,
        title=product.name if product else row.title,
        price_cents=product.price_cents if product else row.price_cents,
        currency=currency,
        was_title=row.title,
        was_price_cents=row.price_cents,
        was_currency=row.currency,
        pictures=[],
        standing=_standing(child, product, shop, is_open=is_open),
        set_aside_at=row.set_aside_at,
        child=_child(child, shop, job_name),
    )


def _standing(
    child: BasketChild, product: Product | None, shop: PrepayShop, *, is_open: bool
) -> Standing:
    if not is_open:
        return Standing.CLOSED
    if child.code is not None and child.code.subject is None:
        return Standing.LOCKED  # the person was deleted since
    if product is None or not product.is_active or product.price_list_id != shop.price_list_id:
        return Standing.OFF_SALE
    return Standing.GOOD


def _child(child: BasketChild, shop: PrepayShop, job_name: str) -> Child:
    answers = sorted(children.stored(child.answers).items())
    return Child(
        pk=child.pk,
        name=child.name,
        job_id=shop.job_id or 0,
        job=job_name,
        code=child.code,
        details=" · ".join(f"{number}: {text}" for number, text in answers),
    )
