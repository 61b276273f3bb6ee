"""Messages as they leave, for many rows of the ledger at once, and how they would look."""

import hashlib
from collections.abc import Collection
from datetime import datetime
from email.utils import parseaddr

from django.conf import settings
from django.utils.translation import gettext_noop

from comms import unsubscribe
from comms.models import Campaign, Channel, Message, Notification, Reason, Text, Trigger
from comms.texts import facts
from comms.texts.composing import CannotWrite, Letter, Unwritable, compose
from comms.texts.facts import Facts, Gathered
from comms.unsubscribe import Recipient
from jobstatus.models import Job
from shop import audience
from shop.audience import BasketFacts, OrderFacts, Person

__all__ = ["Letter", "Unwritable", "message_id", "preview", "sample", "write"]

NO_TEXT = gettext_noop("The notification has no text.")
CUSTOMER_GONE = gettext_noop("The customer was deleted or no longer belongs to the job.")
SAMPLE_NAME, SAMPLE_NUMBER, SAMPLE_TOTAL = "Anna Smith", "1001", "23.00"


def write(messages: Collection[Message], *, at: datetime) -> dict[int, Letter | Unwritable]:
    """For each message its letter, or why there is none. At most twelve queries."""
    gathered = facts.gather(messages)
    return {message.pk: _written(message, gathered, at) for message in messages}


def _written(message: Message, gathered: Gathered, at: datetime) -> Letter | Unwritable:
    try:
        rule, text = _text(message, gathered)
        known = _facts(message, rule, gathered)
        return compose(rule, text, known, at)
    except CannotWrite as error:
        return error.unwritable
    except unsubscribe.TooLong:
        return Unwritable(Reason.NO_ADDRESS, gettext_noop("The address is too long to be one."))


def message_id(message: Message) -> str:
    """The same at each attempt, so that a repeated mail is known to be the same one."""
    key = (message.pk, message.notification_id, message.job_id, message.address_key)
    digest = hashlib.sha256(repr((*key, message.about_id)).encode()).hexdigest()[:32]
    _name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return f"<{digest}@{address.rpartition('@')[2]}>"


def _text(message: Message, gathered: Gathered) -> tuple[Notification, Text]:
    """In the recipient's language, else in another."""
    rule = gathered.notifications[message.notification_id]
    texts = gathered.texts.get(rule.pk, {})
    for language in (message.language, settings.LANGUAGE_CODE, *texts):
        if language in texts:
            return rule, texts[language]
    raise CannotWrite(Reason.NO_TEXT, NO_TEXT)


def _facts(message: Message, rule: Notification, gathered: Gathered) -> Facts:
    job = gathered.jobs.get(message.job_id or 0)
    if job is None:
        raise CannotWrite(Reason.JOB_GONE, gettext_noop("The job was deleted."))
    person = gathered.persons.get((job.pk, message.customer_id or 0))
    if person is None:
        raise CannotWrite(Reason.CUSTOMER_GONE, CUSTOMER_GONE)
    order = gathered.orders.get(message.about_id)
    if rule.trigger == Trigger.ORDER_UNPAID and order is None:
        raise CannotWrite(Reason.PAID, gettext_noop("The order was deleted."))
    basket = gathered.baskets.get(message.about_id)
    if rule.trigger == Trigger.BASKET_LEFT and basket is None:
        raise CannotWrite(Reason.ORDERED, gettext_noop("The basket was deleted."))
    return Facts(
        trigger=rule.trigger,
        job=job,
        person=person,
        sender=gathered.senders[message.studio_id],
        job_url=gathered.job_urls.get(job.pk, ""),
        custom_text=gathered.custom_texts.get(job.pk, ""),
        unsubscribe=_unsubscribe(message, rule),
        message_id=message_id(message),
        order=order if rule.trigger == Trigger.ORDER_UNPAID else None,
        basket=basket if rule.trigger == Trigger.BASKET_LEFT else None,
    )


def _unsubscribe(message: Message, rule: Notification) -> str:
    """Order mails are not marketing: they cannot be ended (C9)."""
    if rule.trigger == Trigger.ORDER_UNPAID:
        return ""
    recipient = Recipient(message.studio_id, message.address_key)
    if rule.channel == Channel.SMS:
        return unsubscribe.short_link(message.pk, recipient)
    return unsubscribe.link(recipient)


# Previews


def preview(
    rule: Notification,
    *,
    job: Job,
    person: Person,
    language: str,
    at: datetime,
    draft: Text | None = None,
) -> Letter | Unwritable:
    """What this person would get of the stored text in this language, or of a draft.

    Nobody is unsubscribed by its link. Orders and baskets are examples. Five queries.
    """
    text = draft or rule.texts.filter(language=language).first() or rule.texts.first()
    if text is None:
        return Unwritable(Reason.NO_TEXT, NO_TEXT)
    try:
        return compose(rule, text, _example(rule, job, person), at)
    except CannotWrite as error:
        return error.unwritable


def sample(job: Job) -> Person:
    """Somebody of this job, or somebody invented if it has nobody yet."""
    pair = audience.sample_pair(job)
    found = audience.persons([pair]).get(pair) if pair else None
    return found or Person(
        customer_id=0,
        name=SAMPLE_NAME,
        email="anna@example.org",
        email_key="anna@example.org",
        phone="",
        language=settings.LANGUAGE_CODE,
        has_bought=False,
        has_photos=True,
        children=(),
    )


def _example(rule: Notification, job: Job, person: Person) -> Facts:
    url = audience.job_urls([job.pk]).get(job.pk, "")
    own_words = Campaign.objects.filter(job=job).values_list("custom_text", flat=True).first()
    is_order = rule.trigger == Trigger.ORDER_UNPAID
    order = OrderFacts(number=SAMPLE_NUMBER, total=SAMPLE_TOTAL, url=url, is_open=True)
    return Facts(
        trigger=rule.trigger,
        job=job,
        person=person,
        sender=audience.senders([job.studio_id])[job.studio_id],
        job_url=url,
        custom_text=own_words or "",
        unsubscribe="" if is_order else unsubscribe.preview_link(rule.channel),
        order=order if is_order else None,
        basket=BasketFacts(url, True) if rule.trigger == Trigger.BASKET_LEFT else None,
    )
