"""Persons on photos: tied and untied by hand, or as a plan says (G2).

As in `photos`, each of these returns a step that can be taken back, or None.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from jobstatus.keys import listed
from jobstatus.models import Job
from shop.holding import hold
from shop.models import Appearance, SortingStep, Subject
from shop.sorting import cards, photos, steps
from shop.sorting.plans import Pair, Plan
from shop.sorting.ways import Way, plan


class NoSuchPerson(Exception):
    """The person is none of this job. The message is a sentence."""


class PlanChanged(Exception):
    """The photos or persons are not those that were shown. Nothing was written."""


@transaction.atomic(durable=True)
def tie(
    job: Job, ids: Collection[int], subject_id: int, *, by: Any, at: datetime
) -> SortingStep | None:
    """This person is on these photos, beside whoever else is. Raises NoSuchPerson."""
    hold(job.pk)
    subject = Subject.objects.filter(pk=subject_id, job=job).first()
    if subject is None:
        raise NoSuchPerson(_("Choose a person of this job."))
    rows = photos.of_job(job, ids).filter(card_code="")
    rows = rows.exclude(pk__in=Appearance.objects.filter(subject=subject).values("photo"))
    new = [(pk, subject.pk) for pk in rows.order_by("pk").values_list("pk", flat=True)]
    text = ngettext(
        "%(count)d photo is tied to %(name)s.", "%(count)d photos are tied to %(name)s.", len(new)
    ) % {"count": len(new), "name": subject.name}
    return _write(job, new, [], text, by_card=False, by=by, at=at)


@transaction.atomic(durable=True)
def untie(
    job: Job, ids: Collection[int], subject_id: int | None, *, by: Any, at: datetime
) -> SortingStep | None:
    """This person, or with None nobody at all, is on these photos any more."""
    hold(job.pk)
    rows = Appearance.objects.filter(photo__in=photos.of_job(job, ids), subject__job=job)
    if subject_id is not None:
        rows = rows.filter(subject=subject_id)
    gone = list(rows.order_by("pk").values_list("photo_id", "subject_id"))
    count = len({photo for photo, _subject in gone})
    text = ngettext(
        "%(count)d photo lost its person.", "%(count)d photos lost their persons.", count
    )
    return _write(job, [], gone, text % {"count": count}, by_card=False, by=by, at=at)


@transaction.atomic(durable=True)
def carry_out(job: Job, way: Way, *, seen: str, by: Any, at: datetime) -> SortingStep | None:
    """Do what the plan of this way says, if it is the one that was looked at.

    `seen` is the mark of that plan. Raises PlanChanged if it would be another one by now, and
    whatever `ways.plan` raises.
    """
    hold(job.pk)
    planned = plan(job, way)
    if planned.mark() != seen:
        raise PlanChanged
    text = _told(planned)
    return _write(job, planned.new, planned.gone, text, by_card=planned.by_card, by=by, at=at)


def _told(planned: Plan) -> str:
    if not planned.new:
        count = len(planned.gone)
        text = ngettext(
            "%(count)d photo lost its person.", "%(count)d photos lost their persons.", count
        )
        return text % {"count": count}
    persons = len(planned.counts())
    told = ngettext("%(count)d person", "%(count)d persons", persons) % {"count": persons}
    text = ngettext(
        "%(count)d photo is tied to %(persons)s.",
        "%(count)d photos are tied to %(persons)s.",
        planned.photos,
    )
    return text % {"count": planned.photos, "persons": told}


def _write(
    job: Job,
    new: list[Pair],
    gone: list[Pair],
    text: str,
    *,
    by_card: bool,
    by: Any,
    at: datetime,
) -> SortingStep | None:
    if not new and not gone:
        return None
    by_cards = _by_cards(job, gone)
    cards.write(job.pk, new, gone, by_card=by_card)
    rows = {"new": new, "gone": gone, "gone_by_card": by_cards}
    return steps.keep(job, SortingStep.Kind.TIED, rows, text, by=by, at=at)


def _by_cards(job: Job, pairs: list[Pair]) -> list[Pair]:
    """Those that a card made, so that they come back as such."""
    if not pairs:
        return []
    rows = Appearance.objects.filter(
        photo__in=listed({photo for photo, _subject in pairs}), photo__job=job, by_card=True
    )
    return sorted(set(rows.values_list("photo_id", "subject_id")) & set(pairs))
