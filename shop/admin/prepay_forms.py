"""How parents order before the photos exist: the shop of a prepay job, and what it asks."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jobstatus.models import Job
from shop.models import PrepayQuestion, PrepayShop, PriceList
from shop.models.prepay import LONGEST_CHOICES, LONGEST_LABEL
from shop.prepay.shops import shop_of

if TYPE_CHECKING:
    ShopModelForm = forms.ModelForm[PrepayShop]
else:
    ShopModelForm = forms.ModelForm

Slot = PrepayQuestion.Slot


class ShopForm(ShopModelForm):
    class Meta:
        model = PrepayShop
        fields = ("entry", "price_list")
        widgets = {"entry": forms.RadioSelect}

    def __init__(self, data: Any, *, job: Job) -> None:
        super().__init__(data, instance=shop_of(job))
        field: Any = self.fields["price_list"]
        field.queryset = PriceList.objects.filter(studio=job.studio_id).order_by("name", "pk")
        field.empty_label = _("None: nothing can be ordered")


class QuestionForm(forms.Form):
    """One of the five questions. Without words it is not asked."""

    label = forms.CharField(
        label=gettext_lazy("Question"), max_length=LONGEST_LABEL, required=False
    )
    is_required = forms.BooleanField(label=gettext_lazy("Must be answered"), required=False)
    choices = forms.CharField(
        label=gettext_lazy("Answers to choose from"),
        max_length=LONGEST_CHOICES,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("One in each line. Empty: parents write what they like."),
    )


@dataclass
class Settings:
    """The form of a prepay job's shop with its questions, as one."""

    shop: ShopForm
    questions: list[tuple[Any, QuestionForm]]  # with their slots

    @property
    def is_valid(self) -> bool:
        return all([self.shop.is_valid(), *(form.is_valid() for _slot, form in self.questions)])


def settings_of(job: Job, data: Any = None) -> Settings:
    known = {question.slot: question for question in job.prepay_questions.all()}
    return Settings(
        ShopForm(data, job=job),
        [(slot, _question(slot, known.get(slot.value), data)) for slot in Slot],
    )


def _question(slot: Any, known: PrepayQuestion | None, data: Any) -> QuestionForm:
    initial: dict[str, Any] = {}
    if known is not None:
        names = ("label", "is_required", "choices")
        initial = {name: getattr(known, name) for name in names}
    form = QuestionForm(data, prefix=slot.value, initial=initial)
    form.fields["label"].help_text = slot.label
    return form


@transaction.atomic
def save(job: Job, settings: Settings) -> list[str]:
    """Write shop and questions. Returns the questions that stay because somebody answered them."""
    settings.shop.save()
    known = {question.slot: question for question in job.prepay_questions.all()}
    staying = []
    for position, (slot, form) in enumerate(settings.questions):
        values = form.cleaned_data | {"position": position}
        question = known.get(slot.value)
        if values["label"]:
            PrepayQuestion.objects.update_or_create(job=job, slot=slot.value, defaults=values)
        elif question is not None and question.answers.exists():
            staying.append(question.label)
        elif question is not None:
            question.delete()
    return staying
