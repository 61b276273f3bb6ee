"""What a person may type on a job's tab of persons and codes."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jobstatus.admin.forms import DayInput
from jobstatus.models import Job
from shop.models import Album, Subject
from shop.models.gallery import NAME_LENGTH

LONGEST_LATE_DAYS = 366  # from today


class PersonForm(forms.Form):
    """A person added by hand. The album is one of the job's, or a new one."""

    name = forms.CharField(
        max_length=NAME_LENGTH,
        label=gettext_lazy("Name"),
        error_messages={"required": gettext_lazy("Write the person's name.")},
    )
    album = forms.ModelChoiceField(
        queryset=Album.objects.none(),
        required=False,
        label=gettext_lazy("Album"),
        empty_label=gettext_lazy("None"),
        error_messages={"invalid_choice": gettext_lazy("Choose an album of this job.")},
    )
    new_album = forms.CharField(
        max_length=NAME_LENGTH, required=False, label=gettext_lazy("or a new album")
    )
    again = forms.BooleanField(
        required=False, label=gettext_lazy("This is another person with the same name")
    )

    def __init__(self, data: Any, *, job: Job) -> None:
        super().__init__(data)
        self.job = job
        self.asks_again = False
        albums: Any = self.fields["album"]
        albums.queryset = Album.objects.filter(job=job, trashed_at__isnull=True).order_by(
            "position", "name", "pk"
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("album") and data.get("new_album"):
            self.add_error("new_album", _("Choose an album or write a new one, not both."))
        if self.errors or not data.get("name"):
            return data
        same = Subject.objects.filter(job=self.job, name__iexact=data["name"])
        if data.get("new_album"):
            same = same.filter(album__name=data["new_album"])
        else:
            same = same.filter(album=data.get("album"))
        if same.exists():
            self.asks_again = True
            if not data.get("again"):
                text = _("“%(name)s” is in this album already. Tick the box to add another person.")
                self.add_error("name", text % {"name": data["name"]})
        return data


class LateForm(forms.Form):
    """Until when one code opens although its job is archived (X3)."""

    until = forms.DateField(
        widget=DayInput,
        label=gettext_lazy("Open until"),
        error_messages={
            "required": gettext_lazy("Choose the last day."),
            "invalid": gettext_lazy("Choose a day of the calendar."),
        },
    )
    seen = forms.CharField(required=False, max_length=10, widget=forms.HiddenInput)

    def __init__(self, data: Any, *, today: date) -> None:
        self.today = today
        self.latest = today + timedelta(days=LONGEST_LATE_DAYS)
        super().__init__(data, initial={"until": today + timedelta(days=7)})
        attrs = self.fields["until"].widget.attrs
        attrs |= {"min": today.isoformat(), "max": self.latest.isoformat()}

    def clean_until(self) -> date:
        day: date = self.cleaned_data["until"]
        if day < self.today:
            raise forms.ValidationError(_("This day has passed. Choose today or a later day."))
        if day > self.latest:
            text = _("At most %(count)d days from today are possible.")
            raise forms.ValidationError(text % {"count": LONGEST_LATE_DAYS})
        return day
