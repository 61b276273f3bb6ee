"""The confirmation page before every status change, for one job or for many (J2).

A GET, or the action of the job list, shows what would happen. Only a POST with `seen`, the
fingerprint of exactly that, makes it happen; if anything is different by then the page comes back
with the new facts and nothing is done.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from jobstatus import clock, deadlines, operations
from jobstatus.admin import plan as planning
from jobstatus.admin.control import (
    Steps,
    chosen_confirmation_url,
    confirmation_url,
    explanation,
)
from jobstatus.admin.forms import ArchivingForm, DatesForm, PrepayDeadlineForm, ReasonForm
from jobstatus.admin.pages import job_context
from jobstatus.foresight import NewDates, Verdict
from jobstatus.lifecycle import MOVES
from jobstatus.listeners import Severity
from jobstatus.models import Job

if TYPE_CHECKING:
    from jobstatus.admin.job import JobAdmin

NAMED_LIMIT = 20  # jobs named one by one, on the page and in messages
CONFLICT, BUSY = 409, 503


@dataclass
class Confirmation:
    """One showing of the page."""

    page: "JobAdmin"
    request: HttpRequest
    steps: Steps
    job_ids: list[int]
    job: Job | None  # the one job that this is about; None for a choice from the list
    back: str
    missing: int = 0
    alerts: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.at = clock.now()
        self.by = self.request.user
        plain = planning.plain(self.job_ids, self.steps, by=self.by, at=self.at)
        self.overdue, self.besides = planning.overdue(plain, by=self.by, at=self.at)
        self.plan = plain
        self.dates_form: DatesForm | None = None
        self.reason_form = ReasonForm()

    def show(self) -> HttpResponse:
        if self.overdue:
            self.dates_form = self._ask_dates(None)
            self._adopt(self.dates_form.suggestion())
        return self._render(200)

    def answer(self) -> HttpResponse:
        """Do what was confirmed, if it is still what would happen."""
        self.reason_form = ReasonForm(self.request.POST)
        valid = self.reason_form.is_valid()
        if self.overdue:
            self.dates_form = self._ask_dates(self.request.POST)
            if self.dates_form.is_valid():
                self._adopt(self.dates_form.chosen())
            else:
                valid = False
        if not valid:
            return self._render(200)
        if self.reason_form.cleaned_data["seen"] != self.plan.fingerprint:
            return self._show_new_facts()
        return self._act()

    def _ask_dates(self, data: Any) -> DatesForm:
        zone = self.overdue[0].studio.timezone
        form = PrepayDeadlineForm if self.steps[-1] == "open_prepay" else ArchivingForm
        return form(
            data,
            overdue=self.overdue,
            may_leave=self.job is None,
            today=deadlines.local_date(self.at, zone),
        )

    def _adopt(self, dates: NewDates | None) -> None:
        self.plan = planning.with_dates(self.plan, self.overdue, dates, by=self.by, at=self.at)

    def _act(self) -> HttpResponse:
        done = False
        try:
            for part in self.plan.parts:
                outcome = operations.change(
                    part.job_ids,
                    self.steps,
                    by=self.by,
                    clock=clock.now,
                    dates=part.dates,
                    reason=self.reason_form.cleaned_data["reason"],
                    seen=part.foresight.fingerprint(),
                )
                self._report(outcome, part.foresight.ready)
                done = True
        except (operations.FactsChanged, operations.StatusMovedMeanwhile):
            again = Confirmation(
                self.page, self.request, self.steps, self.job_ids, self.job, self.back
            )
            again.reason_form = self.reason_form
            again.alerts = [_rest_was_not_done()] if done else []
            if again.overdue:
                again.dates_form = again._ask_dates(None)
                again._adopt(again.dates_form.suggestion())
            return again._show_new_facts()
        except OperationalError:
            self.alerts.append(_rest_was_not_done() if done else _busy())
            return self._render(BUSY)
        return HttpResponseRedirect(self.back)

    def _report(self, outcome: operations.Outcome, jobs: list[Job]) -> None:
        moved = [job.name for job in jobs if job.pk in outcome.moved_ids]
        status = MOVES[self.steps[-1]].target.label
        if len(moved) == 1:
            text = _("“%(job)s” is now in status %(status)s.") % {"job": moved[0], "status": status}
            messages.success(self.request, text)
        elif moved:
            text = ngettext(
                "%(count)d job is now in status %(status)s.",
                "%(count)d jobs are now in status %(status)s.",
                len(moved),
            ) % {"count": len(moved), "status": status}
            messages.success(self.request, text)
        for text in _named(outcome.unchanged):
            messages.info(self.request, text)
        for text in _named(outcome.refused):
            messages.warning(self.request, text)

    def _show_new_facts(self) -> HttpResponse:
        if not self.plan.ready and not self.plan.refused:
            for text in _named(self.plan.unchanged):
                messages.info(self.request, text)
            return HttpResponseRedirect(self.back)
        if not self.alerts:
            self.alerts.append(self._why_again())
        return self._render(CONFLICT)

    def _why_again(self) -> str:
        if self.dates_form is not None and self._chosen_mark() != self._shown_mark():
            return str(self.dates_form.confirm_again)
        return _(
            "The facts changed since this page was shown, so nothing was done. Look at what "
            "would happen now and confirm again."
        )

    def _chosen_mark(self) -> str:
        """The new dates on this page, to tell a new choice from new facts."""
        chosen = [part.dates for part in self.plan.parts if part.dates is not None]
        return ",".join("/".join(map(str, vars(dates).values())) for dates in chosen)

    def _shown_mark(self) -> str:
        return self.request.POST.get("shown", "")

    def _render(self, status: int) -> HttpResponse:
        move = MOVES[self.steps[-1]]
        ready, refused = self.plan.ready, self.plan.refused + self.besides
        context = self._frame() | {
            "subtitle": str(move.label),
            "move": move,
            "explanation": explanation(self.steps),
            "action_url": self._action_url(),
            "back": self.back,
            "job_ids": ",".join(map(str, self.job_ids)),
            "alerts": self.alerts,
            "errors": self.reason_form.errors or (self.dates_form and self.dates_form.errors),
            "button": self._button(),
            "ready": ready[:NAMED_LIMIT],
            "ready_more": max(0, len(ready) - NAMED_LIMIT),
            "ready_count": len(ready),
            "refused": _named(refused),
            "unchanged": _named(self.plan.unchanged),
            "missing": self.missing,
            "warnings": self.plan.notices(Severity.WARNING),
            "infos": self.plan.notices(Severity.INFO),
            "done": self.plan.notices(Severity.DONE),
            "reason_form": self.reason_form,
            "dates_form": self.dates_form,
            "overdue": self.overdue,
            "seen": self.plan.fingerprint,
            "shown": self._chosen_mark(),
        }
        template = "admin/jobstatus/job/confirmation.html"
        return TemplateResponse(self.request, template, context, status=status)

    def _frame(self) -> dict[str, Any]:
        if self.job is not None:
            return job_context(self.page, self.request, self.job, "", back=self.back)
        count = len(self.job_ids)
        title = ngettext("%(count)d chosen job", "%(count)d chosen jobs", count) % {"count": count}
        return {
            **self.page.admin_site.each_context(self.request),
            "opts": self.page.opts,
            "title": title,
            "has_view_permission": True,
        }

    def _action_url(self) -> str:
        if self.job is not None:
            return confirmation_url(self.job, self.steps)
        return chosen_confirmation_url(self.steps)

    def _button(self) -> str | None:
        """The verb on the button; none when no job could move."""
        label = str(MOVES[self.steps[-1]].label)
        count = len(self.plan.ready)
        if not count and self.dates_form is None:
            return None
        if self.job is not None or not count:
            return label
        return ngettext("%(move)s: %(count)d job", "%(move)s: %(count)d jobs", count) % {
            "move": label,
            "count": count,
        }


def _named(verdicts: list[Verdict]) -> list[str]:
    texts = [verdict.text for verdict in verdicts[:NAMED_LIMIT]]
    more = len(verdicts) - len(texts)
    if more > 0:
        text = ngettext("And %(count)d more job.", "And %(count)d more jobs.", more)
        texts.append(text % {"count": more})
    return texts


def _busy() -> str:
    return _(
        "Somebody else is changing the same jobs right now, so nothing was done. "
        "Your input is kept: confirm again in a moment."
    )


def _rest_was_not_done() -> str:
    return _(
        "A part of the jobs is done, as the messages say. Then somebody else changed the others, "
        "so that nothing was done to them. Look at what would happen now and confirm again."
    )
