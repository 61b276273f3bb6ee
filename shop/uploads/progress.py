"""How far a batch has come, for the page that waits for it."""

import re
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from jobstatus.models import Job
from shop.models import Photo, Upload
from shop.uploads.reasons import sentence

MOST_LISTED = 200  # refusals
MOST_ASKED = 100  # files
DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)

State = Upload.State


@dataclass(frozen=True)
class Progress:
    counts: Counter[str]
    refusals: list[tuple[str, str]]  # file name, sentence

    @property
    def is_over(self) -> bool:
        return not self.counts[State.RECEIVING] + self.counts[State.WAITING]


def of_batch(job: Job, batch: str, *, refused: int = 0) -> Progress:
    """One query; one more if there are other than `refused` refusals, to list them."""
    rows = Upload.objects.filter(job=job, batch=batch)
    counts = Counter(dict(rows.order_by().values_list("state").annotate(count=Count("pk"))))
    is_news = counts[State.REFUSED] != refused
    return Progress(counts, refusals(job, batch) if is_news else [])


def refusals(job: Job, batch: str) -> list[tuple[str, str]]:
    rows = Upload.objects.filter(job=job, batch=batch, state=State.REFUSED).order_by("pk")
    return [(row.file_name, sentence(row)) for row in rows[:MOST_LISTED]]


def known(job: Job, digests: Collection[str]) -> set[str]:
    """Those of these contents that the job has, or that wait to become photos. Two queries.

    So a browser that is given the same folder again does not send it again.
    """
    asked = [digest for digest in digests if DIGEST.fullmatch(digest)][:MOST_ASKED]
    photos = Photo.objects.filter(job=job, sha256__in=asked, trashed_at=None)
    waiting = Upload.objects.waiting().filter(job=job, sha256__in=asked)
    return {*photos.values_list("sha256", flat=True), *waiting.values_list("sha256", flat=True)}


def open_batch(job: Job, by: Any) -> str:
    """What this person began last, while any of it is under way. Empty if nothing is."""
    rows = Upload.objects.filter(job=job, by=by, state__in=[State.RECEIVING, State.WAITING])
    return rows.order_by("-pk").values_list("batch", flat=True).first() or ""


def unfinished(job: Job, by: Any) -> int:
    """Files that this person began to upload and that did not come to their end."""
    return Upload.objects.receiving().filter(job=job, by=by).count()
