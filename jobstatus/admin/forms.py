"""The settings of a job, and the questions of the confirmation page."""

import datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jobstatus import clock, deadlines, wording
from jobstatus.admin.history import latest_change
from jobstatus.lifecycle import Kind, Status
from jobstatus.models import ArchiveDelay, Job
from jobstatus.models.event import REASON_LENGTH
from jobstatus.models.job import DATE_LIMITS
from jobstatus.operations import Archiving, PrepayDeadline, foresee

if TYPE_CHECKING:
    JobModelForm = forms.ModelForm[Job]
else:
    JobModelForm = forms.ModelForm

SUGGESTED_DAYS = 14  # until the date that is offered for one that has passed


class DayInput(forms.DateInput):
    """The browser's own calendar. It speaks ISO, whatever the language."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(
            format="%Y-%m-%d",
            attrs={"min": str(deadlines.EARLIEST_DATE), "max": str(deadlines.LATEST_DATE)},
        )


class JobForm(JobModelForm):
    """What a person may set. The status is not among it: no field, so that no POST can write it.

    `refused` is a sentence for why nothing can be saved now; the form then only shows it.
    """

    refused: str | None = None
    seen_version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    archive_now = forms.BooleanField(
        required=False, label=gettext_lazy("Save these settings and let the job be archived now")
    )

    class Meta:
        model = Job
        fields = (
            "name",
            "kind",
            "studio",
            "archiving_enabled",
            "archive_date",
            "archive_delay",
            "prepay_deadline_date",
        )
        widgets = {"archive_date": DayInput, "prepay_deadline_date": DayInput}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seen_version"].initial = self.instance.version
        self.ask_archive_now = False

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.refused is not None:
            raise ValidationError(self.refused)
        ticked = data.get("archiving_enabled")
        if ticked and not data.get("archive_date") and "archive_date" not in self.errors:
            self.add_error("archive_date", _("Choose a date, or untick “archive automatically”."))
        if self.instance.pk is None and data.get("kind") == Kind.STANDARD:
            data["prepay_deadline_date"] = None
        if self.instance.pk is not None:
            self._refuse_if_outdated(data)
            self._warn_of_a_past_deadline(data)
        return data

    def _refuse_if_outdated(self, data: dict[str, Any]) -> None:
        """Somebody was faster: keep the input, say what is different now, ask again."""
        if data.get("seen_version") == self.instance.version:
            return
        data_again: Any = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict
        data_again[self.add_prefix("seen_version")] = str(self.instance.version)
        self.data = data_again
        change = latest_change(self.instance)
        sentences = [_("Somebody changed this job while you were editing. Nothing is saved yet.")]
        if change is not None:
            sentences[0] = _(
                "This job changed while you were editing. Last change: %(what)s, %(when)s, by "
                "%(who)s. Nothing is saved yet."
            ) % {"what": change.summary, "when": change.when, "who": change.who}
        sentences += [
            _("“%(field)s” is now: %(value)s.") % {"field": field.label, "value": self._now(name)}
            for name, field in self.fields.items()
            if hasattr(Job, name) and getattr(self.instance, name) != data.get(name)
        ]
        sentences.append(_("Your input is kept below. Save again to write it over these values."))
        self.add_error(None, [ValidationError(s, code="changed_meanwhile") for s in sentences])

    def _now(self, name: str) -> str:
        value = getattr(self.instance, name)
        if value is None or value == "":
            return _("empty")
        if isinstance(value, bool):
            return _("ticked") if value else _("not ticked")
        if isinstance(value, datetime.date):
            return wording.day(value)
        display = getattr(self.instance, f"get_{name}_display", None)
        return str(display() if display else value)

    def _warn_of_a_past_deadline(self, data: dict[str, Any]) -> None:
        """A selling job whose new deadline has passed would be archived at once (A10)."""
        job, at = self.instance, clock.now()
        if job.status != Status.SELLING or self.errors or "archiving_enabled" not in self.fields:
            return
        closes_at = deadlines.closes_at(
            archiving_enabled=data["archiving_enabled"],
            archive_date=data["archive_date"],
            archive_delay=data["archive_delay"],
            zone=job.studio.timezone,
        )
        if closes_at is None or closes_at > at or closes_at == job.closes_at:
            return
        self.ask_archive_now = True
        if data.get("archive_now"):
            return
        consequences = [notice.text for notice in foresee([job.pk], "archive", by=None, at=at)]
        first = _(
            "With these settings the archiving deadline has passed: the job will be archived "
            "within a minute. Nothing is saved yet. Change the date, or tick the box to confirm."
        )
        self.add_error(None, [ValidationError(s, code="past") for s in (first, *consequences)])


class ReasonForm(forms.Form):
    """The confirmation page's own fields. `seen` and `shown` say what the person looked at."""

    reason = forms.CharField(
        max_length=REASON_LENGTH,
        required=False,
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("Optional. It appears in the history of the job."),
    )
    seen = forms.CharField(max_length=200, required=False, widget=forms.HiddenInput)
    shown = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)


