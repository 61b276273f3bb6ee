"""How a studio sends."""

from datetime import time

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from jobstatus.models import Studio

LONGEST_HOLD_MINUTES = 120
FASTEST_PER_MINUTE = 10_000


class SendingRules(models.Model):
    """One row for each studio at the most; a studio without one has these defaults."""

    studio = models.OneToOneField(
        Studio, on_delete=models.CASCADE, related_name="sending_rules", verbose_name=_("studio")
    )
    quiet_from = models.TimeField(_("quiet from"), default=time(21))
    quiet_until = models.TimeField(
        _("quiet until"),
        default=time(9),
        help_text=_("Messages of the night go at this time. The same twice: no quiet hours."),
    )
    hold_minutes = models.PositiveSmallIntegerField(
        _("minutes to stop messages"),
        default=5,
        validators=[MaxValueValidator(LONGEST_HOLD_MINUTES)],
        help_text=_("After a change that writes to people, so that you can still take it back."),
    )
    per_minute = models.PositiveIntegerField(
        _("messages a minute"),
        default=600,
        validators=[MinValueValidator(1), MaxValueValidator(FASTEST_PER_MINUTE)],
        help_text=_("Never more than this, on all channels together."),
    )
    sms_enabled = models.BooleanField(
        _("SMS"), default=False, help_text=_("Each SMS costs what your provider charges.")
    )
    phone_prefix = models.CharField(
        _("country code"),
        max_length=5,
        default="+49",
        validators=[RegexValidator(r"^\+[1-9][0-9]{0,3}\Z")],
        help_text=_("For phone numbers that are written without one."),
    )
    calendar_key = models.CharField(max_length=32, blank=True, editable=False)

    class Meta:
        verbose_name = _("sending rules")
        verbose_name_plural = _("sending rules")

    def __str__(self) -> str:
        return str(self.studio)
