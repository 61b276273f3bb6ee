"""Deleting a job for ever (A14). The one door: no page, command or cascade does it otherwise.

What belongs to other apps goes by their modules in `settings.JOB_DELETION_LISTENERS`, each with
the two functions of a listener: `foresee(deletion)` reads and counts, `react(deletion)` acts on its
own app's rows, in the same transaction. Files are noted there, and deleted after the commit.
"""

import hashlib
import json
import logging
import unicodedata
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.contrib.admin.models import DELETION
from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from jobstatus import deadlines
from jobstatus.clock import Clock
from jobstatus.lifecycle import Status
from jobstatus.listeners import Deletion, Notice, Severity, deletion_listeners
from jobstatus.models import Job, JobEvent
from jobstatus.operations import FactsChanged
from jobstatus.remembering import remember

__all__ = ["FactsChanged", "JobIsGone", "NameDiffers", "delete_job", "fingerprint", "foresee"]

OPEN_TO_CUSTOMERS = (Status.SELLING, Status.PREPAY)

logger = logging.getLogger(__name__)


class NameDiffers(Exception):
    """What was typed is not the job's name. Nothing was done."""


class JobIsGone(Exception):
    """There is no such job any more: somebody else was faster."""


def foresee(job: Job, *, by: Any, at: datetime) -> list[Notice]:
    """What deleting this job would do, counted by those who will do it. Reads only."""
    deletion = Deletion(job, by, deadlines.require_aware(at))
    speakers = [_of_life_cycle, *(listener.foresee for listener in deletion_listeners())]
    return [notice for speak in speakers for notice in speak(deletion)]


def fingerprint(job: Job, notices: list[Notice]) -> str:
    """Differs as soon as the job or a consequence does. For `seen` of `delete_job`."""
    facts = [job.pk, job.version, [(n.severity, n.text, n.count) for n in notices]]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


@transaction.atomic(durable=True)
def delete_job(
    job_id: int, *, typed: str, by: Any, clock: Clock, seen: str | None = None
) -> list[Notice]:
    """Delete the job, whatever its status, and return what that did.

    `typed` is its name as a person typed it; raises NameDiffers. Raises FactsChanged when what
    would happen is not what the person saw, and JobIsGone. All or nothing, in one transaction
    that holds the job's row: a basket or order that was faster is seen, a slower one is refused.
    """
    held = Job.objects.select_for_update(of=("self",)).select_related("studio")
    job = held.filter(pk=job_id).first()
    if job is None:
        raise JobIsGone(_("This job no longer exists."))
    at = deadlines.require_aware(clock())
    if not is_name_of(job, typed):
        raise NameDiffers(_("This is not the name of the job. Nothing was deleted."))
    notices = foresee(job, by=by, at=at)
    if seen is not None and seen != fingerprint(job, notices):
        raise FactsChanged
    for listener in deletion_listeners():
        listener.react(Deletion(job, by, at))
    # The history of a job refuses to be deleted by itself, and keeps its job from it (013).
    models.QuerySet(JobEvent).filter(job=job).delete()
    _remember(job, notices, by=by)
    job.delete()
    return notices


def is_name_of(job: Job, typed: str) -> bool:
    """Spaces around it and ways to write the same letter do not count; capitals do."""
    return _spelled(typed) == _spelled(job.name)


def _spelled(name: str) -> str:
    return unicodedata.normalize("NFC", " ".join(name.split()))


def _remember(job: Job, notices: list[Notice], *, by: Any) -> None:
    """Who did it stands in the admin's log, where no foreign key leads to the job."""
    logger.warning("Job %s (%s) of studio %s is deleted.", job.pk, job.name, job.studio_id)
    remember(job, " ".join(notice.text for notice in notices), by=by, flag=DELETION)


def _of_life_cycle(deletion: Deletion) -> Iterator[Notice]:
    job = deletion.job
    if job.status in OPEN_TO_CUSTOMERS:
        text = _("Customers can order at this moment: the job is %(status)s.")
        yield Notice(Severity.WARNING, text % {"status": job.get_status_display()})
    changes = job.events.count()
    if changes:
        text = ngettext(
            "%(count)d entry of its history is deleted.",
            "%(count)d entries of its history are deleted.",
            changes,
        )
        yield Notice(Severity.INFO, text % {"count": changes}, changes)
