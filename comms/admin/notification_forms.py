"""What a person may type into a notification: when, to whom, and the text in each language."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from comms.models import Channel, Notification, Text, Trigger
from comms.models.profiles import BEFORE_DATES, BODY_LENGTH, MOST_DAYS, SUBJECT_LENGTH
from comms.texts import placeholders
from comms.texts.placeholders import Problem
from comms.texts.sms import MOST_CHARACTERS
from jobstatus.admin.seen import SeenForm

WHEN = ("trigger", "days", "hours", "send_time")
WHOM = ("channel", "audience", "photos")
REST = ("tolerance_hours", "is_active")
COLUMNS = (*WHEN, *WHOM, *REST)


class TextForm(forms.Form):
    """The text in one language. Left empty, the notification has none in it."""

    subject = forms.CharField(required=False, label=gettext_lazy("Subject"))
    body = forms.CharField(
        required=False,
        strip=False,
        label=gettext_lazy("Text"),
        widget=forms.Textarea(attrs={"rows": 12, "cols": 40}),
    )

    def __init__(
        self, data: Any, *, language: str, label: str, trigger: str, channel: str, stored: Any
    ) -> None:
        initial = {"subject": stored.subject, "body": stored.body} if stored else {}
        super().__init__(data, prefix=language, initial=initial)
        self.language, self.label = language, label
        self.trigger, self.channel = trigger, channel
        self.problems: dict[str, list[Problem]] = {"subject": [], "body": []}
        for name, most in (("subject", SUBJECT_LENGTH), ("body", BODY_LENGTH)):
            self.fields[name].widget.attrs |= {"maxlength": most, "lang": language}

    @property
    def is_empty(self) -> bool:
        data = self.cleaned_data
        return not data.get("body", "").strip() and not data.get("subject", "").strip()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        body = data["body"] = data.get("body", "").replace("\r\n", "\n").rstrip()
        subject = data["subject"] = "" if self.is_sms else data.get("subject", "")
        if not body and not subject:
            return data
        if not body.strip():
            self.add_error("body", _("Write the text, or empty the subject as well."))
        if not subject and not self.is_sms:
            self.add_error("subject", _("Write the subject of the e-mail."))
        if self.is_sms and len(body) > MOST_CHARACTERS:
            text = _("An SMS has at most %(count)d characters.")
            self.add_error("body", text % {"count": MOST_CHARACTERS})
        self._refuse_what_cannot_be_sent(subject, body)
        return data

    @property
    def is_sms(self) -> bool:
        return self.channel == Channel.SMS

    def _refuse_what_cannot_be_sent(self, subject: str, body: str) -> None:
        """The template shows the marked places; the errors are for who reads the sentences."""
        self.problems = {
            "subject": placeholders.check_subject(subject, self.trigger),
            "body": placeholders.check(body, self.trigger),
        }
        for name, found in self.problems.items():
            for problem in found:
                self.add_error(name, forms.ValidationError(str(problem), code="placeholder"))

    def plain_errors(self, name: str) -> list[str]:
        """The sentences of a field that mark no place in it."""
        marked = {str(problem) for problem in self.problems[name]}
        return [str(error) for error in self.errors.get(name, []) if str(error) not in marked]

    @property
    def subject_errors(self) -> list[str]:
        return self.plain_errors("subject")

    @property
    def body_errors(self) -> list[str]:
        return self.plain_errors("body")


@dataclass(frozen=True)
class Written:
    """A text as it is to be stored; none when both are empty."""

    language: str
    subject: str
    body: str


class NotificationForm(SeenForm):
    """Keeps of the offsets what the trigger can use; the others are set to nothing."""

    class Meta:
        model = Notification
        fields = COLUMNS
        widgets = {"send_time": forms.TimeInput(attrs={"type": "time"}, format="%H:%M")}
        help_texts = {
            "send_time": gettext_lazy("In the studio's time zone. Empty: at once."),
            "is_active": gettext_lazy("Switched off, nobody gets it."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "trigger" not in self.fields:  # Someone who may only look has no such field.
            return
        days: Any = self.fields["days"]
        days.required, days.max_value = False, MOST_DAYS
        days.widget.attrs |= {"min": 0, "max": MOST_DAYS}
        hours: Any = self.fields["hours"]
        hours.choices = [("", _("Choose")), *(c for c in hours.choices if c[0])]
        days.label, hours.label = _("Days"), _("Hours")

    @cached_property
    def stored_texts(self) -> dict[str, Text]:
        if self.instance.pk is None:
            return {}
        return {text.language: text for text in self.instance.texts.order_by("pk")}

    def facts(self) -> Any:
        """The notification and its texts as they are stored. One query."""
        own = [str(getattr(self.instance, name)) for name in COLUMNS]
        texts = [[t.language, t.subject, t.body] for t in self.stored_texts.values()]
        return [own, sorted(texts)]

    @cached_property
    def texts(self) -> list[TextForm]:
        trigger, channel = self._asked("trigger"), self._asked("channel")
        return [
            TextForm(
                self.data if self.is_bound else None,
                language=language,
                label=str(label),
                trigger=trigger if trigger in Trigger else Trigger.SELLING,
                channel=channel if channel in Channel else Channel.EMAIL,
                stored=self.stored_texts.get(language),
            )
            for language, label in settings.LANGUAGES
        ]

    def _asked(self, name: str) -> str:
        if self.is_bound:
            return str(self.data.get(self.add_prefix(name), ""))
        return str(getattr(self.instance, name) or self.fields[name].initial or "")

    @cached_property
    def changed_data(self) -> list[str]:
        """A changed text is a change of the notification, for its history."""
        names = [name for name in super().changed_data if name != "seen"]
        changed = any(form.has_changed() for form in self.texts)
        return [*names, "texts"] if changed and self.is_bound else names

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        self._keep_what_fits(data)
        refused = [form for form in self.texts if not form.is_valid()]
        if refused:
            text = _("A text cannot be saved as it is; the place is marked below.")
            raise forms.ValidationError(text, code="texts")
        if not self.written():
            text = _("Write the text in at least one language.")
            raise forms.ValidationError(text, code="texts")
        return data

    def _keep_what_fits(self, data: dict[str, Any]) -> None:
        trigger = data.get("trigger")
        data["days"] = data.get("days") or 0
        if trigger == Trigger.BASKET_LEFT:
            if data.get("hours") is None and "hours" not in self.errors:
                self.add_error("hours", _("Choose after how many hours."))
            data["days"], data["send_time"] = 0, None
            return
        data["hours"] = None
        if trigger == Trigger.ORDER_UNPAID and not data["days"] and "days" not in self.errors:
            self.add_error("days", _("Write after how many days, at least 1."))
        if data.get("send_time") is None and "send_time" not in self.errors:
            if trigger in BEFORE_DATES:
                self.add_error("send_time", _("Choose the time of the day."))
            elif data["days"]:
                text = _("Choose the time of the day, because it is sent days later.")
                self.add_error("send_time", text)

    def written(self) -> list[Written]:
        """The texts that are not empty. Only for a valid form."""
        return [
            Written(form.language, form.cleaned_data["subject"], form.cleaned_data["body"])
            for form in self.texts
            if not form.is_empty
        ]

    def save_texts(self, notification: Notification) -> None:
        """In the caller's transaction. An emptied text is deleted."""
        written = self.written()
        Text.objects.filter(notification=notification).exclude(
            language__in=[text.language for text in written]
        ).delete()
        for text in written:
            Text.objects.update_or_create(
                notification=notification,
                language=text.language,
                defaults={"subject": text.subject, "body": text.body},
            )
