"""Two persons who are one child become one, and the other answer: they are two."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from jobstatus import deadlines
from jobstatus.clock import Clock
from jobstatus.models import Job
from jobstatus.remembering import remember
from shop import orders
from shop.models import (
    AccessCode,
    Appearance,
    Contact,
    Order,
    OrderEvent,
    SameChild,
    Subject,
    SubjectAnswer,
)


class JoinRefused(Exception):
    """These two cannot be joined, or not any more. Nothing was written. A sentence."""


def offered(job: Job) -> list[SameChild]:
    """Pairs of the job that nobody has decided about, oldest first, with persons and albums."""
    rows = SameChild.objects.filter(first__job=job, second__job=job, parted_at__isnull=True)
    return list(rows.select_related("first__album", "second__album").order_by("found_at", "pk"))


@transaction.atomic(durable=True)
def join(keep_id: int, gone_id: int, *, by: Any, clock: Clock) -> Subject:
    """Codes, orders, photos, contacts and answers of the second person become the first one's.

    Both codes open the photos from now on. What both have, such as an answer, stays the first
    one's. The second person is deleted; orders note it. Raises JoinRefused.
    """
    job_id = Subject.objects.filter(pk=keep_id).values_list("job", flat=True).first()
    job = Job.objects.select_for_update(no_key=True).filter(pk=job_id).first()
    both = Subject.objects.select_for_update(no_key=True).filter(pk__in=[keep_id, gone_id], job=job)
    found = {subject.pk: subject for subject in both.order_by("pk")}
    if job is None or len(found) != 2:
        raise JoinRefused(_("One of these persons is gone, or belongs to another job."))
    at = deadlines.require_aware(clock())
    keep, gone = found[keep_id], found[gone_id]
    placed = _orders_of(gone)
    if keep.album_id is None and gone.album_id is not None:
        keep.album_id = gone.album_id
        keep.save(update_fields=["album"])
    _move(keep, gone)
    text = _("%(gone)s became %(keep)s.") % {"gone": gone.name, "keep": keep.name}
    for order in placed:
        orders.record(order, OrderEvent.Kind.JOINED, by=by, at=at, text=text)
    gone.delete()
    remember(job, _("Joined two persons: %(text)s") % {"text": text}, by=by)
    return keep


@transaction.atomic(durable=True)
def part(pair_id: int, *, by: Any, clock: Clock) -> None:
    """They are two children: the pair is not offered again. The second time nothing happens."""
    rows = SameChild.objects.filter(pk=pair_id, parted_at__isnull=True)
    rows.update(parted_at=deadlines.require_aware(clock()), parted_by=by)


def _orders_of(subject: Subject) -> Sequence[Order]:
    return list(Order.objects.filter(lines__code__subject=subject).distinct().order_by("pk"))


def _move(keep: Subject, gone: Subject) -> None:
    AccessCode.objects.filter(subject=gone).update(subject=keep)
    shown = Appearance.objects.filter(subject=keep).values("photo")
    Appearance.objects.filter(subject=gone).exclude(photo__in=shown).update(subject=keep)
    answered = SubjectAnswer.objects.filter(subject=keep).values("question")
    SubjectAnswer.objects.filter(subject=gone).exclude(question__in=answered).update(subject=keep)
    known = set(Contact.objects.filter(subject=keep).values_list("customer", "source"))
    for contact in Contact.objects.filter(subject=gone):
        if (contact.customer_id, contact.source) not in known:
            Contact.objects.filter(pk=contact.pk).update(subject=keep)
    _move_pairs(keep, gone)


def _move_pairs(keep: Subject, gone: Subject) -> None:
    """Whoever may be the second one may be the first one, unless that pair is known."""
    pairs = SameChild.objects.filter(Q(first=gone) | Q(second=gone)).exclude(
        Q(first=keep) | Q(second=keep)
    )
    for pair in pairs:
        first = keep.pk if pair.first_id == gone.pk else pair.first_id
        second = keep.pk if pair.second_id == gone.pk else pair.second_id
        same = Q(first=first, second=second) | Q(first=second, second=first)
        if not SameChild.objects.filter(same).exists():
            SameChild.objects.filter(pk=pair.pk).update(first=first, second=second)
