"""Whether a job is ready to sell: the shop's points of the checklist before it starts (J2)."""

from collections.abc import Iterator

from django.db.models import Count, Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from jobstatus.keys import listed
from jobstatus.listeners import Change, Notice, Severity
from shop.models import AccessCode, Photo, Storefront, Subject


def checklist(change: Change) -> Iterator[Notice]:
    """Price lists, photos, codes. Four queries, whatever the number of jobs."""
    yield from _prices(change)
    yield from _photos(change)
    yield from _codes(change)


def _prices(change: Change) -> Iterator[Notice]:
    priced = Storefront.objects.filter(job__in=listed(change.job_ids), price_list__isnull=False)
    missing = change.job_ids - set(priced.values_list("job_id", flat=True))
    if missing:
        text = ngettext(
            "%(count)d job has no price list: customers see the photos but cannot order.",
            "%(count)d jobs have no price list: customers see the photos but cannot order.",
            len(missing),
        ) % {"count": len(missing)}
        alone = _("There is no price list: customers see the photos but cannot order.")
        yield _notice(change, Severity.WARNING, missing, alone, text)


def _photos(change: Change) -> Iterator[Notice]:
    shown = Photo.objects.shown().filter(job__in=listed(change.job_ids))
    counted = list(
        shown.order_by("job")
        .values("job")
        .annotate(photos=Count("pk"), albums=Count("album", distinct=True))
    )
    missing = change.job_ids - {row["job"] for row in counted}
    if counted:
        photos, albums = (sum(row[name] for row in counted) for name in ("photos", "albums"))
        in_albums = ngettext("%(count)d active album", "%(count)d active albums", albums)
        text = ngettext(
            "%(count)d photo in %(albums)s is shown.",
            "%(count)d photos in %(albums)s are shown.",
            photos,
        ) % {"count": photos, "albums": in_albums % {"count": albums}}
        yield Notice(Severity.DONE, text, photos, change.job_ids - missing)
    if missing:
        text = ngettext(
            "%(count)d job shows no photos: its albums are empty, hidden or inactive.",
            "%(count)d jobs show no photos: their albums are empty, hidden or inactive.",
            len(missing),
        ) % {"count": len(missing)}
        alone = _("It shows no photos: its albums are empty, hidden or inactive.")
        yield _notice(change, Severity.WARNING, missing, alone, text)


def _codes(change: Change) -> Iterator[Notice]:
    codes = AccessCode.objects.filter(job__in=listed(change.job_ids), subject__isnull=False)
    count = codes.count()
    if count:
        text = ngettext(
            "%(count)d access code opens photos.", "%(count)d access codes open photos.", count
        ) % {"count": count}
        yield Notice(Severity.DONE, text, count)
    of_subject = AccessCode.objects.filter(subject=OuterRef("pk"))
    subjects = Subject.objects.filter(~Q(Exists(of_subject)), job__in=listed(change.job_ids))
    rows = list(subjects.order_by("job").values("job").annotate(count=Count("pk")))
    without = sum(row["count"] for row in rows)
    if without:
        text = ngettext(
            "%(count)d person has no access code and cannot see the photos.",
            "%(count)d persons have no access code and cannot see the photos.",
            without,
        ) % {"count": without}
        yield Notice(Severity.WARNING, text, without, frozenset(row["job"] for row in rows))


def _notice(
    change: Change, severity: Severity, job_ids: frozenset[int], alone: str, counted: str
) -> Notice:
    """The sentence for the one job that this is all about, or the counted one."""
    text = alone if len(change.jobs) == 1 else counted
    return Notice(severity, text, len(job_ids), job_ids)
