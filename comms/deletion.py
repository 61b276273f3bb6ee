"""Communication's part when a job is deleted: nothing more is sent; what was sent stays known."""

from collections.abc import Iterable

from django.utils.translation import ngettext

from comms.models import Message, Reason
from comms.sending import claims
from jobstatus.listeners import Deletion, Notice, Severity


def foresee(deletion: Deletion) -> Iterable[Notice]:
    """How many planned messages are not sent. One query."""
    planned = Message.objects.waiting().filter(job=deletion.job).count()
    if planned:
        text = ngettext(
            "%(count)d planned message is not sent.",
            "%(count)d planned messages are not sent.",
            planned,
        )
        yield Notice(Severity.WARNING, text % {"count": planned}, planned)


def react(deletion: Deletion) -> None:
    """Skip what is planned. One query. The ledger keeps all rows, without the job; the choice of
    a profile goes with it."""
    claims.skip_planned_of(deletion.job.pk, Reason.JOB_GONE, at=deletion.at)
