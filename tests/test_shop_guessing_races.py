"""Guesses at the same instant, each with its own connection: no more slots than one by one."""

from datetime import timedelta

import pytest

from shop.codes import guessing
from shop.codes.guessing import FREE_GUESSES, STUDIO_BURST, Slot, Wait
from shop.models import GuessBudget
from tests import races
from tests.conftest import TORTURE
from tests.factories import NOON, StudioFactory

pytestmark = pytest.mark.usefixtures("real_database")

ROUNDS = 200 if TORTURE else 8
AT_ONCE = 25


def guesses(studio, network, at):
    def act():
        try:
            return guessing.claim(studio.pk, network=network, at=at)
        except Wait as wait:
            return wait.seconds

    return act


def claimed(results):
    assert all(isinstance(result, Slot | int) for result in results), results
    return sum(isinstance(result, Slot) for result in results)


@pytest.mark.postgresql
def test_S1_guesses_at_once_get_the_free_slots_and_not_one_more():
    studio = StudioFactory.create()

    with races.Racers(AT_ONCE) as racers:
        for number in range(ROUNDS):
            network, at = f"192.0.2.{number}", NOON + timedelta(minutes=number)
            first = racers.race(*[guesses(studio, network, at)] * AT_ONCE)
            later = at + timedelta(seconds=1)
            second = racers.race(*[guesses(studio, network, later)] * AT_ONCE)
            # The free ones and the one that begins the delay; when it is over, a single one.
            assert (claimed(first), claimed(second)) == (FREE_GUESSES + 1, 1)
            row = GuessBudget.objects.get(studio=studio, network=network)
            assert row.failures == FREE_GUESSES + 2


@pytest.mark.postgresql
def test_S1_networks_at_once_get_what_the_studio_has_and_not_one_more():
    studio = StudioFactory.create()

    with races.Racers(AT_ONCE) as racers:
        found = 0
        for number in range(STUDIO_BURST // AT_ONCE + 3):
            acts = [guesses(studio, f"10.{number}.0.{n}", NOON) for n in range(AT_ONCE)]
            found += claimed(racers.race(*acts))

    assert found == STUDIO_BURST


@pytest.mark.postgresql
def test_S1_right_codes_at_once_leave_nothing_counted():
    studio = StudioFactory.create()

    def right():
        try:
            guessing.give_back(guessing.claim(studio.pk, network="192.0.2.1", at=NOON))
        except Wait as wait:
            return wait.seconds
        return 0

    with races.Racers(AT_ONCE) as racers:
        for _number in range(ROUNDS):
            results = racers.race(*[right] * AT_ONCE)
            assert all(isinstance(result, int) and result <= 30 for result in results), results

    assert set(GuessBudget.objects.values_list("failures", flat=True)) == {0}


def test_S1_first_guesses_of_a_network_at_once_make_one_row():
    studio = StudioFactory.create()

    with races.Racers(4) as racers:
        results = racers.race(*[guesses(studio, "192.0.2.1", NOON)] * 4)

    assert claimed(results) == 4
    rows = GuessBudget.objects.values_list("network", "failures")
    assert sorted(rows) == [("", 4), ("192.0.2.1", 4)]
