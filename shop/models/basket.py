"""What a visitor has chosen before the order."""

from collections.abc import Collection

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from jobstatus.keys import listed
from jobstatus.models import Job, Studio
from shop.models.codes import AccessCode
from shop.models.gallery import NAME_LENGTH, Photo
from shop.models.prepay import PrepayShop
from shop.models.prices import Currency, Product

MOST_LINES = 200
HIGHEST_QUANTITY = 99


class Basket(models.Model):
    """A visitor's choice, of any number of children and jobs of one studio (S2).

    One of a prepay shop holds products for children of that job only, without pictures.
    """

    studio = models.ForeignKey(
        Studio, on_delete=models.CASCADE, related_name="baskets", verbose_name=_("studio")
    )
    prepay_shop = models.ForeignKey(
        PrepayShop,
        null=True,
        on_delete=models.CASCADE,
        related_name="baskets",
        verbose_name=_("prepay shop"),
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    changed_at = models.DateTimeField(_("changed"), null=True)

    class Meta:
        verbose_name = _("basket")
        verbose_name_plural = _("baskets")
        indexes = [
            models.Index(
                fields=["changed_at"],
                condition=Q(changed_at__isnull=False),
                name="baskets_left_behind",
            )
        ]

    def __str__(self) -> str:
        return f"{self.pk}"


class BasketChild(models.Model):
    """A child that a visitor of a prepay shop orders for. It becomes a person with the order.

    `answers` are texts by the number of the question, as they were typed. With a code the visitor
    has shown that the person is known: then nothing is asked and nothing new is written.
    """

    basket = models.ForeignKey(
        Basket, on_delete=models.CASCADE, related_name="children", verbose_name=_("basket")
    )
    name = models.CharField(_("name"), max_length=NAME_LENGTH)
    answers = models.JSONField(_("answers"), default=dict)
    code = models.ForeignKey(
        AccessCode,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("access code"),
    )

    class Meta:
        verbose_name = _("child in a basket")
        verbose_name_plural = _("children in baskets")
        constraints = [
            models.CheckConstraint(name="a_child_has_a_name", condition=~Q(name="")),
            models.UniqueConstraint(
                fields=["basket", "code"], name="a_known_child_is_in_a_basket_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class BasketLineQuerySet(models.QuerySet["BasketLine"]):
    def pending(self) -> "BasketLineQuerySet":
        return self.filter(set_aside_at__isnull=True)

    def with_pictures_of(self, job_ids: Collection[int]) -> "BasketLineQuerySet":
        """Lines with at least one picture of these jobs: a package counts as a whole (A5)."""
        pictures = LinePicture.objects.filter(job__in=listed(job_ids))
        return self.filter(pk__in=pictures.values("line"))

    def in_prepay_shops_of(self, job_ids: Collection[int]) -> "BasketLineQuerySet":
        return self.filter(basket__prepay_shop__job__in=listed(job_ids))


class BasketLine(models.Model):
    """A product in a basket. Set aside, not deleted, when its pictures are archived (A5, X4), and
    when the prepay shop that it is of ends (L8).

    Title, price and currency are what the visitor saw. Nothing is sold at them without asking the
    price list again: a price that changed is told first.
    """

    basket = models.ForeignKey(
        Basket, on_delete=models.CASCADE, related_name="lines", verbose_name=_("basket")
    )
    product = models.ForeignKey(
        Product,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("product"),
    )
    title = models.CharField(_("product"), max_length=200)
    price_cents = models.PositiveIntegerField(_("price"), default=0)
    currency = models.CharField(
        _("currency"), max_length=3, choices=Currency.choices, default=Currency.EUR
    )
    quantity = models.PositiveSmallIntegerField(_("quantity"), default=1)
    set_aside_at = models.DateTimeField(_("set aside"), null=True)
    child = models.ForeignKey(
        BasketChild,
        null=True,
        on_delete=models.CASCADE,
        related_name="lines",
        verbose_name=_("child"),
    )

    objects = BasketLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("basket line")
        verbose_name_plural = _("basket lines")
        constraints = [
            models.CheckConstraint(
                name="a_basket_line_has_a_quantity",
                condition=Q(quantity__gte=1, quantity__lte=HIGHEST_QUANTITY),
            ),
            models.UniqueConstraint(
                fields=["child", "product"], name="a_child_has_a_product_once_in_a_basket"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.title}"


class LinePicture(models.Model):
    """A picture in a basket line. A package holds several, of one job or of several.

    The photo is gone when it was deleted meanwhile; the line can then not be ordered.
    """

    line = models.ForeignKey(
        BasketLine, on_delete=models.CASCADE, related_name="pictures", verbose_name=_("line")
    )
    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="+", verbose_name=_("job"))
    photo = models.ForeignKey(
        Photo, null=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("photo")
    )
    code = models.ForeignKey(
        AccessCode,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("access code"),
        help_text=_("The code that opened the photo for the visitor."),
    )

    class Meta:
        verbose_name = _("picture in a basket")
        verbose_name_plural = _("pictures in baskets")

    def __str__(self) -> str:
        return f"{self.line_id}: {self.job_id}"
