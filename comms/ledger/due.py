"""Which notifications a job has, and when each is due, as slots for the selection."""

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q

from comms.ledger import moments
from comms.ledger.selection import Slot
from comms.models import Channel, Evaluation, Notification, Reason, SendingRules, Trigger
from jobstatus.keys import listed
from jobstatus.lifecycle import Status

LOOKBACK_DAYS = 7  # How far the planner looks for what an outage kept it from seeing.
DATE_FIELDS = {
    Trigger.BEFORE_ARCHIVING: "archive_date",
    Trigger.BEFORE_PREPAY_DEADLINE: "prepay_deadline_date",
}


@dataclass(frozen=True)
class Rule:
    """A notification in a job, with everything that its moments depend on."""

    notification_id: int
    trigger: str
    days: int
    hours: int | None
    send_time: time | None
    audience: str
    photos: str
    channel: str
    tolerance_hours: int
    created_at: datetime
    job_id: int
    archive_date: date | None
    prepay_deadline_date: date | None
    attached_at: datetime
    studio_id: int
    zone: str
    quiet: moments.Quiet
    hold: timedelta
    phone_prefix: str
    sms_enabled: bool

    @property
    def date(self) -> date | None:
        """The date of the job that a reminder counts from."""
        found: date | None = getattr(self, DATE_FIELDS[Trigger(self.trigger)])
        return found

    def after_change(self, at: datetime) -> datetime:
        return moments.days_after(at, self.days, self.send_time, self.zone)

    def before_date(self) -> datetime:
        """Raises ValueError for a job without the date."""
        if self.date is None or self.send_time is None:
            raise ValueError(f"Job {self.job_id} has no date to count from.")
        return moments.days_before(self.date, self.days, self.send_time, self.zone)

    def after_happening(self, at: datetime) -> datetime:
        return self.after_change(at + timedelta(hours=self.hours or 0))

    def is_late(self, meant_at: datetime, at: datetime) -> bool:
        """Whether it would be sent later than the notification tolerates (C10)."""
        first = moments.after_quiet(meant_at, self.quiet, self.zone)
        return at > first + timedelta(hours=self.tolerance_hours)

    def slot(
        self, meant_at: datetime, *, at: datetime, hold: timedelta = timedelta(0), **more: Any
    ) -> Slot:
        """For a message that is meant for one instant and planned at another."""
        earliest = max(meant_at, at + hold)
        due_at = moments.after_quiet(earliest, self.quiet, self.zone)
        waits, refused = "", ""
        if due_at > earliest:
            waits = Reason.QUIET
        elif meant_at > at + hold:
            waits = Reason.LATER
        elif due_at > at:
            waits = Reason.HOLD
        if self.channel == Channel.SMS and not self.sms_enabled:
            refused = Reason.NO_CHANNEL
        elif self.is_late(meant_at, at):
            refused = Reason.TOO_LATE
        return Slot(
            job_id=self.job_id,
            notification_id=self.notification_id,
            studio_id=self.studio_id,
            channel=self.channel,
            audience=self.audience,
            photos=self.photos,
            due_at=due_at,
            meant_at=meant_at,
            waits=waits,
            refused=refused,
            phone_prefix=self.phone_prefix,
            **more,
        )


_JOB = "profile__campaigns__job"
_STUDIO = f"{_JOB}__studio"
_RULES = f"{_STUDIO}__sending_rules"
_COLUMNS = (
    "pk",
    "trigger",
    "days",
    "hours",
    "send_time",
    "audience",
    "photos",
    "channel",
    "tolerance_hours",
    "created_at",
    _JOB,
    f"{_JOB}__archive_date",
    f"{_JOB}__prepay_deadline_date",
    "profile__campaigns__attached_at",
    f"{_JOB}__studio_id",
    f"{_STUDIO}__timezone",
    f"{_RULES}__quiet_from",
    f"{_RULES}__quiet_until",
    f"{_RULES}__hold_minutes",
    f"{_RULES}__phone_prefix",
    f"{_RULES}__sms_enabled",
)
_RULES_FROM = len(_COLUMNS) - 5
_NAMES = tuple(field.name for field in fields(Rule))[:_RULES_FROM]


def rules(job_ids: Collection[int], triggers: Collection[str]) -> list[Rule]:
    """What these jobs' profiles have for these triggers. One query."""
    return _read(Q(**{"trigger__in": list(triggers), f"{_JOB}__in": listed(job_ids)}))


def rules_of_dates(trigger: Trigger, *, at: datetime) -> list[Rule]:
    """Reminders whose date may have come and that were not evaluated for it. Two queries.

    Among jobs that are open, so that it does not grow with the number of archived ones. May
    contain some whose moment is up to two days ahead: only a zone tells.
    """
    near = [_dates_near(trigger, days, at=at) for days, _hours in offsets(trigger)]
    if not near:
        return []
    field = DATE_FIELDS[trigger]
    done = Evaluation.objects.filter(
        job=OuterRef(_JOB),
        notification=OuterRef("pk"),
        date=OuterRef(f"{_JOB}__{field}"),
    )
    status = Status.SELLING if trigger == Trigger.BEFORE_ARCHIVING else Status.PREPAY
    ticked = {f"{_JOB}__archiving_enabled": True} if trigger == Trigger.BEFORE_ARCHIVING else {}
    open_jobs = Q(**{"trigger": trigger, f"{_JOB}__status": status, **ticked})
    return _read(Q(*near, _connector=Q.OR) & open_jobs & ~Q(Exists(done)))


def offsets(trigger: Trigger) -> list[tuple[int, int | None]]:
    """Days and hours of this trigger's notifications, of profiles that a job has. One query."""
    rows = Notification.objects.current().filter(trigger=trigger, profile__campaigns__isnull=False)
    return list(rows.order_by().values_list("days", "hours").distinct())


def _dates_near(trigger: Trigger, days: int, *, at: datetime) -> Q:
    field = f"{_JOB}__{DATE_FIELDS[trigger]}"
    day = at.date() + timedelta(days=days)
    first, last = day - timedelta(days=LOOKBACK_DAYS), day + timedelta(days=1)
    return Q(**{"days": days, f"{field}__gte": first, f"{field}__lte": last})


def _read(wanted: Q) -> list[Rule]:
    # In one call of filter: a second one would join a profile's jobs once more, all of them.
    rows = Notification.objects.current().filter(wanted).order_by(_JOB, "pk")
    return [_rule(row) for row in rows.values_list(*_COLUMNS)]


def _rule(row: tuple[Any, ...]) -> Rule:
    quiet_from, quiet_until, hold_minutes, prefix, sms = row[_RULES_FROM:]
    default = _DEFAULT if quiet_from is None else None
    if default is not None:
        quiet_from, quiet_until = default.quiet_from, default.quiet_until
        hold_minutes, prefix, sms = default.hold_minutes, default.phone_prefix, False
    quiet = moments.Quiet(quiet_from, quiet_until)
    hold = timedelta(minutes=hold_minutes)
    facts = dict(zip(_NAMES, row[:_RULES_FROM], strict=True))
    return Rule(**facts, quiet=quiet, hold=hold, phone_prefix=prefix, sms_enabled=sms)


_DEFAULT = SendingRules()
