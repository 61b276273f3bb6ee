"""What a person may type about a profile as a whole."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from comms.models import Profile
from comms.texts.copies import NAME_LENGTH
from jobstatus.admin.seen import SeenForm
from jobstatus.models import Studio

NAME_TAKEN = gettext_lazy("Another profile has this name. Choose a different one.")


class ProfileForm(SeenForm):
    class Meta:
        model = Profile
        fields = ("studio", "name")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "studio" in self.fields:
            self.fields["studio"].required = True  # Standard profiles come with the system.

    def facts(self) -> Any:
        return [self.instance.name]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        # The constraint again, as a sentence: the studio is often not among the fields.
        studio = data.get("studio") or self.instance.studio_id
        others = Profile.objects.current().filter(studio=studio, name=data.get("name"))
        if studio and others.exclude(pk=self.instance.pk).exists():
            self.add_error("name", str(NAME_TAKEN))
        return data


class CopyForm(forms.Form):
    """Under which name, and in which studio, a copy is made."""

    studio = forms.ModelChoiceField(
        queryset=Studio.objects.none(),
        label=gettext_lazy("Studio"),
        empty_label=None,
        error_messages={"invalid_choice": gettext_lazy("Choose one of your studios.")},
    )
    name = forms.CharField(max_length=NAME_LENGTH, label=gettext_lazy("Name of the copy"))

    def __init__(self, data: Any, *, studios: Any, suggestion: str) -> None:
        super().__init__(data, initial={"name": suggestion})
        field: Any = self.fields["studio"]
        field.queryset = studios
        self.only: Studio | None = None
        found = list(studios[:2])
        if len(found) == 1:
            self.only = found[0]
            del self.fields["studio"]

    def chosen_studio(self) -> Studio:
        studio: Studio = self.only or self.cleaned_data["studio"]
        return studio

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        studio = self.only or data.get("studio")
        if studio is None and "studio" not in self.errors:
            raise forms.ValidationError(_("There is no studio that it could be copied to."))
        taken = Profile.objects.current().filter(studio=studio, name=data.get("name"))
        if studio is not None and taken.exists():
            self.add_error("name", str(NAME_TAKEN))
        return data
