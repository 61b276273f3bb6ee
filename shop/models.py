"""The public side of a job, and the baskets of its customers."""

import secrets
from collections.abc import Collection

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from jobstatus.keys import listed
from jobstatus.models import Job

# No vowels and no look-alikes: nothing to misread, no words by accident.
SLUG_ALPHABET = "23456789bcdfghjkmnpqrstvwxz"
SLUG_LENGTH = 12


def random_slug() -> str:
    """57 bits: an address that cannot be guessed from another."""
    return "".join(secrets.choice(SLUG_ALPHABET) for _ in range(SLUG_LENGTH))


class Storefront(models.Model):
    """Where customers find a job. One row for each job."""

    job = models.OneToOneField(
        Job, on_delete=models.CASCADE, related_name="storefront", verbose_name=_("job")
    )
    slug = models.SlugField(_("public address"), max_length=60, unique=True, default=random_slug)

    class Meta:
        verbose_name = _("shop page")
        verbose_name_plural = _("shop pages")
        constraints = [
            models.CheckConstraint(
                # Whatever a visitor types is looked up in lower case.
                name="public_addresses_are_lower_case",
                condition=Q(slug=Lower("slug")),
            )
        ]

    def __str__(self) -> str:
        return self.slug

    def get_absolute_url(self) -> str:
        return reverse("shop:job", args=[self.slug])


class Basket(models.Model):
    """A visitor's choice before the order."""

    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("basket")
        verbose_name_plural = _("baskets")

    def __str__(self) -> str:
        return f"{self.pk}"


class BasketLineQuerySet(models.QuerySet["BasketLine"]):
    def pending(self) -> "BasketLineQuerySet":
        return self.filter(set_aside_at__isnull=True)

    def with_pictures_of(self, job_ids: Collection[int]) -> "BasketLineQuerySet":
        """Lines with at least one picture of these jobs: a package counts as a whole (A5)."""
        pictures = LinePicture.objects.filter(job__in=listed(job_ids))
        return self.filter(pk__in=pictures.values("line"))


class BasketLine(models.Model):
    """A product in a basket. Set aside, not deleted, when its pictures are archived (A5, X4)."""

    basket = models.ForeignKey(
        Basket, on_delete=models.CASCADE, related_name="lines", verbose_name=_("basket")
    )
    title = models.CharField(_("product"), max_length=200)
    quantity = models.PositiveSmallIntegerField(_("quantity"), default=1)
    set_aside_at = models.DateTimeField(_("set aside"), null=True)

    objects = BasketLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("basket line")
        verbose_name_plural = _("basket lines")
        constraints = [
            models.CheckConstraint(
                name="a_basket_line_has_a_quantity", condition=Q(quantity__gte=1)
            )
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.title}"


class LinePicture(models.Model):
    """A picture in a basket line. A package holds several, of one job or of several."""

    line = models.ForeignKey(
        BasketLine, on_delete=models.CASCADE, related_name="pictures", verbose_name=_("line")
    )
    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="+", verbose_name=_("job"))

    class Meta:
        verbose_name = _("picture in a basket")
        verbose_name_plural = _("pictures in baskets")

    def __str__(self) -> str:
        return f"{self.line_id}: {self.job_id}"
