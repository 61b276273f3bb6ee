"""Populating: what was shown happens once, in one transaction, or nothing does (P2)."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import ngettext

from jobstatus import deadlines
from jobstatus.clock import Clock
from jobstatus.keys import listed
from jobstatus.models import Job
from shop.models import OrderEvent, OrderPicture
from shop.orders import LONGEST_TEXT
from shop.populating.choosing import Fill
from shop.populating.facts import Line
from shop.populating.planning import Outcome, Plan, plan
from shop.storing.removing import held_pictures

logger = logging.getLogger(__name__)

BATCH_SIZE = 1_000  # rows of one statement
COLUMNS = ["photo", "job", "job_name", "subject_name", "file_name", "original_name"]


class PlanChanged(Exception):
    """The facts are not those that were shown. Nothing was written; the plan has to be shown."""


@dataclass(frozen=True)
class Done:
    orders: int
    photos: int


def populate(job_id: int, *, by: Any, clock: Clock, seen: str | None) -> Done:
    """Give every held prepay order of the job the photos that the plan chose.

    `seen` is the mark of the plan that was shown, None for whoever does not look. Raises
    PlanChanged. Twice, or twice at once, gives no order a second picture: the job's row is held,
    the plan made anew, and a place holds one picture. Nine queries for each thousand pictures.
    """
    try:
        with transaction.atomic(durable=True):
            job = locked(job_id)
            at = deadlines.require_aware(clock())
            planned = plan(job, locked=True)
            if seen is not None and planned.mark() != seen:
                raise PlanChanged
            _write(job, planned, by=by, at=at)
    except IntegrityError:
        logger.info("Populating job %s met somebody who chose photos by hand.", job_id)
        raise PlanChanged from None
    done = Done(len(planned.changing), planned.fills)
    logger.info("Job %s populated by %s: %s", job_id, by, done)
    return done


def locked(job_id: int) -> Job:
    """The job's row, always held before those of its orders."""
    job: Job = Job.objects.select_for_update(no_key=True).get(pk=job_id)
    return job


def _write(job: Job, planned: Plan, *, by: Any, at: datetime) -> None:
    new: list[OrderPicture] = []
    changed: list[OrderPicture] = []
    leaving: list[int] = []
    for outcome in planned.changing:
        for line in outcome.lines:
            leaving += [picture.pk for picture in line.choice.leaving]
            for fill in line.choice.fills:
                row = picture_of(job, line.line, fill)
                (new if row.pk is None else changed).append(row)
    old = [*leaving, *(row.pk for row in changed)]
    held_pictures(OrderPicture.objects.filter(pk__in=listed(old)))
    OrderPicture.objects.filter(pk__in=listed(leaving)).delete()
    OrderPicture.objects.bulk_update(changed, COLUMNS, batch_size=BATCH_SIZE // len(COLUMNS))
    OrderPicture.objects.bulk_create(new, batch_size=BATCH_SIZE)
    OrderEvent.objects.bulk_create(_events(planned.changing, by=by, at=at), batch_size=BATCH_SIZE)


def picture_of(job: Job, line: Line, fill: Fill) -> OrderPicture:
    """The row for this photo: a new one, or that of the picture whose place it takes."""
    return OrderPicture(
        pk=fill.instead_of.pk if fill.instead_of else None,
        line_id=line.pk,
        place=fill.place,
        photo_id=fill.photo.pk,
        job=job,
        job_name=job.name,
        subject_name=line.subject_name,
        file_name=fill.photo.file_name,
        original_name=fill.photo.original_name,
    )


def _events(outcomes: Iterable[Outcome], *, by: Any, at: datetime) -> list[OrderEvent]:
    return [
        OrderEvent(
            order_id=outcome.order.pk,
            kind=OrderEvent.Kind.POPULATED,
            at=at,
            by=by,
            text=_summary(outcome)[:LONGEST_TEXT],
        )
        for outcome in outcomes
    ]


def _summary(outcome: Outcome) -> str:
    fills, missing = outcome.fills, outcome.missing
    parts = [
        ngettext("%(count)d photo chosen.", "%(count)d photos chosen.", fills) % {"count": fills}
    ]
    if missing:
        text = ngettext("%(count)d photo is missing.", "%(count)d photos are missing.", missing)
        parts.append(text % {"count": missing})
    return " ".join(parts)
