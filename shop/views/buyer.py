"""The form of the checkout: who buys, where it goes, how it is paid."""

import re
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.translation import gettext, gettext_lazy

from jobstatus.models import Studio
from shop import payments
from shop.buying.checkout import Buyer
from shop.buying.lines import Priced
from shop.models import Order, Terms

LONGEST_NOTE = 1000
ADDRESS = ("street", "postal_code", "city", "country")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def one_line(text: str) -> None:
    """A name with a line break in it would forge the head of an e-mail."""
    if _CONTROL.search(text):
        raise ValidationError(gettext("Please write this in one line, without special characters."))


def _line(label: Any, length: int, autocomplete: str, **values: Any) -> forms.CharField:
    attributes = {"autocomplete": autocomplete}
    return forms.CharField(
        label=label,
        max_length=length,
        validators=[one_line],
        widget=forms.TextInput(attrs=attributes),
        **values,
    )


class BuyerForm(forms.Form):
    """Asks for an address only if there is anything to send, for a method only if there is money.

    `methods` is empty when the studio takes no payment online; then nobody can order.
    """

    name = _line(gettext_lazy("Your name"), 200, "name")
    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        max_length=254,
        help_text=gettext_lazy("The confirmation of your order goes there."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    phone = _line(gettext_lazy("Phone (optional)"), 40, "tel", required=False)
    street = _line(gettext_lazy("Street and number"), 200, "street-address")
    postal_code = _line(gettext_lazy("Postal code"), 20, "postal-code")
    city = _line(gettext_lazy("Town"), 100, "address-level2")
    country = _line(gettext_lazy("Country (optional)"), 100, "country-name", required=False)
    note = forms.CharField(
        label=gettext_lazy("Message to the studio (optional)"),
        max_length=LONGEST_NOTE,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    method = forms.ChoiceField(label=gettext_lazy("Payment"), widget=forms.RadioSelect)
    conditions = forms.BooleanField(
        label=gettext_lazy("I accept the terms and conditions."),
        error_messages={
            "required": gettext_lazy("You can order only if you accept the terms and conditions.")
        },
    )

    def __init__(self, data: Any = None, *, now: Priced, studio: Studio) -> None:
        self.methods = methods(studio)
        first = self.methods[0][0] if self.methods else None
        super().__init__(data, initial={"method": first})
        method = self.fields["method"]
        assert isinstance(method, forms.ChoiceField)  # noqa: S101 - for the type checker
        method.choices = self.methods
        if not now.needs_address:
            self._leave_out(*ADDRESS)
        if now.total_cents == 0:
            self._leave_out("method")
        terms = terms_of(studio)
        if terms is None or not terms.conditions_url:
            self._leave_out("conditions")

    def buyer(self) -> Buyer:
        """What was filled in and asked for; whatever else was sent is not looked at."""
        asked = {name: text for name, text in self.cleaned_data.items() if name != "conditions"}
        language = translation.get_language() or settings.LANGUAGE_CODE
        return Buyer(
            language=language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE,
            **{"method": Order.Method.INVOICE.value} | asked,
        )

    def _leave_out(self, *names: str) -> None:
        for name in names:
            del self.fields[name]


def methods(studio: Studio) -> list[tuple[str, Any]]:
    """How this studio's customers can pay. One without terms of sale sends invoices."""
    terms = terms_of(studio)
    invoice = (Order.Method.INVOICE.value, Order.Method.INVOICE.label)
    if terms is None:
        return [invoice]
    offered = [invoice] if terms.invoice_enabled else []
    if payments.is_available(terms):
        offered.append((Order.Method.CARD.value, Order.Method.CARD.label))
    return offered


def terms_of(studio: Studio) -> Terms | None:
    terms: Terms | None = getattr(studio, "terms", None)
    return terms
