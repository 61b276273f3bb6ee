"""Form fields that the shop's pages share: amounts and rates."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from shop import money

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
