"""Money that came in or went back, what the payment provider told, and receipts to be sent."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from shop.models.orders import Order
from shop.models.prices import Currency


class Payment(models.Model):
    """One attempt to pay an order, or a transfer that somebody found on the account.

    Received money belongs to a paid order or is on its way back: `refund_due` rows are found by
    the tick, and those that need a person are listed in the admin.
    """

    class Status(models.TextChoices):
        STARTED = "started", _("Started")
        RECEIVED = "received", _("Received")
        FAILED = "failed", _("Failed or given up")
        REFUND_DUE = "refund_due", _("To be paid back")
        REFUNDED = "refunded", _("Paid back")

    order = models.ForeignKey(
        Order, on_delete=models.PROTECT, related_name="payments", verbose_name=_("order")
    )
    provider = models.CharField(_("provider"), max_length=20)  # "transfer", "stripe"
    reference = models.CharField(_("reference"), max_length=255)
    intent = models.CharField(_("reference of the money"), max_length=255, blank=True)
    amount_cents = models.PositiveIntegerField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3, choices=Currency.choices)
    status = models.CharField(
        _("status"), max_length=10, choices=Status.choices, default=Status.STARTED
    )
    needs_person = models.BooleanField(_("needs a person"), default=False)
    remark = models.CharField(_("remark"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("started"))
    received_at = models.DateTimeField(_("received"), null=True)
    refunded_at = models.DateTimeField(_("paid back"), null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("who"),
    )

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "reference"], name="a_payment_is_recorded_once"
            ),
            models.CheckConstraint(
                name="received_money_has_its_day",
                condition=~Q(status__in=["received", "refund_due", "refunded"])
                | Q(received_at__isnull=False),
            ),
            models.CheckConstraint(
                name="money_paid_back_has_its_day",
                condition=Q(status="refunded", refunded_at__isnull=False)
                | (~Q(status="refunded") & Q(refunded_at__isnull=True)),
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"], condition=Q(status="refund_due"), name="payments_to_be_paid_back"
            ),
            models.Index(
                fields=["id"], condition=Q(needs_person=True), name="payments_for_a_person"
            ),
            models.Index(
                fields=["id"], condition=Q(status="started"), name="payments_without_an_answer"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.reference}"


class ProviderEvent(models.Model):
    """A message of the payment provider that was applied. Each is applied once."""

    provider = models.CharField(max_length=20)
    event_id = models.CharField(max_length=255)
    kind = models.CharField(max_length=100)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("message of a payment provider")
        verbose_name_plural = _("messages of payment providers")
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "event_id"], name="a_provider_event_is_applied_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.event_id}"


class Receipt(models.Model):
    """An e-mail that an order owes its customer. Written with the order, sent by the tick."""

    class Kind(models.TextChoices):
        CONFIRMATION = "confirmation", _("Confirmation")
        PAID = "paid", _("Payment received")
        CANCELLED = "cancelled", _("Cancellation")

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        CLAIMED = "claimed", _("Being sent")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Could not be sent")

    order = models.ForeignKey(
        Order, on_delete=models.CASCADE, related_name="receipts", verbose_name=_("order")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    status = models.CharField(
        _("status"), max_length=10, choices=Status.choices, default=Status.WAITING
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    # How often nobody knew whether it had left, because a worker or the connection was lost.
    doubts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(_("due"))
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(_("sent"), null=True)
    remark = models.CharField(_("remark"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("receipt")
        verbose_name_plural = _("receipts")
        constraints = [
            models.UniqueConstraint(fields=["order", "kind"], name="a_receipt_is_sent_once")
        ]
        indexes = [
            models.Index(
                fields=["due_at", "id"],
                condition=Q(status__in=["waiting", "claimed"]),
                name="receipts_to_be_sent",
            )
        ]

    def __str__(self) -> str:
        return f"{self.order_id}: {self.kind}"
