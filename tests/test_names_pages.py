"""The pages of a names list over HTTP: upload, columns, preview, import, export (G2, J1, J3)."""

import io

import pytest
from django.core.files.storage import storages
from django.db import connection
from openpyxl import load_workbook

from jobstatus import clock
from shop import leftovers
from shop.models import AccessCode, Contact, Subject
from shop.names import drafts
from tests.factories import AlbumFactory, JobFactory, StudioFactory, SubjectFactory
from tests.names_lists import (
    address,
    big_list,
    choose,
    csv_of,
    do_import,
    names_page,
    upload,
    whole_way,
    xlsx_of,
)
from tests.staff import said, sign_in

pytestmark = pytest.mark.django_db(transaction=True)
CLOCK_QUERIES = 2 if connection.vendor == "postgresql" else 0  # of the page, and of its draft
CONTENT = csv_of("Mia,3a,,m@example.org", ",3a", "Ben,3b")


@pytest.fixture
def studio():
    return StudioFactory.create()


@pytest.fixture
def client(studio):
    return sign_in(studio)


@pytest.fixture
def job(studio):
    return JobFactory.create(studio=studio, name="Waldschule")


def stored() -> list[str]:
    storage = storages["private"]
    if not storage.exists(drafts.FOLDER):
        return []
    hours, _files = storage.listdir(drafts.FOLDER)
    return [name for hour in hours for name in storage.listdir(f"{drafts.FOLDER}/{hour}")[1]]


def lines(preview) -> list[tuple[int, str, str]]:
    return [
        (line.number, line.name, line.label) for line in preview.context["preview"].page.object_list
    ]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_G2_a_list_is_uploaded_looked_at_and_imported(client, job, kind):
    head = ["Name", "Klasse", "E-Mail"]
    rows = [head, ["Mia", "3a", "m@example.org"], ["Ben", 3.0, None]]
    content = xlsx_of(*rows) if kind == "xlsx" else csv_of(
        "Mia;3a;m@example.org", "Ben;3;", head=";".join(head) + "\n"
    )  # fmt: skip

    page = upload(client, job, content, f"klasse.{kind}")
    preview = choose(client, page)
    looked = Subject.objects.count(), AccessCode.objects.count()
    done = do_import(client, preview)

    assert "klasse" in page.text
    assert lines(preview) == [(2, "Mia", "New"), (3, "Ben", "New")]
    assert looked == (0, 0)
    assert said(done) == ["The list is imported: 2 new persons, 0 updated, 1 new contact."]
    people = Subject.objects.order_by("pk").values_list("name", "album__name")
    assert list(people) == [("Mia", "3a"), ("Ben", "3")]
    assert stored() == []


def test_G2_nothing_is_written_when_the_preview_is_left_or_discarded(client, job):
    preview = choose(client, upload(client, job, CONTENT))
    left = stored()

    discarded = client.post(preview.context["discard_url"], follow=True)
    again = do_import(client, preview)

    assert len(left) == 1
    assert stored() == []
    assert said(discarded) == ["The list is discarded. Nothing was imported."]
    assert "Choose the file once more." in said(again)[0]
    assert Subject.objects.count() == 0


def test_G2_the_preview_shows_counts_errors_and_the_two_ways(client, job):
    preview = choose(client, upload(client, job, CONTENT))
    errors = client.get(f"{address(preview)}&show=error")

    assert lines(errors) == [(3, "", "Error")]
    shown = preview.context["preview"]
    assert (shown.new, shown.updated, shown.unchanged, shown.errors) == (2, 0, 0, 1)
    assert "The name is missing." in errors.text
    assert "Import 2 rows, leave those with errors out" in preview.text
    assert 'name="seen"' in preview.text
    without = client.get(preview.request["PATH_INFO"])
    assert without.url == f"{preview.request['PATH_INFO']}columns/"


def test_G2_rows_with_errors_are_left_out(client, job):
    done = whole_way(client, job, CONTENT)

    assert said(done) == [
        "The list is imported: 2 new persons, 0 updated, 1 new contact, 1 row left out."
    ]


def test_G2_add_only_keeps_names(client, job):
    mia = SubjectFactory.create(album=AlbumFactory.create(job=job, name="3a"), name="mia")
    preview = choose(client, upload(client, job, CONTENT))

    adding = client.get(f"{address(preview)}&mode=add")
    client.post(f"{address(preview)}&mode=add", {"seen": adding.context["seen"]})

    mia.refresh_from_db()
    assert (preview.context["preview"].updated, adding.context["preview"].updated) == (1, 1)
    assert mia.name == "mia"
    assert Contact.objects.filter(subject=mia).count() == 1


def test_G2_a_double_click_imports_once(client, job):
    preview = choose(client, upload(client, job, CONTENT))
    place = stored()[0]
    hour = storages["private"].listdir(drafts.FOLDER)[0][0]
    kept = storages["private"].open(f"{drafts.FOLDER}/{hour}/{place}").read()

    do_import(client, preview)
    storages["private"].save(f"{drafts.FOLDER}/{hour}/{place}", io.BytesIO(kept))
    Subject.objects.filter(name="Ben").delete()
    again = do_import(client, preview)

    assert said(again) == ["This list was imported already. Nothing was done twice."]
    assert [subject.name for subject in Subject.objects.all()] == ["Mia"]


