"""The shop's part when a job is deleted: photos, persons and codes go, orders stay (A14)."""

from collections.abc import Iterable, Iterator

from django.db.models import Count, Q, Sum
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy, ngettext

from jobstatus.listeners import Deletion, Notice, Severity
from jobstatus.models import Job
from shop.models import (
    AccessCode,
    BasketLine,
    Contact,
    LinePicture,
    Order,
    OrderPicture,
    Photo,
    Subject,
)
from shop.storing.removing import delete_photos

KEEPS = gettext_lazy(
    "If it is only about space, delete the job's albums instead: that frees the same space and "
    "keeps the statistics. Deleting the job does not keep them."
)


def foresee(deletion: Deletion) -> Iterable[Notice]:
    """What goes and what stays, counted. Six queries."""
    job = deletion.job
    yield from _photos(job)
    yield from _sentences(job)
    yield from _baskets(job)
    orders = Order.objects.filter(lines__pictures__job=job).distinct().count()
    if orders:
        text = ngettext(
            "%(count)d order stays, with its invoice, its sums and the files that were bought.",
            "%(count)d orders stay, with their invoices, sums and the files that were bought.",
            orders,
        )
        yield Notice(Severity.DONE, text % {"count": orders}, orders)


def _photos(job: Job) -> Iterator[Notice]:
    found = Photo.objects.filter(job=job).aggregate(count=Count("pk"), bytes=Sum("stored_bytes"))
    if found["count"]:
        text = ngettext(
            "%(count)d photo (%(size)s) is deleted, also if it is in the trash.",
            "%(count)d photos (%(size)s) are deleted, also those in the trash.",
            found["count"],
        )
        size = filesizeformat(found["bytes"] or 0)
        text %= {"count": found["count"], "size": size}
        yield Notice(Severity.WARNING, text, found["count"])
        yield Notice(Severity.INFO, str(KEEPS))


def _sentences(job: Job) -> Iterator[Notice]:
    codes = AccessCode.objects.filter(_of(job)).count()
    if codes:
        text = ngettext(
            "%(count)d access code is dead for ever. It is never given out again.",
            "%(count)d access codes are dead for ever. They are never given out again.",
            codes,
        )
        yield Notice(Severity.WARNING, text % {"count": codes}, codes)
    persons = Subject.objects.filter(job=job).count()
    if persons:
        text = ngettext(
            "%(count)d photographed person is deleted.",
            "%(count)d photographed persons are deleted.",
            persons,
        )
        yield Notice(Severity.INFO, text % {"count": persons}, persons)
    contacts = Contact.objects.filter(job=job).values("customer").distinct().count()
    if contacts:
        text = ngettext(
            "%(count)d customer is no longer told about this job, and stays in your list.",
            "%(count)d customers are no longer told about this job, and stay in your list.",
            contacts,
        )
        yield Notice(Severity.INFO, text % {"count": contacts}, contacts)


def _baskets(job: Job) -> Iterator[Notice]:
    lines = BasketLine.objects.pending().with_pictures_of([job.pk])
    found = lines.aggregate(lines=Count("pk"), baskets=Count("basket", distinct=True))
    if found["lines"]:
        baskets = ngettext("%(count)d basket", "%(count)d baskets", found["baskets"])
        text = ngettext(
            "%(count)d product leaves pending baskets (%(baskets)s).",
            "%(count)d products leave pending baskets (%(baskets)s).",
            found["lines"],
        )
        baskets %= {"count": found["baskets"]}
        text %= {"count": found["lines"], "baskets": baskets}
        yield Notice(Severity.WARNING, text, found["lines"])


def react(deletion: Deletion) -> None:
    """Baskets first, as if the job had been archived (A5); then set by set, the rest by cascade.

    The job's row is held, so that no photo, basket or order comes in between. The set-aside line of
    a basket stays and says that a photo is gone. Codes stay as rows that open nothing.
    """
    job = deletion.job
    lines = BasketLine.objects.pending().with_pictures_of([job.pk])
    lines.update(set_aside_at=deletion.at)
    photo_ids = list(Photo.objects.filter(job=job).values_list("pk", flat=True))
    delete_photos(photo_ids, at=deletion.at)
    OrderPicture.objects.filter(job=job).update(job=None)
    LinePicture.objects.filter(job=job).delete()
    AccessCode.objects.filter(_of(job)).update(job=None, subject=None)
    Contact.objects.filter(_of(job)).delete()
    Subject.objects.filter(job=job).delete()


def _of(job: Job) -> Q:
    return Q(job=job) | Q(subject__job=job)
