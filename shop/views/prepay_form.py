"""The form for a child of a prepay shop: its name, and what the studio asks besides."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from shop.models import PrepayQuestion
from shop.models.gallery import NAME_LENGTH
from shop.models.prepay import LONGEST_ANSWER
from shop.names.table import tidy
from shop.prepay import children
from shop.prepay.children import Typed
from shop.views.buyer import one_line

PREFIX = "answer-"


class ChildForm(forms.Form):
    """A field for each question. What is read is tidied: no reader sees what it leaves out."""

    name = forms.CharField(
        label=gettext_lazy("Name of the child"),
        max_length=NAME_LENGTH,
        validators=[one_line],
        help_text=gettext_lazy("First name and last name, as the school knows them."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(
        self, data: Any = None, *, questions: list[PrepayQuestion], child: Any = None
    ) -> None:
        initial: dict[str, Any] = {}
        if child is not None:
            answers = children.stored(child.answers)
            initial = {f"{PREFIX}{number}": text for number, text in answers.items()}
            initial["name"] = child.name
        super().__init__(data, initial=initial)
        self.questions = questions
        for question in questions:
            self.fields[f"{PREFIX}{question.pk}"] = _field(question)

    def clean_name(self) -> str:
        name = tidy(self.cleaned_data["name"])
        if not name:
            raise forms.ValidationError(gettext("Type the name of the child."))
        return name

    def typed(self) -> Typed:
        """What was filled in; whatever else was sent is not looked at."""
        answers: Mapping[int, str] = {
            question.pk: self.cleaned_data[f"{PREFIX}{question.pk}"] for question in self.questions
        }
        return children.typed(self.cleaned_data["name"], answers)


def _field(question: PrepayQuestion) -> forms.Field:
    offered = list(dict.fromkeys(filter(None, map(tidy, question.choices.splitlines()))))
    label = question.label
    if not question.is_required:
        label = gettext("%(question)s (optional)") % {"question": question.label}
    if offered:
        choices = [("", gettext("Please choose")), *((text, text) for text in offered)]
        return forms.ChoiceField(label=label, required=question.is_required, choices=choices)
    return forms.CharField(
        label=label,
        required=question.is_required,
        max_length=LONGEST_ANSWER,
        validators=[one_line],
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
