"""What was done to a job outside its form stands in the admin's log, which its history shows."""

from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType

from jobstatus.models import Job

LONGEST_NAME = 200  # characters of a row's name there


def remember(job: Job, text: str, *, by: Any, flag: int = CHANGE) -> None:
    """Nothing without `by`: Django's log needs a person. One query."""
    if by is not None:
        LogEntry.objects.create(
            user_id=by.pk,
            content_type=ContentType.objects.get_for_model(Job),
            object_id=str(job.pk),
            object_repr=str(job)[:LONGEST_NAME],
            action_flag=flag,
            change_message=text,
        )
