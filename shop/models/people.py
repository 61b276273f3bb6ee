"""The people who buy, and how they are connected with a job."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from jobstatus.models import Job, Studio
from shop.models.gallery import Subject

NAME_LENGTH = 200
EMAIL_LENGTH = 254


def email_key(address: str) -> str:
    """What two spellings of one address share. Dots stay: only some providers ignore them."""
    return address.strip().casefold()


class Customer(models.Model):
    """A person who buys from a studio, or wants to be told. One row for an address and studio."""

    studio = models.ForeignKey(
        Studio, on_delete=models.PROTECT, related_name="customers", verbose_name=_("studio")
    )
    # Empty for who is known by phone only, as names lists have them.
    email = models.EmailField(_("e-mail"), max_length=EMAIL_LENGTH, blank=True)
    email_key = models.CharField(max_length=2 * EMAIL_LENGTH, blank=True, editable=False)
    name = models.CharField(_("name"), max_length=NAME_LENGTH, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    language = models.CharField(
        _("language"), max_length=10, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        constraints = [
            models.UniqueConstraint(
                fields=["studio", "email_key"],
                condition=~Q(email_key=""),
                name="an_address_is_one_customer_of_a_studio",
            )
        ]

    def __str__(self) -> str:
        return self.name or self.email or self.phone


class Contact(models.Model):
    """Why a customer is told about a job: the names list, a registration, or an order."""

    class Source(models.TextChoices):
        NAMES_LIST = "names_list", _("Names list")
        REGISTRATION = "registration", _("Registration")
        ORDER = "order", _("Order")

    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="contacts", verbose_name=_("customer")
    )
    job = models.ForeignKey(
        Job, on_delete=models.CASCADE, related_name="contacts", verbose_name=_("job")
    )
    subject = models.ForeignKey(
        Subject,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="contacts",
        verbose_name=_("photographed person"),
    )
    source = models.CharField(_("source"), max_length=20, choices=Source.choices)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        constraints = [
            models.UniqueConstraint(
                fields=["job", "customer", "subject", "source"],
                name="a_customer_is_tied_to_a_person_once",
            ),
            models.UniqueConstraint(
                fields=["job", "customer", "source"],
                condition=Q(subject__isnull=True),
                name="a_customer_is_tied_to_a_job_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["created_at"],
                condition=Q(source="registration"),
                name="latest_registrations",
            )
        ]

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.job_id}"
