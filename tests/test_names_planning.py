"""What importing a names list would do, and who it recognises (G2, C8, S1)."""

from datetime import UTC, datetime

import pytest

from shop.codes import spelling
from shop.models import Contact, Customer
from shop.names import wording
from shop.names.planning import Kind, Mode
from tests.factories import (
    CustomerFactory,
    StudioFactory,
    SubjectFactory,
)
from tests.names_lists import code_of, kinds, known_mia, plan_of

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
FREE = "0000000000000"  # its check character is right, and nobody has it


@pytest.fixture
def mia():
    return known_mia()


def told(plan, number: int = 0) -> list[str]:
    outcome = plan.outcomes[number]
    return [*wording.changes(plan, outcome), *outcome.remarks]


def test_G2_a_known_person_is_recognised_by_code_then_by_name_and_album(mia):
    plan = plan_of(
        mia.job,
        f"Mia Li,3a,{code_of(mia).lower()},mother@EXAMPLE.org",
        "New Person,3a",
    )

    assert kinds(plan) == ["unchanged", "new"]
    assert kinds(plan_of(mia.job, "MIA  LI,3A")) == ["updated"]  # as the list capitalises it
    assert kinds(plan_of(mia.job, "Mia Li")) == ["unchanged"]
    assert kinds(plan_of(mia.job, "Ben Noise")) == ["new"]


def test_G2_what_changes_is_said_before_and_after(mia):
    plan = plan_of(
        mia.job, f"Mia-Lou Li,3b,{code_of(mia)},mother@example.org;f@example.org,,0170 12345"
    )

    assert told(plan) == [
        "Name: Mia Li → Mia-Lou Li",
        "Album: 3a → 3b",
        "New contact: f@example.org",
        "Phone number of mother@example.org: 0170 12345",
    ]  # fmt: skip
    assert wording.summary(plan) == "0 new persons, 1 updated, 1 new contact."


def test_G2_add_only_changes_nothing_of_known_persons_but_adds_contacts(mia):
    row = f"Mia-Lou Li,3b,{code_of(mia)},f@example.org"

    plan = plan_of(mia.job, row, mode=Mode.ADD)

    assert told(plan) == ["New contact: f@example.org"]
    assert kinds(plan_of(mia.job, f"Mia-Lou,,{code_of(mia)}", mode=Mode.ADD)) == ["unchanged"]


def test_G2_an_empty_album_leaves_a_person_where_they_are(mia):
    assert kinds(plan_of(mia.job, f"Mia Li,,{code_of(mia)}")) == ["unchanged"]


def test_G2_a_child_of_another_album_is_a_new_person_and_that_is_said(mia):
    plan = plan_of(mia.job, "Mia Li,4c")

    assert kinds(plan) == ["new"]
    assert told(plan) == [
        "There is somebody of this name in another album. This adds another person."
    ]


def test_S1_a_code_that_nobody_has_is_taken_over(mia):
    without = SubjectFactory.create(album=mia.album, name="Zoe")

    plan = plan_of(mia.job, f"Ann,3a,{FREE}", f"Zoe,3a,{spelling.new_code()}")

    assert kinds(plan) == ["new", "updated"]
    assert plan.codes == 2
    assert plan.outcomes[1].subject == without
    assert told(plan, 1) == ["The code of the list is taken over"]


def test_C8_contacts_are_people_of_the_studio_and_phones_fill_gaps_only(mia):
    studio = mia.job.studio
    CustomerFactory.create(studio=studio, email="has@example.org", phone="0170 99999")
    CustomerFactory.create(studio=StudioFactory.create(), email="f@example.org")
    Customer.objects.create(studio=studio, phone="+49 (170) 123-45")

    plan = plan_of(
        mia.job,
        "Ann,3a,,has@example.org,,0170 11111",
        "Eve,3a,,,,+4917012345",
        "Zoe,3a,,a@example.org; A@example.org,b@example.org,0170 22222;;0170 33333;0170 44444",
    )

    assert told(plan) == [
        "New contact: has@example.org, 0170 11111",
        "has@example.org is known with the phone number 0170 99999, which stays.",
    ]
    assert told(plan, 1) == ["New contact: +4917012345"]
    assert told(plan, 2) == [
        "New contact: a@example.org, 0170 22222",
        "New contact: b@example.org, 0170 33333",
        "New contact: 0170 44444",
    ]


def test_G2_an_order_is_no_names_list(mia):
    buyer = CustomerFactory.create(studio=mia.job.studio, email="gran@example.org")
    Contact.objects.create(job=mia.job, subject=mia, customer=buyer, source="order")

    plan = plan_of(mia.job, f"Mia Li,3a,{code_of(mia)},gran@example.org")

    assert told(plan) == ["New contact: gran@example.org"]


@pytest.mark.parametrize(
    ("text", "code"),
    [("de", "de"), ("Deutsch", "de"), ("GERMAN", "de"), ("de-AT", "de"), ("English", "en")],
)
def test_G2_a_language_is_understood_as_people_write_it(mia, text, code):
    plan = plan_of(mia.job, f"Ann,,,,,,{text}")

    assert plan.outcomes[0].entry.language == code


def test_G2_first_and_last_name_are_one_name(mia):
    plan = plan_of(
        mia.job, "Mia,Li,3a", ",Li,3a", "Mia,,3a", ",,3a", head="Vorname,Nachname,Klasse\n"
    )

    assert [outcome.entry.name for outcome in plan.outcomes] == ["Mia Li", "Li", "Mia", ""]
    assert kinds(plan) == ["unchanged", "new", "new", "error"]


@pytest.mark.parametrize("rows", [1, 500])
def test_G2_a_plan_costs_six_queries_whatever_the_list_holds(mia, rows, django_assert_num_queries):
    lines = [f"Child {n},3a,,m{n}@example.org" for n in range(rows)]

    with django_assert_num_queries(6):
        plan = plan_of(mia.job, *lines)

    assert plan.count(Kind.NEW) == rows
