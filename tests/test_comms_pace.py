"""C11: never more than the rate in any minute, whoever sends, and whenever they were started."""

from bisect import bisect_left
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from comms.models import Message, Pace
from comms.sending import pace, turns
from tests import races
from tests.conftest import TORTURE
from tests.delivery_rows import due
from tests.factories import NOON, StudioFactory

pytestmark = pytest.mark.django_db
KEY = "channel test"
MINUTE = timedelta(minutes=1)


def reserve(rate, now, want=5, within=timedelta(seconds=2)):
    return pace.reserve(KEY, rate, want=want, at=now, within=within)


def most_in_a_minute(used):
    used = sorted(used)
    counts = (bisect_left(used, first + MINUTE) - n for n, first in enumerate(used))
    return max(counts, default=0)


class HandWatch:
    """The time of one worker, which passes when it sleeps or works."""

    def __init__(self, instant):
        self.instant = instant

    def now(self):
        return self.instant

    def sleep_until(self, instant):
        self.instant = max(self.instant, instant)


@pytest.mark.parametrize("rate", [30, 600, 3_000])
def test_C11_late_places_of_one_block_and_early_ones_of_others_are_no_burst(rate):
    """The worst case: the first block is used at its very end, all others at once."""
    first, *others = iter(lambda: reserve(rate, NOON, want=50, within=1.1 * MINUTE), None)

    used = [first.until - timedelta(milliseconds=1)] * first.left
    used += [block.start for block in others for _place in range(block.left)]

    assert rate * 0.9 <= most_in_a_minute(used) <= rate


def test_C11_a_rate_of_0_asks_and_counts_nothing(django_assert_num_queries):
    watch = HandWatch(NOON)
    pacer = pace.Pacer(watch, {KEY: 0}, {})

    with django_assert_num_queries(0):
        taken = [pacer.wait_for_place(50) and pacer.take(50) for _message in range(1_000)]

    assert taken == [True] * 1_000
    assert watch.now() == NOON


def test_C11_a_worker_whose_place_is_too_far_away_does_not_wait_for_it():
    watch = HandWatch(NOON)
    Pace.objects.create(key=KEY, next_at=NOON + pace.Pacer.WAIT + timedelta(seconds=1))
    pacer = pace.Pacer(watch, {KEY: 600}, {})

    assert not pacer.wait_for_place(1)
    assert not pacer.take(1)
    assert watch.now() == NOON


def test_C11_a_message_that_took_longer_than_its_place_waits_for_a_new_one():
    watch = HandWatch(NOON)
    pacer = pace.Pacer(watch, {KEY: 60}, {})
    assert pacer.wait_for_place(1)
    other = reserve(60, NOON + timedelta(seconds=4), within=MINUTE)
    watch.instant += timedelta(seconds=4)

    assert pacer.take(1)
    assert watch.now() == other.start + pace.interval(60)


def test_C11_a_place_that_was_not_used_in_time_is_given_up():
    block = reserve(600, NOON)

    assert block.lasts_at(NOON)
    assert not block.lasts_at(NOON + pace.BLOCK + pace.GRACE)


def test_C11_a_clock_that_was_set_back_holds_up_nobody():
    Pace.objects.create(key=KEY, next_at=NOON + pace.FARTHEST + timedelta(seconds=1))

    assert reserve(600, NOON).start == NOON


def test_C11_a_clock_that_was_set_back_a_little_is_waited_for():
    Pace.objects.create(key=KEY, next_at=NOON + pace.FARTHEST)

    assert reserve(600, NOON) is None


def test_C11_whoever_comes_too_early_gets_no_place():
    Pace.objects.create(key=KEY, next_at=NOON + timedelta(seconds=3))

    assert reserve(600, NOON) is None
    assert reserve(600, NOON + timedelta(seconds=1)).start == NOON + timedelta(seconds=3)


@pytest.mark.postgresql
@pytest.mark.usefixtures("real_database")
def test_C11_workers_who_reserve_at_once_get_different_places():
    rate, rounds = 600, 500 if TORTURE else 20
    blocks = []
    with races.Racers(3) as racers:
        for number in range(rounds):
            now = NOON + timedelta(seconds=10 * number)
            act = lambda now=now: reserve(rate, now, within=timedelta(seconds=9))  # noqa: E731
            blocks += racers.race(act, act, act)

    starts = sorted(block.start for block in blocks)
    gaps = [later - earlier for earlier, later in pairwise(starts)]
    assert len(blocks) == 3 * rounds
    assert min(gaps) >= 5 * pace.interval(rate)


# Drawn: last, since a failing one takes long to become small


