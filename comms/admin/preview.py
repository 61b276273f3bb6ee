"""What a message looks like for one person of one job, and a test mail of it to oneself (C12)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp_replace, csp_update
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Case, When
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin

from comms import wording
from comms.admin import trial_mail
from comms.admin.fields import number_in
from comms.ledger.due import DATE_FIELDS
from comms.ledger.moments import days_before
from comms.models import Channel, Notification, Trigger
from comms.texts import letters, sms
from comms.texts.composing import Letter, Unwritable
from jobstatus import clock
from jobstatus.admin.base import StudioScopedAdmin
from jobstatus.admin.scope import own_rows
from jobstatus.lifecycle import Status
from jobstatus.models import Job
from shop import audience
from shop.audience import Person

if TYPE_CHECKING:
    Page = StudioScopedAdmin
else:
    Page = object

MOST_JOBS = 30  # to choose from, the newest first
MOST_PEOPLE = 50
# The mail's own page may have its inline styles and nothing else; ours may show it in a frame.
OF_THE_MAIL = {
    "default-src": [NONE],
    "style-src": [UNSAFE_INLINE],
    "script-src": [NONE],
    "img-src": [NONE],
    "font-src": [NONE],
    "connect-src": [NONE],
    "form-action": [NONE],
    "frame-ancestors": [SELF],
    "sandbox": [True],
}


@dataclass(frozen=True)
class Chosen:
    """Whose message is looked at. The person is invented if the job has nobody yet."""

    notification: Notification
    jobs: list[Job]
    job: Job | None
    people: list[tuple[int, str]]
    person: Person | None
    language: str
    is_dark: bool  # as a mail program in dark mode draws it

    @property
    def query(self) -> str:
        """The same choice, for other addresses."""
        if self.job is None or self.person is None:
            return ""
        customer = self.person.customer_id or ""
        asked = {"job": self.job.pk, "customer": customer, "language": self.language}
        return "?" + urlencode(asked | ({"dark": 1} if self.is_dark else {}))

    def letter(self, at: datetime) -> Letter | Unwritable | None:
        if self.job is None or self.person is None:
            return None
        return letters.preview(
            self.notification,
            job=self.job,
            person=self.person,
            language=self.language,
            at=_when_sent(self.notification, self.job) or at,
        )


class PreviewPages(Page):
    """Views of a notification's admin. Each begins with the notification: own, or not there."""

    def preview_views(self) -> list[tuple[str, Any]]:
        return [
            ("preview", self.preview_view),
            ("preview_frame", self.preview_frame_view),
            ("preview_test", self.preview_test_view),
        ]

    def preview_url(self, notification: Notification) -> str:
        return reverse("admin:comms_notification_preview", args=[notification.pk])

    @method_decorator(csp_update({"frame-src": [SELF]}))
    def preview_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        notification = self._seen_by_who_sees_customers(request, object_id)
        if notification is None:
            return self._missing(request, object_id)
        chosen = self._chosen(request, notification, request.GET)
        letter = chosen.letter(clock.now())
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Preview"),
            "notification": notification,
            "when": wording.when(notification),
            "whom": wording.whom(notification),
            "parent": notification.profile,
            "parent_url": reverse("admin:comms_profile_change", args=[notification.profile_id]),
            "chosen": chosen,
            "languages": settings.LANGUAGES,
            "letter": letter if isinstance(letter, Letter) else None,
            "refused": str(letter) if isinstance(letter, Unwritable) else "",
            "is_email": notification.channel == Channel.EMAIL,
            "size": sms.size(letter.text) if isinstance(letter, Letter) else None,
            "own_address": getattr(request.user, "email", ""),
            "limit": trial_mail.MOST_AN_HOUR,
        }
        return TemplateResponse(request, "admin/comms/notification/preview.html", context)

    @method_decorator(csp_replace(OF_THE_MAIL))
    @method_decorator(xframe_options_sameorigin)
    def preview_frame_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The HTML part alone, as a mail program would draw it."""
        notification = self._seen_by_who_sees_customers(request, object_id)
        if notification is None:
            return self._missing(request, object_id)
        chosen = self._chosen(request, notification, request.GET)
        letter = chosen.letter(clock.now())
        if not isinstance(letter, Letter) or not letter.html:
            raise Http404
        html = _in_scheme(letter.html, is_dark=chosen.is_dark)
        return HttpResponse(html, headers={"Cache-Control": "private, no-store"})

    def preview_test_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        notification = self._seen_by_who_sees_customers(request, object_id)
        if notification is None:
            return self._missing(request, object_id)
        back = HttpResponseRedirect(self.preview_url(notification))
        if request.method != "POST":
            return back
        chosen = self._chosen(request, notification, request.POST)
        back["Location"] += chosen.query
        letter = chosen.letter(clock.now())
        if isinstance(letter, Letter):
            answer = trial_mail.send(letter, notification, user=request.user, clock=clock.now)
            messages.add_message(request, answer.level, answer.sentence)
        return back

    def _seen_by_who_sees_customers(
        self, request: HttpRequest, object_id: str
    ) -> Notification | None:
        notification: Notification | None = self._own_row(request, object_id)
        if not request.user.has_perm("shop.view_customer"):
            raise PermissionDenied
        return notification

    def _chosen(self, request: HttpRequest, notification: Notification, data: Any) -> Chosen:
        """What was asked for, if it is the person's own; else the first that there is."""
        jobs = own_rows(Job, self.admin_site, request).select_related("studio")
        # Where the text would be used, and of those one that has a date to name.
        uses_it = Case(When(campaign__profile=notification.profile_id, then=0), default=1)
        is_open = Case(When(status=Status.ARCHIVED, then=1), default=0)
        has_date = Case(When(archiving_enabled=True, then=0), default=1)
        jobs = jobs.order_by(uses_it, is_open, has_date, "-pk")
        if not notification.profile.is_standard:
            jobs = jobs.filter(studio=notification.profile.studio_id)
        offered = list(jobs[:MOST_JOBS])
        asked = number_in(data.get("job"))
        job = next((one for one in offered if one.pk == asked), None)
        if job is None and asked is not None:
            job = jobs.filter(pk=asked).first()
        job = job or (offered[0] if offered else None)
        people = _people(job) if job else []
        person = _person(job, number_in(data.get("customer")), people) if job else None
        known = dict(settings.LANGUAGES)
        wanted = data.get("language") or (person.language if person else "")
        language = wanted if wanted in known else settings.LANGUAGE_CODE
        is_dark = bool(data.get("dark"))
        return Chosen(notification, offered, job, people, person, language, is_dark)


