"""What a prepay shop's pages say, as plain values made from a job and an instant."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from jobstatus.lifecycle import Kind
from jobstatus.models import Job
from shop.models import BasketChild, PrepayQuestion
from shop.pages import JobPage, State, job_page
from shop.prepay import children


class Standing(StrEnum):
    """What a visitor of the prepay shop may know of its job."""

    NOT_YET = "not-yet"
    OPEN = "open"
    NOTHING = "nothing"  # open, but nothing is for sale
    CLOSED = "closed"  # the deadline has passed
    PHOTOS = "photos"  # a standard job by now, which sells its photos
    PREPARED = "prepared"  # a standard job by now, whose photos are not shown yet
    ARCHIVED = "archived"


@dataclass(frozen=True)
class PrepayPage:
    standing: Standing
    job: JobPage

    @property
    def is_open(self) -> bool:
        return self.standing is Standing.OPEN

    @property
    def can_be_told(self) -> bool:
        """Whether customers can leave an e-mail address (L2, L6)."""
        return self.standing in (Standing.NOT_YET, Standing.PREPARED, Standing.ARCHIVED)


def prepay_page(job: Job, *, has_offers: bool, at: datetime) -> PrepayPage:
    """The page at this instant. It asks the job's own rules only."""
    page = job_page(job, at=at)
    standing = {
        State.PREPAY: Standing.OPEN if has_offers else Standing.NOTHING,
        State.PREPAY_CLOSED: Standing.CLOSED,
        State.OPEN: Standing.PHOTOS,
        State.ARCHIVED: Standing.ARCHIVED,
        State.NOT_YET: Standing.PREPARED if job.kind == Kind.STANDARD else Standing.NOT_YET,
    }[page.state]
    return PrepayPage(standing, page)


def details(child: BasketChild, questions: list[PrepayQuestion]) -> str:
    """What stands under a child's name. Needs the code's person with its album loaded."""
    if child.code is not None:
        subject = child.code.subject
        return subject.album.name if subject and subject.album else ""
    answers = children.stored(child.answers)
    return " · ".join(answers[asked.pk] for asked in questions if answers.get(asked.pk))
