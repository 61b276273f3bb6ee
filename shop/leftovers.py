"""What is left behind and nobody needs: baskets, sessions, counts of wrong codes, lists,
uploads."""

from datetime import datetime, timedelta

from django.contrib.sessions.models import Session

from jobstatus.clock import Clock
from shop.codes import guessing
from shop.models import Basket
from shop.names import drafts
from shop.uploads import cleaning as uploads

BASKETS_KEPT = timedelta(days=90)  # from their first line; a session lasts hours
SESSIONS_KEPT = timedelta(days=7)  # after they expired
DELETED_AT_ONCE = 500  # rows of a kind in one tick


def clean(*, clock: Clock) -> int:
    """Delete what is outdated, a bounded number of rows. Returns how many. Idle: five queries."""
    at = clock()
    rows = _baskets(at) + _sessions(at) + guessing.forget_outdated(at=at)
    return rows + drafts.forget_outdated(at=at) + uploads.clean(at=at)


def _baskets(at: datetime) -> int:
    # The oldest ones have the lowest numbers: no index on the day is needed.
    oldest = Basket.objects.order_by("pk").values_list("pk", "created_at")[:DELETED_AT_ONCE]
    outdated = [pk for pk, created_at in oldest if created_at < at - BASKETS_KEPT]
    if outdated:
        Basket.objects.filter(pk__in=outdated).delete()
    return len(outdated)


def _sessions(at: datetime) -> int:
    outdated = Session.objects.filter(expire_date__lt=at - SESSIONS_KEPT).order_by("expire_date")
    keys = list(outdated.values_list("pk", flat=True)[:DELETED_AT_ONCE])
    return Session.objects.filter(pk__in=keys).delete()[0] if keys else 0
