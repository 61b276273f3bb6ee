"""The shop's part of a job's settings page. The composition adds it there."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jobstatus.admin.base import StudioScopedInline
from shop.models import PriceList, Storefront

if TYPE_CHECKING:
    StorefrontModelForm = forms.ModelForm[Storefront]
    AnyStackedInline = admin.StackedInline[Any, Any]
    AnyInlineFormSet = forms.BaseInlineFormSet[Any, Any, Any]
else:
    StorefrontModelForm = forms.ModelForm
    AnyStackedInline = admin.StackedInline
    AnyInlineFormSet = forms.BaseInlineFormSet

SHORTEST_SLUG = 4
LONGEST_SLUG = 60


class StorefrontForm(StorefrontModelForm):
    """`studio_id` is the job's; without one, as for a new job of who has several, no prices."""

    slug = forms.SlugField(
        label=gettext_lazy("Public address"),
        min_length=SHORTEST_SLUG,
        max_length=LONGEST_SLUG,
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"}),
        error_messages={
            "invalid": gettext_lazy("Use letters from a to z, digits and hyphens only."),
            "unique": gettext_lazy("Another job has this address. Choose a different one."),
        },
        help_text=gettext_lazy(
            "The last part of the address of the shop page. Links with the old address stop "
            "working when you change it. Letters, digits and hyphens; a random address cannot be "
            "guessed."
        ),
    )

    class Meta:
        model = Storefront
        fields = ("slug", "price_list")

    def __init__(self, *args: Any, studio_id: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None and "slug" in self.fields:
            self.fields["slug"].initial = self.instance.slug  # the model's random one
        field: Any = self.fields.get("price_list")
        if field is not None:
            self._offer_prices_of(studio_id, field)

    def _offer_prices_of(self, studio_id: int | None, field: Any) -> None:
        """The drop-down is the job's own studio's, also for who may look into others (J3)."""
        field.queryset = PriceList.objects.filter(studio=studio_id).order_by("name", "pk")
        field.empty_label = _("None: customers see their photos but cannot order")
        field.error_messages["invalid_choice"] = _("Choose a price list of the job's studio.")
        if studio_id is None:
            field.help_text = _("Save the job first; then choose among its studio's price lists.")

    def has_changed(self) -> bool:
        """A new job gets its shop page although nobody touched the suggested address."""
        return self.instance.pk is None or super().has_changed()

    def clean_slug(self) -> str:
        return str(self.cleaned_data["slug"]).lower()


class StorefrontFormSet(AnyInlineFormSet):
    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        return {**super().get_form_kwargs(index), "studio_id": self.instance.studio_id}


class StorefrontInline(StudioScopedInline, AnyStackedInline):
    model = Storefront
    form = StorefrontForm
    formset = StorefrontFormSet
    studio_path = "job__studio"
    min_num = max_num = 1
    can_delete = False

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """Without the buttons that open price lists in a window of their own."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "price_list" and field is not None:
            field.widget = field.widget.widget
        return field
