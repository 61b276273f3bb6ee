"""What the buttons above the photos do, each by its name in the form."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from jobstatus.models import Job
from shop.admin.photo_grid import View, chosen, number, persons
from shop.models import SortingStep
from shop.sorting import photos, trash, tying
from shop.sorting.photos import NoSuchAlbum
from shop.sorting.steps import MOST_PHOTOS, TooMany
from shop.sorting.tying import NoSuchPerson


class Refused(Exception):
    """Nothing was done. The message is a sentence for a person."""


@dataclass(frozen=True)
class Order:
    """One press of a button: which photos, and by whom."""

    job: Job
    posted: QueryDict
    view: View
    by: Any
    at: datetime

    def ids(self) -> list[int]:
        """The ticked photos, or all that the view shows."""
        if self.posted.get("all"):
            rows = chosen(self.job, self.view).order_by("pk").values_list("pk", flat=True)
            return list(rows[: MOST_PHOTOS + 1])
        found = [number(text) for text in self.posted.getlist("photo")]
        return [pk for pk in found if pk is not None]


def carry_out(order: Order) -> SortingStep | None:
    """None if there was nothing to change. Raises Refused."""
    do = _DEEDS.get(order.posted.get("do", ""))
    if do is None:
        raise Refused(_("Choose what to do with the photos."))
    ids = order.ids()
    if not ids:
        raise Refused(_("Choose photos first."))
    try:
        return do(order, ids)
    except (TooMany, NoSuchAlbum, NoSuchPerson) as error:
        raise Refused(str(error)) from error


def _move(order: Order, ids: list[int]) -> SortingStep | None:
    album = number(order.posted.get("to", "")) or 0
    return photos.move(order.job, ids, album, by=order.by, at=order.at)


def _tie(order: Order, ids: list[int]) -> SortingStep | None:
    text = " ".join(order.posted.get("person", "").split())
    if not text:
        raise Refused(_("Write the person's name."))
    known = persons(order.job)
    subject = known.get(text)
    if subject is None:
        alike = [pk for name, pk in known.items() if name.casefold() == text.casefold()]
        if len(alike) != 1:
            raise Refused(_("“%(name)s” is nobody, or several, in this job.") % {"name": text[:80]})
        subject = alike[0]
    return tying.tie(order.job, ids, subject, by=order.by, at=order.at)


def _untie(order: Order, ids: list[int]) -> SortingStep | None:
    return tying.untie(order.job, ids, None, by=order.by, at=order.at)


def _untie_one(order: Order, ids: list[int]) -> SortingStep | None:
    subject = number(order.posted.get("subject", "")) or 0
    return tying.untie(order.job, ids, subject, by=order.by, at=order.at)


def _plain(operation: Any) -> Callable[[Order, list[int]], SortingStep | None]:
    def do(order: Order, ids: list[int]) -> SortingStep | None:
        step: SortingStep | None = operation(order.job, ids, by=order.by, at=order.at)
        return step

    return do


_DEEDS: dict[str, Callable[[Order, list[int]], SortingStep | None]] = {
    "hide": _plain(photos.hide),
    "show": _plain(photos.show),
    "group": _plain(photos.make_group),
    "single": _plain(photos.make_single),
    "no_card": _plain(photos.take_for_photos),
    "trash": _plain(trash.put_photos),
    "move": _move,
    "tie": _tie,
    "untie": _untie,
    "untie_one": _untie_one,
}
