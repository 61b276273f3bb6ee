"""What the database knows of a names list: the persons of the job, codes, customers."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from jobstatus.keys import listed_texts
from jobstatus.models import Job
from shop.models import (
    AccessCode,
    Album,
    Contact,
    Customer,
    PrepayQuestion,
    Subject,
    SubjectAnswer,
)
from shop.models.people import email_key
from shop.names.columns import ANSWERS, normal
from shop.names.judging import Entry, key, phone_key

Slot = PrepayQuestion.Slot

# Orders are no names list: who bought a photo of a child need not be told of the next ones.
SOURCES = (Contact.Source.NAMES_LIST, Contact.Source.REGISTRATION)


@dataclass(frozen=True)
class KnownCode:
    studio_id: int
    job_id: int | None
    job_name: str | None
    subject_id: int | None


@dataclass
class Facts:
    studio_id: int
    subjects: dict[int, Subject] = field(default_factory=dict)
    by_name: dict[str, list[Subject]] = field(default_factory=dict)
    albums: dict[int, str] = field(default_factory=dict)
    album_ids: dict[str, int] = field(default_factory=dict)  # the oldest of a name
    codes: dict[str, KnownCode] = field(default_factory=dict)
    by_email: dict[str, Customer] = field(default_factory=dict)
    by_phone: dict[str, Customer] = field(default_factory=dict)  # who has no e-mail address
    ties: set[tuple[int, int]] = field(default_factory=set)  # of a customer and a subject
    questions: dict[str, PrepayQuestion] = field(default_factory=dict)  # by their slots
    answers: dict[tuple[int, str], str] = field(default_factory=dict)  # by subject and slot

    def album_of(self, subject: Subject) -> str:
        return self.albums.get(subject.album_id or 0, "")


def gather(job: Job, entries: Iterable[Entry], *, locked: bool) -> Facts:
    """Six queries, eight if it holds answers. `locked` takes the persons of the job."""
    facts = Facts(job.studio_id)
    wanted = list(entries)
    albums = Album.objects.filter(job=job).order_by("pk")
    for pk, name, trashed_at in albums.values_list("pk", "name", "trashed_at"):
        facts.albums[pk] = name
        if trashed_at is None:
            facts.album_ids.setdefault(key(name), pk)
    subjects = Subject.objects.filter(job=job).order_by("pk")
    for subject in subjects.select_for_update(no_key=True) if locked else subjects:
        facts.subjects[subject.pk] = subject
        facts.by_name.setdefault(key(subject.name), []).append(subject)
    codes = AccessCode.objects.filter(code__in=listed_texts(e.code for e in wanted if e.code))
    names = ("code", "studio_id", "job_id", "job__name", "subject_id")
    for code, *known in codes.values_list(*names):
        facts.codes[code] = KnownCode(*known)
    _gather_customers(facts, wanted)
    contacts = Contact.objects.filter(job=job, subject__isnull=False, source__in=SOURCES)
    for customer_id, subject_id in contacts.values_list("customer_id", "subject_id"):
        facts.ties.add((customer_id, subject_id or 0))
    if any(entry.answers for entry in wanted):
        _gather_answers(facts, job)
    return facts


def headings(job: Job) -> dict[str, str]:
    """How a list says what the job's prepay shop asks: by the words of the questions. One query."""
    fields = {slot: field.value for field, slot in ANSWERS.items()}
    rows = PrepayQuestion.objects.filter(job=job, slot__in=fields).order_by("pk")
    return {normal(question.label): fields[Slot(question.slot)] for question in rows}


def _gather_answers(facts: Facts, job: Job) -> None:
    for question in PrepayQuestion.objects.filter(job=job).order_by("pk"):
        facts.questions[question.slot] = question
    rows = SubjectAnswer.objects.filter(question__job=job)
    for subject_id, slot, text in rows.values_list("subject", "question__slot", "text"):
        facts.answers[subject_id, slot] = text


def _gather_customers(facts: Facts, entries: list[Entry]) -> None:
    known = Customer.objects.filter(studio=facts.studio_id).order_by("pk")
    keys = {email_key(said.email) for entry in entries for said in entry.contacts if said.email}
    for customer in known.filter(email_key__in=listed_texts(sorted(keys))):
        facts.by_email[customer.email_key] = customer
    for customer in known.filter(email_key="").exclude(phone=""):
        facts.by_phone.setdefault(phone_key(customer.phone), customer)
