"""What a gallery must know before it shows anything, at the price of a glance.

One statement brings the code, its job and all that the page shows of them, the products on sale,
the session, the lines in the basket and PostgreSQL's clock: a round trip costs more than all that.
The objects have the columns that are named here and no others: whatever the page shows is in `row`,
and so in its fingerprint.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.cache import cache
from django.db import DEFAULT_DB_ALIAS, models
from django.db.models import Count, DateTimeField, F, Func, OuterRef, QuerySet, Subquery
from django.http import HttpRequest

from jobstatus.models import Job, Studio
from shop import sessions, visit
from shop.gallery.offers import Offer, as_text, from_text
from shop.models import AccessCode, Album, PriceList, Storefront, Subject, Terms
from shop.prepared import LARGEST_KEY, Prepared

COLUMNS: dict[type[models.Model], tuple[str, tuple[str, ...]]] = {
    AccessCode: ("", ("id", "studio_id", "job_id", "subject_id", "late_until_date")),
    Job: (
        "job__",
        (
            "id",
            "studio_id",
            "name",
            "kind",
            "status",
            "archiving_enabled",
            "archive_date",
            "archive_delay",
            "closes_at",
            "archived_at",
            "prepay_deadline_date",
        ),
    ),
    Studio: ("job__studio__", ("id", "name", "slug", "timezone")),
    Terms: (
        "job__studio__terms__",
        ("id", "studio_id", "email", "conditions_url", "privacy_url"),
    ),
    Storefront: ("job__storefront__", ("id", "job_id", "price_list_id", "gallery_version")),
    PriceList: ("job__storefront__price_list__", ("id", "currency")),
    Subject: ("subject__", ("id", "job_id", "album_id", "name")),
    Album: ("subject__album__", ("id", "name")),
}
FIELDS = [prefix + name for prefix, names in COLUMNS.values() for name in names]
GUESS_SECONDS = 60 * 60


@dataclass(frozen=True)
class Glance:
    row: tuple[Any, ...]
    code: AccessCode  # with its job and studio, which say whether it is open
    basket_count: int
    read_at: datetime | None  # by PostgreSQL's clock; None elsewhere

    @property
    def version(self) -> int | None:
        """The version of the job's photos (docs/decisions/015); None for a job without a page."""
        version: int | None = self.row[FIELDS.index("job__storefront__gallery_version")]
        return version

    def whole(self) -> AccessCode:
        """The code with everything that a page shows of it. No query."""
        studio, job = self.code.studio, self.code.job
        storefront, price_list = _object(Storefront, self.row), _object(PriceList, self.row)
        subject = _object(Subject, self.row)
        subject.album = _object(Album, self.row)
        self.code.subject = subject
        if storefront is not None:
            storefront.price_list = price_list
        _remember(studio, "terms", _object(Terms, self.row))
        _remember(job, "storefront", storefront)
        return self.code

    def offers(self) -> tuple[Offer, ...]:
        """What is on sale. No query."""
        price_list = _object(PriceList, self.row)
        return () if price_list is None else from_text(self.row[-1], price_list.currency)


class _ReadAt(Func):
    """PostgreSQL's clock, as `jobstatus.clock` asks for it."""

    output_field = DateTimeField(null=True)
    template = "NULL"

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, template="clock_timestamp()", **extra)


def _statement(code_id: int, session_key: str, basket_id: int) -> QuerySet[Any, Any]:
    # By the code's number alone. Given the studio's address as well, PostgreSQL may begin with all
    # jobs of that studio, and keep this plan.
    codes = AccessCode.objects.filter(pk=code_id, job__studio=F("studio"), subject__isnull=False)
    lines = visit.lines_of(basket_id, OuterRef("studio")).order_by().values("basket")
    return codes.values_list(
        *FIELDS,
        as_text(OuterRef("job__storefront__price_list")),
        Subquery(sessions.text_of(session_key)),
        Subquery(lines.values(count=Count("pk"))),
        _ReadAt(),
    )


_QUERY = Prepared("shop_glance", _statement, -1, "~session~", -2)


def of_visitor(request: HttpRequest, code_id: int, slug: str) -> Glance | None:
    """A living code of this studio that this visitor has typed; None for any other.

    One query, and one more if the visitor's basket is not the one that was guessed.
    """
    session: Any = request.session
    if session.session_key is None or code_id > LARGEST_KEY:
        return None
    guessed = f"basket:{session.session_key}"
    guess: int = cache.get(guessed, 0)
    rows = _QUERY.rows(code_id, session.session_key, guess)
    if not rows:
        return None
    *row, text, lines, read_at = rows[0]
    session.take(text)
    if code_id not in visit.known_ids(request):
        return None
    code, job = _object(AccessCode, row), _object(Job, row)
    code.job, job.studio = job, _object(Studio, row)
    code.studio = job.studio
    if code.studio.slug != slug.lower():
        return None
    # Which basket it is, the session alone knows, and that came with the same answer.
    basket_id = visit.basket_id(request, code.studio) or 0
    if basket_id != guess:
        cache.set(guessed, basket_id, GUESS_SECONDS)
        lines = visit.basket_count(request, code.studio)
    return Glance(tuple(row), code, lines or 0, read_at)


_PLACES: dict[type[models.Model], slice] = {}
for _model, (_prefix, _names) in COLUMNS.items():
    _start = FIELDS.index(_prefix + _names[0])
    _PLACES[_model] = slice(_start, _start + len(_names))


def _object(model: type[models.Model], row: Any) -> Any:
    """With the columns above; None where an outer join found nothing."""
    values = row[_PLACES[model]]
    return None if values[0] is None else model.from_db(DEFAULT_DB_ALIAS, COLUMNS[model][1], values)


def _remember(row: Any, name: str, other: models.Model | None) -> None:
    """The other end of a one-to-one relation, also that there is none."""
    row._meta.get_field(name).set_cached_value(row, other)
