"""How often codes may be guessed: by a network, by everybody, over days and all at once."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shop.codes import guessing
from shop.codes.guessing import (
    EVERYBODY,
    FORGOTTEN_AFTER,
    FREE_GUESSES,
    LONGEST_DELAY_SECONDS,
    STUDIO_BURST,
    STUDIO_GUESSES_PER_SECOND,
    STUDIO_WAIT_SECONDS,
    Slot,
    Wait,
    claim,
    delay,
    forget_outdated,
    give_back,
)
from shop.models import GuessBudget
from tests.conftest import TORTURE
from tests.factories import NOON, StudioFactory

SCHOOL, HOME = "203.0.113.7", "198.51.100.1"
GUESSES = 100_000 if TORTURE else 1_000


@pytest.fixture
def studio(db):
    return StudioFactory.create().pk


def guess(studio, at, network=SCHOOL):
    """A slot, or the seconds to wait for one."""
    try:
        return claim(studio, network=network, at=at)
    except Wait as wait:
        return wait.seconds


def wrong_guesses(studio, count, at=NOON, network=SCHOOL):
    """One after the other, each after the wait that was told. The instant of the last one."""
    for _number in range(count):
        answer = guess(studio, at, network)
        if isinstance(answer, int):
            at += timedelta(seconds=answer)
            assert isinstance(guess(studio, at, network), Slot)
    return at


def test_the_delay_grows_from_nothing_to_thirty_seconds():
    seconds = [delay(failures).total_seconds() for failures in range(FREE_GUESSES + 9)]

    assert seconds == [0] * (FREE_GUESSES + 1) + [1, 2, 4, 8, 16, 30, 30, 30]
    assert delay(2**31) == timedelta(seconds=LONGEST_DELAY_SECONDS)


def test_S1_a_few_wrong_codes_cost_nothing_and_then_each_costs_more(studio):
    waits, at = [], NOON

    for _number in range(FREE_GUESSES + 8):
        assert isinstance(guess(studio, at), Slot)
        refused = guess(studio, at)
        if isinstance(refused, Slot):
            give_back(refused)
            refused = 0
        waits.append(refused)
        at += timedelta(seconds=refused)

    assert waits == [0] * FREE_GUESSES + [1, 2, 4, 8, 16, 30, 30, 30]


def test_S1_one_microsecond_before_its_end_a_delay_holds(studio):
    at = wrong_guesses(studio, FREE_GUESSES + 1)

    assert guess(studio, at + timedelta(seconds=1, microseconds=-1)) == 1
    assert isinstance(guess(studio, at + timedelta(seconds=1)), Slot)


def test_S1_another_network_and_another_studio_are_not_delayed(studio):
    other = StudioFactory.create().pk
    at = wrong_guesses(studio, FREE_GUESSES + 8)

    assert guess(studio, at) == LONGEST_DELAY_SECONDS
    assert isinstance(guess(studio, at, HOME), Slot)
    assert isinstance(guess(other, at), Slot)


def test_S1_right_codes_are_not_counted_however_many(studio):
    at = NOON

    for _parent in range(STUDIO_BURST + 50):
        give_back(guess(studio, at))

    rows = GuessBudget.objects.filter(studio=studio).values_list("network", "failures")
    assert dict(rows) == {SCHOOL: 0, EVERYBODY: 0}


def test_S1_a_right_code_frees_the_slot_at_once_and_takes_no_other_failure_away(studio):
    at = wrong_guesses(studio, FREE_GUESSES + 8) + timedelta(seconds=LONGEST_DELAY_SECONDS)
    before = GuessBudget.objects.get(network=SCHOOL)

    give_back(guess(studio, at))

    after = GuessBudget.objects.get(network=SCHOOL)
    assert (after.failures, after.failed_at) == (before.failures, before.failed_at)
    assert after.waits_until == at
    assert isinstance(guess(studio, at), Slot)
    assert guess(studio, at) == LONGEST_DELAY_SECONDS


def test_S1_a_right_code_does_not_lift_the_delay_of_a_wrong_one_that_followed(studio):
    right = guess(studio, NOON)
    at = wrong_guesses(studio, FREE_GUESSES, NOON + timedelta(milliseconds=1))
    before = guess(studio, at)

    give_back(right)

    assert (before, guess(studio, at)) == (1, 1)
    assert GuessBudget.objects.get(network=SCHOOL).failures == FREE_GUESSES


def test_S1_what_is_hours_ago_is_forgotten(studio):
    at = wrong_guesses(studio, FREE_GUESSES + 8)
    later = at + FORGOTTEN_AFTER + timedelta(seconds=1)

    free = [guess(studio, later) for _number in range(FREE_GUESSES + 1)]

    assert all(isinstance(slot, Slot) for slot in free)
    assert guess(studio, later) == 1


def test_S1_outdated_rows_are_deleted_and_no_others(studio):
    wrong_guesses(studio, 2, NOON, SCHOOL)
    wrong_guesses(studio, 1, NOON + timedelta(hours=1), HOME)
    end = NOON + FORGOTTEN_AFTER

    deleted = [forget_outdated(at=end), forget_outdated(at=end + timedelta(minutes=1))]

    assert deleted == [0, 1]
    assert sorted(GuessBudget.objects.values_list("network", flat=True)) == [EVERYBODY, HOME]


def test_S1_the_deletion_of_outdated_rows_has_a_limit(studio, monkeypatch):
    monkeypatch.setattr(guessing, "DELETED_AT_ONCE", 2)
    for number in range(5):
        wrong_guesses(studio, 1, NOON, f"192.0.2.{number}")

    deleted = [forget_outdated(at=NOON + timedelta(days=1)) for _number in range(4)]

    assert deleted == [2, 2, 2, 0]


def test_S1_a_clock_that_was_set_back_locks_nobody_out(studio):
    wrong_guesses(studio, FREE_GUESSES + 8, NOON + timedelta(days=300))

    assert isinstance(guess(studio, NOON), Slot)
    assert guess(studio, NOON) == LONGEST_DELAY_SECONDS
    assert isinstance(guess(studio, NOON + timedelta(seconds=30)), Slot)


@pytest.mark.parametrize("noise", [0, 20])
def test_S1_a_claim_costs_three_queries_and_a_refusal_one(studio, noise):
    for number in range(noise):
        wrong_guesses(StudioFactory.create().pk, 1, network=f"192.0.2.{number}")
    at = wrong_guesses(studio, FREE_GUESSES)

    with CaptureQueriesContext(connection) as claimed:
        guess(studio, at)
    with CaptureQueriesContext(connection) as refused:
        guess(studio, at)

    assert (len(claimed), len(refused)) == (3, 1)


# Everybody together


def test_S1_a_studio_looks_up_so_many_wrong_codes_a_second_and_no_more(studio):
    looked_up = 0

    for number in range(STUDIO_BURST + 100):
        at = NOON + timedelta(seconds=number // 20)  # twenty a second, all from other networks
        answer = guess(studio, at, f"192.0.{number // 250}.{number % 250}")
        looked_up += isinstance(answer, Slot)
        assert isinstance(answer, Slot) or answer == STUDIO_WAIT_SECONDS

    seconds = (STUDIO_BURST + 100) // 20 - 1
    assert looked_up == STUDIO_BURST + STUDIO_GUESSES_PER_SECOND * seconds


def test_S1_over_the_studios_budget_a_network_is_not_counted_either(studio):
    for number in range(STUDIO_BURST):
        assert isinstance(guess(studio, NOON, f"192.0.2.{number}"), Slot)

    assert [guess(studio, NOON) for _number in range(20)] == [STUDIO_WAIT_SECONDS] * 20
    assert GuessBudget.objects.get(studio=studio, network=SCHOOL).failures == 0
    assert isinstance(guess(studio, NOON + timedelta(seconds=STUDIO_WAIT_SECONDS)), Slot)


def test_S1_the_budget_of_a_studio_is_not_spent_in_another(studio):
    other = StudioFactory.create().pk
    for number in range(STUDIO_BURST):
        guess(other, NOON, f"192.0.2.{number}")

    assert guess(other, NOON, HOME) == STUDIO_WAIT_SECONDS
    assert isinstance(guess(studio, NOON, HOME), Slot)


def test_S1_nothing_but_the_database_remembers(studio):
    """What another process, a restart or an emptied cache sees: rows, and nothing else."""
    at = wrong_guesses(studio, FREE_GUESSES + 8)
    rows = list(GuessBudget.objects.values("studio_id", "network", "failures", "waits_until"))

    assert guess(studio, at) == LONGEST_DELAY_SECONDS
    GuessBudget.objects.all().delete()
    assert isinstance(guess(studio, at), Slot)

    assert {(row["network"], row["failures"]) for row in rows} == {
        (SCHOOL, FREE_GUESSES + 8),
        (EVERYBODY, FREE_GUESSES + 8),
    }


def test_S1_counters_do_not_overflow(studio):
    wrong_guesses(studio, 1)
    GuessBudget.objects.update(failures=1_000_000, waits_until=datetime(2026, 5, 4, 11, tzinfo=UTC))

    assert isinstance(guess(studio, NOON), Slot)

    assert set(GuessBudget.objects.values_list("failures", flat=True)) == {1_000_000}
