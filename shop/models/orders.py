"""Orders as they were placed. Names and prices are copies: what is bought does not change later."""

import secrets

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from jobstatus.models import Job, Studio
from shop.models.basket import HIGHEST_QUANTITY
from shop.models.codes import AccessCode
from shop.models.gallery import Photo
from shop.models.people import Customer
from shop.models.prepay import PrepayShop
from shop.models.prices import Currency, PhotoRule, Product, ProductKind

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


class OrderQuerySet(models.QuerySet["Order"]):
    def prepay(self) -> "OrderQuerySet":
        """Placed before the photos existed, also where the job is a standard job by now."""
        return self.filter(prepay_shop__isnull=False)

    def standard(self) -> "OrderQuerySet":
        return self.filter(prepay_shop__isnull=True)

    def held(self) -> "OrderQuerySet":
        """Prepay orders that were not released for production yet."""
        return self.prepay().filter(released_at__isnull=True)

    def waiting(self) -> "OrderQuerySet":
        """Held ones that are to be released once they have their photos: not cancelled."""
        return self.held().exclude(status=Order.Status.CANCELLED)


class Order(models.Model):
    """What a customer bought. `shop.buying` writes it; its status changes in `shop.orders` only.

    A prepay order has the shop that it was placed in, and is held until it is released.
    """

    class Status(models.TextChoices):
        PLACED = "placed", _("Waiting for payment")
        PAID = "paid", _("Paid")
        CANCELLED = "cancelled", _("Cancelled")

    class Phase(models.TextChoices):
        """Not stored: it follows from the shop, the status and the release."""

        STANDARD = "standard", _("Standard")
        PREPAY = "prepay", _("Prepay")
        HELD = "held", _("Prepay, held until populated")

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
    prepay_shop = models.ForeignKey(
        PrepayShop,
        null=True,
        on_delete=models.PROTECT,
        related_name="orders",
        verbose_name=_("prepay shop"),
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
    released_at = models.DateTimeField(_("released for production"), null=True)

    objects = OrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        indexes = [
            models.Index(fields=["studio", "-id"], name="orders_of_a_studio"),
            models.Index(
                fields=["placed_at"], condition=Q(status="placed"), name="orders_to_be_paid"
            ),
            models.Index(
                fields=["prepay_shop", "id"],
                condition=Q(prepay_shop__isnull=False, released_at__isnull=True),
                name="held_orders_of_a_prepay_shop",
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
            models.CheckConstraint(
                name="only_prepay_orders_are_held_and_released",
                condition=Q(prepay_shop__isnull=False) | Q(released_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}"

    def get_absolute_url(self) -> str:
        """The unguessable address of the customer's own page."""
        return reverse("shop:order", args=[self.token])

    @property
    def is_prepay(self) -> bool:
        return self.prepay_shop_id is not None

    @property
    def is_held(self) -> bool:
        return self.is_prepay and self.released_at is None

    @property
    def phase(self) -> Phase:
        """As `prepay`, `standard` and `waiting` choose them: who cancelled waits no more."""
        if not self.is_prepay:
            return self.Phase.STANDARD
        is_waiting = self.is_held and self.status != self.Status.CANCELLED
        return self.Phase.HELD if is_waiting else self.Phase.PREPAY


class OrderLine(models.Model):
    """A product as it was bought. Survives its product, its photos and its job (A14).

    A line of a prepay order has the code of its child, and the rule by which its photos are chosen
    once they exist; its pictures come then. `job_name` and `subject_name` are those of then.
    """

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
    # Codes are never deleted: nothing on the line has to be kept besides for a child that is gone.
    code = models.ForeignKey(
        AccessCode,
        null=True,
        on_delete=models.PROTECT,
        related_name="order_lines",
        verbose_name=_("access code"),
    )
    job_name = models.CharField(_("job"), max_length=200, blank=True)
    subject_name = models.CharField(_("photographed person"), max_length=200, blank=True)
    photo_rule = models.CharField(
        _("photos chosen"), max_length=10, choices=PhotoRule.choices, blank=True
    )
    photo_count = models.PositiveSmallIntegerField(_("photos to choose"), default=0)

    class Meta:
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        constraints = [
            models.CheckConstraint(
                name="a_prepay_line_has_a_child_and_a_rule",
                condition=Q(
                    photo_rule="", photo_count=0, code__isnull=True, job_name="", subject_name=""
                )
                | (
                    Q(photo_rule__in=PhotoRule.values, photo_count__gte=1, code__isnull=False)
                    & ~Q(job_name="")
                    & ~Q(subject_name="")
                ),
            ),
            models.CheckConstraint(
                name="an_order_line_has_a_quantity",
                condition=Q(quantity__gte=1, quantity__lte=HIGHEST_QUANTITY),
            ),
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
    # Which of the photos of a prepay line this is, from 0; empty where the customer chose.
    place = models.PositiveSmallIntegerField(_("place in the line"), null=True)

    class Meta:
        verbose_name = _("picture in an order")
        verbose_name_plural = _("pictures in orders")
        # What was bought is asked for by this name before any file is deleted.
        indexes = [models.Index(fields=["original_name"], name="originals_of_orders")]
        constraints = [
            models.UniqueConstraint(
                fields=["line", "place"], name="a_place_in_a_line_has_one_picture"
            )
        ]

    def __str__(self) -> str:
        return self.file_name
