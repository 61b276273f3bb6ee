"""The choice on a job's Communication tab."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from comms.models import Campaign, Profile
from comms.models.profiles import CUSTOM_TEXT_LENGTH
from jobstatus.admin.seen import SeenForm
from jobstatus.models import Job

if TYPE_CHECKING:
    AnyModelChoiceField = forms.ModelChoiceField[Any]
else:
    AnyModelChoiceField = forms.ModelChoiceField

NO_MARKETING = gettext_lazy("No marketing e-mails/SMS")


class ProfileChoice(AnyModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        if obj.is_standard:
            return _("%(name)s (standard)") % {"name": obj.name}
        return str(obj.name)


class CampaignForm(SeenForm):
    """Profile and own text. The instance may be one that is not stored yet."""

    profile = ProfileChoice(
        queryset=Profile.objects.none(),
        required=False,
        label=gettext_lazy("Communication profile"),
        empty_label=NO_MARKETING,
        error_messages={
            "invalid_choice": gettext_lazy(
                "Choose a profile of the job's studio or a standard one."
            )
        },
    )
    custom_text = forms.CharField(
        required=False,
        max_length=CUSTOM_TEXT_LENGTH,
        label=gettext_lazy("Own text for this job"),
        help_text=gettext_lazy("Stands where a text has [[Job.custom_text]]."),
        widget=forms.Textarea(attrs={"rows": 4, "cols": 60, "maxlength": CUSTOM_TEXT_LENGTH}),
    )

    class Meta:
        model = Campaign
        fields = ("profile", "custom_text")

    def __init__(self, data: Any, *, job: Job, instance: Campaign) -> None:
        self.before = instance.profile_id
        super().__init__(data, instance=instance)
        field: Any = self.fields["profile"]
        offered = Profile.objects.offered_to(job.studio_id)
        field.queryset = offered.order_by("standard_key", "name", "pk")

    def facts(self) -> Any:
        return [self.instance.profile_id, self.instance.custom_text]

    def is_outdated(self, seen: str | None) -> bool:
        """Also of a choice that nobody had made before: its mark is empty."""
        return seen != self.stored_mark

    def clean_custom_text(self) -> str:
        return str(self.cleaned_data["custom_text"]).replace("\r\n", "\n")

    @property
    def has_other_profile(self) -> bool:
        chosen = self.cleaned_data["profile"]
        return (chosen.pk if chosen else None) != self.before
