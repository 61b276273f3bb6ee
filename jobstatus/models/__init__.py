"""The rows of this app. Each has a small file; these are the public names."""

from jobstatus.models.event import JobEvent
from jobstatus.models.job import ArchiveDelay, Job
from jobstatus.models.jobs import JobQuerySet
from jobstatus.models.run import TaskRun
from jobstatus.models.studio import Membership, Studio

__all__ = ["ArchiveDelay", "Job", "JobEvent", "JobQuerySet", "Membership", "Studio", "TaskRun"]
