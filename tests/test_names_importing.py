"""Writing a names list: once, in one transaction, set by set; and giving it back (G2, C8, S1)."""

import sys
from time import perf_counter

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jobstatus.admin.history import latest_change
from shop.codes import spelling
from shop.models import AccessCode, Album, Contact, Customer, Subject
from shop.names import importing, planning
from shop.names.planning import Kind, Mode
from tests.factories import AccessCodeFactory, AlbumFactory, JobFactory, SubjectFactory, UserFactory
from tests.names_lists import FAMILIES, big_list, bring, csv_of, entries_of, people

GENEROUS_SECONDS = 20  # for 20,000 rows, on a machine with other things to do


@pytest.fixture
def job(transactional_db):
    return JobFactory.create()


def test_G2_a_list_becomes_persons_with_albums_codes_and_contacts(job):
    noise = SubjectFactory.create(album=AlbumFactory.create(name="3a"))

    text = bring(job)

    assert text == "3 new persons, 0 updated, 4 new contacts."
    assert people(job) == [
        ("Mia Li", "3a", ["mother@example.org", "father@example.org"]),
        ("Ben Li", "3b", ["mother@example.org"]),
        ("Zoe", "3a", ["+49 170 33333"]),
    ]
    assert sorted(job.albums.values_list("name", flat=True)) == ["3a", "3b"]
    codes = AccessCode.objects.filter(job=job, studio=job.studio)
    assert codes.values("subject").distinct().count() == codes.count() == 3
    assert list(
        Customer.objects.order_by("pk").values_list("email", "email_key", "phone", "language")
    ) == [
        ("father@example.org", "father@example.org", "0170 22222", "de"),
        ("mother@example.org", "mother@example.org", "0170 12345", "de"),
        ("", "", "+49 170 33333", "en"),
    ]
    assert set(Contact.objects.values_list("source", "job")) == {("names_list", job.pk)}
    assert not noise.codes.exists()


def test_G2_the_same_list_again_changes_nothing(job):
    bring(job)
    before = people(job), AccessCode.objects.count(), Customer.objects.count()

    text = bring(job, reference="A2")

    assert text == "0 new persons, 0 updated, 0 new contacts."
    assert (people(job), AccessCode.objects.count(), Customer.objects.count()) == before


def test_G2_known_persons_are_updated_and_keep_their_code_and_contacts(job):
    bring(job)
    mia = Subject.objects.get(name="Mia Li")
    code = AccessCode.objects.get(subject=mia).code

    bring(job, csv_of(f"Mia-Lou Li,4c,{code},aunt@example.org"), reference="A2")

    mia.refresh_from_db()
    assert (mia.name, mia.album.name) == ("Mia-Lou Li", "4c")
    assert people(job)[0][2] == ["mother@example.org", "father@example.org", "aunt@example.org"]
    assert list(mia.codes.values_list("code", flat=True)) == [code]


def test_G2_rows_with_errors_are_left_out_and_counted(job):
    text = bring(job, csv_of("Mia,3a", ",3z", "Ben,3b,,mia@"))

    assert text == "1 new person, 0 updated, 0 new contacts, 2 rows left out."
    assert [name for name, *_rest in people(job)] == ["Mia"]
    assert [album.name for album in Album.objects.all()] == ["3a"]


def test_S1_codes_of_the_list_are_taken_over(job):
    known = SubjectFactory.create(album=AlbumFactory.create(job=job, name="3a"), name="Known")
    codes = [spelling.new_code() for _ in range(2)]

    bring(job, csv_of(f"New,3a,{codes[0]}", f"Known,3a,{spelling.written(codes[1])}"))

    assert list(known.codes.values_list("code", flat=True)) == [codes[1]]
    assert AccessCode.objects.get(code=codes[0]).subject.name == "New"
    assert AccessCode.objects.count() == 2


def test_G2_what_changed_since_it_was_shown_stops_the_import(job):
    seen = planning.plan(job, entries_of(FAMILIES), Mode.UPDATE).mark()
    SubjectFactory.create(album=AlbumFactory.create(job=job, name="3a"), name="Zoe")

    with pytest.raises(importing.PlanChanged):
        bring(job, seen=seen)

    assert [name for name, *_rest in people(job)] == ["Zoe"]
    assert not Customer.objects.exists()


def test_G2_an_import_happens_once_and_is_in_the_history(job):
    user = UserFactory.create(username="ada")
    bring(job, by=user, reference="AB12")
    Subject.objects.filter(name="Zoe").delete()

    with pytest.raises(importing.ImportedAlready):
        bring(job, by=user, reference="AB12")

    assert len(people(job)) == 2
    entry = latest_change(job)
    assert entry.who == "ada"
    assert entry.why == (
        "Names list “list.csv” imported: 3 new persons, 0 updated, 4 new contacts. [AB12]"
    )
    assert LogEntry.objects.count() == 1


def test_S1_a_code_that_was_taken_at_the_same_instant_stops_the_import(job, monkeypatch):
    code = spelling.new_code()
    write = importing._write_codes

    def late(*args):
        AccessCodeFactory.create(code=code)
        write(*args)

    monkeypatch.setattr(importing, "_write_codes", late)

    with pytest.raises(importing.PlanChanged):
        bring(job, csv_of(f"Mia,3a,{code}"))

    assert not Subject.objects.exists()


def queries(act) -> int:
    with CaptureQueriesContext(connection) as captured:
        act()
    return len(captured)


@pytest.mark.postgresql
def test_G2_an_import_costs_the_same_queries_for_1_and_500_rows(job):
    queries(lambda: bring(JobFactory.create(), csv_of("Mia")))  # content types are remembered
    one = queries(lambda: bring(job, big_list(1)))
    other = JobFactory.create()
    many = queries(lambda: bring(other, big_list(500)))

    assert one == many
    assert many < 40


def test_G2_a_list_of_20000_rows_is_written_in_seconds(job):
    content = big_list(20_000)
    start = perf_counter()

    entries = entries_of(content)
    judged = perf_counter()
    plan = planning.plan(job, entries, Mode.UPDATE)
    planned = perf_counter()
    bring(job, content, seen=plan.mark())
    written = perf_counter()

    seconds = (judged - start, planned - judged, written - planned)
    sys.stdout.write("read {:.2f} s, planned {:.2f} s, written {:.2f} s\n".format(*seconds))
    assert plan.count(Kind.NEW) == 20_000
    assert Subject.objects.count() == AccessCode.objects.count() == 20_000
    assert Contact.objects.count() == 20_000 + 6_667
    assert written - start < GENEROUS_SECONDS
