"""Who may see and order what: the one place that gallery, media, basket and checkout ask.

A code opens its subject's photos while its job is orderable (L4), or, for this code alone, until
the end of its late access (X3). Nothing here depends on a sweep having run.
"""

from datetime import datetime

from jobstatus import deadlines
from shop.models import AccessCode
from shop.pages import State, state_of


def is_open(code: AccessCode, at: datetime) -> bool:
    """Whether this code shows photos and can order at this instant. Needs job and studio loaded."""
    if code.job is None or code.subject_id is None:
        return False
    return code.job.is_orderable(at) or has_late_access(code, at)


def has_late_access(code: AccessCode, at: datetime) -> bool:
    """Late access opens an archived job for one code; it never opens one in Planning (L2, X3)."""
    if code.job is None or code.late_until_date is None or code.job.closed_since(at) is None:
        return False
    return at < deadlines.end_of_day(code.late_until_date, code.job.studio.timezone)


def code_state(code: AccessCode, at: datetime) -> State:
    """What this code's page shows (S1)."""
    if is_open(code, at):
        return State.OPEN
    return State.ARCHIVED if code.job is None else state_of(code.job, at)
