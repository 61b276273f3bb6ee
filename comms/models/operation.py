"""What the sender must remember beside its messages."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _


class Pace(models.Model):
    """The next free place in time of a studio or a provider: all workers take theirs here (C11)."""

    key = models.CharField(max_length=60, primary_key=True)
    next_at = models.DateTimeField()

    class Meta:
        verbose_name = _("pace")
        verbose_name_plural = _("paces")

    def __str__(self) -> str:
        return self.key


class Installation(models.Model):
    """Who this database is, and how far it had come: an older copy of it stays mute (X5).

    One row. The same facts are kept outside the database by witnesses, which a restore leaves.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    name = models.UUIDField(default=uuid.uuid4, editable=False)
    counter = models.PositiveBigIntegerField(default=0)
    muted_at = models.DateTimeField(null=True)
    muted_because = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("installation")
        verbose_name_plural = _("installations")
        constraints = [
            models.CheckConstraint(name="there_is_one_installation", condition=models.Q(id=1))
        ]

    def __str__(self) -> str:
        return str(self.name)


class ProviderEvent(models.Model):
    """A provider's report that was taken in; the same one again changes nothing."""

    provider = models.CharField(max_length=40)
    event_id = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("provider's report")
        verbose_name_plural = _("provider's reports")
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "event_id"], name="a_report_is_taken_in_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.event_id}"
