"""What customers did that a notification answers: they registered, left a basket, did not pay."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from comms.ledger import due as dues
from comms.ledger import moments
from comms.ledger.selection import Slot
from comms.models import Trigger
from shop import audience

LOOKBACK = timedelta(days=dues.LOOKBACK_DAYS)
SOURCES: dict[str, Callable[..., Any]] = {
    Trigger.REGISTERED: audience.registrations,
    Trigger.BASKET_LEFT: audience.left_baskets,
    Trigger.ORDER_UNPAID: audience.unpaid_orders,
}


def due(trigger: Trigger, *, most: int, at: datetime) -> list[Slot]:
    """Oldest first, at most so many, those whose messages are not written yet. 1 + 2n queries.

    n is the number of different offsets, such as 7 and 14 days, that profiles in use have.
    """
    slots: list[Slot] = []
    for days, hours in dues.offsets(trigger):
        slots += _due(trigger, days, hours, most=most - len(slots), at=at)
    return slots


def _due(trigger: Trigger, days: int, hours: int | None, *, most: int, at: datetime) -> list[Slot]:
    # So many local days later may begin a day earlier, and a change of the clocks earlier still.
    until = at - timedelta(days=max(0, days - 1), hours=hours or 0) + _SLACK
    since = until - LOOKBACK
    happened, params = SOURCES[trigger](since=since, until=until).query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            _UNANSWERED.format(happened=happened, columns=", ".join(audience.HAPPENINGS)),
            [*params, trigger.value, days, hours, hours, most],
        )
        rows = cursor.fetchall()
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
        if meant_at <= at:
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
