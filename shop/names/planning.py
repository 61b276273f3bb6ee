"""What an import would do, row by row. Reads only; the import does what was planned here."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jobstatus.models import Job
from shop.models import Customer, Subject
from shop.models.people import email_key
from shop.names.columns import Field
from shop.names.facts import Facts, KnownCode, gather
from shop.names.judging import Entry, Said, key, phone_key, same_child
from shop.names.table import tidy


class Mode(TextChoices):
    UPDATE = "update", gettext_lazy("Add and update")
    ADD = "add", gettext_lazy("Add only")


class Kind(TextChoices):
    NEW = "new", gettext_lazy("New")
    UPDATED = "updated", gettext_lazy("Updated")
    UNCHANGED = "unchanged", gettext_lazy("Unchanged")
    ERROR = "error", gettext_lazy("Error")


@dataclass
class Outcome:
    """What becomes of one row."""

    entry: Entry
    subject: Subject | None = None  # who the row is about, if known already
    renames: bool = False
    moves: bool = False  # to another album
    takes_code: bool = False  # the list's own code is new to the system
    ties: list[Said] = field(default_factory=list)  # contacts that this person gets
    phones: list[Said] = field(default_factory=list)  # known customers whose number was missing
    answers: dict[str, str] = field(default_factory=dict)  # new or other ones, by slot
    remarks: list[str] = field(default_factory=list)

    @property
    def kind(self) -> Kind:
        if self.entry.errors:
            return Kind.ERROR
        if self.subject is None:
            return Kind.NEW
        changes = self.renames or self.moves or self.takes_code or self.ties or self.phones
        return Kind.UPDATED if changes or self.answers else Kind.UNCHANGED


@dataclass
class Plan:
    facts: Facts
    outcomes: list[Outcome]

    def count(self, kind: Kind) -> int:
        return sum(outcome.kind == kind for outcome in self.outcomes)

    def sound(self) -> list[Outcome]:
        return [outcome for outcome in self.outcomes if not outcome.entry.errors]

    @property
    def contacts(self) -> int:
        return sum(len(outcome.ties) for outcome in self.sound())

    @property
    def codes(self) -> int:
        return sum(outcome.takes_code for outcome in self.sound())

    def mark(self) -> str:
        """A fingerprint of all that would happen."""
        told = [
            (
                *(o.kind, o.entry.number, o.subject.pk if o.subject else 0, o.renames, o.moves),
                *(o.takes_code, [vars(said) for said in (*o.ties, *o.phones)]),
                *(o.subject.name if o.subject else "", o.entry.errors, o.answers),
                self.facts.album_of(o.subject) if o.subject else "",
            )
            for o in self.outcomes
        ]
        text = json.dumps(told, default=str, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:32]


def plan(job: Job, entries: Iterable[Entry], mode: Mode, *, locked: bool = False) -> Plan:
    """Six queries. Adds what only the database knows to the errors of the entries."""
    listed = list(entries)
    facts = gather(job, listed, locked=locked)
    planned = _Planner(job, facts, mode)
    return Plan(facts, [planned.outcome(entry) for entry in listed])


class _Planner:
    """Remembers the rows before: a person is written once, a contact made once."""

    def __init__(self, job: Job, facts: Facts, mode: Mode) -> None:
        self.job = job
        self.facts = facts
        self.mode = mode
        self.rows: dict[int, Entry] = {}  # by the person they are about
        self.phones: dict[str, str] = {}  # that customers get by this list, by their key

    def outcome(self, entry: Entry) -> Outcome:
        outcome = Outcome(entry)
        outcome.subject = self._by_code(outcome) or self._by_name(outcome)
        subject = outcome.subject
        if subject is not None and subject.pk in self.rows:
            entry.wrong(Field.NAME, same_child(self.rows[subject.pk]))
        if entry.errors:
            return outcome
        if subject is not None:
            self.rows[subject.pk] = entry
        if subject is not None and self.mode == Mode.UPDATE:
            outcome.renames = tidy(subject.name) != entry.name
            album = self.facts.album_of(subject)
            outcome.moves = bool(entry.album) and key(album) != key(entry.album)
        elif subject is None and not entry.code and self.facts.by_name.get(key(entry.name)):
            outcome.remarks.append(
                _("There is somebody of this name in another album. This adds another person.")
            )
        if subject is None or self.mode == Mode.UPDATE:
            outcome.answers = self._answers(entry, subject)
        for said in entry.contacts:
            self._contact(outcome, said)
        return outcome

    def _answers(self, entry: Entry, subject: Subject | None) -> dict[str, str]:
        """What the job asks and does not know yet, or knows otherwise."""
        known = self.facts.answers
        return {
            slot: text
            for slot, text in entry.answers.items()
            if slot in self.facts.questions
            and (subject is None or known.get((subject.pk, slot)) != text)
        }

    def _by_code(self, outcome: Outcome) -> Subject | None:
        """Whose code it is. One that nobody has is taken over; one from elsewhere is refused."""
        code = outcome.entry.code
        known = self.facts.codes.get(code) if code else None
        if known is None:
            outcome.takes_code = bool(code)
            return None
        if known.job_id == self.job.pk and known.subject_id is not None:
            return self.facts.subjects.get(known.subject_id)
        outcome.entry.wrong(Field.CODE, self._elsewhere(known))
        return None

    def _elsewhere(self, known: KnownCode) -> str:
        """Of another studio not even that there is one is told."""
        if known.studio_id == self.job.studio_id and known.job_id not in (None, self.job.pk):
            text = _(
                "This code belongs to your job “%(job)s” and stays there. Empty the cell; a new "
                "person then gets a new code."
            )
            return text % {"job": known.job_name}
        return _(
            "This code is not free: it belongs elsewhere or was given out before. Empty the cell; "
            "a new person then gets a new code."
        )

    def _by_name(self, outcome: Outcome) -> Subject | None:
        entry = outcome.entry
        if Field.CODE in entry.errors or not entry.name:
            return None
        if entry.code and not outcome.takes_code:
            return None
        same = self.facts.by_name.get(key(entry.name), [])
        if entry.album:
            album = key(entry.album)
            same = [subject for subject in same if key(self.facts.album_of(subject)) == album]
        if len(same) <= 1:
            return same[0] if same else None
        text = _(
            "There are %(count)d persons of this name. Add the album or the access code, so that "
            "it is clear who is meant."
        )
        entry.wrong(Field.NAME, text % {"count": len(same)})
        return None

    def _contact(self, outcome: Outcome, said: Said) -> None:
        customer = known_customer(self.facts, said)
        subject = outcome.subject
        is_tied = (
            customer is not None
            and subject is not None
            and (customer.pk, subject.pk) in self.facts.ties
        )
        keys = {customer_key(tie) for tie in outcome.ties}
        if not is_tied and customer_key(said) not in keys:
            outcome.ties.append(said)
        if said.email and said.phone:
            self._phone(outcome, said, customer)

    def _phone(self, outcome: Outcome, said: Said, customer: Customer | None) -> None:
        """A number fills a gap. It never replaces one: the customer may have given it."""
        who = customer_key(said)
        known = (customer.phone if customer else "") or self.phones.get(who, "")
        if not known:
            self.phones[who] = said.phone
            if customer is not None:
                outcome.phones.append(said)
        elif phone_key(known) != phone_key(said.phone):
            text = _("%(email)s is known with the phone number %(phone)s, which stays.")
            outcome.remarks.append(text % {"email": said.email, "phone": known})


def customer_key(said: Said) -> str:
    """Who this is: the address, or the number of who has none."""
    return email_key(said.email) if said.email else f"tel:{phone_key(said.phone)}"


def known_customer(facts: Facts, said: Said) -> Customer | None:
    if said.email:
        return facts.by_email.get(email_key(said.email))
    return facts.by_phone.get(phone_key(said.phone))
