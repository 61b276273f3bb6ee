"""Writing a names list: what was shown happens once, in one transaction, or nothing does."""

import logging
from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from jobstatus.keys import listed_texts
from jobstatus.models import Job, Studio
from jobstatus.remembering import remember
from shop.codes import issuing
from shop.models import AccessCode, Album, Contact, Customer, Subject, SubjectAnswer
from shop.models.people import email_key
from shop.names.judging import Entry, Said, key
from shop.names.planning import Mode, Outcome, Plan, customer_key, known_customer, plan
from shop.names.wording import summary

logger = logging.getLogger(__name__)

BATCH_SIZE = 1_000  # rows of one INSERT


class ImportedAlready(Exception):
    """This import was done before, by the same button. Nothing was written now."""


class PlanChanged(Exception):
    """The facts are not those that were shown. Nothing was written; the plan has to be shown."""


def apply(
    job_id: int,
    entries: Sequence[Entry],
    mode: Mode,
    *,
    by: Any,
    seen: str | None,
    reference: str,
    language: str,
    file_name: str,
) -> str:
    """Do what `plan` said, with the rows that have no errors. Returns what was done, in words.

    `seen` is the mark of the plan that was shown, None for whoever does not look. `reference` is
    the import's own; a second one does nothing. New customers get `language` where the list has
    none. Raises ImportedAlready, PlanChanged. A fixed number of queries for each thousand rows.
    """
    try:
        with transaction.atomic(durable=True):
            job = _locked(job_id)
            if _was_imported(job, reference):
                raise ImportedAlready
            planned = plan(job, entries, mode, locked=True)
            if seen is not None and planned.mark() != seen:
                raise PlanChanged
            _write(job, planned, language)
            text = summary(planned)
            _remember(job, text, by=by, reference=reference, file_name=file_name)
    except IntegrityError:
        # Somebody took one of the list's codes for another job at the same instant.
        logger.info("Names list %s of job %s met another one.", reference, job_id)
        raise PlanChanged from None
    return text


def _write(job: Job, planned: Plan, language: str) -> None:
    sound = planned.sound()
    subjects = _write_subjects(job, planned, sound)
    _write_codes(job, sound, subjects)
    _write_answers(planned, sound, subjects)
    customers = _write_customers(job, planned, sound, language)
    _write_contacts(job, sound, subjects, customers)


def _locked(job_id: int) -> Job:
    """The studio, because customers are its; the job, because persons are also added by hand."""
    studio_id = Job.objects.values_list("studio_id", flat=True).get(pk=job_id)
    Studio.objects.select_for_update(no_key=True).get(pk=studio_id)
    job: Job = Job.objects.select_for_update(no_key=True).get(pk=job_id)
    return job


def _write_subjects(job: Job, planned: Plan, sound: Iterable[Outcome]) -> dict[int, Subject]:
    """New and changed persons with their albums. Returns all persons by the number of their row."""
    album_ids = planned.facts.album_ids
    needed = (o for o in sound if o.entry.album and (o.subject is None or o.moves))
    names = {key(o.entry.album): o.entry.album for o in reversed(list(needed))}
    missing = sorted(name for album, name in names.items() if album not in album_ids)
    for album in Album.objects.bulk_create([Album(job=job, name=name) for name in missing]):
        album_ids[key(album.name)] = album.pk
    new, changed, found = [], [], {}
    for outcome in sound:
        entry, subject = outcome.entry, outcome.subject
        album_id = album_ids[key(entry.album)] if key(entry.album) in names else None
        if subject is None:
            subject = Subject(job=job, name=entry.name, album_id=album_id)
            new.append(subject)
        elif outcome.renames or outcome.moves:
            subject.name = entry.name if outcome.renames else subject.name
            subject.album_id = album_id if outcome.moves else subject.album_id
            changed.append(subject)
        found[entry.number] = subject
    Subject.objects.bulk_create(new, batch_size=BATCH_SIZE)
    # One statement for a thousand. They are locked: none can be gone, so that none comes anew.
    Subject.objects.bulk_create(
        changed,
        batch_size=BATCH_SIZE,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["name", "album"],
    )
    return found


