"""Where customers find a studio and a job, and on what terms they buy there."""

import secrets
from typing import Any

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from jobstatus.models import Job, Studio
from shop.models.prices import PriceList

# No vowels and no look-alikes: nothing to misread, no words by accident.
SLUG_ALPHABET = "23456789bcdfghjkmnpqrstvwxz"
SLUG_LENGTH = 12
COUNTED = ("gallery_version", "stored_bytes")


def random_slug() -> str:
    """57 bits: an address that cannot be guessed from another."""
    return "".join(secrets.choice(SLUG_ALPHABET) for _ in range(SLUG_LENGTH))


class Terms(models.Model):
    """How a studio sells: who it is on an order, where the money goes. One row for each studio."""

    studio = models.OneToOneField(
        Studio, on_delete=models.CASCADE, related_name="terms", verbose_name=_("studio")
    )
    seller = models.TextField(
        _("name and address on orders"),
        max_length=500,
        blank=True,
        help_text=_("As it must stand on an invoice, with the tax number if you need one there."),
    )
    email = models.EmailField(_("e-mail for questions"), blank=True)
    invoice_enabled = models.BooleanField(_("payment by bank transfer"), default=True)
    account_holder = models.CharField(_("account holder"), max_length=100, blank=True)
    iban = models.CharField(_("IBAN"), max_length=42, blank=True)
    bic = models.CharField(_("BIC"), max_length=11, blank=True)
    payment_days = models.PositiveSmallIntegerField(
        _("days to pay"), default=14, validators=[MaxValueValidator(90)]
    )
    card_enabled = models.BooleanField(
        _("payment by card"),
        default=False,
        help_text=_("On the payment provider's own page. Card data never reaches this system."),
    )
    conditions_url = models.URLField(_("terms and conditions"), blank=True)
    privacy_url = models.URLField(_("privacy notice"), blank=True)

    class Meta:
        verbose_name = _("terms of sale")
        verbose_name_plural = _("terms of sale")

    def __str__(self) -> str:
        return str(self.studio)


class Storefront(models.Model):
    """Where customers find a job, and what it costs there. One row for each job."""

    job = models.OneToOneField(
        Job, on_delete=models.CASCADE, related_name="storefront", verbose_name=_("job")
    )
    slug = models.SlugField(_("public address"), max_length=60, unique=True, default=random_slug)
    price_list = models.ForeignKey(
        PriceList,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="storefronts",
        verbose_name=_("price list"),
        help_text=_("Without one, customers see the photos but cannot order."),
    )
    # Counted up by database triggers whenever an album, photo or subject of the job changes, so
    # that a gallery is known to be unchanged without reading its photos.
    gallery_version = models.PositiveBigIntegerField(default=0, editable=False)
    # The sum over all photos of the job, kept by database triggers. Those of archived jobs and in
    # the trash count (A13). Without a CHECK: a wrong sum must not keep photos from being deleted.
    stored_bytes = models.BigIntegerField(default=0, editable=False)

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

    def _do_update(
        self, base_qs: Any, using: Any, pk_val: Any, values: Any, *args: Any, **kwargs: Any
    ) -> Any:
        # What triggers count is never written from an object: it may be outdated by now.
        values = [entry for entry in values if entry[0].name not in COUNTED]
        return super()._do_update(base_qs, using, pk_val, values, *args, **kwargs)
