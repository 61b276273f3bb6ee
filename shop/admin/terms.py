"""A studio's terms of sale, on the studio's page. The composition adds them there."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jobstatus.admin.base import StudioScopedInline, without_field
from jobstatus.admin.seen import SeenForm
from shop import iban
from shop.models import Terms

if TYPE_CHECKING:
    AnyStackedInline = admin.StackedInline[Any, Any]
else:
    AnyStackedInline = admin.StackedInline

WAYS_TO_PAY = ("invoice_enabled", "card_enabled")
COLUMNS = (
    "seller",
    "email",
    "invoice_enabled",
    "account_holder",
    "iban",
    "bic",
    "payment_days",
    "card_enabled",
    "conditions_url",
    "privacy_url",
)


class TermsForm(SeenForm):
    conditions_url = forms.URLField(
        label=gettext_lazy("Terms and conditions"), required=False, assume_scheme="https"
    )
    privacy_url = forms.URLField(
        label=gettext_lazy("Privacy notice"), required=False, assume_scheme="https"
    )

    class Meta:
        model = Terms
        fields = COLUMNS
        widgets = {
            "seller": forms.Textarea(attrs={"rows": 4, "cols": 40}),
            "iban": forms.TextInput(attrs={"autocapitalize": "characters", "spellcheck": "false"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "card_enabled" in self.fields and not has_provider():
            self.fields["card_enabled"].help_text = _(
                "This installation has no keys of a payment provider yet, so that customers are "
                "not offered cards whatever is ticked here."
            )

    def facts(self) -> Any:
        return [getattr(self.instance, name) for name in COLUMNS]

    def is_outdated(self, seen: str | None) -> bool:
        """On the studio's page the terms are one part of several; untouched, they are in no way."""
        return self.has_changed() and super().is_outdated(seen)

    def clean_iban(self) -> str:
        text = str(self.cleaned_data["iban"])
        if not text.strip():
            return ""
        try:
            return iban.read(text)
        except iban.NotAnAccount as error:
            raise ValidationError(str(error), code="invalid") from error

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("invoice_enabled"):
            if not data.get("iban") and "iban" not in self.errors:
                self.add_error("iban", _("Bank transfers need an account. Write its IBAN."))
            if not data.get("seller") and "seller" not in self.errors:
                text = _("Write who sells, as it must stand on an invoice.")
                self.add_error("seller", text)
        if not any(data.get(name) for name in WAYS_TO_PAY):
            self.add_error("invoice_enabled", _("Offer at least one way to pay."))
        return data


def has_provider() -> bool:
    return bool(settings.STRIPE_SECRET_KEY and settings.STRIPE_WEBHOOK_SECRETS)


class TermsInline(StudioScopedInline, AnyStackedInline):
    model = Terms
    form = TermsForm
    studio_path = "studio"
    template = "admin/shop/terms.html"
    extra = max_num = 1  # Not min_num: who leaves it untouched has no terms, and no error.
    can_delete = False
    verbose_name = gettext_lazy("Terms of sale")
    fieldsets = (
        (None, {"fields": ("seen", "seller", "email")}),
        (
            gettext_lazy("Bank transfer"),
            {"fields": ("invoice_enabled", "account_holder", "iban", "bic", "payment_days")},
        ),
        (gettext_lazy("Card"), {"fields": ("card_enabled",)}),
        (gettext_lazy("Links in the shop"), {"fields": ("conditions_url", "privacy_url")}),
    )

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Who may only look has no form, and no hidden field of one."""
        fieldsets = super().get_fieldsets(request, obj)
        may_write = self.has_change_permission(request, obj)
        return fieldsets if may_write else without_field(fieldsets, "seen")