def _write_answers(planned: Plan, sound: Iterable[Outcome], subjects: dict[int, Subject]) -> None:
    rows = [
        SubjectAnswer(
            subject=subjects[outcome.entry.number],
            question=planned.facts.questions[slot],
            text=text,
        )
        for outcome in sound
        for slot, text in outcome.answers.items()
    ]
    SubjectAnswer.objects.bulk_create(
        rows,
        batch_size=BATCH_SIZE,
        update_conflicts=True,
        unique_fields=["subject", "question"],
        update_fields=["text"],
    )


def _write_codes(job: Job, sound: Iterable[Outcome], subjects: dict[int, Subject]) -> None:
    own, without = [], []
    for outcome in sound:
        subject = subjects[outcome.entry.number]
        if outcome.takes_code:
            own.append(
                AccessCode(
                    studio_id=job.studio_id, job=job, subject=subject, code=outcome.entry.code
                )
            )
        elif outcome.subject is None:
            without.append(subject)
    AccessCode.objects.bulk_create(own, batch_size=BATCH_SIZE)
    issuing.issue(without)


def _write_customers(
    job: Job, planned: Plan, sound: Iterable[Outcome], language: str
) -> dict[str, int]:
    """New customers, and numbers of known ones. Returns the ids of all of them by their keys."""
    found: dict[str, int] = {}
    new: dict[str, Customer] = {}
    told: dict[int, Customer] = {}
    for outcome in sound:
        for said in outcome.ties:
            known = known_customer(planned.facts, said)
            if known is not None:
                found[customer_key(said)] = known.pk
            else:
                _add(new, said, job, outcome.entry.language or language)
        for said in outcome.phones:
            customer = known_customer(planned.facts, said)
            if customer is not None and not customer.phone:
                customer.phone = said.phone
                told[customer.pk] = customer
    # In one order everywhere, so that two who write the same addresses cannot block each other.
    rows = [new[who] for who in sorted(new)]
    addressed = [row for row in rows if row.email_key]
    Customer.objects.bulk_create(addressed, batch_size=BATCH_SIZE, ignore_conflicts=True)
    keys = listed_texts(row.email_key for row in addressed)
    ids = Customer.objects.filter(studio=job.studio_id, email_key__in=keys)
    found |= dict(ids.values_list("email_key", "pk"))
    others = [row for row in rows if not row.email_key]
    for row in Customer.objects.bulk_create(others, batch_size=BATCH_SIZE):
        found[customer_key(Said(phone=row.phone))] = row.pk
    filled = Customer.objects.filter(phone="")  # Somebody may have given one just now.
    filled.bulk_update(told.values(), ["phone"], batch_size=BATCH_SIZE // 2)
    return found


def _add(new: dict[str, Customer], said: Said, job: Job, language: str) -> None:
    """Once for each address; a number that another row has is added."""
    customer = Customer(
        studio_id=job.studio_id,
        email=said.email,
        email_key=email_key(said.email),
        phone=said.phone,
        language=language,
    )
    first = new.setdefault(customer_key(said), customer)
    first.phone = first.phone or said.phone


def _write_contacts(
    job: Job,
    sound: Iterable[Outcome],
    subjects: dict[int, Subject],
    customers: dict[str, int],
) -> None:
    rows = [
        Contact(
            customer_id=customers[customer_key(said)],
            job=job,
            subject=subjects[outcome.entry.number],
            source=Contact.Source.NAMES_LIST,
        )
        for outcome in sound
        for said in outcome.ties
    ]
    Contact.objects.bulk_create(rows, batch_size=BATCH_SIZE, ignore_conflicts=True)


def _entries_of(job: Job) -> Any:
    kind = ContentType.objects.get_for_model(Job)
    return LogEntry.objects.filter(content_type=kind, object_id=str(job.pk))


def _was_imported(job: Job, reference: str) -> bool:
    return bool(_entries_of(job).filter(change_message__contains=f"[{reference}]").exists())


def _remember(job: Job, text: str, *, by: Any, reference: str, file_name: str) -> None:
    logger.info("Names list %s of job %s by %s: %s", reference, job.pk, by, text)
    words = _("Names list “%(file)s” imported: %(text)s [%(reference)s]")
    values = {"file": file_name[:100], "text": text, "reference": reference}
    remember(job, words % values, by=by)
