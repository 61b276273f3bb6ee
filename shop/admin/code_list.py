"""The persons of a job and their codes, as the tab lists them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, F, OuterRef, Prefetch, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from jobstatus import deadlines, wording
from jobstatus.models import Job
from shop.access import has_late_access
from shop.codes import spelling
from shop.models import AccessCode, Album, Appearance, Photo, Subject

PAGE_SIZE = 100


@dataclass(frozen=True)
class Counts:
    albums: int
    inactive_albums: int
    photos: int
    persons: int
    without_code: int
    codes: int


@dataclass(frozen=True)
class Code:
    pk: int
    text: str
    late: str  # in words; empty without late access
    is_late_now: bool


@dataclass(frozen=True)
class Person:
    name: str
    album: str
    photos: int
    codes: Sequence[Code]


def counts(job: Job) -> Counts:
    """Four queries, whatever the job holds."""
    albums = Album.objects.filter(job=job, trashed_at__isnull=True).aggregate(
        all=Count("pk"), inactive=Count("pk", filter=Q(is_active=False))
    )
    persons = Subject.objects.filter(job=job)
    return Counts(
        albums=albums["all"],
        inactive_albums=albums["inactive"],
        photos=Photo.objects.filter(job=job, trashed_at__isnull=True).count(),
        **persons.aggregate(
            persons=Count("pk", distinct=True),
            without_code=Count("pk", distinct=True, filter=Q(codes__isnull=True)),
            codes=Count("codes", distinct=True),
        ),
    )


def codes_of(job: Job) -> QuerySet[AccessCode]:
    """The living codes of the job, in the order of the albums and names."""
    rows = AccessCode.objects.filter(job=job, subject__job=job)
    return rows.select_related("studio", "job__studio", "subject__album").order_by(
        F("subject__album__position").asc(nulls_last=True), "subject__name", "pk"
    )


def persons(job: Job, query: str, number: str, *, at: datetime) -> "Page[Any]":
    """One page of persons with their codes. Three queries."""
    rows = Subject.objects.filter(job=job).select_related("album")
    if query:
        rows = rows.filter(_matching(query))
    appearances = Appearance.objects.filter(
        subject=OuterRef("pk"), photo__trashed_at__isnull=True
    ).order_by()
    counted = appearances.values("subject").annotate(n=Count("pk")).values("n")
    rows = rows.annotate(photo_count=Coalesce(Subquery(counted), Value(0)))
    known = AccessCode.objects.order_by("pk")
    rows = rows.prefetch_related(Prefetch("codes", queryset=known))
    page: Page[Any] = Paginator(
        rows.order_by(F("album__position").asc(nulls_last=True), "album__name", "name", "pk"),
        PAGE_SIZE,
    ).get_page(number)
    page.object_list = [_person(job, row, at) for row in page.object_list]
    return page


def _matching(query: str) -> Q:
    wanted = Q(name__icontains=query) | Q(album__name__icontains=query)
    try:
        return wanted | Q(codes__code=spelling.read(query))
    except spelling.Mistyped:
        return wanted


def _person(job: Job, row: Any, at: datetime) -> Person:
    return Person(
        name=row.name,
        album=row.album.name if row.album else "",
        photos=row.photo_count,
        codes=[_code(job, code, at) for code in row.codes.all()],
    )


def _code(job: Job, code: AccessCode, at: datetime) -> Code:
    code.job = job  # with its studio; the rows were read without
    is_late_now = has_late_access(code, at)
    return Code(code.pk, spelling.written(code.code), _late(job, code, at), is_late_now)


def _late(job: Job, code: AccessCode, at: datetime) -> str:
    if code.late_until_date is None:
        return ""
    day = wording.day(code.late_until_date)
    has_passed = at >= deadlines.end_of_day(code.late_until_date, job.studio.timezone)
    return (_("was until %(day)s") if has_passed else _("until %(day)s")) % {"day": day}
