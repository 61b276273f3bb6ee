"""Whether a prepay shop is ready for parents: the shop's points of the checklist (J2, P1)."""

from collections.abc import Iterator

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from jobstatus.keys import listed
from jobstatus.listeners import Change, Notice, Severity
from shop.gallery.offers import on_sale
from shop.models import PrepayShop

STEP = "open_prepay"


def foresee(change: Change) -> Iterator[Notice]:
    """Blocking, job by job: parents would not find in, or would find nothing. One query.

    The code comes with the shop, so that who needs one has it; and by its price list the shop's
    own page decides whether there is something to order.
    """
    shops = PrepayShop.objects.filter(job__in=listed(change.job_ids))
    sells = dict(
        shops.annotate(sells=Exists(on_sale(OuterRef("price_list")))).values_list("job", "sells")
    )
    for job in change.jobs:
        if not sells.get(job.pk):
            text = _nothing_for_sale() if job.pk in sells else _no_shop()
            yield Notice(Severity.BLOCKING, text % {"job": job.name}, 1, frozenset({job.pk}))


def _no_shop() -> str:
    return _(
        "“%(job)s” has no prepay shop yet, so that there is no code for parents and nothing to "
        "order. Save it on the job's tab “Prepay” first, with a price list."
    )


def _nothing_for_sale() -> str:
    return _(
        "“%(job)s” has no price list for prepay with a product on sale, so that parents could "
        "order nothing. Choose one on the job's tab “Prepay” first."
    )
