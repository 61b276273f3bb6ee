"""What a person may say about a names list: which file, and what its columns mean."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shop.names import reading
from shop.names.columns import ANSWERS, NOTHING, Field, Reading, problems
from shop.names.table import MOST_BYTES, Table, Unreadable

SAMPLES = 4  # rows shown of each column


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("File"),
        allow_empty_file=True,  # The reader says what is wrong with it.
        max_length=255,
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
        error_messages={
            "required": gettext_lazy("Choose a file."),
            "missing": gettext_lazy("Choose a file."),
            "invalid": gettext_lazy("Choose a file."),
        },
    )

    def clean_file(self) -> Any:
        """Reads the table, which is then `table`."""
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(reading.too_large())
        try:
            self.table = reading.read(file.read())
        except Unreadable as error:
            raise forms.ValidationError(str(error)) from None
        return file


class ColumnsForm(forms.Form):
    """A drop-down for each column of the table. `asked` are the answers that the job asks for."""

    def __init__(
        self, data: Any, *, table: Table, guessed: Reading, asked: Collection[str] = ()
    ) -> None:
        super().__init__(data)
        self.table = table
        self.fields["head"] = forms.BooleanField(
            required=False,
            initial=guessed.has_headings,
            label=_("The first row has the headings"),
        )
        left_out = set(ANSWERS) - set(asked)
        fields = [choice for choice in Field.choices if choice[0] not in left_out]
        choices = [(NOTHING, _("Do not read")), *fields]
        for number, column in enumerate(guessed.columns):
            self.fields[f"column-{number}"] = forms.ChoiceField(
                choices=choices,
                initial=column,
                label=self._label(number),
                error_messages={"invalid_choice": _("Choose one of the list.")},
            )

    def _label(self, number: int) -> str:
        cells = self.table.rows[0].cells
        heading = cells[number] if number < len(cells) else ""
        return heading[:60] or _("Column %(number)d") % {"number": number + 1}

    def described(self) -> list[tuple[Any, list[str]]]:
        """Each drop-down with what stands in its column."""
        found = []
        for number in range(self.table.width):
            rows = (row.cells for row in self.table.rows[1:])
            texts = (cells[number] for cells in rows if number < len(cells) and cells[number])
            shown = [text[:40] for text, _place in zip(texts, range(SAMPLES), strict=False)]
            found.append((self[f"column-{number}"], shown))
        return found

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        columns = [data.get(f"column-{number}", NOTHING) for number in range(self.table.width)]
        if not self.errors:
            for sentence in problems(columns):
                self.add_error(None, sentence)
        self.reading = Reading(tuple(columns), data.get("head", False))
        return data
