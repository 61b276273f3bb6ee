"""What a gallery must know of a code before it shows anything, at the price of a glance.

One query and no more objects than its page needs. They have the columns that are named here and
no others: whatever the page shows is in `row`, and so in its fingerprint.
"""

from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, models
from django.db.models import F, OuterRef, QuerySet
from django.http import HttpRequest

from jobstatus.models import Job, Studio
from shop import visit
from shop.galleries import price_list_of
from shop.models import AccessCode, Album, PriceList, Storefront, Subject, Terms
from shop.offers import Offer, as_text, from_text
from shop.prepared import Prepared

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

Row = TypeVar("Row", bound=models.Model)


@dataclass(frozen=True)
class Glance:
    code: AccessCode
    row: tuple[Any, ...]

    @property
    def offers(self) -> tuple[Offer, ...]:
        price_list = price_list_of(self.code)
        return () if price_list is None else from_text(self.row[-1], price_list.currency)


def _living_code(code_id: int, slug: str) -> QuerySet[Any, Any]:
    codes = AccessCode.objects.filter(
        pk=code_id, job__studio__slug=slug, job__studio=F("studio"), subject__isnull=False
    )
    return codes.values_list(*FIELDS, as_text(OuterRef("job__storefront__price_list")))


_QUERY = Prepared("shop_glance", _living_code, -1, "~studio~")


def of_visitor(request: HttpRequest, code_id: int, slug: str) -> Glance | None:
    """A living code of this studio that this visitor has typed; None for any other.

    Two queries: the session and this one.
    """
    if code_id not in visit.known_ids(request):
        return None
    rows = _QUERY.rows(code_id, slug.lower())
    if not rows:
        return None
    values = iter(rows[0])
    found: dict[type[models.Model], Any] = {}
    for model, (_prefix, names) in COLUMNS.items():
        columns = [next(values) for _name in names]
        # An outer join that found nothing.
        found[model] = model.from_db(DEFAULT_DB_ALIAS, names, columns) if columns[0] else None
    return Glance(_joined(found), rows[0])


def _joined(found: dict[type[models.Model], Any]) -> AccessCode:
    code: AccessCode = found[AccessCode]
    job, studio, subject = found[Job], found[Studio], found[Subject]
    code.job, code.studio, code.subject = job, studio, subject
    job.studio, subject.album = studio, found[Album]
    _remember(studio, "terms", found[Terms])
    _remember(job, "storefront", found[Storefront])
    if found[Storefront] is not None:
        found[Storefront].price_list = found[PriceList]
    return code


def _remember(row: models.Model, name: str, other: models.Model | None) -> None:
    """The other end of a one-to-one relation, also that there is none."""
    field: Any = row._meta.get_field(name)
    field.set_cached_value(row, other)
