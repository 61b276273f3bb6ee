"""A person chooses the photo of a place in a line, instead of the rule. Populating keeps it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from jobstatus import deadlines
from jobstatus.clock import Clock
from jobstatus.models import Job
from shop import orders
from shop.models import Order, OrderEvent
from shop.orders import ChangeRefused
from shop.populating.choosing import ALL, Candidate, Fill, Placed, Shown, is_sound
from shop.populating.facts import Line, gather
from shop.populating.writing import locked, picture_of


@dataclass(frozen=True)
class Place:
    """A place of a line, what is in it, and whether that is still sound."""

    number: int
    picture: Placed | None
    is_sound: bool


@dataclass(frozen=True)
class Picker:
    """A line with its places, and the photos that can be put there."""

    line: Line
    shown: Shown
    refusal: str | None

    @property
    def places(self) -> list[Place]:
        """Also those that are empty."""
        by_place = {picture.place: picture for picture in self.line.placed}
        return [
            Place(number, picture, picture is not None and is_sound(picture, self.shown))
            for number in range(self.line.count)
            for picture in [by_place.get(number)]
        ]

    @property
    def photos(self) -> Sequence[Candidate]:
        return [*self.shown.own, *self.shown.group]

    def mark(self, place: int) -> str:
        """What the person saw in this place."""
        found = self.places[place].picture if 0 <= place < self.line.count else None
        return f"{found.pk}-{found.photo_id}" if found else "empty"


def picker(job: Job, order: Order, line_id: int, *, held: bool = False) -> Picker | None:
    """None if the order has no such line with photos of its child to choose. Five queries."""
    facts = gather(job, [order.pk], locked=held)
    for found in facts.orders:
        for line in found.lines:
            if line.pk == line_id and line.rule != ALL:
                return Picker(line, facts.shown(line), _refusal(found.released_at is not None))
    return None


def _refusal(is_released: bool) -> str | None:
    if is_released:
        return _("This order is released for production. Take the release back first.")
    return None


def pick(
    job_id: int,
    order_id: int,
    line_id: int,
    place: int,
    photo_id: int,
    *,
    by: Any,
    clock: Clock,
    seen: str,
) -> OrderEvent | None:
    """Put this photo there. None if it is there already. Raises ChangeRefused, a sentence.

    `seen` is the mark of what was in the place.
    """
    try:
        with transaction.atomic(durable=True):
            job = locked(job_id)
            order = orders.locked(order_id)
            at = deadlines.require_aware(clock())
            found = picker(job, order, line_id, held=True)
            if found is None or not 0 <= place < found.line.count:
                raise ChangeRefused(_("There is no such photo to choose in this order."))
            if found.refusal is not None:
                raise ChangeRefused(found.refusal)
            text = _put(job, found, place, photo_id, seen)
            if text is None:
                return None
            return orders.record(order, OrderEvent.Kind.POPULATED, by=by, at=at, text=text)
    except IntegrityError:
        raise ChangeRefused(_meanwhile()) from None


def _put(job: Job, found: Picker, place: int, photo_id: int, seen: str) -> str | None:
    """What was done, in words; None if the photo is there already."""
    old, photo = found.places[place].picture, found.shown.find(photo_id)
    if photo is None:
        raise ChangeRefused(_("This photo is not shown to this child. Choose another."))
    is_there = old is not None and old.original_name == photo.original_name
    if old is not None and old.photo_id == photo.pk and is_there:
        return None
    if seen != found.mark(place):
        raise ChangeRefused(_meanwhile())
    row = picture_of(job, found.line, Fill(place, photo, old))
    row.save(force_update=old is not None, force_insert=old is None)
    return _told(photo, old)


def _told(photo: Candidate, old: Placed | None) -> str:
    if old is None:
        return _("%(new)s was chosen by hand.") % {"new": photo.file_name}
    values = {"new": photo.file_name, "old": old.file_name}
    return _("%(new)s was chosen by hand instead of %(old)s.") % values


def _meanwhile() -> str:
    return _("Somebody else chose a photo here just now. Look at it again.")
