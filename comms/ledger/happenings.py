"""What customers did that a notification answers: they registered, left a basket, did not pay."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from comms.ledger import due as dues
from comms.ledger import moments
from comms.ledger.selection import Slot
from comms.models import Trigger
from shop import audience

LOOKBACK = timedelta(days=dues.LOOKBACK_DAYS)
# What happened, and the way from there to the studio.
SOURCES: dict[str, tuple[Callable[..., Any], str]] = {
    Trigger.REGISTERED: (audience.registrations, "job__studio"),
    Trigger.BASKET_LEFT: (audience.left_baskets, "basket__studio"),
    Trigger.ORDER_UNPAID: (audience.unpaid_orders, "studio"),
}


def due(trigger: Trigger, *, most: int, at: datetime) -> list[Slot]:
    """What is to be answered now: see `_answers`."""
    return _answers(trigger, Q(), most=most, at=at, until=at)


def ahead(
    trigger: Trigger, studios: Any, *, most: int, at: datetime, until: datetime
) -> list[Slot]:
    """What happened in these studios and will have been answered by then: see `_answers`.

    `studios` is anything for an `__in`.
    """
    _source, studio = SOURCES[trigger]
    return _answers(trigger, Q(**{f"{studio}__in": studios}), most=most, at=at, until=until)


def _answers(
    trigger: Trigger, wanted: Q, *, most: int, at: datetime, until: datetime
) -> list[Slot]:
    """Oldest first, at most so many, those whose messages are not written yet. 1 + 2n queries.

    n is the number of different offsets, such as 7 and 14 days, that profiles in use have.
    """
    slots: list[Slot] = []
    for days, hours in dues.offsets(trigger):
        # So many local days later may begin a day earlier, a change of the clocks earlier still.
        ago = timedelta(days=max(0, days - 1), hours=hours or 0) - _SLACK
        source, _studio = SOURCES[trigger]
        happened = source(since=at - ago - LOOKBACK, until=until - ago).filter(wanted)
        rows = _unanswered(happened, trigger, days, hours, most - len(slots))
        slots += _slots(trigger, rows, at=at, until=until)
    return slots


def _unanswered(
    happened: QuerySet[Any, Any], trigger: Trigger, days: int, hours: int | None, most: int
) -> list[tuple[Any, ...]]:
    source, params = happened.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            _UNANSWERED.format(happened=source, columns=", ".join(audience.HAPPENINGS)),
            [*params, trigger.value, days, hours, hours, most],
        )
        return list(cursor.fetchall())


def _slots(
    trigger: Trigger, rows: Sequence[tuple[Any, ...]], *, at: datetime, until: datetime
) -> list[Slot]:
    rules = {
        (rule.job_id, rule.notification_id): rule
        for rule in dues.rules({job_id for _n, job_id, *_rest in rows}, [trigger])
    }
    slots = []
    for notification_id, job_id, customer_id, about_id, happened_at in rows:
        rule = rules.get((job_id, notification_id))
        if rule is None:
            continue
        meant_at = rule.after_happening(moments.stored(happened_at))
        if meant_at <= until:
            slots.append(rule.slot(meant_at, at=at, customer_id=customer_id, about_id=about_id))
    return slots


_SLACK = timedelta(hours=2)
# What was done before the profile was chosen, or the notification made, is not answered (C5).
_UNANSWERED = """
WITH happened ({columns}) AS ({happened})
SELECT notification.id, happened.job_id, happened.customer_id, happened.about_id, happened.at
FROM happened
JOIN comms_campaign AS campaign ON campaign.job_id = happened.job_id
JOIN comms_notification AS notification ON notification.profile_id = campaign.profile_id
LEFT JOIN comms_message AS message ON message.job_id = happened.job_id
    AND message.notification_id = notification.id
    AND message.customer_id = happened.customer_id AND message.about_id = happened.about_id
WHERE notification.trigger = %s AND notification.days = %s
    AND (notification.hours = %s OR (notification.hours IS NULL AND %s IS NULL))
    AND message.id IS NULL
    AND happened.at > campaign.attached_at AND happened.at > notification.created_at
ORDER BY happened.at, happened.about_id, happened.customer_id LIMIT %s
"""
