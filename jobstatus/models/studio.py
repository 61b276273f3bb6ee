"""The tenant, and the people who work in it."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from jobstatus import deadlines


def validate_zone(name: str) -> None:
    if not deadlines.zone_exists(name):
        raise ValidationError(
            _("There is no time zone “%(name)s”. Use a name such as Europe/Berlin."),
            code="unknown_zone",
            params={"name": name},
        )


class StudioQuerySet(models.QuerySet["Studio"]):
    def of(self, user: Any) -> "StudioQuerySet":
        """The studios whose rows this user may see: all for a superuser, else their own (J3)."""
        if user.is_superuser:
            return self
        return self.filter(members=user)


class Studio(models.Model):
    """A photographer's business, owner of everything. Its zone is the calendar of all its dates."""

    name = models.CharField(_("name"), max_length=200)
    slug = models.SlugField(_("short name for addresses"), max_length=60, unique=True)
    timezone = models.CharField(
        _("time zone"),
        max_length=64,
        default="Europe/Berlin",
        validators=[validate_zone],
        help_text=_("All dates of your jobs include their whole day in this zone."),
    )
    members = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        through="Membership",
        related_name="studios",
        verbose_name=_("members"),
    )

    objects = StudioQuerySet.as_manager()

    class Meta:
        verbose_name = _("studio")
        verbose_name_plural = _("studios")

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write the row; when the zone changed, all its jobs' deadlines with it, or neither.

        Raises ValidationError for a zone that does not exist: no deadline could be computed.
        """
        validate_zone(self.timezone)
        with transaction.atomic():
            stored = (
                Studio.objects.select_for_update(no_key=True)
                .filter(pk=self.pk)
                .values_list("timezone", flat=True)
                .first()
            )
            super().save(*args, **kwargs)
            if stored is not None and stored != self.timezone:
                self.jobs.recompute_deadlines()


class Membership(models.Model):
    """A person works in a studio. What they may do there is in their groups."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="memberships",
        verbose_name=_("user"),
    )
    studio = models.ForeignKey(
        Studio, on_delete=models.CASCADE, related_name="memberships", verbose_name=_("studio")
    )

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "studio"], name="a_user_is_a_member_of_a_studio_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.studio}"
