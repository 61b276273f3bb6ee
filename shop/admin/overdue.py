"""What the front page says about e-mails of orders that do not leave."""

from django.http import HttpRequest
from django.utils.translation import ngettext

from jobstatus import clock
from jobstatus.admin.scope import within
from shop.delivery import health


def overdue_receipts(request: HttpRequest) -> str | None:
    """Of the own studios. One query."""
    if not request.user.has_perm("shop.view_order"):
        return None
    rows = within(health.overdue(clock.now()), "order__studio", request)
    count = rows[: health.COUNTED].count()
    if not count:
        return None
    return ngettext(
        "%(count)d e-mail about an order is overdue: the mail server cannot be reached, or the "
        "shop's background work is not running.",
        "%(count)d e-mails about orders are overdue: the mail server cannot be reached, or the "
        "shop's background work is not running.",
        count,
    ) % {"count": count}
