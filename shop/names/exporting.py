"""The persons of a job as a names list: what it says, an import reads back without a change."""

import csv
import io
from collections.abc import Iterator
from tempfile import SpooledTemporaryFile
from typing import IO

from django.db.models import F
from django.utils.translation import gettext as _
from openpyxl import Workbook

from jobstatus.models import Job
from shop.cells import reversible_cell
from shop.codes import spelling
from shop.models import (
    AccessCode,
    Contact,
    Customer,
    PrepayQuestion,
    Subject,
    SubjectAnswer,
)
from shop.names.columns import Field
from shop.names.facts import SOURCES
from shop.names.judging import MOST_CONTACTS, is_phone
from shop.names.table import MOST_ROWS, tidy

IN_MEMORY_BYTES = 5_000_000  # of a spreadsheet; a larger one waits in a temporary file
BYTE_ORDER_MARK = "\ufeff"
COLUMNS = (
    *(Field.NAME, Field.ALBUM, Field.CODE, Field.EMAIL, Field.SECOND_EMAIL),
    *(Field.PHONE, Field.LANGUAGE),
)


class TooManyPersons(Exception):
    """More persons than one list may have. The message is a sentence for a person."""


def rows(job: Job) -> Iterator[list[str]]:
    """The headings in the language of the page, then a row for each person. Five queries.

    Raises TooManyPersons.
    """
    persons = Subject.objects.filter(job=job).select_related("album")
    ordered = persons.order_by(
        F("album__position").asc(nulls_last=True), "album__name", "name", "pk"
    )
    listed = list(ordered[: MOST_ROWS + 1])
    if len(listed) > MOST_ROWS:
        text = _("The job has more than %(count)d persons, too many for one list.")
        raise TooManyPersons(text % {"count": MOST_ROWS})
    codes: dict[int, str] = {}
    known = AccessCode.objects.filter(job=job, subject__isnull=False).order_by("pk")
    for subject_id, code in known.values_list("subject_id", "code"):
        codes.setdefault(subject_id or 0, code)
    contacts = _contacts(job)
    asked, answers = _answers(job)
    yield [*(str(field.label) for field in COLUMNS), *(question.label for question in asked)]
    for subject in listed:
        album = subject.album.name if subject.album else ""
        code = spelling.written(codes[subject.pk]) if subject.pk in codes else ""
        cells = [subject.name, album, code, *_reached(contacts.get(subject.pk, []))]
        cells += [answers.get((subject.pk, question.pk), "") for question in asked]
        yield [reversible_cell(tidy(cell)) for cell in cells]


def _answers(job: Job) -> tuple[list[PrepayQuestion], dict[tuple[int, int], str]]:
    """What a prepay shop asked besides the class, which is the album; and what was answered."""
    asked = PrepayQuestion.objects.filter(job=job).exclude(slot=PrepayQuestion.Slot.CLASS)
    rows = SubjectAnswer.objects.filter(question__job=job)
    answers = {
        (subject, question): text
        for subject, question, text in rows.values_list("subject", "question", "text")
    }
    return list(asked.order_by("position", "pk")), answers


def _contacts(job: Job) -> dict[int, list[Customer]]:
    """Who is to be told of each person, each once, those with an address first."""
    found: dict[int, dict[int, Customer]] = {}
    ties = Contact.objects.filter(job=job, subject__isnull=False, source__in=SOURCES)
    for tie in ties.select_related("customer").order_by("pk"):
        found.setdefault(tie.subject_id or 0, {})[tie.customer_id] = tie.customer
    return {
        subject_id: sorted(customers.values(), key=lambda customer: not customer.email)
        for subject_id, customers in found.items()
    }


def _reached(customers: list[Customer]) -> tuple[str, str, str, str]:
    """E-mail, second e-mail, phone, language. The numbers stand in the order of the people."""
    usable = [c for c in customers if c.email or is_phone(tidy(c.phone))][:MOST_CONTACTS]
    emails = [customer.email for customer in usable if customer.email]
    numbers = [tidy(customer.phone) for customer in usable]
    phones = [number if is_phone(number) else "" for number in numbers]
    while phones and not phones[-1]:
        phones.pop()
    language = usable[0].language if usable else ""
    return "".join(emails[:1]), "; ".join(emails[1:]), "; ".join(phones), language


def as_csv(job: Job) -> bytes:
    text = io.StringIO(newline="")
    text.write(BYTE_ORDER_MARK)
    csv.writer(text).writerows(rows(job))
    return text.getvalue().encode()


def as_xlsx(job: Job) -> IO[bytes]:
    """A spreadsheet of texts, in a temporary file that is read from its beginning."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Names list")[:31])
    sheet.freeze_panes = "A2"
    for column, width in zip("ABCDEFG", (28, 16, 20, 30, 30, 22, 12), strict=True):
        sheet.column_dimensions[column].width = width
    for row in rows(job):
        sheet.append(row)
    file: IO[bytes] = SpooledTemporaryFile(max_size=IN_MEMORY_BYTES)  # noqa: SIM115 -- the answer closes it
    book.save(file)
    file.seek(0)
    return file
