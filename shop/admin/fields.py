"""Form fields and a form that the shop's pages share."""

import hashlib
import json
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shop import money

if TYPE_CHECKING:
    AnyModelForm = forms.ModelForm[Any]
else:
    AnyModelForm = forms.ModelForm

_PERCENT = re.compile(r"[0-9]{1,2}(?:[.,][0-9]{1,2})?", re.ASCII)


class AmountField(forms.Field):
    """Cents in the database, “9,50” or “9.50” in front of a person."""

    def __init__(self, *, highest_cents: int, **kwargs: Any) -> None:
        self.highest_cents = highest_cents
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "size": 9}))
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        return money.typed(value) if isinstance(value, int) else value

    def to_python(self, value: Any) -> int | None:
        if value in self.empty_values:
            return None
        try:
            return money.read(str(value), highest_cents=self.highest_cents)
        except money.NotAnAmount as error:
            raise ValidationError(str(error), code="invalid") from error

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.to_python(data) != initial)
        except ValidationError:
            return True


class PercentField(forms.Field):
    """A rate such as “19”, “7,7” or “8.10”."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "size": 6}))
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, Decimal):
            return value
        return money.typed(int(value * 100)).removesuffix("00").rstrip(".,")

    def to_python(self, value: Any) -> Decimal | None:
        if value in self.empty_values:
            return None
        text = str(value).strip().removesuffix("%").strip()
        if not _PERCENT.fullmatch(text):
            raise ValidationError(
                _("Write a rate in digits, such as %(example)s.") % {"example": money.typed(770)},
                code="invalid",
            )
        return Decimal(text.replace(",", "."))


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