class ArchivingForm(forms.Form):
    """What becomes of the archiving deadline that has passed (A10)."""

    MOVE, UNTICK, LEAVE = "move", "untick", "leave"
    confirm_again = gettext_lazy(
        "This is what happens with the new archiving settings. Confirm it."
    )

    choice = forms.ChoiceField(widget=forms.RadioSelect, label="")
    date = forms.DateField(
        required=False,
        widget=DayInput,
        validators=DATE_LIMITS,
        label=gettext_lazy("New archiving date"),
    )
    delay = forms.TypedChoiceField(
        choices=ArchiveDelay.choices,
        coerce=int,
        label=gettext_lazy("Archiving delay"),
        help_text=gettext_lazy("Customers can still order during these days. They are not told."),
    )

    def __init__(
        self, data: Any, *, overdue: list[Job], may_leave: bool, today: datetime.date
    ) -> None:
        self.overdue = overdue
        delay = overdue[0].archive_delay if len(overdue) == 1 else ArchiveDelay.ONE_DAY
        initial = {
            "choice": self.LEAVE if may_leave else self.MOVE,
            "date": today + datetime.timedelta(days=SUGGESTED_DAYS),
            "delay": delay,
        }
        super().__init__(data, initial=initial, prefix="archiving")
        choices = [
            (self.MOVE, _("Move the archiving date")),
            (self.UNTICK, _("Sell without an archiving date")),
        ]
        if may_leave:
            choices.insert(0, (self.LEAVE, _("Leave these jobs as they are")))
        field: Any = self.fields["choice"]
        field.choices = choices

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("choice") != self.MOVE or "date" in self.errors:
            return data
        if data.get("date") is None:
            self.add_error("date", _("Choose the new archiving date."))
        elif any(self._has_passed(job, data) for job in self.overdue):
            self.add_error(
                "date", _("The deadline would have passed as well. Choose a later date.")
            )
        return data

    @staticmethod
    def _has_passed(job: Job, data: dict[str, Any]) -> bool:
        closes_at = deadlines.closes_at(
            archiving_enabled=True,
            archive_date=data["date"],
            archive_delay=data.get("delay", 0),
            zone=job.studio.timezone,
        )
        return closes_at is not None and closes_at <= clock.now()

    def suggestion(self) -> Archiving | None:
        """What the page shows before anybody chose."""
        initial: Any = self.initial
        return self._archiving(initial["choice"], initial["date"], initial["delay"])

    def chosen(self) -> Archiving | None:
        """What the person chose; None means to leave these jobs out. Only for a valid form."""
        data = self.cleaned_data
        return self._archiving(data["choice"], data["date"], data["delay"])

    def _archiving(self, choice: str, day: datetime.date, delay: int) -> Archiving | None:
        if choice == self.LEAVE:
            return None
        moved = choice == self.MOVE
        return Archiving(enabled=moved, date=day if moved else None, delay=delay)


class PrepayDeadlineForm(forms.Form):
    """A prepay deadline for jobs that have none, or whose deadline has passed (L9)."""

    MOVE, LEAVE = "move", "leave"
    confirm_again = gettext_lazy("This is what happens with the new prepay deadline. Confirm it.")

    choice = forms.ChoiceField(widget=forms.RadioSelect, label="", required=False)
    date = forms.DateField(
        required=False,
        widget=DayInput,
        validators=DATE_LIMITS,
        label=gettext_lazy("Prepay deadline"),
        help_text=gettext_lazy("The last day for orders. It includes the whole day."),
    )

    def __init__(
        self, data: Any, *, overdue: list[Job], may_leave: bool, today: datetime.date
    ) -> None:
        self.overdue = overdue
        initial = {
            "choice": self.LEAVE if may_leave else self.MOVE,
            "date": today + datetime.timedelta(days=SUGGESTED_DAYS),
        }
        super().__init__(data, initial=initial, prefix="prepay")
        field: Any = self.fields["choice"]
        field.choices = [
            (self.LEAVE, _("Leave these jobs as they are")),
            (self.MOVE, _("Set a new prepay deadline")),
        ]
        if not may_leave:
            del self.fields["choice"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("choice") == self.LEAVE or "date" in self.errors:
            return data
        day = data.get("date")
        if day is None:
            self.add_error("date", _("Choose the prepay deadline."))
        elif any(_day_is_over(job, day) for job in self.overdue):
            self.add_error("date", _("That day is over already. Choose a later date."))
        return data

    def suggestion(self) -> PrepayDeadline | None:
        """What the page shows before anybody chose."""
        initial: Any = self.initial
        return self._deadline(initial["choice"], initial["date"])

    def chosen(self) -> PrepayDeadline | None:
        """What the person chose; None means to leave these jobs out. Only for a valid form."""
        return self._deadline(self.cleaned_data.get("choice", ""), self.cleaned_data["date"])

    def _deadline(self, choice: str, day: datetime.date) -> PrepayDeadline | None:
        return None if choice == self.LEAVE else PrepayDeadline(day)


def _day_is_over(job: Job, day: datetime.date) -> bool:
    return deadlines.end_of_day(day, job.studio.timezone) <= clock.now()


DatesForm = ArchivingForm | PrepayDeadlineForm
