"""What was done to many photos at once, so that it can be taken back."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from jobstatus.models import Job

TEXT_LENGTH = 300


class SortingStep(models.Model):
    """One action of a person on photos of a job, with the rows that it changed as they were."""

    class Kind(models.TextChoices):
        HIDDEN = "hidden"
        GROUP = "group"
        MOVED = "moved"
        TIED = "tied"
        TRASHED = "trashed"
        NO_CARD = "no_card"

    job = models.ForeignKey(
        Job, on_delete=models.CASCADE, related_name="sorting_steps", verbose_name=_("job")
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("by"),
    )
    at = models.DateTimeField(_("when"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    text = models.CharField(_("what"), max_length=TEXT_LENGTH)
    # By kind, see `shop/sorting/steps.py`.
    rows = models.JSONField(_("rows"), default=dict)
    undone_at = models.DateTimeField(_("taken back"), null=True)

    class Meta:
        verbose_name = _("sorting step")
        verbose_name_plural = _("sorting steps")

    def __str__(self) -> str:
        return self.text
