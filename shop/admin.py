"""The shop's part of a job's settings page. The composition adds it there."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy

from jobstatus.admin.base import StudioScopedInline
from shop.models import Storefront

if TYPE_CHECKING:
    StorefrontModelForm = forms.ModelForm[Storefront]
    AnyStackedInline = admin.StackedInline[Any, Any]
else:
    StorefrontModelForm = forms.ModelForm
    AnyStackedInline = admin.StackedInline

SHORTEST_SLUG = 4
LONGEST_SLUG = 60


class StorefrontForm(StorefrontModelForm):
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
        fields = ("slug",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            self.fields["slug"].initial = self.instance.slug  # the model's random one

    def has_changed(self) -> bool:
        """A new job gets its shop page although nobody touched the suggested address."""
        return self.instance.pk is None or super().has_changed()

    def clean_slug(self) -> str:
        return str(self.cleaned_data["slug"]).lower()


class StorefrontInline(StudioScopedInline, AnyStackedInline):
    model = Storefront
    form = StorefrontForm
    studio_path = "job__studio"
    min_num = max_num = 1
    can_delete = False
