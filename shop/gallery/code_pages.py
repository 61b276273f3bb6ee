"""What every page of an access code says of it, as plain values. No database."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.formats import date_format
from django.utils.translation import pgettext

from jobstatus import deadlines
from shop import access
from shop.models import AccessCode
from shop.pages import JobPage, State, job_page


@dataclass(frozen=True)
class CodePage:
    pk: int
    subject: str
    album: str
    state: State
    job: JobPage
    late_until: str = ""  # the last day of late access, while nothing else opens the code (X3)
    changes_in_seconds: int | None = None  # until the page would read differently

    @property
    def can_be_told(self) -> bool:
        """Whether customers can leave an e-mail address (L2, L6)."""
        return self.state in (State.NOT_YET, State.ARCHIVED)


def code_page(code: AccessCode, *, at: datetime) -> CodePage:
    """The page at this instant. Needs what `visit.unlocked` loads."""
    if code.job is None or code.subject is None:
        raise ValueError(f"The access code with number {code.pk} is dead and has no page.")
    page = job_page(code.job, at=at)
    state = access.code_state(code, at)
    is_late = state is State.OPEN and page.state is not State.OPEN
    return CodePage(
        pk=code.pk,
        subject=code.subject.name,
        album=code.subject.album.name if code.subject.album else "",
        state=state,
        job=page,
        late_until=_last_day_of_late_access(code) if is_late else "",
        changes_in_seconds=_late_seconds(code, at) if is_late else page.changes_in_seconds,
    )


def _last_day_of_late_access(code: AccessCode) -> str:
    if code.late_until_date is None:
        return ""
    return date_format(code.late_until_date, pgettext("date with weekday", "l, j F Y"))


def _late_seconds(code: AccessCode, at: datetime) -> int | None:
    if code.job is None or code.late_until_date is None:
        return None
    end = deadlines.end_of_day(code.late_until_date, code.job.studio.timezone)
    return max(1, math.ceil((end - at) / timedelta(seconds=1)))
