"""Names lists for tests: files as people have them, and the way through the pages."""

import io
import zipfile
from typing import Any

from openpyxl import Workbook

from jobstatus.models import Job
from shop.codes import spelling
from shop.models import AccessCode, Contact, Subject
from shop.names import columns, importing, judging, planning, reading
from shop.names.planning import Mode, Plan
from tests.factories import (
    AccessCodeFactory,
    AlbumFactory,
    CustomerFactory,
    JobFactory,
    SubjectFactory,
)
from tests.staff import LIST

HEAD = "Name,Album,Access code,E-mail,Second e-mail,Phone,Language\n"


def csv_of(*rows: str, head: str = HEAD) -> bytes:
    return (head + "".join(f"{row}\n" for row in rows)).encode()


def xlsx_of(*rows: list[Any]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def with_part(workbook: bytes, name: str, change: Any) -> bytes:
    """The workbook with one part of it changed."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as old, zipfile.ZipFile(file, "w") as new:
        for part in old.infolist():
            content = old.read(part)
            new.writestr(part.filename, change(content) if part.filename == name else content)
    return file.getvalue()


def entries_of(content: bytes) -> list[judging.Entry]:
    table = reading.read(content)
    return judging.entries(table, columns.guess(table, {}))


def plan_of(job: Job, *rows: str, mode: Mode = Mode.UPDATE, head: str = HEAD) -> Plan:
    return planning.plan(job, entries_of(csv_of(*rows, head=head)), mode)


def big_list(count: int, *, classes: int = 25) -> bytes:
    """A child in each row, with a mother, every third also with a father and a number."""
    return csv_of(
        *(
            f"Child {n},Class {n % classes},,mother{n}@example.org,"
            f"{f'father{n}@example.org' if n % 3 == 0 else ''},"
            f"{f'+49 170 {n:07}' if n % 3 == 0 else ''},de"
            for n in range(count)
        )
    )


def names_page(job: Job, rest: str = "") -> str:
    return f"{LIST}{job.pk}/codes/names/{rest}"


def upload(client: Any, job: Job, content: bytes, name: str = "list.csv") -> Any:
    """The page of the columns, or that of the upload with what is wrong."""
    file = io.BytesIO(content)
    file.name = name
    return client.post(names_page(job), {"file": file}, follow=True)


def choose(client: Any, page: Any, **columns: str) -> Any:
    """The preview, with the columns as they are guessed or as given here."""
    form = page.context["form"]
    posted = {name: form[name].value() for name in form.fields if name != "head"}
    posted |= {"head": "on"} if form["head"].value() else {}
    return client.post(
        page.request["PATH_INFO"], posted | {k.replace("_", "-"): v for k, v in columns.items()},
        follow=True,
    )  # fmt: skip


def address(page: Any) -> str:
    return f"{page.request['PATH_INFO']}?{page.request['QUERY_STRING']}"


def do_import(client: Any, preview: Any) -> Any:
    return client.post(address(preview), {"seen": preview.context["seen"]}, follow=True)


def whole_way(client: Any, job: Job, content: bytes, name: str = "list.csv") -> Any:
    return do_import(client, choose(client, upload(client, job, content, name)))


FAMILIES = csv_of(
    "Mia Li,3a,,mother@example.org,father@example.org,0170 12345;0170 22222,de",
    "Ben Li,3b,,Mother@Example.org,,0170 12345,de",
    "Zoe,3a,,,,+49 170 33333,",
)


def bring(
    job: Job,
    content: bytes = FAMILIES,
    mode: Mode = Mode.UPDATE,
    *,
    seen: str | None = None,
    reference: str = "A1",
    by: Any = None,
) -> str:
    return importing.apply(
        job.pk,
        entries_of(content),
        mode,
        by=by,
        seen=seen,
        reference=reference,
        language="en",
        file_name="list.csv",
    )


def people(job: Job) -> list[tuple[str, str, list[str]]]:
    rows = Subject.objects.filter(job=job).select_related("album").order_by("pk")
    return [
        (
            row.name,
            row.album.name if row.album else "",
            [f"{c.customer}" for c in row.contacts.select_related("customer").order_by("pk")],
        )
        for row in rows
    ]


def known_mia() -> Subject:
    """Mia of class 3a, with a code and a mother; Ben of another job as noise."""
    job = JobFactory.create(name="Waldschule")
    subject = SubjectFactory.create(album=AlbumFactory.create(job=job, name="3a"), name="Mia Li")
    AccessCodeFactory.create(subject=subject)
    mother = CustomerFactory.create(studio=job.studio, email="Mother@example.org", phone="")
    Contact.objects.create(job=job, subject=subject, customer=mother, source="names_list")
    SubjectFactory.create(album__job__studio=job.studio, name="Ben Noise")
    return subject


def code_of(subject: Subject) -> str:
    return spelling.written(AccessCode.objects.get(subject=subject).code)


def kinds(plan: Plan) -> list[str]:
    return [outcome.kind.value for outcome in plan.outcomes]
