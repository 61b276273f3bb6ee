"""What of the trash will be gone for ever by an instant (A14, X1). The purge's own selection."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Count
from django.utils.translation import ngettext

from jobstatus import wording
from jobstatus.ahead import Coming, Outlook
from shop.storing import purging


def purges(outlook: Outlook) -> Iterator[Coming]:
    """Albums, and photos that went without one. What is overdue goes next. Three queries."""
    rows = [*_albums(outlook), *_photos(outlook)]
    jobs = outlook.named({job_id for job_id, _trashed_at, _text in rows})
    for job_id, trashed_at, text in rows:
        if job_id in jobs:  # It may have been deleted meanwhile.
            at, job = max(outlook.at, purging.purged_at(trashed_at)), jobs[job_id]
            yield Coming(at, job, wording.moment(at, job.studio.timezone), text)


def _albums(outlook: Outlook) -> Iterator[tuple[int, datetime, str]]:
    albums = purging.outdated_albums(outlook.until - purging.KEPT_IN_TRASH)
    own = albums.filter(job__in=outlook.all_of("pk")).order_by()
    counted = own.annotate(went=purging.WENT_ALONG)
    rows: Any = counted.values_list("job", "trashed_at", "name", "went")
    for job_id, trashed_at, name, count in rows:
        text = ngettext(
            "The album “%(album)s” with %(count)d photo leaves the trash and is gone for ever.",
            "The album “%(album)s” with %(count)d photos leaves the trash and is gone for ever.",
            count,
        )
        yield job_id, trashed_at, text % {"album": name, "count": count}


def _photos(outlook: Outlook) -> Iterator[tuple[int, datetime, str]]:
    photos = purging.outdated_photos(outlook.until - purging.KEPT_IN_TRASH)
    own = photos.filter(job__in=outlook.all_of("pk")).order_by()
    groups = own.values_list("job", "trashed_at").annotate(count=Count("pk"))
    for job_id, trashed_at, count in groups:
        text = ngettext(
            "%(count)d photo leaves the trash and is gone for ever.",
            "%(count)d photos leave the trash and are gone for ever.",
            count,
        )
        yield job_id, trashed_at, text % {"count": count}
