"""What a basket holds and costs at an instant: its rows read, judged and priced."""

from collections.abc import Collection
from datetime import datetime

from jobstatus.keys import listed
from jobstatus.models import Studio
from shop.buying import shelf
from shop.buying.lines import Line, Picture, Priced
from shop.buying.shelf import Shelf, Standing
from shop.models import BasketLine, LinePicture


def priced(
    basket_id: int | None, *, studio: Studio, code_ids: Collection[int], at: datetime
) -> Priced:
    """The basket at this instant and at the prices of now, for a visitor who typed these codes.

    Six queries at most, whatever the number of lines. Reads only.
    """
    if basket_id is None:
        return Priced()
    rows = list(BasketLine.objects.filter(basket=basket_id, basket__studio=studio).order_by("pk"))
    pictures: dict[int, list[LinePicture]] = {row.pk: [] for row in rows}
    of_lines = LinePicture.objects.filter(line__in=listed(pictures)).select_related("job")
    for picture in of_lines.order_by("pk"):
        pictures[picture.line_id].append(picture)
    named = [picture for row in rows for picture in pictures[row.pk]]
    known = shelf.read(
        studio,
        code_ids=code_ids,
        photo_ids={picture.photo_id for picture in named if picture.photo_id is not None},
        product_ids={row.product_id for row in rows if row.product_id is not None},
        at=at,
    )
    lines = _judged(rows, pictures, known, studio)
    return Priced(
        lines=[line for line in lines if line.counts],
        left=[line for line in lines if not line.counts],
        job_ids=frozenset(
            picture.job_id
            for row in rows
            if row.set_aside_at is None
            for picture in pictures[row.pk]
        ),
    )


def _judged(
    rows: list[BasketLine], pictures: dict[int, list[LinePicture]], known: Shelf, studio: Studio
) -> list[Line]:
    """The currency of the first line that can be ordered is that of the basket."""
    currency = None
    lines: dict[int, Line] = {}
    for row in sorted(rows, key=lambda row: (row.set_aside_at is not None, row.pk)):
        product = known.products.get(row.product_id or 0)
        picks = [(picture.code_id, picture.photo_id) for picture in pictures[row.pk]]
        standing = known.standing(row.product_id, picks)
        now = product.price_list.currency if product else row.currency
        if standing is Standing.GOOD and now != (currency or now):
            standing = Standing.OTHER_CURRENCY
        if standing is Standing.GOOD and row.set_aside_at is None:
            currency = now
        lines[row.pk] = Line(
            pk=row.pk,
            product=product,
            quantity=row.quantity,
            title=product.name if product else row.title,
            price_cents=product.price_cents if product else row.price_cents,
            currency=now,
            was_title=row.title,
            was_price_cents=row.price_cents,
            was_currency=row.currency,
            pictures=[_picture(picture, known, studio) for picture in pictures[row.pk]],
            standing=standing,
            set_aside_at=row.set_aside_at,
        )
    return [lines[row.pk] for row in rows]


def _picture(picture: LinePicture, known: Shelf, studio: Studio) -> Picture:
    code = known.codes.get(picture.code_id or 0)
    return Picture(
        code_id=picture.code_id,
        photo_id=picture.photo_id,
        code=code,
        photo=known.photos.get(picture.photo_id or 0),
        job_id=picture.job_id,
        job=picture.job.name,
        zone=studio.timezone,
        is_shown=known.shows(picture.code_id, picture.photo_id),
        is_open=known.opens(picture.code_id, picture.job),
        closed_since=picture.job.closed_since(known.at),
    )
