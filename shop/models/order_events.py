"""What happened to an order, for its timeline."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from shop.models.orders import Order


class OrderEvent(models.Model):
    """What happened to an order, for its timeline. Written once."""

    class Kind(models.TextChoices):
        PLACED = "placed", _("Placed")
        PAID = "paid", _("Payment received")
        CANCELLED = "cancelled", _("Cancelled")
        PAYMENT_FAILED = "payment_failed", _("Payment failed")
        REFUND_ASKED = "refund_asked", _("Refund requested")
        REFUNDED = "refunded", _("Refunded")
        MAILED = "mailed", _("E-mail sent")
        MAIL_FAILED = "mail_failed", _("E-mail could not be sent")
        DOWNLOADED = "downloaded", _("Downloaded")
        POPULATED = "populated", _("Photos chosen")
        RELEASED = "released", _("Released for production")
        TAKEN_BACK = "taken_back", _("Held again")
        EXPORTED = "exported", _("Exported for production")
        JOINED = "joined", _("Joined with another person")

    order = models.ForeignKey(
        Order, on_delete=models.CASCADE, related_name="events", verbose_name=_("order")
    )
    kind = models.CharField(_("what"), max_length=20, choices=Kind.choices)
    at = models.DateTimeField(_("when"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,  # None means the customer, the provider or the clock.
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("who"),
    )
    text = models.CharField(_("details"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("event of an order")
        verbose_name_plural = _("events of orders")

    def __str__(self) -> str:
        return f"{self.order_id}: {self.kind}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise ValueError("What happened to an order cannot be edited.")
        super().save(*args, **kwargs)