def test_G2_facts_that_changed_since_the_preview_are_shown_again(client, job):
    preview = choose(client, upload(client, job, CONTENT))
    SubjectFactory.create(album=AlbumFactory.create(job=job, name="3b"), name="Ben")

    again = do_import(client, preview)

    assert again.status_code == 409
    assert "so nothing was imported" in again.context["alert"]
    assert lines(again)[2] == (4, "Ben", "Unchanged")
    assert Subject.objects.count() == 1
    assert said(do_import(client, again))[0].startswith("The list is imported: 1 new person")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "This file is empty."),
        (b"\x89PNG\0\0", "This is no table that can be read."),
        (b"x" * 10_000_001, "The file is larger than 10 MB."),
    ],
)
def test_G2_a_file_that_cannot_be_read_is_refused_and_not_kept(client, job, content, sentence):
    page = upload(client, job, content)

    assert sentence in page.context["form"].errors["file"][0]
    assert stored() == []


def test_G2_no_file_is_asked_for(client, job):
    assert "Choose a file." in client.post(names_page(job), {}).text


def test_G2_columns_are_corrected_and_remembered_for_the_studio(client, job):
    content = csv_of("Mia;3a", head="Wer;Wo\n")
    page = upload(client, job, content)

    wrong = choose(client, page, column_0="-")
    preview = choose(client, page, column_1="album")
    second = upload(client, job, content)

    assert wrong.context["form"].non_field_errors() == ["Choose the column with the name."]
    assert lines(preview) == [(2, "Mia", "New")]
    form = second.context["form"]
    assert [form["column-0"].value(), form["column-1"].value()] == ["name", "album"]
    assert choose(client, page, column_1="<b>").context["form"].errors["column-1"]


def test_G2_a_list_without_headings_loses_no_row(client, job):
    page = upload(client, job, csv_of("Mia,m@example.org", "Ben,b@example.org", head=""))

    assert lines(choose(client, page)) == [(1, "Mia", "New"), (2, "Ben", "New")]


def test_J3_a_draft_is_one_persons_and_of_one_job(client, job, studio):
    preview = choose(client, upload(client, job, CONTENT))
    other_job = JobFactory.create(studio=studio)
    elsewhere = address(preview).replace(f"/{job.pk}/", f"/{other_job.pk}/")

    colleague = sign_in(studio).get(address(preview), follow=True)
    moved = client.get(elsewhere, follow=True)

    for answer in (colleague, moved):
        assert "Choose the file once more." in said(answer)[0]
    assert client.get(address(preview)).status_code == 200


@pytest.mark.parametrize("key", ["x", "..%2f..%2fx", "2026050412-" + "0" * 31, "9" * 43])
def test_J3_a_forged_key_leads_nowhere(client, job, key):
    for rest in ("", "columns/", "discard/"):
        assert client.post(names_page(job, f"{key}/{rest}")).status_code in (302, 404)


def test_G2_a_draft_is_forgotten_after_some_hours(client, job, monkeypatch, settings):
    preview = choose(client, upload(client, job, CONTENT))
    before = leftovers.clean(clock=clock.now)

    settings.CLOCK_OFFSET_SECONDS = 14 * 60 * 60
    gone = client.get(address(preview), follow=True)
    cleaned = [leftovers.clean(clock=clock.now) for _ in range(2)]

    assert (before, cleaned) == (0, [1, 0])
    assert "Choose the file once more." in said(gone)[0]
    assert stored() == []


def test_J3_who_only_looks_exports_and_does_not_import(studio, job):
    viewer = sign_in(studio, role="Viewer")
    SubjectFactory.create(album=AlbumFactory.create(job=job))

    page = viewer.get(names_page(job))

    assert page.context["form"] is None
    assert 'type="file"' not in page.text
    assert viewer.post(names_page(job), {}).status_code == 403
    assert viewer.get(names_page(job, "file/csv/")).status_code == 200


def test_G2_the_list_is_exported_as_csv_and_workbook(client, job):
    whole_way(client, job, csv_of("Mia,3a,,m@example.org"))

    table = client.get(names_page(job, "file/csv/"))
    book = client.get(names_page(job, "file/xlsx/"))

    assert table.content.startswith(b"\xef\xbb\xbfName,Album")
    assert 'filename="names-list-waldschule.csv"' in table["Content-Disposition"]
    sheet = load_workbook(io.BytesIO(b"".join(book.streaming_content))).active
    assert [cell.value for cell in sheet[2]][:2] == ["Mia", "3a"]
    assert client.get(names_page(job, "file/exe/")).status_code == 404


def test_J1_the_tab_of_the_codes_leads_to_the_list(client, job):
    tab = client.get(names_page(job).removesuffix("names/"))

    assert f'href="{names_page(job)}"' in tab.text
    assert "Import a names list" in tab.text


@pytest.mark.parametrize("rows", [1, 500])
def test_J1_a_preview_costs_the_same_queries_for_1_and_500_rows(
    client, job, rows, django_assert_num_queries
):
    preview = choose(client, upload(client, job, big_list(rows)))

    with django_assert_num_queries(17 + CLOCK_QUERIES):
        page = client.get(address(preview))

    assert len(lines(page)) == min(rows, 100)