WORKERS = st.lists(
    st.tuples(st.integers(0, 2_000), st.integers(1, 50), st.integers(0, 1_500)),
    min_size=5,
    max_size=60,
)


SETTINGS = settings(
    max_examples=300 if TORTURE else 25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@SETTINGS
@given(rate=st.sampled_from([30, 120, 600, 3_000]), acts=WORKERS)
def test_C11_no_minute_has_more_than_the_rate_however_workers_interleave(rate, acts):
    """Each act: so long after the last one somebody wants places, and uses them so late."""
    Pace.objects.all().delete()
    now, used = NOON, []
    for pause, want, delay in acts:
        now += timedelta(milliseconds=pause)
        block = reserve(rate, now, want)
        if block is None:
            continue
        instant = max(block.start, now) + timedelta(milliseconds=delay)
        while block.lasts_at(instant):
            block.left -= 1
            used.append(instant)

    assert most_in_a_minute(used) <= rate


def work(watch, acts, rates, used):
    """Stops wherever another worker may come in between. Its only memory goes at a restart."""
    for want, slow, restarts in acts:
        if restarts:
            pacer = pace.Pacer(watch, rates, {})
        if pacer.wait_for_place(want):
            yield
            watch.instant += timedelta(milliseconds=slow)
            yield
            if pacer.take(want):
                used.append(watch.instant)
        else:
            watch.instant += timedelta(seconds=1)
        yield


ACTS = st.lists(
    st.tuples(st.integers(1, 30), st.integers(0, 2_500), st.booleans()), min_size=5, max_size=25
).map(lambda acts: [(*acts[0][:2], True), *acts[1:]])


@SETTINGS
@given(rate=st.sampled_from([6, 20, 60]), days=st.lists(ACTS, min_size=2, max_size=5))
def test_C11_workers_share_the_rates_of_studio_and_channel_and_restart_without_memory(rate, days):
    Pace.objects.all().delete()
    of_studios = {number: [] for number in range(len(days))}
    workers = []
    for number, acts in enumerate(days):
        watch, studio = HandWatch(NOON), number % 2
        rates = {KEY: rate, pace.of_studio(studio): rate // 2}
        workers.append((watch, work(watch, acts, rates, of_studios[studio])))
    while workers:
        worker = min(workers, key=lambda worker: worker[0].now())
        if next(worker[1], "done") == "done":
            workers.remove(worker)

    assert max(map(most_in_a_minute, of_studios.values())) <= rate // 2
    assert most_in_a_minute([used for of_one in of_studios.values() for used in of_one]) <= rate


# Turns


def test_C11_the_studio_that_was_served_longest_ago_comes_first():
    (first,), (second,), (never,) = due(1), due(1), due(1)
    StudioFactory.create()  # without a message
    (later,) = due(1)
    Message.objects.filter(pk=later.pk).update(due_at=NOON + MINUTE)
    for message, seconds in ((first, 5), (second, 9)):
        key = pace.of_studio(message.studio_id)
        Pace.objects.create(key=key, next_at=NOON - timedelta(seconds=seconds))

    found = [turn.studio_id for turn in turns.turns("email", at=NOON)]

    assert found == [never.studio_id, second.studio_id, first.studio_id]


def test_C11_a_look_finds_a_few_studios_and_the_next_one_the_others():
    studio_ids = [due(1)[0].studio_id for _studio in range(turns.LOOKED_AT + 2)]
    first = [turn.studio_id for turn in turns.turns("email", at=NOON)]
    for studio_id in first:
        reserve_for(studio_id)

    second = [turn.studio_id for turn in turns.turns("email", at=NOON)]

    assert first == studio_ids[: turns.LOOKED_AT]
    assert second == [*studio_ids[turns.LOOKED_AT :], *first[: turns.LOOKED_AT - 2]]
    assert turns.turns("sms", at=NOON) == []


def reserve_for(studio_id):
    key = pace.of_studio(studio_id)
    assert pace.reserve(key, 600, want=1, at=NOON, within=MINUTE)


def test_C11_a_studio_whose_next_place_has_not_come_is_not_free():
    (message,) = due(1)
    reserve_for(message.studio_id)
    (turn,) = turns.turns("email", at=NOON)

    assert [turn.is_free(NOON), turn.is_free(turn.free_at)] == [False, True]
    assert turn.is_free(turn.free_at - pace.FARTHEST - timedelta(seconds=1))
    assert turns.pause([turn], at=NOON, most=MINUTE) == pace.interval(600)
    assert turns.pause([turn], at=NOON + MINUTE, most=MINUTE) == timedelta(0)
