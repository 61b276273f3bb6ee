"""Who must not be written to."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from comms.models.messages import KEY_LENGTH, REMARK_LENGTH
from jobstatus.models import Studio


class Suppression(models.Model):
    """A studio writes no marketing to this address, on any channel, from this row on (C9)."""

    class Why(models.TextChoices):
        UNSUBSCRIBED = "unsubscribed", _("Unsubscribed")
        BOUNCED = "bounced", _("Mail came back")
        COMPLAINED = "complained", _("Reported as spam")

    studio = models.ForeignKey(Studio, on_delete=models.CASCADE, related_name="+")
    address_key = models.CharField(_("address"), max_length=KEY_LENGTH)
    why = models.CharField(_("why"), max_length=20, choices=Why.choices)
    at = models.DateTimeField(_("since"))
    remark = models.CharField(_("remark"), max_length=REMARK_LENGTH, blank=True)

    class Meta:
        verbose_name = _("address that gets no marketing")
        verbose_name_plural = _("addresses that get no marketing")
        constraints = [
            models.UniqueConstraint(
                fields=["studio", "address_key", "why"], name="an_address_is_suppressed_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.address_key}: {self.why}"
