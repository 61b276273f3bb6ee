"""A names list given back: what is exported is imported without a change (G2)."""

import csv
import io

import pytest
from django.utils import translation

from shop.codes import spelling
from shop.models import Contact, Customer, Subject
from shop.names import exporting, planning
from shop.names.planning import Kind, Mode
from tests.factories import AccessCodeFactory, AlbumFactory, JobFactory, SubjectFactory
from tests.names_lists import big_list, bring, csv_of, entries_of, people, plan_of


@pytest.fixture
def job(transactional_db):
    return JobFactory.create()


def exported(job) -> list[list[str]]:
    return list(csv.reader(io.StringIO(exporting.as_csv(job).decode("utf-8-sig"))))


def workbook(job) -> bytes:
    with exporting.as_xlsx(job) as file:
        return file.read()


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_G2_what_is_exported_is_imported_without_a_change(job, kind, language):
    hostile = csv_of(
        '"=HYPERLINK(""x"")",@3a,,plus+tag@example.org,,+49 170 1234567,de',
        "'t Hooft,-3,,a@example.org; b@example.org,c@example.org,;0170 22222;;0170 44444",
        "'=Quoted,,,,,0170 55555",
        "  Müller “Zoe”  ,,,",
    )
    bring(job, hostile)
    SubjectFactory.create(album=AlbumFactory.create(job=job, name="  3  c "), name="Old  Name")
    before = people(job)

    with translation.override(language):
        entries = entries_of(exporting.as_csv(job) if kind == "csv" else workbook(job))
    plan = planning.plan(job, entries, Mode.UPDATE)

    assert [outcome.kind for outcome in plan.outcomes] == [Kind.UNCHANGED] * 5
    assert people(job) == before


def test_G2_an_export_has_no_formula_and_all_contacts_but_those_of_orders(job):
    bring(job, csv_of("=1+1,3a,,a@example.org,b@example.org;c@example.org,;+49 170 22222,de"))
    subject = Subject.objects.get()
    buyer = Customer.objects.create(studio=job.studio, email="g@x.org", email_key="g@x.org")
    Contact.objects.create(job=job, subject=subject, customer=buyer, source="order")
    AccessCodeFactory.create()

    head, *rows = exported(job)

    assert head == ["Name", "Album", "Access code", "E-mail", "Second e-mail", "Phone", "Language"]
    code = spelling.written(subject.codes.get().code)
    contacts = ["a@example.org", "b@example.org; c@example.org", "; +49 170 22222"]
    assert rows == [["'=1+1", "3a", code, *contacts, "de"]]


def test_G2_an_export_costs_five_queries(job, django_assert_num_queries):
    bring(job, big_list(50))

    with django_assert_num_queries(5):
        assert len(exported(job)) == 51


def test_G2_persons_without_code_are_matched_by_name_in_a_round_trip(job):
    SubjectFactory.create(album=AlbumFactory.create(job=job), name="No Code")

    assert plan_of(job, "No Code").outcomes[0].kind == Kind.UNCHANGED
    assert exported(job)[1][:3] == ["No Code", job.albums.get().name, ""]
