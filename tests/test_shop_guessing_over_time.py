"""An attacker who guesses codes over time, and a parent who comes in between."""

import random
from datetime import timedelta
from ipaddress import IPv6Address
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shop.codes.guessing import (
    EVERYBODY,
    FREE_GUESSES,
    LONGEST_DELAY_SECONDS,
    Slot,
    delay,
    give_back,
)
from shop.codes.networks import client_network
from shop.models import GuessBudget
from tests.conftest import TORTURE
from tests.factories import NOON, StudioFactory
from tests.test_shop_guessing import guess, wrong_guesses

pytestmark = pytest.mark.django_db

GUESSES = 100_000 if TORTURE else 1_000


def most_look_ups(seconds):
    """What a network may look up in this time: free ones, ones that grow, then two a minute."""
    return FREE_GUESSES + 6 + seconds / LONGEST_DELAY_SECONDS


@settings(max_examples=300 if TORTURE else 10)
@given(st.lists(st.floats(0, 90), min_size=20, max_size=40), st.randoms(use_true_random=False))
def test_S1_whenever_an_attacker_comes_the_look_ups_stay_in_the_budget(pauses, chance):
    studio, at, failed_at = StudioFactory.create().pk, NOON, []

    for pause in pauses:
        at += timedelta(seconds=pause)
        for _try in range(chance.randint(1, 4)):
            if isinstance(slot := guess(studio, at), Slot):
                if chance.random() < 0.1:
                    give_back(slot)  # The attacker knows one right code, too.
                else:
                    failed_at.append(at)

    gaps = [later - earlier for earlier, later in pairwise(failed_at)]
    assert [gap for count, gap in enumerate(gaps, start=1) if gap < delay(count)] == []


def test_S1_a_thousand_guesses_from_ever_new_addresses_of_one_line():
    """Ten a second. Nobody who asks in between is told to wait more than 30 seconds."""
    studio, chance = StudioFactory.create().pk, random.Random(7)
    at, looked_up, waits = NOON, 0, []

    for number in range(GUESSES):
        at += timedelta(seconds=0.1)
        looked_up += isinstance(guess(studio, at, new_address(chance)), Slot)
        if number % 97 == 96:
            waits.append(guess(studio, at + timedelta(milliseconds=1), new_address(chance)))

    refused = [wait for wait in waits if isinstance(wait, int)]
    looked_up += len(waits) - len(refused)
    assert looked_up <= most_look_ups(GUESSES * 0.1)
    assert max(refused) <= LONGEST_DELAY_SECONDS
    assert GuessBudget.objects.exclude(network=EVERYBODY).count() == 1


def new_address(chance):
    host = chance.getrandbits(80)
    return client_network(
        remote_addr=str(IPv6Address(int(IPv6Address("2001:db8:7::")) + host)),
        forwarded_for=f"192.0.2.{host % 250}",
        trusted_proxies=0,
    )


def test_S1_a_parent_who_waits_as_told_gets_in_within_thirty_seconds():
    studio = StudioFactory.create().pk
    at = wrong_guesses(studio, 50)

    for milliseconds in range(0, 30_000, 1_700):
        asked = at + timedelta(milliseconds=milliseconds)
        seconds = guess(studio, asked)
        assert 0 < seconds <= LONGEST_DELAY_SECONDS
        slot = guess(studio, asked + timedelta(seconds=seconds))
        assert isinstance(slot, Slot)
        give_back(slot)
        # The next parent comes while the same delay runs.
        GuessBudget.objects.update(waits_until=at + timedelta(seconds=LONGEST_DELAY_SECONDS))
