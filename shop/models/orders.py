"""Orders as they were placed. Names and prices are copies: what is bought does not change later."""

import secrets
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from jobstatus.models import Job, Studio
from shop.models.basket import HIGHEST_QUANTITY
from shop.models.gallery import Photo
from shop.models.people import Customer
from shop.models.prices import Currency, Product, ProductKind

TOKEN_LENGTH = 32  # hexadecimal digits: 128 bits
KEY_LENGTH = 64


def random_token() -> str:
    return secrets.token_hex(TOKEN_LENGTH // 2)


class OrderCounter(models.Model):
    """The last order number of a studio. Counted inside the order's transaction: no gaps."""

    studio = models.OneToOneField(
        Studio, on_delete=models.CASCADE, related_name="+", primary_key=True
    )
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("order counter")
        verbose_name_plural = _("order counters")

    def __str__(self) -> str:
        return f"{self.studio_id}: {self.last}"


class Order(models.Model):
    """What a customer bought. `shop.buying` writes it; its status changes in `shop.orders` only."""

    class Status(models.TextChoices):
        PLACED = "placed", _("Waiting for payment")
        PAID = "paid", _("Paid")
        CANCELLED = "cancelled", _("Cancelled")

    class Method(models.TextChoices):
        INVOICE = "invoice", _("Bank transfer")
        CARD = "card", _("Card")

    studio = models.ForeignKey(
        Studio, on_delete=models.PROTECT, related_name="orders", verbose_name=_("studio")
    )
    number = models.PositiveIntegerField(_("number"))
    token = models.CharField(max_length=TOKEN_LENGTH, unique=True, default=random_token)
    checkout_key = models.CharField(max_length=KEY_LENGTH, unique=True)
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="orders", verbose_name=_("customer")
    )
    status = models.CharField(
        _("status"), max_length=10, choices=Status.choices, default=Status.PLACED
    )
    method = models.CharField(_("payment"), max_length=10, choices=Method.choices)

    name = models.CharField(_("name"), max_length=200)
    email = models.EmailField(_("e-mail"))
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    street = models.CharField(_("street and number"), max_length=200, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=20, blank=True)
    city = models.CharField(_("city"), max_length=100, blank=True)
    country = models.CharField(_("country"), max_length=100, blank=True)
    note = models.CharField(_("message to the studio"), max_length=1000, blank=True)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)

    currency = models.CharField(_("currency"), max_length=3, choices=Currency.choices)
    goods_cents = models.PositiveIntegerField(_("goods"))
    shipping_cents = models.PositiveIntegerField(_("shipping"))
    total_cents = models.PositiveIntegerField(_("total"))
    tax_cents = models.PositiveIntegerField(_("tax included"))

    placed_at = models.DateTimeField(_("placed"))
    paid_at = models.DateTimeField(_("paid"), null=True)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True)

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        indexes = [
            models.Index(fields=["studio", "-id"], name="orders_of_a_studio"),
            models.Index(
                fields=["placed_at"], condition=Q(status="placed"), name="orders_to_be_paid"
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["studio", "number"], name="a_studio_counts_its_orders"),
            models.CheckConstraint(
                name="an_order_adds_up",
                condition=Q(total_cents=F("goods_cents") + F("shipping_cents")),
            ),
            models.CheckConstraint(
                name="a_paid_order_has_its_day",
                condition=~Q(status="paid") | Q(paid_at__isnull=False, cancelled_at__isnull=True),
            ),
            models.CheckConstraint(
                name="only_cancelled_orders_were_cancelled",
                condition=Q(status="cancelled", cancelled_at__isnull=False)
                | (~Q(status="cancelled") & Q(cancelled_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="a_placed_order_is_not_paid",
                condition=~Q(status="placed") | Q(paid_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}"

    def get_absolute_url(self) -> str:
        """The unguessable address of the customer's own page."""
        return reverse("shop:order", args=[self.token])


class OrderLine(models.Model):
    """A product as it was bought. Survives its product, its photos and its job (A14)."""

    order = models.ForeignKey(
        Order, on_delete=models.CASCADE, related_name="lines", verbose_name=_("order")
    )
    product = models.ForeignKey(
        Product, null=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("product")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=ProductKind.choices)
    title = models.CharField(_("product"), max_length=200)
    quantity = models.PositiveSmallIntegerField(_("quantity"))
    price_cents = models.PositiveIntegerField(_("price"))
    tax_percent = models.DecimalField(_("tax in percent"), max_digits=4, decimal_places=2)

    class Meta:
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        constraints = [
            models.CheckConstraint(
                name="an_order_line_has_a_quantity",
                condition=Q(quantity__gte=1, quantity__lte=HIGHEST_QUANTITY),
            )
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.title}"

    @property
    def total_cents(self) -> int:
        return self.quantity * self.price_cents


class OrderPicture(models.Model):
    """A picture of an order line, with the names of then and where its original lies."""

    line = models.ForeignKey(
        OrderLine, on_delete=models.CASCADE, related_name="pictures", verbose_name=_("line")
    )
    job = models.ForeignKey(
        Job, null=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("job")
    )
    photo = models.ForeignKey(
        Photo, null=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("photo")
    )
    job_name = models.CharField(_("job"), max_length=200)
    subject_name = models.CharField(_("photographed person"), max_length=200, blank=True)
    file_name = models.CharField(_("file name"), max_length=200)
    original_name = models.CharField(_("place of the original"), max_length=200)

    class Meta:
        verbose_name = _("picture in an order")
        verbose_name_plural = _("pictures in orders")

    def __str__(self) -> str:
        return self.file_name


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
