"""Whether a message is still true and wanted, asked right before it is sent (C6, C7, C10).

What was planned at nine may be wrong at noon: the job is back in Planning, the parent has ordered,
the date was moved. Such a message is skipped with its reason, or waits for its new moment.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from comms.ledger import due, moments
from comms.ledger.due import Rule
from comms.models import Audience, Channel, Message, Photos, Reason, Suppression, Trigger
from comms.models.profiles import BEFORE_DATES
from jobstatus import deadlines
from jobstatus.lifecycle import Status
from jobstatus.models import Job
from shop import audience
from shop.audience import BasketFacts, OrderFacts, Person


@dataclass(frozen=True)
class Verdict:
    """Send it; or skip it for a reason; or let it wait until `due_at` for a reason."""

    reason: str = ""
    due_at: datetime | None = None

    @property
    def is_sent(self) -> bool:
        return not self.reason


SEND = Verdict()


@dataclass(frozen=True)
class _Facts:
    jobs: dict[int, Job]
    rules: dict[tuple[int, int], Rule]  # by job and notification
    persons: dict[tuple[int, int], Person]
    orders: dict[int, OrderFacts]
    baskets: dict[int, BasketFacts]
    unwanted: dict[tuple[int, str], str]  # by studio and address


def check(messages: Sequence[Message], *, at: datetime) -> dict[int, Verdict]:
    """A verdict for each of these messages, by its key. Needs their notifications with profiles.

    At most ten queries whatever their number.
    """
    facts = _facts(messages)
    return {message.pk: _verdict(message, facts, at) for message in messages}


def _facts(messages: Sequence[Message]) -> _Facts:
    job_ids = {message.job_id for message in messages if message.job_id is not None}
    triggers = {message.notification.trigger for message in messages}
    pairs = {
        (message.job_id, message.customer_id)
        for message in messages
        if message.job_id is not None and message.customer_id is not None
    }
    persons = audience.persons(pairs)
    return _Facts(
        jobs=Job.objects.select_related("studio").in_bulk(job_ids),
        rules={(rule.job_id, rule.notification_id): rule for rule in due.rules(job_ids, triggers)},
        persons=persons,
        orders=audience.orders(_about(messages, Trigger.ORDER_UNPAID)),
        baskets=audience.baskets(_about(messages, Trigger.BASKET_LEFT)),
        unwanted=_unwanted(messages, {person.email_key for person in persons.values()}),
    )


def _about(messages: Sequence[Message], trigger: Trigger) -> list[int]:
    return [message.about_id for message in messages if message.notification.trigger == trigger]


def _unwanted(messages: Sequence[Message], email_keys: set[str]) -> dict[tuple[int, str], str]:
    rows = Suppression.objects.filter(
        studio__in={message.studio_id for message in messages},
        address_key__in={message.address_key for message in messages} | email_keys,
    )
    return {
        (studio, key): why for studio, key, why in rows.values_list("studio", "address_key", "why")
    }


def _verdict(message: Message, facts: _Facts, at: datetime) -> Verdict:
    if message.job_id is None or message.job_id not in facts.jobs:
        return Verdict(Reason.JOB_GONE)
    job = facts.jobs[message.job_id]
    rule = facts.rules.get((job.pk, message.notification_id))
    if rule is None:
        return Verdict(_why_no_rule(message))
    person = facts.persons.get((job.pk, message.customer_id or 0))
    if person is None:
        return Verdict(Reason.CUSTOMER_GONE)
    wrong = (
        job_is_wrong(rule, job, at)
        or _cause_is_gone(message, facts)
        or _person_is_wrong(rule, person)
        or _is_unwanted(message, person, facts)
    )
    if wrong:
        return Verdict(wrong)
    return _time(message, rule, at)


def _why_no_rule(message: Message) -> str:
    notification = message.notification
    retired = notification.retired_at or notification.profile.retired_at
    gone = retired is not None or not notification.is_active
    return Reason.NOTIFICATION_GONE if gone else Reason.OTHER_PROFILE


def job_is_wrong(rule: Rule, job: Job, at: datetime) -> str:
    """Why the job is not in the state that the notification speaks of; nothing if it is."""
    trigger = rule.trigger
    if trigger in (Trigger.SELLING, Trigger.BASKET_LEFT, Trigger.BEFORE_ARCHIVING):
        if not job.is_orderable(at):
            return Reason.NOT_SELLING
    elif trigger == Trigger.ARCHIVED and job.status != Status.ARCHIVED:
        return Reason.NOT_ARCHIVED
    elif trigger == Trigger.BEFORE_PREPAY_DEADLINE and not job.is_prepay_orderable(at):
        return Reason.NOT_PREPAY
    if trigger in BEFORE_DATES:
        if rule.date is None or (trigger == Trigger.BEFORE_ARCHIVING and not job.archiving_enabled):
            return Reason.DATE_MOVED
        if deadlines.local_date(at, rule.zone) > rule.date:
            return Reason.TOO_LATE
    return ""


def _cause_is_gone(message: Message, facts: _Facts) -> str:
    trigger = message.notification.trigger
    if trigger == Trigger.ORDER_UNPAID:
        order = facts.orders.get(message.about_id)
        return "" if order is not None and order.is_open else Reason.PAID
    if trigger == Trigger.BASKET_LEFT:
        basket = facts.baskets.get(message.about_id)
        return "" if basket is not None and basket.is_left else Reason.ORDERED
    return ""


def _person_is_wrong(rule: Rule, person: Person) -> str:
    if rule.audience == Audience.NOT_BOUGHT and person.has_bought:
        return Reason.HAS_BOUGHT
    if rule.audience == Audience.BOUGHT and not person.has_bought:
        return Reason.HAS_NOT_BOUGHT
    if rule.photos == Photos.WITH and not person.has_photos:
        return Reason.NO_PHOTOS
    if rule.photos == Photos.WITHOUT and person.has_photos:
        return Reason.HAS_PHOTOS
    if rule.channel == Channel.SMS and not rule.sms_enabled:
        return Reason.NO_CHANNEL
    return ""


def _is_unwanted(message: Message, person: Person, facts: _Facts) -> str:
    """Who unsubscribed from e-mails gets no SMS either; a mail that came back is no reason."""
    why = facts.unwanted.get((message.studio_id, message.address_key), "")
    if not why and message.channel == Channel.SMS:
        mail = facts.unwanted.get((message.studio_id, person.email_key), "")
        why = Reason.UNSUBSCRIBED if mail and mail != Suppression.Why.BOUNCED else ""
    return why


def _time(message: Message, rule: Rule, at: datetime) -> Verdict:
    meant_at = message.meant_at
    if rule.trigger in BEFORE_DATES:
        meant_at = rule.before_date()  # of the date as it is now
        if meant_at > at:
            return Verdict(Reason.LATER, moments.after_quiet(meant_at, rule.quiet, rule.zone))
    if rule.is_late(meant_at, at):
        return Verdict(Reason.TOO_LATE)
    end = moments.after_quiet(at, rule.quiet, rule.zone)
    return Verdict(Reason.QUIET, end) if end > at else SEND
