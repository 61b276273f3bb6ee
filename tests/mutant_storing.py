"""Mutants of what is stored, of what goes when, and of what is told of both."""

from tests.mutant import Mutant

CHECKING = "shop/storing/checking.py"
DOOMED = "shop/storing/doomed.py"
PURGING = "shop/storing/purging.py"
QUOTA = "shop/storing/quota.py"
REMOVING = "shop/storing/removing.py"
OF_CHECK = ("test_storage_check",)
OF_TRASH = ("test_storage_trash",)
OF_RACES = ("test_sorting_races",)
OF_QUOTA = ("test_storage_quota",)

ROOM = (
    Mutant(
        QUOTA,
        "a full studio has room",
        "not self.quota_bytes or self.used_bytes + more <= self.quota_bytes",
        "True",
        OF_QUOTA,
    ),
    Mutant(
        QUOTA,
        "what is there does not count",
        "self.used_bytes + more <= self.quota_bytes",
        "more <= self.quota_bytes",
        OF_QUOTA,
    ),
    Mutant(
        QUOTA,
        "without a quota there is no room",
        "not self.quota_bytes or self.used_bytes",
        "self.used_bytes",
        OF_QUOTA,
    ),
    Mutant(
        QUOTA,
        "another studio's agreement counts",
        "StorageQuota.objects.filter(studio=studio)",
        'StorageQuota.objects.all().order_by("-pk")',
        OF_QUOTA,
    ),
    Mutant(
        QUOTA,
        "another studio's photos count",
        "filter(job__studio=studio).aggregate",
        "all().aggregate",
        OF_QUOTA,
    ),
    Mutant(
        QUOTA,
        "jobs without a page do not count",
        "    if without:\n",
        "    if False:\n",
        OF_QUOTA,
    ),
)

GOES = (
    Mutant(
        PURGING,
        "the purge of an album does not hold the gallery",
        "    hold(job_id)\n    at = clock()\n    album",
        "    at = clock()\n    album",
        OF_RACES,
        "postgresql",
    ),
    Mutant(
        PURGING,
        "the purge of photos does not hold the gallery",
        "    hold(job_id)\n    at = clock()\n    photos",
        "    at = clock()\n    photos",
        OF_RACES,
        "postgresql",
    ),
    Mutant(
        PURGING,
        "albums go after six days",
        "KEPT_IN_TRASH = timedelta(days=7)",
        "KEPT_IN_TRASH = timedelta(days=6)",
        OF_TRASH,
    ),
    Mutant(
        PURGING,
        "albums go after seven days to the tick",
        "work, trashed_at__lt=before)",
        "work, trashed_at__lte=before)",
        OF_TRASH,
    ),
    Mutant(
        PURGING,
        "an album that was restored meanwhile goes",
        "outdated_albums(at - KEPT_IN_TRASH).filter(pk=album_id)",
        "Album.objects.filter(pk=album_id)",
        OF_TRASH,
    ),
    Mutant(
        PURGING,
        "photos of a trashed album go before they are due",
        "_delete_held(photos.filter(trashed_at__lt=at - KEPT_IN_TRASH), ",
        "_delete_held(photos, ",
        OF_TRASH,
    ),
    Mutant(
        PURGING,
        "an album goes with a photo that is not due",
        "    if not photos.exists():\n",
        "    if True:\n",
        OF_TRASH,
    ),
    Mutant(
        PURGING,
        "single photos go after seven days to the tick",
        "filter(alone, trashed_at__lt=before)",
        "filter(alone, trashed_at__lte=before)",
        OF_TRASH,
    ),
    Mutant(
        DOOMED,
        "files that were bought are noted",
        "AND NOT EXISTS (\n    SELECT 1 FROM shop_orderpicture WHERE original_name = file.name\n)",
        "",
        OF_TRASH,
    ),
    Mutant(
        DOOMED,
        "names that were bought are noted",
        "wanted = {name for name in names if name} - ordered(names)",
        "wanted = {name for name in names if name}",
        OF_TRASH,
    ),
    Mutant(
        DOOMED,
        "files that were bought since are deleted",
        "ordered([row.name for row in batch])",
        "set[str]()",
        OF_TRASH,
    ),
    Mutant(
        DOOMED,
        "siblings of pictures stay",
        "    UNION SELECT substr(preview, 1, length(preview) - 4) || '.webp' FROM gone\n"
        "        WHERE preview LIKE '%%.jpg'\n",
        "",
        OF_TRASH,
    ),
    Mutant(
        DOOMED,
        "a file that cannot be deleted is forgotten",
        "                _try_later(row, at=at)\n                continue\n",
        "                pass\n",
        OF_TRASH,
    ),
    Mutant(
        DOOMED,
        "a file that failed is tried at once",
        "Q(retry_at__isnull=True) | Q(retry_at__lte=at)",
        "Q()",
        OF_TRASH,
    ),
    Mutant(
        REMOVING,
        "files of deleted photos are not noted",
        "    doomed.doom_photos(photo_ids, at=at)\n",
        "",
        OF_TRASH,
    ),
    Mutant(
        REMOVING,
        "an order's picture goes with its photo",
        "OrderPicture.objects.filter(pk__in=listed(pictures)).update(photo=None)",
        "OrderPicture.objects.filter(pk__in=listed(pictures)).delete()",
        OF_TRASH,
    ),
    Mutant(
        REMOVING,
        "a basket's picture goes with its photo",
        "LinePicture.objects.filter(photo__in=photos).update(photo=None)",
        "LinePicture.objects.filter(photo__in=photos).delete()",
        OF_TRASH,
    ),
)

AGREES = (
    Mutant(
        CHECKING,
        "files without a row are not told",
        "        report.without_row.add(name)\n",
        "        pass\n",
        OF_CHECK,
    ),
    Mutant(
        CHECKING,
        "files are deleted unasked",
        "    if doom_orphans:\n",
        "    if True:\n",
        OF_CHECK,
    ),
    Mutant(
        CHECKING,
        "files on their way are orphans",
        " if _is_old(storage, name, at)]",
        "]",
        OF_CHECK,
    ),
    Mutant(
        CHECKING,
        "missing files are not told",
        "            report.missing.add(name)\n",
        "            pass\n",
        OF_CHECK,
    ),
    Mutant(
        CHECKING,
        "missing siblings are not told",
        "        if has_webp:\n",
        "        if False:\n",
        OF_CHECK,
    ),
    Mutant(
        CHECKING,
        "bought files are orphans",
        "    unknown -= doomed.ordered(unknown)\n",
        "",
        OF_CHECK,
    ),
    Mutant(
        CHECKING,
        "files that are to be deleted are orphans",
        "    unknown -= _noted(unknown)\n",
        "",
        OF_CHECK,
    ),
    Mutant(
        CHECKING,
        "folders of jobs that are gone are not looked at",
        "sorted(jobs | {int(name) for name in folders})",
        "sorted(jobs)",
        OF_CHECK,
    ),
    Mutant(
        CHECKING,
        "lost purchases are not told",
        "            report.bought_missing.add(name)\n",
        "            pass\n",
        OF_CHECK,
    ),
    Mutant(
        CHECKING,
        "wrong sums are not told",
        "        if bytes != true.get(job_id, 0):\n",
        "        if False:\n",
        OF_CHECK,
    ),
    Mutant(
        CHECKING,
        "lost purchases are well",
        "(self.without_row, self.missing, self.bought_missing, self.wrong_sums)",
        "(self.without_row, self.missing, self.wrong_sums)",
        OF_CHECK,
    ),
)

STORING = (*ROOM, *GOES, *AGREES)
