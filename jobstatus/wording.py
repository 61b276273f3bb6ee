"""Dates and instants as a person reads them, always in the studio's zone and with its name."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from jobstatus import deadlines

_MINUTE = timedelta(minutes=1)


def day(value: date) -> str:
    return date_format(value, pgettext("format of a day", "D j M Y"))


def moment(instant: datetime, zone: str) -> str:
    """Day, time and the abbreviation of the zone that holds at that instant."""
    local = deadlines.require_aware(instant).astimezone(ZoneInfo(zone))
    return date_format(local, pgettext("format of an instant", "D j M Y, H:i T"))


def last_minute(closes_at: datetime, zone: str) -> str:
    """A deadline as people say it: the last minute that is still open, not the exclusive end."""
    return moment(closes_at - _MINUTE, zone)


def distance(closes_at: datetime, zone: str, at: datetime) -> str:
    """How many local days away a deadline is, or that it has passed."""
    if at >= closes_at:
        return _("passed")
    days = (deadlines.local_date(closes_at - _MINUTE, zone) - deadlines.local_date(at, zone)).days
    if days <= 0:
        return _("today")
    if days == 1:
        return _("tomorrow")
    return ngettext("in %(count)d day", "in %(count)d days", days) % {"count": days}
