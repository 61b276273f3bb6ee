"""Whose turn it is: of the studios with due messages the one that has not been served longest."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import CharField, Exists, F, OuterRef, Subquery, Value
from django.db.models.functions import Cast, Concat

from comms.models import Message, Pace, SendingRules
from comms.sending import pace
from jobstatus.models import Studio

LOOKED_AT = 8  # studios; the next look finds the others
PER_MINUTE: int = SendingRules._meta.get_field("per_minute").default


@dataclass(frozen=True)
class Turn:
    studio_id: int
    per_minute: int
    free_at: datetime | None  # when its pace allows the next message; None: it was never served

    def is_free(self, at: datetime) -> bool:
        return self.free_at is None or not at < self.free_at <= at + pace.FARTHEST


def turns(channel: str, *, at: datetime) -> list[Turn]:
    """Those that were served longest ago come first, so that nobody's many hold up others' few.

    One query; an index tells for each studio whether anything of it is due.
    """
    due = Message.objects.waiting().filter(studio=OuterRef("pk"), channel=channel, due_at__lte=at)
    key = Concat(Value(pace.of_studio("")), Cast(OuterRef("pk"), CharField()))
    free_at = Pace.objects.filter(pk=key).values("next_at")
    studios = (
        Studio.objects.filter(Exists(due))
        .annotate(free_at=Subquery(free_at), per_minute=F("sending_rules__per_minute"))
        .order_by(F("free_at").asc(nulls_first=True), "pk")
        .values_list("pk", "per_minute", "free_at")[:LOOKED_AT]
    )
    return [Turn(pk, per_minute or PER_MINUTE, free_at) for pk, per_minute, free_at in studios]


def pause(waiting: list[Turn], *, at: datetime, most: timedelta) -> timedelta:
    """How long until the first of them is free."""
    instants = [turn.free_at for turn in waiting if turn.free_at is not None]
    return min([most, *(max(instant - at, timedelta(0)) for instant in instants)])
