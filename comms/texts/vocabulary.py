"""What a user-written text may say of a customer, a job or an order: [[Customer.name]].

A list of names and nothing else: no language that could run, and what stands in a value is never
looked at again.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from comms.models import Trigger

ALL = frozenset(Trigger)
MARKETING = ALL - {Trigger.ORDER_UNPAID}
# After an archiving by hand the date may lie ahead: what would be said of it might be untrue.
WHILE_OPEN = ALL - {Trigger.ARCHIVED, Trigger.BEFORE_PREPAY_DEADLINE}
COUNTING = ALL - {Trigger.ARCHIVED}
PREPAY = frozenset({Trigger.BEFORE_PREPAY_DEADLINE, Trigger.REGISTERED})
ORDER = frozenset({Trigger.ORDER_UNPAID})
BASKET = frozenset({Trigger.BASKET_LEFT})

_SLOT = re.compile(r"\[\[[^\S\n]*([A-Za-z]\w*\.\w+)[^\S\n]*\]\]")


@dataclass(frozen=True)
class Placeholder:
    name: str
    description: str | Promise
    triggers: frozenset[Trigger]
    sample: str | Promise
    is_link: bool = False  # not for a subject
    has_lines: bool = False  # its own lines are kept where it stands alone in a line

    @property
    def written(self) -> str:
        return f"[[{self.name}]]"


_LIST = (
    Placeholder(
        "Customer.greeting",
        _("A greeting with the customer's name, or without one where it is not known"),
        ALL,
        _("Hello Anna Smith,"),
    ),
    Placeholder("Customer.name", _("The customer's name"), ALL, "Anna Smith"),
    Placeholder(
        "Customer.children",
        _("The names of the customer's children in this job"),
        ALL,
        _("Mia and Ben"),
    ),
    Placeholder(
        "Customer.photos",
        _("The personal link to the photos, one for each child; alone in a line it is a button"),
        ALL,
        "https://…",
        is_link=True,
    ),
    Placeholder(
        "Customer.unsubscribe",
        _("The link to unsubscribe. It stands below every e-mail anyway"),
        MARKETING,
        "https://…",
        is_link=True,
    ),
    Placeholder("Job.name", _("The job's name"), ALL, _("Example School")),
    Placeholder(
        "Job.custom_text",
        _("The job's own text, from its settings"),
        ALL,
        _("Siblings get the second set at half the price."),
        has_lines=True,
    ),
    Placeholder(
        "Job.url", _("The link to the job's page in the shop"), ALL, "https://…", is_link=True
    ),
    Placeholder(
        "Job.date_archiving",
        _("The archiving date: the last day to order"),
        WHILE_OPEN,
        _("Friday, 15 May 2026"),
    ),
    Placeholder(
        "Job.days_left",
        _("The number of days until then; before the prepay deadline, until that"),
        COUNTING,
        "3",
    ),
    Placeholder(
        "Job.date_prepay_deadline",
        _("The prepay deadline: the last day to pre-order"),
        PREPAY,
        _("Friday, 15 May 2026"),
    ),
    Placeholder("Order.number", _("The order's number"), ORDER, "1001"),
    Placeholder("Order.amount", _("What is to be paid"), ORDER, "€ 23.00"),
    Placeholder("Order.url", _("The link to the order's page"), ORDER, "https://…", is_link=True),
    Placeholder("Basket.url", _("The link to the basket"), BASKET, "https://…", is_link=True),
    Placeholder("Studio.name", _("The studio's name"), ALL, _("Example Studio")),
    Placeholder("Studio.email", _("Where answers go"), ALL, "studio@example.org"),
)
PLACEHOLDERS: Mapping[str, Placeholder] = {entry.name: entry for entry in _LIST}


@cache
def offered(trigger: str) -> tuple[Placeholder, ...]:
    """Those that a text of this trigger may use, in the order in which the editor shows them."""
    return tuple(entry for entry in _LIST if trigger in entry.triggers)


@dataclass(frozen=True)
class Slot:
    """A place for a value. The name is one of PLACEHOLDERS."""

    name: str


class Unknown(Exception):
    """The text has a placeholder that does not exist, or not for its trigger. Names it."""


Part = str | Slot


@lru_cache(maxsize=2048)
def parsed(text: str, trigger: str) -> tuple[tuple[Part, ...], ...]:
    """The lines of a text, each as words and slots. Raises Unknown.

    Kept: a text is the same for all its recipients.
    """
    known = {entry.name for entry in offered(trigger)}
    return tuple(_line(line, known) for line in text.replace("\r\n", "\n").split("\n"))


def _line(line: str, known: set[str]) -> tuple[Part, ...]:
    parts: list[Part] = []
    # With a group in the pattern every second piece is a name.
    for number, piece in enumerate(_SLOT.split(line)):
        if number % 2:
            if piece not in known:
                raise Unknown(piece)
            parts.append(Slot(piece))
        elif "[[" in piece or "]]" in piece:
            raise Unknown(piece.strip())
        elif piece:
            parts.append(piece)
    return tuple(parts)


def fill(text: str, values: Mapping[str, str], trigger: str) -> str:
    """Values for placeholders, once. A line whose placeholder has no value is left out.

    A line that is all placeholder and words is a sentence: without its value it would be a lie or
    a stump. Raises Unknown.
    """
    kept = []
    for line in parsed(text, trigger):
        if not missing(line, values):
            kept.append("".join(values[p.name] if isinstance(p, Slot) else p for p in line))
    return "\n".join(kept)


def missing(line: tuple[Part, ...], values: Mapping[str, object]) -> bool:
    return any(isinstance(part, Slot) and not values.get(part.name) for part in line)
