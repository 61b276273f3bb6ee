"""Do files and rows agree? Both ways, and job by job: memory does not grow with their number."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.core.files.storage import Storage, storages
from django.db.models import F, Q, Sum

from jobstatus.keys import listed_texts
from shop.models import DoomedFile, OrderPicture, Photo, Storefront
from shop.storing import doomed

ROOT = "jobs"
# A file without a row may be on its way: it is put away before its row is written.
GRACE = timedelta(hours=24)
EXAMPLES = 20
ROWS_AT_ONCE = 2000


@dataclass
class Found:
    """A kind of disagreement: how many, and the first of them."""

    count: int = 0
    examples: list[str] = field(default_factory=list)

    def add(self, name: str) -> None:
        self.count += 1
        if len(self.examples) < EXAMPLES:
            self.examples.append(name)


@dataclass
class Report:
    files: int = 0
    without_row: Found = field(default_factory=Found)
    missing: Found = field(default_factory=Found)  # of photos
    bought_missing: Found = field(default_factory=Found)  # of orders whose photo is gone
    wrong_sums: Found = field(default_factory=Found)

    @property
    def is_clean(self) -> bool:
        kinds = (self.without_row, self.missing, self.bought_missing, self.wrong_sums)
        return not any(kind.count for kind in kinds)


def check(*, at: datetime, doom_orphans: bool = False) -> Report:
    """Look at every file and every row. A few queries for each job; deletes nothing by itself.

    With `doom_orphans` files without a row are noted for deletion. Files younger than GRACE by the
    storage's own time are left alone.
    """
    storage, report = storages["private"], Report()
    folders = {name for name in _folders(storage) if name.isdecimal()}
    jobs = set(Photo.objects.order_by().values_list("job_id", flat=True).distinct())
    for job_id in sorted(jobs | {int(name) for name in folders}):
        _check_job(job_id, storage, report, at=at, doom_orphans=doom_orphans)
    _check_bought(storage, report)
    _check_sums(report)
    return report


def _check_job(
    job_id: int, storage: Storage, report: Report, *, at: datetime, doom_orphans: bool
) -> None:
    files = set(_below(storage, f"{ROOT}/{job_id}"))
    report.files += len(files)
    expected = _expected(job_id)
    for name in sorted(expected - files):
        if name.startswith(f"{ROOT}/") or not storage.exists(name):
            report.missing.add(name)
    unknown = files - expected
    unknown -= doomed.ordered(unknown)
    unknown -= _noted(unknown)
    orphans = [name for name in sorted(unknown) if _is_old(storage, name, at)]
    for name in orphans:
        report.without_row.add(name)
    if doom_orphans:
        doomed.doom(orphans, at=at)


def _expected(job_id: int) -> set[str]:
    names: set[str] = set()
    photos = Photo.objects.filter(job=job_id).order_by()
    rows = photos.values_list("original", "preview", "thumbnail", "has_webp")
    for original, preview, thumbnail, has_webp in rows.iterator(ROWS_AT_ONCE):
        names |= {original, preview, thumbnail}
        if has_webp:
            names |= {f"{name.removesuffix('.jpg')}.webp" for name in (preview, thumbnail)}
    return names


def _noted(names: set[str]) -> set[str]:
    noted = DoomedFile.objects.filter(name__in=listed_texts(names))
    return set(noted.values_list("name", flat=True))


def _is_old(storage: Storage, name: str, at: datetime) -> bool:
    try:
        return storage.get_modified_time(name) < at - GRACE
    except FileNotFoundError:  # It has been deleted meanwhile.
        return False


def _check_bought(storage: Storage, report: Report) -> None:
    """What was bought stays when its photo is gone. Where the photo is, it was looked at."""
    gone = Q(photo__isnull=True) | ~Q(photo__original=F("original_name"))
    names = OrderPicture.objects.filter(gone).exclude(original_name="").order_by("original_name")
    for name in names.values_list("original_name", flat=True).distinct().iterator(ROWS_AT_ONCE):
        if not storage.exists(name):
            report.bought_missing.add(name)


def _check_sums(report: Report) -> None:
    weighed = Photo.objects.order_by().values("job").annotate(sum=Sum("stored_bytes"))
    true = dict(weighed.values_list("job", "sum"))
    for job_id, bytes in Storefront.objects.order_by("job").values_list("job", "stored_bytes"):
        if bytes != true.get(job_id, 0):
            report.wrong_sums.add(f"{job_id}: {bytes} instead of {true.get(job_id, 0)} bytes")


def _folders(storage: Storage) -> list[str]:
    try:
        return storage.listdir(ROOT)[0]
    except FileNotFoundError:
        return []


def _below(storage: Any, folder: str) -> Iterator[str]:
    """The names of all files in it, however deep."""
    if hasattr(storage, "bucket"):  # One request for a thousand names, whatever their folders.
        yield from (entry.key for entry in storage.bucket.objects.filter(Prefix=f"{folder}/"))
        return
    try:
        folders, names = storage.listdir(folder)
    except FileNotFoundError:
        return
    yield from (f"{folder}/{name}" for name in names)
    for inner in folders:
        yield from _below(storage, f"{folder}/{inner}")
