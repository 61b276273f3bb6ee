"""Each sentence for what is wrong with a row of a names list (G2, S1)."""

import pytest

from shop.names import wording
from tests.factories import AccessCodeFactory, AlbumFactory, JobFactory, SubjectFactory
from tests.names_lists import code_of, kinds, known_mia, plan_of

pytestmark = pytest.mark.django_db
FREE = "0000000000000"  # its check character is right, and nobody has it


@pytest.fixture
def mia():
    return known_mia()


def errors(plan) -> list[list[tuple[str, str]]]:
    return [
        [(label, sentence) for label, _text, sentence in wording.errors(outcome)]
        for outcome in plan.outcomes
    ]


WRONG_CODE = (
    "This is no access code: a character is wrong or missing. Copy the code once more, or empty "
    "the cell; a new person then gets a new code."
)
SAME = (
    "This is the same person as in row {}. Keep one row: several e-mail addresses go into one cell "
    "with a semicolon between them. If they are two persons, tell them apart by name, album or "
    "code."
)
NO_ADDRESS = "This is not an e-mail address that we can write to. It looks like name@example.org."
ERRORS = {
    "name missing": (",3a,,a@example.org", [("Name", "The name is missing.")]),
    "name too long": (
        f"{'x' * 201},3a",
        [("Name", "This is too long: 201 characters, and 200 are possible.")],
    ),
    "album too long": (
        f"Ann,{'x' * 201}",
        [("Album", "This is too long: 201 characters, and 200 are possible.")],
    ),
    "cell far too long": (f"{'x' * 1_500},3a", [("Name", "This cell is far too long.")]),
    "no address": ("Ann,,,mia@", [("E-mail", NO_ADDRESS)]),
    "no second address": ("Ann,,,,x y", [("Second e-mail", f"x: {NO_ADDRESS}")] * 1 + [
        ("Second e-mail", f"y: {NO_ADDRESS}")
    ]),
    "wrong check character": ("Ann,,0000000000001", [("Access code", WRONG_CODE)]),
    "no code at all": ("Ann,,none", [("Access code", WRONG_CODE)]),
    "no phone": ("Ann,,,,,call mum", [("Phone", "“call mum” is no phone number.")]),
    "short phone": ("Ann,,,,,0 1 2", [("Phone", "“0 1 2” is no phone number.")]),
    "language": (
        "Ann,,,,,,Klingon",
        [("Language", "This language is not known. Write one of: en, de.")],
    ),
    "error of the spreadsheet": (
        "Ann,#REF!",
        [("Album", "The spreadsheet has an error here: #REF!.")],
    ),
    "too many contacts": (
        f"Ann,,,{' '.join(f'{n}@example.org' for n in range(7))}",
        [("E-mail", "One person can have 6 contacts in a list at most.")],
    ),
    "several at once": (
        ",,none,mia@",
        [
            ("Name", "The name is missing."),
            ("Access code", WRONG_CODE),
            ("E-mail", NO_ADDRESS),
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("row", "expected"), ERRORS.values(), ids=ERRORS)
def test_G2_a_cell_that_is_wrong_has_a_sentence(mia, row, expected):
    plan = plan_of(mia.job, row, "Sound,3a")

    assert errors(plan) == [expected, []]
    assert kinds(plan) == ["error", "new"]


def test_G2_the_same_code_or_child_in_two_rows_is_told(mia):
    plan = plan_of(
        mia.job,
        f"Ann,3a,{FREE}",
        f"Eve,3a,{FREE.lower()}",
        "Zoe,3a",
        "ZOE,3A",
        "Zoe,3b",
        f"Mia Li,3a,{code_of(mia)}",
        "mia li,3a",
        f"Mia Li,3a,{code_of(mia)}",
    )

    assert errors(plan) == [
        [("Access code", "This code stands in row 3, too, with another name.")],
        [("Access code", "This code stands in row 2, too, with another name.")],
        [],
        [("Name", SAME.format(4))],
        [],
        [],
        [("Name", SAME.format(7))],
        [("Access code", SAME.format(7))],
    ]


def test_G2_two_of_one_name_need_something_that_tells_them_apart(mia):
    SubjectFactory.create(album=AlbumFactory.create(job=mia.job, name="3b"), name="Mia Li")
    SubjectFactory.create(album=mia.album, name="Twin")
    SubjectFactory.create(album=mia.album, name="Twin")

    plan = plan_of(mia.job, "Mia Li", "Twin,3a", "Mia Li,3b")

    ambiguous = (
        "There are 2 persons of this name. Add the album or the access code, so that it is clear "
        "who is meant."
    )
    assert errors(plan) == [[("Name", ambiguous)], [("Name", ambiguous)], []]
    assert kinds(plan)[2] == "unchanged"


ELSEWHERE = (
    "This code is not free: it belongs elsewhere or was given out before. Empty the cell; a new "
    "person then gets a new code."
)


def test_S1_a_code_that_belongs_elsewhere_is_refused_and_tells_nothing(mia):
    foreign = AccessCodeFactory.create()
    foreign_dead = AccessCodeFactory.create()
    foreign_dead.subject.delete()
    own_dead = AccessCodeFactory.create(subject__album__job=mia.job)
    own_dead.subject.delete()
    sister = AccessCodeFactory.create(
        subject__album__job=JobFactory.create(studio=mia.job.studio, name="Lindenschule")
    )

    plan = plan_of(
        mia.job,
        *(f"Ann {n},3a,{row.code}" for n, row in enumerate((foreign, foreign_dead, own_dead))),
        f"Mia Li,3a,{sister.code}",
    )

    own = (
        "This code belongs to your job “Lindenschule” and stays there. Empty the cell; a new "
        "person then gets a new code."
    )
    assert errors(plan) == [[("Access code", ELSEWHERE)]] * 3 + [[("Access code", own)]]
