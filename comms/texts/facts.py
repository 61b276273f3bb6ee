"""What messages may say, gathered for many of them with a fixed number of queries."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from comms.models import Campaign, Message, Notification, Text, Trigger
from comms.models.profiles import CUSTOM_TEXT_LENGTH
from comms.texts import plain
from comms.texts.body import Link, Value
from jobstatus import deadlines
from jobstatus.models import Job
from shop import audience
from shop.audience import BasketFacts, OrderFacts, Person, Sender

NAME_LENGTH = 80
JOB_NAME_LENGTH = 150


@dataclass(frozen=True)
class Facts:
    """All that one message is made of, beside its text."""

    trigger: str
    job: Job  # with its studio
    person: Person
    sender: Sender
    job_url: str
    custom_text: str
    unsubscribe: str  # empty for order mails
    message_id: str = ""
    order: OrderFacts | None = None
    basket: BasketFacts | None = None


@dataclass(frozen=True)
class Gathered:
    """Keys are those of the rows. What is gone has no key."""

    notifications: Mapping[int, Notification]
    texts: Mapping[int, Mapping[str, Text]]
    jobs: Mapping[int, Job]
    custom_texts: Mapping[int, str]
    job_urls: Mapping[int, str]
    senders: Mapping[int, Sender]
    persons: Mapping[tuple[int, int], Person]
    orders: Mapping[int, OrderFacts]
    baskets: Mapping[int, BasketFacts]


def gather(messages: Iterable[Message]) -> Gathered:
    """At most twelve queries."""
    rows = list(messages)
    jobs = {row.job_id for row in rows if row.job_id is not None}
    pairs = {(r.job_id, r.customer_id) for r in rows if r.job_id and r.customer_id}
    rules = Notification.objects.in_bulk({row.notification_id for row in rows})
    texts: dict[int, dict[str, Text]] = {}
    for text in Text.objects.filter(notification__in=rules).order_by("pk"):
        texts.setdefault(text.notification_id, {})[text.language] = text
    about: dict[str, set[int]] = {}
    for row in rows:
        if row.notification_id in rules:
            about.setdefault(rules[row.notification_id].trigger, set()).add(row.about_id)
    orders, baskets = about.get(Trigger.ORDER_UNPAID), about.get(Trigger.BASKET_LEFT)
    own_words = Campaign.objects.filter(job__in=jobs).exclude(custom_text="")
    return Gathered(
        notifications=rules,
        texts=texts,
        jobs=Job.objects.select_related("studio").in_bulk(jobs),
        custom_texts=dict(own_words.values_list("job_id", "custom_text")),
        job_urls=audience.job_urls(jobs),
        senders=audience.senders({row.studio_id for row in rows}),
        persons=audience.persons(pairs),
        orders=audience.orders(orders) if orders else {},
        baskets=audience.baskets(baskets) if baskets else {},
    )


def values(facts: Facts, *, at: datetime) -> dict[str, Value]:
    """In the active language. Empty means: there is nothing to say."""
    job, person, sender = facts.job, facts.person, facts.sender
    today = deadlines.local_date(at, job.studio.timezone)
    archiving = job.archive_date if job.archiving_enabled else None
    prepay = job.prepay_deadline_date
    until = prepay if facts.trigger == Trigger.BEFORE_PREPAY_DEADLINE else archiving
    name = plain.name(person.name, NAME_LENGTH)
    found: dict[str, Value] = {
        "Customer.greeting": _("Hello %(name)s,") % {"name": name} if name else _("Hello,"),
        "Customer.name": name,
        "Customer.children": _children(person),
        "Customer.photos": _photos(facts),
        "Customer.unsubscribe": _link(facts.unsubscribe, _("Unsubscribe"), is_button=False),
        "Job.name": plain.one_line(job.name, JOB_NAME_LENGTH),
        "Job.custom_text": "\n".join(plain.lines(facts.custom_text, CUSTOM_TEXT_LENGTH)),
        "Job.url": _link(facts.job_url, _("Open the job's page")),
        "Job.date_archiving": _coming(archiving, today),
        "Job.days_left": str((until - today).days) if until and until >= today else "",
        "Job.date_prepay_deadline": _coming(prepay, today),
        "Studio.name": plain.one_line(sender.name, NAME_LENGTH),
        "Studio.email": plain.one_line(sender.email, 2 * JOB_NAME_LENGTH),
    }
    if facts.order:
        found["Order.number"] = facts.order.number
        found["Order.amount"] = facts.order.total
        found["Order.url"] = _link(facts.order.url, _("Open your order"))
    if facts.basket:
        found["Basket.url"] = _link(facts.basket.url, _("Open your basket"))
    return found


def _coming(day: date | None, today: date) -> str:
    """Nothing for a day that is over: "you can order until" would no longer be true."""
    if day is None or day < today:
        return ""
    return date_format(day, pgettext("date with weekday", "l, j F Y"))


def _children(person: Person) -> str:
    names = [plain.one_line(child.name, NAME_LENGTH) for child in person.children]
    *others, last = [name for name in names if name] or [""]
    if not others:
        return last
    # Translators: the names of siblings, "Ann, Ben and Carl".
    return _("%(names)s and %(last)s") % {"names": ", ".join(others), "last": last}


def _photos(facts: Facts) -> tuple[Link, ...]:
    """A link for each child; the job's page for who has none."""
    is_prepay = facts.trigger == Trigger.BEFORE_PREPAY_DEADLINE
    label = _("Pre-order now") if is_prepay else _("See the photos")
    children = facts.person.children
    if not children:
        return _link(facts.job_url, label)
    if len(children) == 1:
        return (Link(children[0].link, label),)
    several = _("Pre-order for %(child)s") if is_prepay else _("Photos of %(child)s")
    named = [(plain.one_line(child.name, NAME_LENGTH), child.link) for child in children]
    return tuple(Link(url, several % {"child": name}, name) for name, url in named)


def _link(url: str, label: str, *, is_button: bool = True) -> tuple[Link, ...]:
    return (Link(url, label, is_button=is_button),) if url else ()
