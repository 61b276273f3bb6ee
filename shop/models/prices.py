"""What a studio sells, and for how much. Money is counted in cents, the hundredth of a currency."""

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from jobstatus.models import Studio

HIGHEST_PRICE_CENTS = 1_000_000
MOST_PICTURES = 20  # in one package
NAME_LENGTH = 100


class Currency(models.TextChoices):
    """Those whose hundredth is the smallest coin or unit of account."""

    EUR = "EUR", _("Euro")
    CHF = "CHF", _("Swiss franc")
    GBP = "GBP", _("Pound sterling")
    USD = "USD", _("US dollar")
    CAD = "CAD", _("Canadian dollar")
    AUD = "AUD", _("Australian dollar")
    DKK = "DKK", _("Danish krone")
    SEK = "SEK", _("Swedish krona")
    NOK = "NOK", _("Norwegian krone")
    PLN = "PLN", _("Polish złoty")
    CZK = "CZK", _("Czech koruna")


class ProductKind(models.TextChoices):
    PRINT = "print", _("Print")
    PACKAGE = "package", _("Package of several photos")
    DOWNLOAD = "download", _("Download")


class PhotoRule(models.TextChoices):
    """How the photos of a product are chosen that was ordered before they existed (P2)."""

    INDIVIDUAL = "individual", _("The first photos of the child")
    GROUP = "group", _("The first group photo")
    MIXED = "mixed", _("The first group photo, then the first photos of the child")
    ALL = "all", _("All photos, as downloads")


class PriceList(models.Model):
    """Products with their prices, for any number of jobs of one studio. Prices include tax."""

    studio = models.ForeignKey(
        Studio, on_delete=models.PROTECT, related_name="price_lists", verbose_name=_("studio")
    )
    name = models.CharField(_("name"), max_length=NAME_LENGTH)
    currency = models.CharField(
        _("currency"), max_length=3, choices=Currency.choices, default=Currency.EUR
    )
    tax_percent = models.DecimalField(
        _("tax included in the prices, in percent"),
        max_digits=4,
        decimal_places=2,
        default=Decimal("19"),
        validators=[MinValueValidator(0), MaxValueValidator(50)],
    )
    shipping_cents = models.PositiveIntegerField(
        _("shipping"),
        default=0,
        help_text=_("Added once to an order that has anything to send."),
    )

    class Meta:
        verbose_name = _("price list")
        verbose_name_plural = _("price lists")
        constraints = [
            models.UniqueConstraint(
                fields=["studio", "name"], name="price_lists_of_a_studio_have_different_names"
            ),
            models.CheckConstraint(
                name="tax_is_0_to_50_percent",
                condition=Q(tax_percent__gte=0, tax_percent__lte=50),
            ),
            models.CheckConstraint(
                name="shipping_is_within_limits",
                condition=Q(shipping_cents__gte=0, shipping_cents__lte=HIGHEST_PRICE_CENTS),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Product(models.Model):
    """A line of a price list. What was ordered keeps the name and price it had then."""

    price_list = models.ForeignKey(
        PriceList, on_delete=models.CASCADE, related_name="products", verbose_name=_("price list")
    )
    name = models.CharField(_("name"), max_length=NAME_LENGTH)
    description = models.CharField(_("description"), max_length=300, blank=True)
    kind = models.CharField(
        _("kind"), max_length=10, choices=ProductKind.choices, default=ProductKind.PRINT
    )
    picture_count = models.PositiveSmallIntegerField(
        _("photos to choose"),
        default=1,
        help_text=_("How many photos a customer chooses for it. More than one in packages only."),
    )
    price_cents = models.PositiveIntegerField(_("price"))
    photo_rule = models.CharField(
        _("photos in prepay"),
        max_length=10,
        choices=PhotoRule.choices,
        default=PhotoRule.INDIVIDUAL,
        help_text=_("Which photos it gets when it was ordered before the photos existed."),
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("on sale"), default=True)

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        constraints = [
            models.CheckConstraint(
                name="a_price_is_within_limits",
                condition=Q(price_cents__gte=0, price_cents__lte=HIGHEST_PRICE_CENTS),
            ),
            models.CheckConstraint(
                name="only_packages_have_several_photos",
                condition=Q(picture_count=1)
                | Q(
                    kind=ProductKind.PACKAGE,
                    picture_count__gte=1,
                    picture_count__lte=MOST_PICTURES,
                ),
            ),
            models.CheckConstraint(
                name="a_photo_rule_fits_its_product",
                condition=Q(photo_rule__in=["individual", "group"])
                | Q(photo_rule="mixed", picture_count__gte=2)
                | Q(photo_rule="all", kind=ProductKind.DOWNLOAD),
            ),
        ]

    def __str__(self) -> str:
        return self.name
