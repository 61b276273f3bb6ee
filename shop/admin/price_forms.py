"""What a person may type into a price list."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jobstatus.admin.seen import AnyModelForm, SeenForm
from shop.admin.fields import AmountField, PercentField
from shop.models import PriceList, Product, ProductKind
from shop.models.prices import HIGHEST_PRICE_CENTS, MOST_PICTURES

if TYPE_CHECKING:
    AnyInlineFormSet = forms.BaseInlineFormSet[Any, Any, Any]
else:
    AnyInlineFormSet = forms.BaseInlineFormSet

HIGHEST_TAX_PERCENT = 50
HIGHEST_POSITION = 9_999


class PriceListForm(SeenForm):
    tax_percent = PercentField(
        label=gettext_lazy("Tax in percent"),
        initial=Decimal(19),
        help_text=gettext_lazy("Included in all prices. 0 if you charge none."),
    )
    shipping_cents = AmountField(
        label=gettext_lazy("Shipping"),
        initial=0,
        highest_cents=HIGHEST_PRICE_CENTS,
        help_text=gettext_lazy("Added once to an order that has anything to send."),
    )

    class Meta:
        model = PriceList
        fields = ("studio", "name", "currency", "tax_percent", "shipping_cents")

    def facts(self) -> Any:
        """The list and its products as they are stored. One query."""
        prices = self.instance
        own = [prices.name, prices.currency, f"{prices.tax_percent:.2f}", prices.shipping_cents]
        columns = (
            "pk",
            "name",
            "description",
            "kind",
            "picture_count",
            "price_cents",
            "position",
            "is_active",
        )
        return [own, list(prices.products.order_by("pk").values_list(*columns))]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        # The constraint again, as a sentence: the studio is often not among the fields.
        studio = data.get("studio") or self.instance.studio_id
        others = PriceList.objects.filter(studio=studio, name=data.get("name"))
        if studio and others.exclude(pk=self.instance.pk).exists():
            self.add_error("name", _("Another price list has this name. Choose a different one."))
        return data


class ProductForm(AnyModelForm):
    price_cents = AmountField(label=gettext_lazy("Price"), highest_cents=HIGHEST_PRICE_CENTS)
    position = forms.IntegerField(
        label=gettext_lazy("Position"),
        required=False,
        min_value=0,
        max_value=HIGHEST_POSITION,
        help_text=gettext_lazy("Smaller numbers come first. Empty: at the end."),
    )

    class Meta:
        model = Product
        fields = (
            "name",
            "price_cents",
            "kind",
            "picture_count",
            "position",
            "is_active",
            "description",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None and "position" in self.fields:
            self.initial["position"] = None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        count, kind = data.get("picture_count"), data.get("kind")
        if count is None or kind is None:
            return data
        if kind != ProductKind.PACKAGE and count != 1:
            self.add_error(
                "picture_count", _("Only a package has several photos. Write 1, or choose package.")
            )
        elif not 1 <= count <= MOST_PICTURES:
            text = _("A package has 1 to %(most)d photos.") % {"most": MOST_PICTURES}
            self.add_error("picture_count", text)
        return data


class ProductFormSet(AnyInlineFormSet):
    def clean(self) -> None:
        """Products without a position go to the end, in the order in which they were typed."""
        super().clean()
        wanted = [form for form in self.forms if form.has_changed() or form.instance.pk]
        given = [form.instance.position for form in wanted if form.instance.position is not None]
        last = max(given, default=-1)
        for form in wanted:
            if form.instance.position is None:
                last = min(last + 1, HIGHEST_POSITION)
                form.instance.position = last
