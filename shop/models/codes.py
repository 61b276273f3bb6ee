"""Access codes, and how often somebody guessed wrong."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from jobstatus.models import Job, Studio
from shop.models.gallery import Subject

CODE_LENGTH = 13  # twelve random characters and one to check them


class CodeIsForever(Exception):
    """An access code is never deleted: it must not be given out a second time."""


class AccessCodeQuerySet(models.QuerySet["AccessCode"]):
    def delete(self) -> tuple[int, dict[str, int]]:
        raise CodeIsForever("Access codes are kept, so that none is ever given out twice.")


class AccessCode(models.Model):
    """Opens one subject's photos. Without a subject it is dead, and opens nothing for ever (S1)."""

    studio = models.ForeignKey(
        Studio, on_delete=models.PROTECT, related_name="codes", verbose_name=_("studio")
    )
    job = models.ForeignKey(
        Job,
        null=True,
        on_delete=models.SET_NULL,
        related_name="codes",
        verbose_name=_("job"),
    )
    subject = models.ForeignKey(
        Subject,
        null=True,
        on_delete=models.SET_NULL,
        related_name="codes",
        verbose_name=_("photographed person"),
    )
    code = models.CharField(_("access code"), max_length=CODE_LENGTH, unique=True, editable=False)
    late_until_date = models.DateField(
        _("late access until"),
        null=True,
        blank=True,
        help_text=_("Opens this one code until the end of that day although the job is archived."),
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = AccessCodeQuerySet.as_manager()

    class Meta:
        verbose_name = _("access code")
        verbose_name_plural = _("access codes")

    def __str__(self) -> str:
        return self.code

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise CodeIsForever("Access codes are kept, so that none is ever given out twice.")


class GuessBudget(models.Model):
    """Wrong codes that came from a network to a studio; an empty network counts all of them."""

    studio = models.ForeignKey(
        Studio, on_delete=models.CASCADE, related_name="+", verbose_name=_("studio")
    )
    network = models.CharField(_("network"), max_length=50, blank=True)
    failures = models.PositiveIntegerField(_("failures"), default=0)
    failed_at = models.DateTimeField(_("last failure"))
    waits_until = models.DateTimeField(_("no guess before"))

    class Meta:
        verbose_name = _("wrong codes")
        verbose_name_plural = _("wrong codes")
        constraints = [
            models.UniqueConstraint(
                fields=["studio", "network"], name="one_budget_for_a_network_and_studio"
            )
        ]
        indexes = [models.Index(fields=["failed_at"], name="outdated_guesses")]

    def __str__(self) -> str:
        return f"{self.studio_id} {self.network}: {self.failures}"
