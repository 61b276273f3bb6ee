"""Which photos a line of a prepay order gets, and what it lacks. Pure: no database.

A picture that a line has stays as long as the child's code would show it; whoever chose it. What
is not sound any more is chosen anew, and a second time nothing is left to choose.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import count as numbers

INDIVIDUAL, GROUP, MIXED, ALL = "individual", "group", "mixed", "all"


class Lack(StrEnum):
    """Why a line has fewer photos than it should."""

    NO_PERSON = "no-person"
    NO_PHOTO = "no-photo"
    TOO_FEW = "too-few"
    NO_CLASS = "no-class"
    NO_GROUP = "no-group"
    ONLY_GROUP = "only-group"


@dataclass(frozen=True)
class Candidate:
    """A photo that the child's code shows."""

    pk: int
    file_name: str
    original_name: str


@dataclass(frozen=True)
class Placed:
    """A picture that the line has. The place is empty where a customer chose it."""

    pk: int
    place: int | None
    photo_id: int | None
    file_name: str
    original_name: str


@dataclass(frozen=True)
class Shown:
    """What a child's code shows: own photos and those of the group, in the gallery's order."""

    own: Sequence[Candidate] = ()
    group: Sequence[Candidate] = ()
    has_person: bool = True
    has_class: bool = True

    def find(self, photo_id: int | None) -> Candidate | None:
        return next((c for c in (*self.own, *self.group) if c.pk == photo_id), None)


@dataclass(frozen=True)
class Fill:
    """A photo for a place. `instead_of` is the picture there that is not sound any more."""

    place: int
    photo: Candidate
    instead_of: Placed | None = None


@dataclass(frozen=True)
class Choice:
    """What a line has and gets."""

    kept: Sequence[Placed] = ()
    fills: Sequence[Fill] = ()
    unsound: Sequence[Placed] = ()  # the code does not show them any more, or not this file
    leaving: Sequence[Placed] = ()  # of those, what nothing takes the place of
    missing: int = 0
    lacks: Sequence[Lack] = ()

    @property
    def changes(self) -> bool:
        return bool(self.fills or self.leaving)

    @property
    def is_complete(self) -> bool:
        """As it is now, without choosing anything."""
        return not self.changes and not self.missing


def is_sound(picture: Placed, shown: Shown) -> bool:
    """Whether the code shows this photo, and it is still the file that was ordered."""
    photo = shown.find(picture.photo_id)
    return photo is not None and photo.original_name == picture.original_name


def choose(rule: str, count: int, placed: Sequence[Placed], shown: Shown) -> Choice:
    """`count` counts for every rule but the one that takes all photos."""
    if not shown.has_person:
        unsound = tuple(placed)
        return Choice(unsound=unsound, missing=max(1, count), lacks=(Lack.NO_PERSON,))
    return _all(placed, shown) if rule == ALL else _places(rule, count, placed, shown)


def _places(rule: str, count: int, placed: Sequence[Placed], shown: Shown) -> Choice:
    """A photo for each place: what is sound stays there, the others get the next one in order."""
    sound = {p.place: p for p in placed if is_sound(p, shown)}
    unsound = {p.place: p for p in placed if p.place not in sound}
    used = {picture.photo_id for picture in sound.values()}
    free = [photo for photo in shown.own if photo.pk not in used]
    fills, lacks = [], []
    for place in range(count):
        if place in sound:
            continue
        old = unsound.get(place)
        photo = shown.find(old.photo_id) if old else None  # the same photo with another file
        if photo is not None:
            free = [other for other in free if other.pk != photo.pk]
        elif _is_of_group(rule, place):
            photo = shown.group[0] if shown.group else None
        elif free:
            photo = free.pop(0)
        if photo is not None:
            fills.append(Fill(place, photo, old))
        else:
            lacks.append(_lack(rule, place, shown))
    return Choice(
        kept=tuple(sound.values()),
        fills=tuple(fills),
        unsound=tuple(unsound.values()),
        missing=len(lacks),
        lacks=tuple(dict.fromkeys(lacks)),
    )


def _is_of_group(rule: str, place: int) -> bool:
    return rule == GROUP or (rule == MIXED and place == 0)


def _lack(rule: str, place: int, shown: Shown) -> Lack:
    if _is_of_group(rule, place):
        return Lack.NO_GROUP if shown.has_class else Lack.NO_CLASS
    return Lack.TOO_FEW if shown.own else Lack.NO_PHOTO


def _all(placed: Sequence[Placed], shown: Shown) -> Choice:
    """Every photo once, in a place of its own. What is not shown any more leaves."""
    sound = [picture for picture in placed if is_sound(picture, shown)]
    unsound = [picture for picture in placed if picture not in sound]
    stored = {picture.photo_id for picture in sound}
    # Behind all that there are: a place that becomes free is not given again in the same run.
    places = numbers(1 + max((p.place for p in placed if p.place is not None), default=-1))
    fills: list[Fill] = []
    for photo in (*shown.own, *shown.group):
        if photo.pk in stored:
            continue
        old = next((p for p in unsound if p.photo_id == photo.pk), None)
        place = old.place if old and old.place is not None else next(places)
        fills.append(Fill(place, photo, old))
    replaced = {fill.instead_of.pk for fill in fills if fill.instead_of}
    lack = None if shown.own else Lack.ONLY_GROUP if shown.group else Lack.NO_PHOTO
    return Choice(
        kept=tuple(sound),
        fills=tuple(fills),
        unsound=tuple(unsound),
        leaving=tuple(picture for picture in unsound if picture.pk not in replaced),
        missing=1 if lack else 0,
        lacks=(lack,) if lack else (),
    )
