"""P1, G2: what a prepay shop asks is a part of the names list, out and in."""

import pytest

from jobstatus import clock
from shop.characters import written
from shop.models import BasketChild, Subject, SubjectAnswer
from shop.names import columns, exporting, importing, judging, planning, reading, wording
from shop.names.facts import headings
from shop.names.planning import Kind, Mode
from tests import prepaying
from tests.factories import NOON, job_in
from tests.factories import at as standing
from tests.prepaying import at, parent, prepay_shop

pytestmark = pytest.mark.django_db

HEAD = "Name,Album,Teacher,Frame\n"


@pytest.fixture(autouse=True)
def _at_noon(monkeypatch):
    monkeypatch.setattr(clock, "now", standing(NOON))


@pytest.fixture
def shop():
    found = prepay_shop()
    prepaying.ask(found, "first", "Frame", position=2)
    prepaying.ask(prepay_shop(), "second", "Frame")  # of another job
    return found


def entries(job, content):
    table = reading.read(content)
    return judging.entries(table, columns.guess(table, headings(job)))


def plan(job, *rows, mode=Mode.UPDATE, head=HEAD):
    content = (head + "\n".join(rows)).encode()
    return planning.plan(job, entries(job, content), mode)


def bring(job, *rows, mode=Mode.UPDATE, reference="A1"):
    content = (HEAD + "\n".join(rows)).encode()
    values = {"by": None, "seen": None, "language": "en", "file_name": "list.csv"}
    return importing.apply(job.pk, entries(job, content), mode, reference=reference, **values)


def answers():
    rows = SubjectAnswer.objects.order_by("subject", "question__position")
    return list(rows.values_list("subject__name", "question__label", "text"))


def test_P1_an_exported_list_with_answers_is_imported_without_a_change(shop):
    client = parent(shop)
    prepaying.add_child(client, shop, teacher="=Ms Ray", first="Oak")
    prepaying.choose(client, shop, BasketChild.objects.get())
    client.post(at("checkout", shop), prepaying.checkout_form(client, shop))
    subject = Subject.objects.get()

    head, row = exporting.rows(shop.job)
    again = planning.plan(shop.job, entries(shop.job, exporting.as_csv(shop.job)), Mode.UPDATE)

    assert head[:3] + head[-2:] == ["Name", "Album", "Access code", "Teacher", "Frame"]
    code = written(subject.codes.get().code)
    assert row[:3] + row[-2:] == ["Lena Beispiel", "3a", code, "'=Ms Ray", "Oak"]
    assert [outcome.kind for outcome in again.outcomes] == [Kind.UNCHANGED]


def test_P1_answers_of_a_list_are_written_and_replaced_and_empty_cells_take_none_away(shop):
    bring(shop.job, "Mia,3a,Ms Ray,Oak", "Ben,3a,,")
    bring(shop.job, "Mia,3a,Mr Sun,", "Ben,3a,,Pine", reference="A2")

    assert answers() == [
        ("Mia", "Teacher", "Mr Sun"),
        ("Mia", "Frame", "Oak"),
        ("Ben", "Frame", "Pine"),
    ]


def test_P1_adding_only_leaves_answers_of_known_persons_alone(shop):
    bring(shop.job, "Mia,3a,Ms Ray,Oak")
    bring(shop.job, "Mia,3a,Mr Sun,", "Ben,3a,Mr Sun,", mode=Mode.ADD, reference="A2")

    assert answers() == [
        ("Mia", "Teacher", "Ms Ray"),
        ("Mia", "Frame", "Oak"),
        ("Ben", "Teacher", "Mr Sun"),
    ]


def test_P1_a_plan_says_what_changes_and_its_mark_notices_another_answer(shop):
    bring(shop.job, "Mia,3a,Ms Ray,Oak")

    same, other = plan(shop.job, "Mia,3a,Ms Ray,Oak"), plan(shop.job, "Mia,3a,Ms Ray,Pine")
    before = other.mark()
    SubjectAnswer.objects.filter(text="Ms Ray").update(text="Mr Sun")
    after = plan(shop.job, "Mia,3a,Ms Ray,Pine").mark()

    assert [plan.outcomes[0].kind for plan in (same, other)] == [Kind.UNCHANGED, Kind.UPDATED]
    assert wording.changes(other, other.outcomes[0]) == ["Frame: Pine"]
    assert before != after


def test_P1_an_answer_that_is_too_long_is_told_and_a_job_that_asks_nothing_reads_none(shop):
    wrong = plan(shop.job, f"Mia,3a,{'x' * 101},Oak")
    plain = job_in("planning")

    assert list(wrong.outcomes[0].entry.errors) == ["answer1"]
    assert headings(plain) == {}
    assert plan(plain, "Mia,3a,Ms Ray,Oak").outcomes[0].answers == {}
