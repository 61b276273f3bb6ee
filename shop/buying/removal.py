"""Taking a line out of a basket, and the way back if that was a slip."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction

from jobstatus import deadlines
from jobstatus.clock import Clock
from jobstatus.keys import listed
from jobstatus.models import Job, Studio
from shop.buying import baskets
from shop.models import BasketLine, LinePicture, Photo, Product

KEPT = ("product_id", "title", "price_cents", "currency", "quantity")


@transaction.atomic(durable=True)
def remove(basket_id: int, line_id: int, *, studio: Studio) -> dict[str, Any] | None:
    """Take the line out. Returns what `restore` needs, as JSON; None when it was gone already."""
    baskets.hold(basket_id, studio)
    line = BasketLine.objects.filter(pk=line_id, basket=basket_id).first()
    if line is None:
        return None
    removed = {name: getattr(line, name) for name in KEPT} | {
        "set_aside_at": line.set_aside_at and line.set_aside_at.isoformat(),
        "pictures": list(line.pictures.order_by("pk").values_list("job", "code", "photo")),
    }
    line.delete()
    return removed


@transaction.atomic(durable=True)
def restore(
    basket_id: int,
    removed: dict[str, Any],
    *,
    studio: Studio,
    code_ids: Collection[int],
    clock: Clock,
) -> None:
    """Undo `remove`. What was archived meanwhile comes back set aside, as if it had stayed."""
    baskets.hold_jobs(job_id for job_id, _code, _photo in removed["pictures"])
    basket = baskets.hold(basket_id, studio)
    at = deadlines.require_aware(clock())
    baskets.refuse_full(basket)
    product = Product.objects.filter(pk=removed["product_id"], price_list__studio=studio).first()
    line = basket.lines.create(
        **{name: removed[name] for name in KEPT} | {"product_id": product and product.pk},
        set_aside_at=removed["set_aside_at"] and datetime.fromisoformat(removed["set_aside_at"]),
    )
    LinePicture.objects.bulk_create(_pictures(line, removed["pictures"], studio))
    now = baskets.priced(basket_id, studio=studio, code_ids=code_ids, at=at)
    if line.set_aside_at is None and baskets.find([*now.lines, *now.left], line.pk).is_closed:
        basket.lines.filter(pk=line.pk).update(set_aside_at=at)


def _pictures(line: BasketLine, kept: list[list[int | None]], studio: Studio) -> list[LinePicture]:
    """As the database would have left them: without deleted jobs, and empty for deleted photos."""
    jobs = Job.objects.filter(pk__in=listed(job for job, _code, _photo in kept if job))
    photos = Photo.objects.filter(pk__in=listed(photo for _job, _code, photo in kept if photo))
    known_jobs = set(jobs.filter(studio=studio).values_list("pk", flat=True))
    known_photos = set(photos.values_list("pk", flat=True))
    return [
        LinePicture(
            line=line, job_id=job, code_id=code, photo_id=photo if photo in known_photos else None
        )
        for job, code, photo in kept
        if job is not None and job in known_jobs
    ]
