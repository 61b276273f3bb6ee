"""Files whose rows are gone: noted in the row's own transaction, deleted by the tick afterwards.

Whoever deletes a photo or replaces its files calls `doom` in the same transaction. What an order
refers to is never deleted: neither noted here nor, asked once more, taken from the storage.
"""

import logging
from collections.abc import Collection
from datetime import datetime, timedelta
from time import monotonic

from django.core.files.storage import storages
from django.db import connection
from django.db.models import F, Q

from jobstatus.clock import Clock
from jobstatus.keys import listed, listed_texts
from shop.models import DoomedFile, OrderPicture

AT_ONCE = 200  # files between two looks at the clock
LONGEST_SECONDS = 25.0  # of one tick
SUSPICIOUS_ATTEMPTS = 3  # From then on a file that cannot be deleted is an error for people.
LONGEST_WAIT = timedelta(hours=6)

logger = logging.getLogger(__name__)

# The pictures that are made of a photo are called .jpg; each may have a sibling .webp beside it.
_DOOM_PHOTOS = """
WITH gone AS (SELECT original, preview, thumbnail FROM shop_photo WHERE id IN ({photos}))
INSERT INTO shop_doomedfile (name, since, attempts)
SELECT DISTINCT file.name, {since}, 0 FROM (
    SELECT original AS name FROM gone
    UNION SELECT preview FROM gone
    UNION SELECT thumbnail FROM gone
    UNION SELECT substr(preview, 1, length(preview) - 4) || '.webp' FROM gone
        WHERE preview LIKE '%%.jpg'
    UNION SELECT substr(thumbnail, 1, length(thumbnail) - 4) || '.webp' FROM gone
        WHERE thumbnail LIKE '%%.jpg'
) AS file
WHERE file.name <> '' AND NOT EXISTS (
    SELECT 1 FROM shop_orderpicture WHERE original_name = file.name
)
ON CONFLICT (name) DO NOTHING
"""


def doom(names: Collection[str], *, at: datetime) -> int:
    """These files are to be deleted once the caller's transaction has committed. Two queries.

    Names that an order refers to are left out. Returns how many are noted; twice is once.
    """
    wanted = {name for name in names if name} - ordered(names)
    rows = [DoomedFile(name=name, since=at) for name in sorted(wanted)]
    DoomedFile.objects.bulk_create(rows, batch_size=1000, ignore_conflicts=True)
    return len(rows)


def doom_photos(photo_ids: Collection[int], *, at: datetime) -> None:
    """All files of these photos, as `doom`. One query, in the transaction that deletes the rows."""
    photos = listed(photo_ids)
    sql = _DOOM_PHOTOS.format(
        photos=photos.sql,
        since="%s::timestamptz" if connection.vendor == "postgresql" else "%s",
    )
    since = connection.ops.adapt_datetimefield_value(at)
    with connection.cursor() as cursor:
        cursor.execute(sql, [*photos.params, since])


def ordered(names: Collection[str]) -> set[str]:
    """Those of these names that an order's picture refers to. One query."""
    found = OrderPicture.objects.filter(original_name__in=listed_texts(names))
    return set(found.values_list("original_name", flat=True))


def delete_due(*, clock: Clock) -> int:
    """Delete files for as long as a tick may take. Returns how many. Idle: one query.

    Idempotent, so that two may do it at once: a file that is not there is deleted. One that fails
    is tried again, later each time, and does not hold up the others.
    """
    done, began = 0, monotonic()
    while monotonic() - began < LONGEST_SECONDS:
        at = clock()
        due = DoomedFile.objects.filter(Q(retry_at__isnull=True) | Q(retry_at__lte=at))
        batch = list(due.order_by("pk")[:AT_ONCE])
        if not batch:
            break
        done += _delete(batch, at=at)
    return done


def stuck() -> int:
    """How many files could not be deleted again and again. One query."""
    return DoomedFile.objects.filter(attempts__gte=SUSPICIOUS_ATTEMPTS).count()


def _delete(batch: list[DoomedFile], *, at: datetime) -> int:
    storage, kept = storages["private"], ordered([row.name for row in batch])
    gone = []
    for row in batch:
        if row.name in kept:
            logger.error("%s was to be deleted, but an order refers to it. It stays.", row.name)
        else:
            try:
                storage.delete(row.name)
            except Exception:
                _try_later(row, at=at)
                continue
        gone.append(row.pk)
    DoomedFile.objects.filter(pk__in=listed(gone)).delete()
    return len(gone)


def _try_later(row: DoomedFile, *, at: datetime) -> None:
    wait = min(timedelta(minutes=2 ** min(row.attempts, 10)), LONGEST_WAIT)
    DoomedFile.objects.filter(pk=row.pk).update(attempts=F("attempts") + 1, retry_at=at + wait)
    if row.attempts + 1 >= SUSPICIOUS_ATTEMPTS:
        logger.exception("The file %s cannot be deleted.", row.name)
    else:
        logger.warning("The file %s could not be deleted; it is tried again.", row.name)
