"""Notifications in words: when they are due and who gets them. Pure."""

from datetime import time

from django.utils.formats import time_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from comms.models import Audience, Channel, Notification, Photos, Trigger
from comms.models.profiles import HAPPENINGS


def when(notification: Notification) -> str:
    """Such as “7 days before the archiving date at 10:00”."""
    days, at = notification.days, notification.send_time
    said = {
        Trigger.BEFORE_ARCHIVING: _before_archiving,
        Trigger.BEFORE_PREPAY_DEADLINE: _before_prepay,
        Trigger.SELLING: _after_selling,
        Trigger.ARCHIVED: _after_archiving,
        Trigger.REGISTERED: _after_registering,
        Trigger.ORDER_UNPAID: _unpaid,
    }
    if notification.trigger == Trigger.BASKET_LEFT:
        hours = notification.hours or 0
        words = ngettext(
            "%(count)d hour after a basket was left behind",
            "%(count)d hours after a basket was left behind",
            hours,
        )
        return words % {"count": hours}
    return _at_time(said[Trigger(notification.trigger)](days) % {"count": days}, at)


def _before_archiving(days: int) -> str:
    if not days:
        return _("On the archiving date")
    return ngettext(
        "%(count)d day before the archiving date", "%(count)d days before the archiving date", days
    )


def _before_prepay(days: int) -> str:
    if not days:
        return _("On the last day of the prepay phase")
    return ngettext(
        "%(count)d day before the prepay deadline",
        "%(count)d days before the prepay deadline",
        days,
    )


def _after_selling(days: int) -> str:
    if not days:
        return _("When the job is set to Selling")
    return ngettext(
        "%(count)d day after the job was set to Selling",
        "%(count)d days after the job was set to Selling",
        days,
    )


def _after_archiving(days: int) -> str:
    if not days:
        return _("When the job is archived")
    return ngettext(
        "%(count)d day after the job was archived",
        "%(count)d days after the job was archived",
        days,
    )


def _after_registering(days: int) -> str:
    if not days:
        return _("When a customer has registered")
    return ngettext(
        "%(count)d day after a customer registered",
        "%(count)d days after a customer registered",
        days,
    )


def _unpaid(days: int) -> str:
    return ngettext(
        "When an order is still unpaid after %(count)d day",
        "When an order is still unpaid after %(count)d days",
        days,
    )


def _at_time(words: str, at: time | None) -> str:
    if at is None:
        return words
    return _("%(when)s at %(time)s") % {"when": words, "time": clock_time(at)}


def clock_time(at: time) -> str:
    return time_format(at, pgettext("format of a time", "H:i"))


def whom(notification: Notification) -> str:
    """Such as “E-mail to customers who have not bought, only with photos of their child”."""
    to = (Channel(notification.channel), Audience(notification.audience))
    is_answer = notification.trigger in HAPPENINGS
    words = _TO_ONE[to]() if is_answer and to in _TO_ONE else _TO[to]()
    if notification.photos == Photos.WITH:
        return _("%(whom)s, if there are photos of their child") % {"whom": words}
    if notification.photos == Photos.WITHOUT:
        return _("%(whom)s, if there are no photos of their child") % {"whom": words}
    return words


_TO = {
    (Channel.EMAIL, Audience.ALL): lambda: _("E-mail to all customers of the job"),
    (Channel.EMAIL, Audience.NOT_BOUGHT): lambda: _("E-mail to customers who have not bought"),
    (Channel.EMAIL, Audience.BOUGHT): lambda: _("E-mail to customers who have bought"),
    (Channel.SMS, Audience.ALL): lambda: _("SMS to all customers of the job"),
    (Channel.SMS, Audience.NOT_BOUGHT): lambda: _("SMS to customers who have not bought"),
    (Channel.SMS, Audience.BOUGHT): lambda: _("SMS to customers who have bought"),
}

# Answers to what a customer did go to that one.
_TO_ONE = {
    (Channel.EMAIL, Audience.ALL): lambda: _("E-mail to the customers concerned"),
    (Channel.SMS, Audience.ALL): lambda: _("SMS to the customers concerned"),
}

# In the order of a job's life, for lists of notifications.
ORDER = (
    Trigger.BEFORE_PREPAY_DEADLINE,
    Trigger.REGISTERED,
    Trigger.SELLING,
    Trigger.BASKET_LEFT,
    Trigger.BEFORE_ARCHIVING,
    Trigger.ARCHIVED,
    Trigger.ORDER_UNPAID,
)


def place(notification: Notification) -> tuple[int, int, int, time, int]:
    """Sorts notifications as a job comes to them: reminders count down, others up."""
    trigger = Trigger(notification.trigger)
    counts_down = trigger in (Trigger.BEFORE_ARCHIVING, Trigger.BEFORE_PREPAY_DEADLINE)
    days = -notification.days if counts_down else notification.days
    send_time = notification.send_time or time(0)
    return (ORDER.index(trigger), days, notification.hours or 0, send_time, notification.pk or 0)
