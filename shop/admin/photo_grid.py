"""The photos of a job as the tab shows them: albums with counts, filters, a page of thumbnails."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from jobstatus.keys import listed
from jobstatus.models import Job
from shop.gallery.thumbnails import LONGER_SIDE_PIXELS, scaled
from shop.models import Album, Appearance, Photo, Subject
from shop.sorting import albums

PAGE_SIZE = 120
LONGEST_NUMBER = 18  # digits that the database knows as a key
WITHOUT, HIDDEN, GROUP, CARDS = "without", "hidden", "group", "cards"


@dataclass(frozen=True)
class View:
    """What is looked at: an album or all of them, a filter, a page. It lives in the address."""

    album: int | None = None
    show: str = ""
    page: int = 1

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> "View":
        show = asked.get("show", "")
        return cls(
            album=number(asked.get("album", "")),
            show=show if show in (WITHOUT, HIDDEN, GROUP, CARDS) else "",
            page=number(asked.get("p", "")) or 1,
        )

    def query(self, **changed: Any) -> str:
        values = {"album": self.album, "show": self.show, "p": self.page} | changed
        if values["p"] == 1:
            values["p"] = None
        return urlencode({name: value for name, value in values.items() if value})


@dataclass(frozen=True)
class AlbumRow:
    pk: int
    name: str
    is_active: bool
    photos: int
    shown: int
    hidden: int
    without: int
    query: str
    is_current: bool


@dataclass(frozen=True)
class Filter:
    label: str
    count: int
    query: str
    is_current: bool


@dataclass(frozen=True)
class Cell:
    pk: int
    file_name: str
    width: int
    height: int
    persons: str
    is_hidden: bool
    is_group: bool
    is_card: bool
    url: str
    thumbnail: str


@dataclass
class Grid:
    view: View
    albums: list[AlbumRow] = field(default_factory=list)
    filters: list[Filter] = field(default_factory=list)
    total: Any = None  # an AlbumRow for all albums
    current: AlbumRow | None = None
    page: "Page[Any] | None" = None


def number(text: str) -> int | None:
    """A key that somebody sent; None for anything else."""
    is_key = text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER
    return int(text) if is_key else None


def chosen(job: Job, view: View) -> QuerySet[Photo]:
    """All photos that this view shows, on whatever page. None in an album of another job."""
    rows = Photo.objects.filter(job=job, trashed_at__isnull=True, album__trashed_at__isnull=True)
    if view.album is not None:
        rows = rows.filter(album=view.album)
    return rows.filter(_filters()[view.show]) if view.show else rows


def _filters() -> dict[str, Q]:
    return {
        WITHOUT: _nobody(),
        HIDDEN: Q(is_hidden=True, card_code=""),
        GROUP: Q(is_group=True),
        CARDS: ~Q(card_code=""),
    }


def _nobody() -> Q:
    """A photo that waits for its person. Group photos and cards do not."""
    tied = Exists(Appearance.objects.filter(photo=OuterRef("pk")))
    return ~Q(tied) & Q(is_group=False, card_code="")


def grid(job: Job, view: View) -> Grid:
    """Five queries, whatever the job holds."""
    found = Grid(view)
    counts = _counts(job)
    for album in albums.of_job(job):
        row = _album_row(album, counts.get(album.pk, Counter()), view)
        found.albums.append(row)
        found.current = row if row.is_current else found.current
    if found.current is None and view.album is not None:
        found.view = view = View(show=view.show)
    everything = sum(counts.values(), Counter())
    found.total = _row(None, _("All albums"), True, everything, view)
    looked_at = counts.get(view.album, Counter()) if view.album is not None else everything
    found.filters = [
        Filter(label, looked_at[name], view.query(show=name, p=1), view.show == name)
        for name, label in (
            ("", _("All")),
            (WITHOUT, _("Without a person")),
            (HIDDEN, _("Hidden")),
            (GROUP, _("Group photos")),
            (CARDS, _("Cards")),
        )
    ]
    found.page = _page(job, view)
    return found


def _counts(job: Job) -> dict[int, Counter[str]]:
    """Of each album. The empty text is all."""
    rows: Any = chosen(job, View()).order_by().values("album")
    rows = rows.annotate(all=Count("pk"), shown=Count("pk", filter=Q(is_hidden=False)))
    for name, is_such in _filters().items():
        rows = rows.annotate(**{name: Count("pk", filter=is_such)})
    names = {"": "all", "shown": "shown"} | {name: name for name in _filters()}
    return {
        row["album"]: Counter({name: row[column] for name, column in names.items()}) for row in rows
    }


def _album_row(album: Album, counts: Counter[str], view: View) -> AlbumRow:
    return _row(album.pk, album.name, album.is_active, counts, view)


def _row(pk: int | None, name: str, is_active: bool, counts: Counter[str], view: View) -> AlbumRow:
    return AlbumRow(
        pk=pk or 0,
        name=name,
        is_active=is_active,
        photos=counts[""],
        shown=counts["shown"] if is_active else 0,
        hidden=counts[HIDDEN],
        without=counts[WITHOUT],
        query=view.query(album=pk, p=1),
        is_current=view.album == pk,
    )


def _page(job: Job, view: View) -> "Page[Any]":
    rows = chosen(job, view).order_by("album__position", "album__name", "album", "position", "pk")
    page: Page[Any] = Paginator(rows, PAGE_SIZE).get_page(view.page)
    page.object_list = cells(job, list(page.object_list), view)
    return page


def cells(job: Job, photos: Sequence[Photo], view: View) -> list[Cell]:
    """One query."""
    names = names_on(photo.pk for photo in photos)
    return [cell(job, photo, names.get(photo.pk, []), view) for photo in photos]


def cell(job: Job, photo: Photo, names: Iterable[str], view: View) -> Cell:
    width, height = scaled(photo.width, photo.height, LONGER_SIDE_PIXELS)
    query = view.query()
    return Cell(
        pk=photo.pk,
        file_name=photo.file_name,
        width=width,
        height=height,
        persons=", ".join(names),
        is_hidden=photo.is_hidden,
        is_group=photo.is_group,
        is_card=bool(photo.card_code),
        url=f"{url(job, 'photos_photo', photo.pk)}{f'?{query}' if query else ''}",
        thumbnail=url(job, "photos_picture", photo.pk, "thumbnail"),
    )


def names_on(photo_ids: Iterable[int]) -> dict[int, list[str]]:
    """Who is on these photos. One query."""
    found: dict[int, list[str]] = {}
    ties = Appearance.objects.filter(photo__in=listed(photo_ids)).order_by("subject__name", "pk")
    for photo, name in ties.values_list("photo_id", "subject__name"):
        found.setdefault(photo, []).append(name)
    return found


def persons(job: Job) -> dict[str, int]:
    """The persons of the job by a text that names one of them only. One query.

    The name; with the album where there are two of it, and with a number where even that is so.
    """
    rows = list(
        Subject.objects.filter(job=job)
        .order_by("name", "pk")
        .values_list("pk", "name", "album__name")
    )
    names = Counter(name for _pk, name, _album in rows)
    longer = {
        pk: name if names[name] == 1 else f"{name} ({album or '–'})" for pk, name, album in rows
    }
    texts = Counter(longer.values())
    return {text if texts[text] == 1 else f"{text} [{pk}]": pk for pk, text in longer.items()}


def url(job: Job, name: str, *more: Any) -> str:
    return reverse(f"admin:jobstatus_job_{name}", args=[job.pk, *more])


def address(job: Job, name: str, view: View, **more: Any) -> str:
    query = view.query(**more)
    return f"{url(job, name)}{f'?{query}' if query else ''}"
