"""The status control: the ways from where a job is, read off the life-cycle table."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from jobstatus.lifecycle import LEGAL_PAIRS, MOVES, Kind
from jobstatus.models import Job

Steps = tuple[str, ...]
CONVERT = MOVES["convert_to_standard"]
_JOINT = "-then-"


def ways(kind: str, status: str) -> Iterator[Steps]:
    """The legal next moves; on a prepay job the standard ones behind their conversion (L8)."""
    for move in MOVES.values():
        if status in move.sources and move.kind in (None, kind):
            yield (move.name,)
        elif (
            (kind, move.kind) == (Kind.PREPAY, Kind.STANDARD)
            and status in CONVERT.sources
            and CONVERT.target in move.sources
        ):
            yield (CONVERT.name, move.name)


EVERY_WAY: dict[str, Steps] = {
    _JOINT.join(steps): steps for kind, status in LEGAL_PAIRS for steps in ways(kind, status)
}


def explanation(steps: Steps) -> str:
    """What the last step means for customers; the text under the choice and on the next page."""
    sentence = {
        "start_selling": _("Customers see their photos and can order."),
        "open_prepay": _("Customers can order before the photos exist."),
        "archive": _("Customers can no longer see the photos or order."),
        "return_to_planning": _("The job is taken offline. Nobody gets a message."),
        "convert_to_standard": _("Ends the prepay phase. Prepay orders are kept."),
    }[steps[-1]]
    if len(steps) > 1:
        return _("Turns this prepay job into a standard job first. %(then)s") % {"then": sentence}
    return sentence


@dataclass(frozen=True)
class Offer:
    """One line of the status control."""

    move: str
    label: str
    text: str
    url: str


def offers(job: Job, *, back: str) -> list[Offer]:
    """The choices for this job, each leading to its confirmation page and then back to `back`."""
    return [
        Offer(
            move=steps[-1],
            label=str(MOVES[steps[-1]].label),
            text=explanation(steps),
            url=f"{confirmation_url(job, steps)}?{urlencode({'next': back})}",
        )
        for steps in ways(job.kind, job.status)
    ]


def confirmation_url(job: Job, steps: Steps) -> str:
    return reverse("admin:jobstatus_job_confirm", args=[job.pk, _JOINT.join(steps)])


def chosen_confirmation_url(steps: Steps) -> str:
    return reverse("admin:jobstatus_job_confirm_chosen", args=[_JOINT.join(steps)])


def pill(job: Job) -> SafeString:
    return format_html('<span class="pill pill-{}">{}</span>', job.status, job.get_status_display())
