"""Access codes as text, and that none is ever given out twice."""

import itertools
from functools import partial

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from jobstatus.lifecycle import Status
from shop.characters import ALPHABET, check_character
from shop.codes import issuing, spelling
from shop.codes.spelling import LENGTH, RANDOM_LENGTH, Mistyped, read, written
from shop.models import AccessCode, Subject
from shop.models.codes import CODE_LENGTH, CodeIsForever
from tests import races
from tests.factories import AlbumFactory, SubjectFactory, family, job_in

ROUNDS = 10  # of two people at once; without the lock most of them go wrong
ENDLESS = st.text(ALPHABET, min_size=RANDOM_LENGTH, max_size=RANDOM_LENGTH).map(
    lambda digits: digits + check_character(digits)
)


def is_noticed(text):
    try:
        read(text)
    except Mistyped:
        return True
    return False


# Text


def test_S1_a_code_has_sixty_random_bits_and_no_look_alikes():
    assert len(ALPHABET) == len(set(ALPHABET)) == 32
    assert not set("ILOU") & set(ALPHABET)
    assert (RANDOM_LENGTH, LENGTH, CODE_LENGTH) == (12, 13, 13)


def test_S1_new_codes_use_every_character_in_every_place():
    made = [spelling.new_code() for _number in range(3_000)]

    assert len(set(made)) == 3_000
    assert [len(set(place)) for place in zip(*made, strict=True)] == [32] * LENGTH
    assert all(read(code) == code for code in made)


@given(ENDLESS)
def test_S1_every_single_wrong_character_is_noticed(code):
    wrong = (
        code[:place] + other + code[place + 1 :]
        for place, other in itertools.product(range(LENGTH), ALPHABET)
        if code[place] != other
    )

    assert all(is_noticed(text) for text in wrong)


@given(ENDLESS)
def test_S1_any_two_characters_that_changed_places_are_noticed(code):
    for first, second in itertools.combinations(range(LENGTH), 2):
        swapped = list(code)
        swapped[first], swapped[second] = swapped[second], swapped[first]
        assert is_noticed("".join(swapped)) == (code[first] != code[second])


@given(ENDLESS, st.integers(0, LENGTH - 1))
def test_S1_a_character_too_few_or_too_many_is_noticed(code, place):
    assert is_noticed(code[:place] + code[place + 1 :])
    assert is_noticed(code[:place] + code[place] + code[place:])


@given(ENDLESS, st.lists(st.sampled_from(["", "-", " ", " – ", ".", "\u00a0", "\t"]), min_size=13))
def test_S1_case_separators_and_look_alikes_do_not_matter(code, separators):
    typed = "".join(itertools.chain(*zip(separators, code, strict=False)))
    like = typed.replace("0", "o").replace("1", "l")

    assert {read(typed), read(typed.lower()), read(like), read(written(code))} == {code}


@given(st.text(max_size=120))
def test_S1_whatever_is_typed_is_a_code_or_refused(text):
    if not is_noticed(text):
        code = read(text)
        assert len(code) == LENGTH
        assert check_character(code[:-1]) == code[-1]


@given(ENDLESS)
def test_S1_a_code_is_written_in_three_groups(code):
    groups = written(code).split("-")

    assert [len(group) for group in groups] == [4, 4, 5]
    assert "".join(groups) == code


# Issuing


pytestmark = pytest.mark.django_db


def subjects(count):
    album = AlbumFactory.create()
    return SubjectFactory.create_batch(count, album=album)


@pytest.mark.parametrize("count", [1, 30])
def test_S1_codes_are_issued_in_three_statements(count):
    family()
    given_to = subjects(count)

    with CaptureQueriesContext(connection) as queries:
        issued = issuing.issue(given_to)

    assert [code.subject for code in issued] == given_to
    assert {(code.job_id, code.studio_id) for code in issued} == {
        (given_to[0].job_id, given_to[0].job.studio_id)
    }
    # The studios, and the INSERT in its savepoint.
    assert len(queries) == 4
    assert AccessCode.objects.filter(pk__in=[code.pk for code in issued]).count() == count


def test_S1_a_text_that_was_given_out_before_is_drawn_again():
    dead = family()
    dead.subject.delete()
    fresh = spelling.new_code()
    drawn = iter([dead.code, fresh, fresh, spelling.new_code()])

    issued = issuing.issue(subjects(2), new_code=lambda: next(drawn))

    assert len({code.code for code in issued}) == 2
    assert fresh in {code.code for code in issued}
    assert dead.code not in {code.code for code in issued}


def test_S1_when_no_free_text_is_found_nothing_is_written():
    taken = family()

    with pytest.raises(IntegrityError):
        issuing.issue(subjects(3), new_code=lambda: taken.code)

    assert AccessCode.objects.count() == 1


def test_S1_more_than_a_batch_is_issued_in_the_same_order(monkeypatch):
    monkeypatch.setattr(issuing, "BATCH_SIZE", 2)
    given_to = subjects(5)

    issued = issuing.issue(iter(given_to))

    assert [code.subject for code in issued] == given_to
    assert issuing.issue([]) == []


def test_S1_only_persons_without_a_code_get_one():
    code, noise = family(), family()
    late = SubjectFactory.create(album=code.subject.album)

    first, second = issuing.issue_missing(code.job_id), issuing.issue_missing(code.job_id)

    assert ([issued.subject for issued in first], second) == ([late], [])
    assert noise.subject.codes.count() == code.subject.codes.count() == 1


@pytest.mark.postgresql
@pytest.mark.usefixtures("real_database")
def test_S1_two_people_who_issue_codes_at_once_issue_one_for_each_person():
    with races.Racers(2) as racers:
        for _round in range(ROUNDS):
            job = job_in(Status.PLANNING)
            SubjectFactory.create_batch(20, album=AlbumFactory.create(job=job))

            results = racers.race(*[partial(issuing.issue_missing, job.pk)] * 2)

            assert sorted(len(issued) for issued in results) == [0, 20]
            assert AccessCode.objects.filter(job=job).count() == 20


# For ever


def test_S1_the_code_of_a_deleted_person_or_job_stays_dead_and_is_not_issued_again():
    code, other = family(), family(Status.PLANNING)

    code.subject.delete()
    other.job.delete()

    rows = AccessCode.objects.filter(pk__in=[code.pk, other.pk])
    assert sorted(rows.values_list("code", "subject")) == sorted(
        [(code.code, None), (other.code, None)]
    )
    for text in (code.code, other.code):
        with pytest.raises(IntegrityError), transaction.atomic():
            AccessCode.objects.create(studio=code.studio, code=text)


def test_S1_no_way_of_deleting_a_code_works():
    code = family()
    ways = (
        code.delete,
        AccessCode.objects.all().delete,
        code.subject.codes.all().delete,
    )

    for way in ways:
        with pytest.raises(CodeIsForever):
            way()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM shop_accesscode")

    assert AccessCode.objects.get().code == code.code
    assert Subject.objects.count() == 1
