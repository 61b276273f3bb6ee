"""The ways of tying photos to persons, each as a plan to look at first (G2).

A plan never takes away what a person tied, and leaves group photos, cards and the trash alone.
Whatever fits several persons is shown, and nobody guesses.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from django.utils.translation import gettext as _

from jobstatus.models import Job
from shop.models import AccessCode, Appearance, Photo, Subject
from shop.sorting import albums, card_plans, likeness, patterns
from shop.sorting.plans import Left, Plan

MOST_NAMED = 6  # persons in one remark


class Kind(StrEnum):
    PERSON = "person"  # all photos of an album show one person
    ALBUM = "album"  # each album is named like its person
    PATTERN = "pattern"  # file names say who it is
    CARDS = "cards"  # a card was photographed before each person


class Among(StrEnum):
    WITHOUT = "without"  # photos that nobody is tied to
    ALL = "all"  # also those that show somebody else


class WayRefused(Exception):
    """The choice is none for this job. The message is a sentence for a person."""


@dataclass(frozen=True)
class Way:
    kind: Kind
    album: int | None = None  # None: all albums
    subject: int | None = None
    pattern: str = ""
    among: Among = Among.WITHOUT


@dataclass(frozen=True)
class _Picture:
    pk: int
    file_name: str
    album: int


@dataclass
class _Scene:
    """The photos that a way speaks of, and who is on them."""

    pictures: list[_Picture] = field(default_factory=list)
    tied: dict[int, set[int]] = field(default_factory=dict)


def plan(job: Job, way: Way) -> Plan:
    """What the way would do. Reads only; six queries at most, and for cards eight.

    Raises WayRefused or BadPattern.
    """
    if way.album is not None and not albums.of_job(job).filter(pk=way.album).exists():
        raise WayRefused(_("Choose an album of this job."))
    if way.kind is Kind.CARDS:
        return card_plans.plan(job, way.album)
    if way.kind is Kind.PERSON:
        return _by_person(job, way)
    if way.kind is Kind.ALBUM:
        return _by_album(job, way)
    return _by_pattern(job, way)


def _by_person(job: Job, way: Way) -> Plan:
    if way.album is None:
        raise WayRefused(_("Choose an album of this job."))
    if way.subject is None or not Subject.objects.filter(pk=way.subject, job=job).exists():
        raise WayRefused(_("Choose a person of this job."))
    found, scene = Plan(job.pk), _scene(job, way.album)
    for picture in scene.pictures:
        _tie(found, scene, picture, way.subject, way.among)
    return found


def _by_album(job: Job, way: Way) -> Plan:
    found, scene = Plan(job.pk), _scene(job, way.album)
    persons = dict(Subject.objects.filter(job=job).values_list("pk", "name"))
    known = _by_key(persons)
    named = {
        pk: _of_keys(known, likeness.keys(name))
        for pk, name in albums.of_job(job).values_list("pk", "name")
    }
    for picture in scene.pictures:
        who = named[picture.album]
        if len(who) == 1:
            _tie(found, scene, picture, next(iter(who)), way.among)
        else:
            _leave(found, scene, picture, who, persons, _("Nobody has the name of its album."))
    return found


def _by_pattern(job: Job, way: Way) -> Plan:
    pieces = patterns.parse(way.pattern)
    found, scene = Plan(job.pk), _scene(job, way.album)
    rows = list(Subject.objects.filter(job=job).values_list("pk", "name", "album__name"))
    persons = {pk: name for pk, name, _album in rows}
    codes = AccessCode.objects.filter(job=job, subject__job=job)
    people = patterns.People(
        names=_by_key(persons),
        classes=_by_key({pk: album for pk, _name, album in rows if album}),
        codes={code: pk for code, pk in codes.values_list("code", "subject_id") if pk},
    )
    for picture in scene.pictures:
        meant = patterns.meant(pieces, picture.file_name, people)
        who = meant.subjects if meant else frozenset()
        if len(who) == 1:
            _tie(found, scene, picture, next(iter(who)), way.among)
            continue
        is_code = meant is not None and meant.unknown_code
        reason = _("Its code is no code of this job.") if is_code else _("Its name fits nobody.")
        _leave(found, scene, picture, who, persons, reason)
    return found


def _scene(job: Job, album_id: int | None) -> _Scene:
    """Two queries."""
    photos = Photo.objects.filter(
        job=job,
        trashed_at__isnull=True,
        album__trashed_at__isnull=True,
        is_group=False,
        card_code="",
    )
    photos = photos if album_id is None else photos.filter(album=album_id)
    rows = photos.order_by("file_name", "pk").values_list("pk", "file_name", "album_id")
    scene = _Scene([_Picture(*row) for row in rows])
    ties = Appearance.objects.filter(photo__in=photos.order_by().values("pk"))
    for photo, subject in ties.values_list("photo_id", "subject_id"):
        scene.tied.setdefault(photo, set()).add(subject)
    return scene


def _tie(found: Plan, scene: _Scene, picture: _Picture, subject: int, among: Among) -> None:
    there = scene.tied.get(picture.pk, set())
    if subject in there:
        found.known += 1
    elif there and among is Among.WITHOUT:
        found.other.append(picture.file_name)
    else:
        found.new.append((picture.pk, subject))


def _leave(
    found: Plan,
    scene: _Scene,
    picture: _Picture,
    who: frozenset[int],
    persons: Mapping[int, str],
    reason: str,
) -> None:
    """A photo that is tied already needs nobody."""
    if scene.tied.get(picture.pk):
        found.other.append(picture.file_name)
    elif who:
        names = sorted(persons[pk] for pk in who)[:MOST_NAMED]
        text = _("Several persons fit: %(names)s") % {"names": ", ".join(names)}
        found.unclear.append(Left(picture.file_name, text))
    else:
        found.without.append(Left(picture.file_name, reason))


def _by_key(names: Mapping[int, str]) -> dict[str, frozenset[int]]:
    found: dict[str, set[int]] = {}
    for pk, name in names.items():
        for key in likeness.keys(name):
            found.setdefault(key, set()).add(pk)
    return {key: frozenset(pks) for key, pks in found.items()}


def _of_keys(known: Mapping[str, frozenset[int]], keys: frozenset[str]) -> frozenset[int]:
    return frozenset[int]().union(*(known.get(key, ()) for key in keys))


def kinds() -> Iterator[tuple[Kind, str]]:
    """With what a person reads."""
    yield Kind.CARDS, _("Cards photographed before each person")
    yield Kind.PATTERN, _("File names that say who it is")
    yield Kind.ALBUM, _("Albums named like the person")
    yield Kind.PERSON, _("All photos of an album to one person")
