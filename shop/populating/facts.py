"""What the prepay orders of a job have, and which photos their children's codes show.

The same choice as `Photo.objects.of(subject)`, for all children at once. Five queries.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from jobstatus.keys import listed
from jobstatus.models import Job
from shop.gallery.contents import ORDER
from shop.models import Appearance, Order, OrderLine, OrderPicture, Photo
from shop.populating.choosing import Candidate, Placed, Shown

COLUMNS = ("is_group", "position", "pk", "file_name", "original")


@dataclass(frozen=True)
class Line:
    pk: int
    title: str
    quantity: int
    rule: str
    count: int
    subject_id: int | None
    album_id: int | None
    subject_name: str
    code: str
    placed: Sequence[Placed]


@dataclass(frozen=True)
class Seen:
    """A photo with what the gallery sorts it by."""

    is_group: bool
    position: int
    photo: Candidate


@dataclass(frozen=True)
class PrepayOrder:
    pk: int
    number: int
    name: str
    status: str
    released_at: datetime | None
    lines: Sequence[Line]


@dataclass(frozen=True)
class Facts:
    orders: Sequence[PrepayOrder]
    own: dict[int, list[Seen]] = field(default_factory=dict)  # by the person
    group: dict[int, list[Seen]] = field(default_factory=dict)  # by the album

    def shown(self, line: Line) -> Shown:
        if line.subject_id is None:
            return Shown(has_person=False)
        has_class = line.album_id is not None
        tied = self.own.get(line.subject_id, [])
        own = [seen.photo for seen in tied if not seen.is_group]
        # A group photo can be tied to a person as well, and shows in its place among the others.
        groups = {
            *(seen for seen in tied if seen.is_group),
            *self.group.get(line.album_id or 0, []),
        }
        group = sorted(groups, key=lambda seen: (seen.position, seen.photo.pk))
        return Shown(own, [seen.photo for seen in group], True, has_class)


def gather(job: Job, order_ids: Collection[int] | None, *, locked: bool) -> Facts:
    """All prepay orders of the job that are not cancelled, or those of them that are asked for.

    `locked` holds the orders until the transaction ends; the caller holds the job before.
    """
    orders = Order.objects.prepay().filter(prepay_shop__job=job)
    orders = orders.exclude(status=Order.Status.CANCELLED).order_by("pk")
    if order_ids is not None:
        orders = orders.filter(pk__in=listed(order_ids))
    if locked:
        orders = orders.select_for_update(of=("self",), no_key=True)
    rows = list(orders)
    lines = _lines([row.pk for row in rows])
    found = [
        PrepayOrder(row.pk, row.number, row.name, row.status, row.released_at, lines[row.pk])
        for row in rows
    ]
    every = [line for order in found for line in order.lines]
    persons = {line.subject_id for line in every if line.subject_id is not None}
    albums = {line.album_id for line in every if line.album_id is not None}
    return Facts(found, _own(job, persons), _group(job, albums))


def _lines(order_ids: Collection[int]) -> dict[int, list[Line]]:
    placed: dict[int, list[Placed]] = defaultdict(list)
    pictures = OrderPicture.objects.filter(
        line__order__in=listed(order_ids), line__code__isnull=False
    )
    for picture in pictures.order_by("line", "place", "pk"):
        placed[picture.line_id].append(
            Placed(
                picture.pk,
                picture.place,
                picture.photo_id,
                picture.file_name,
                picture.original_name,
            )
        )
    rows = OrderLine.objects.filter(order__in=listed(order_ids), code__isnull=False)
    found: dict[int, list[Line]] = defaultdict(list)
    for row in rows.select_related("code__subject").order_by("pk"):
        found[row.order_id].append(_line(row, placed[row.pk]))
    return found


def _line(row: OrderLine, placed: Sequence[Placed]) -> Line:
    code = row.code
    subject = code.subject if code else None
    return Line(
        pk=row.pk,
        title=row.title,
        quantity=row.quantity,
        rule=row.photo_rule,
        count=row.photo_count,
        subject_id=subject.pk if subject else None,
        album_id=subject.album_id if subject else None,
        subject_name=subject.name if subject else row.subject_name,
        code=code.code if code else "",
        placed=placed,
    )


def _own(job: Job, subject_ids: Collection[int]) -> dict[int, list[Seen]]:
    shown = Photo.objects.shown().filter(job=job)
    rows = Appearance.objects.filter(subject__in=listed(subject_ids), photo__in=shown)
    found: dict[int, list[Seen]] = defaultdict(list)
    columns = ("subject", *(f"photo__{name}" for name in COLUMNS))
    places = [f"photo__{name}" for name in ORDER]
    for subject_id, *seen in rows.order_by("subject", *places).values_list(*columns):
        found[subject_id].append(_seen(*seen))
    return found


def _group(job: Job, album_ids: Collection[int]) -> dict[int, list[Seen]]:
    rows = Photo.objects.shown().filter(job=job, is_group=True, album__in=listed(album_ids))
    found: dict[int, list[Seen]] = defaultdict(list)
    for album_id, *seen in rows.order_by("album", *ORDER).values_list("album", *COLUMNS):
        found[album_id].append(_seen(*seen))
    return found


def _seen(is_group: bool, position: int, *photo: Any) -> Seen:
    return Seen(is_group, position, Candidate(*photo))
