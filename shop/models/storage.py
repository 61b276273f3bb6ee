"""How much a studio may store, and the files that are to be deleted."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from jobstatus.models import Studio

FILE_NAME_LENGTH = 200


class StorageQuota(models.Model):
    """What was agreed with a studio. Without a row, or with an empty one, the setting counts."""

    studio = models.OneToOneField(
        Studio, on_delete=models.CASCADE, related_name="storage_quota", verbose_name=_("studio")
    )
    gigabytes = models.PositiveIntegerField(
        _("storage in gigabytes"),
        null=True,
        blank=True,
        help_text=_("Empty: as for every studio of this installation. 0: without limit."),
    )

    class Meta:
        verbose_name = _("storage quota")
        verbose_name_plural = _("storage quotas")

    def __str__(self) -> str:
        return f"{self.studio_id}: {self.gigabytes}"


class DoomedFile(models.Model):
    """A file whose row is gone. Written in the row's own transaction; the tick deletes the file."""

    name = models.CharField(_("file"), max_length=FILE_NAME_LENGTH, unique=True)
    since = models.DateTimeField(_("since"))
    attempts = models.PositiveIntegerField(_("failed attempts"), default=0)
    retry_at = models.DateTimeField(_("next attempt"), null=True)

    class Meta:
        verbose_name = _("file to be deleted")
        verbose_name_plural = _("files to be deleted")

    def __str__(self) -> str:
        return self.name
