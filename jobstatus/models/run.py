"""The heartbeat: one row for each run of a recurring task."""

from datetime import datetime, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

KEEP_RUNS = timedelta(days=7)


class TaskRunQuerySet(models.QuerySet["TaskRun"]):
    def latest_of(self, task: str) -> "TaskRun | None":
        return self.filter(task=task).order_by("-started_at", "-pk").first()

    def outdated(self, at: datetime) -> "TaskRunQuerySet":
        return self.filter(started_at__lt=at - KEEP_RUNS)


class TaskRun(models.Model):
    """What one run did. A run without an end was killed or is still going."""

    class Task(models.TextChoices):
        ARCHIVE_DUE = "archive_due", _("Archiving sweep")
        CHECK_DEADLINES = "check_deadlines", _("Check of the deadlines")

    task = models.CharField(_("task"), max_length=30, choices=Task.choices)
    started_at = models.DateTimeField(_("started"))
    finished_at = models.DateTimeField(_("finished"), null=True)
    done = models.PositiveIntegerField(_("done"), default=0)
    failed = models.PositiveIntegerField(_("failed"), default=0)

    objects = TaskRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("run")
        verbose_name_plural = _("runs")
        indexes = [
            models.Index(fields=["task", "-started_at"], name="latest_run_of_a_task"),
            models.Index(fields=["started_at"], name="outdated_runs"),
        ]

    def __str__(self) -> str:
        return f"{self.task} {self.started_at:%Y-%m-%d %H:%M:%S}"