def _when_sent(notification: Notification, job: Job) -> datetime | None:
    """A reminder is shown as it reads on its day; whatever has no date is shown as of now."""
    field = DATE_FIELDS.get(Trigger(notification.trigger))
    day: date | None = getattr(job, field) if field else None
    if day is None or notification.send_time is None:
        return None
    return days_before(day, notification.days, notification.send_time, job.studio.timezone)


def _in_scheme(html: str, *, is_dark: bool) -> str:
    """As the other scheme would look is nothing that a page can ask of a browser."""
    scheme = "dark" if is_dark else "light"
    for words in ('content="light dark"', "color-scheme: light dark"):
        html = html.replace(words, words.replace("light dark", scheme))
    query = "@media (prefers-color-scheme: dark)"
    return html.replace(query, "@media all" if is_dark else "@media not all")


def _people(job: Job) -> list[tuple[int, str]]:
    rows = audience.people([job.pk], with_photos=False).order_by("customer_id")[:MOST_PEOPLE]
    return [(customer_id, email) for _job, customer_id, email, *_more in rows]


def _person(job: Job, asked: int | None, people: list[tuple[int, str]]) -> Person:
    """The one who was asked for, if of this job; else the first, or somebody invented."""
    wanted = asked or (people[0][0] if people else None)
    if wanted is not None:
        pair = (job.pk, wanted)
        found = audience.persons([pair]).get(pair)
        if found is not None:
            return found
    return letters.sample(job)
