"""What the page of a profile says besides its name."""

from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import get_language

from comms import wording
from comms.models import Campaign, Message, Profile, Text
from jobstatus.lifecycle import Status

NAMED_JOBS = 10


@dataclass(frozen=True)
class Rule:
    """A notification in words, as a line of the profile's timeline."""

    pk: int
    when: str
    whom: str
    channel: str
    subject: str
    languages: str
    is_active: bool
    lacks_text: bool


def rules(profile: Profile) -> list[Rule]:
    """In the order of a job's life. Two queries."""
    rows = profile.notifications.filter(retired_at__isnull=True).prefetch_related(
        models.Prefetch("texts", queryset=Text.objects.order_by("language"))
    )
    return [_rule(row) for row in sorted(rows, key=wording.place)]


def _rule(notification: Any) -> Rule:
    texts = list(notification.texts.all())
    own = [text for text in texts if text.language == get_language()] or texts
    return Rule(
        pk=notification.pk,
        when=wording.when(notification),
        whom=wording.whom(notification),
        channel=notification.channel,
        subject=str(own[0]) if own else "",
        languages=", ".join(text.language.upper() for text in texts),
        is_active=notification.is_active,
        lacks_text=not texts,
    )


def facts(profile: Profile, campaigns: models.QuerySet[Campaign]) -> dict[str, Any]:
    """Its notifications, and the selling jobs that a change reaches at once. Four queries."""
    selling = campaigns.filter(job__status=Status.SELLING).select_related("job").order_by("-job")
    named = list(selling[:NAMED_JOBS])
    return {
        "profile": profile,
        "heading": profile.name,
        "rules": rules(profile),
        "selling": [row.job for row in named],
        "selling_count": len(named) if len(named) < NAMED_JOBS else selling.count(),
    }


def consequences(profile: Profile) -> dict[str, Any]:
    """What deleting it would mean. Two queries."""
    counts = profile.campaigns.aggregate(
        job_count=models.Count("pk"),
        selling_count=models.Count("pk", filter=models.Q(job__status=Status.SELLING)),
    )
    waiting = Message.objects.waiting().filter(notification__profile=profile)
    return {**counts, "waiting_count": waiting.count()}
