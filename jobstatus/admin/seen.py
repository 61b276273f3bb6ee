"""A form that does not save over what somebody else changed while its page was open."""

import hashlib
import json
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy

if TYPE_CHECKING:
    AnyModelForm = forms.ModelForm[Any]
else:
    AnyModelForm = forms.ModelForm


def mark(facts: Any) -> str:
    """A fingerprint of what a person looked at, short enough for a hidden field."""
    text = json.dumps(facts, default=str, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


class SeenForm(AnyModelForm):
    """Does not save over what somebody else changed while the page was open.

    `facts` is what the page shows of the stored row; the input is kept, and asked for once more.
    `refused` is a sentence for why nothing can be saved now.
    """

    refused: str | None = None
    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_new = self.instance.pk is None
        self.stored_mark = "" if self.is_new else mark(self.facts())
        self.fields["seen"].initial = self.stored_mark

    def facts(self) -> Any:
        raise NotImplementedError

    @cached_property
    def changed_data(self) -> list[str]:
        """What the person typed anew; the mark of an old page is no input."""
        return [name for name in super().changed_data if name != "seen"]

    def is_outdated(self, seen: str | None) -> bool:
        return not self.is_new and seen != self.stored_mark

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.refused is not None:
            raise ValidationError(self.refused)
        if self.is_outdated(data.get("seen")):
            again: Any = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict
            again[self.add_prefix("seen")] = self.stored_mark
            self.data = again
            raise ValidationError(CHANGED_MEANWHILE, code="changed_meanwhile")
        return data


CHANGED_MEANWHILE = gettext_lazy(
    "Somebody changed this while you were editing. Nothing is saved yet and your input is kept "
    "below. Compare it with the page in a second window, then save again to write it over theirs."
)
