"""C11 with PostgreSQL, Redis and real workers that are killed: nothing twice, nothing lost."""

import time

from tests.conftest import TORTURE
from tests.delivery_kills import STEP_SECONDS, Ordeal

MESSAGES, KILLS, FLUSHES, DROPS = (10_000, 100, 20, 10) if TORTURE else (300, 6, 2, 1)
PER_MINUTE = 3_000 if TORTURE else 900
PATIENCE_SECONDS = 1_800 if TORTURE else 180
DROP_CHANCE = 0.005


def test_C11_killed_workers_and_lost_connections_send_nothing_twice_and_lose_nothing(
    tmp_path, capsys
):
    ordeal = Ordeal(tmp_path, messages=MESSAGES, per_minute=PER_MINUTE)
    with ordeal.running():
        ordeal.drop_some(before=DROP_CHANCE, after=DROPS)
        torment(ordeal)
        ordeal.wait(PATIENCE_SECONDS)
        counts = ordeal.ledger()
        told = (
            f"seed {ordeal.seed}: {ordeal.kills} kills, {ordeal.flushes} flushes, "
            f"{ordeal.dropped_after} dropped after the dot: {dict(counts)}, "
            f"{len(ordeal.sink.taken)} arrived"
        )
        with capsys.disabled():
            print(f"\n{told}")  # noqa: T201

        assert ordeal.doubled() == []
        assert ordeal.silently_lost() == set()
        assert ordeal.unlisted() == set()
        assert counts["sent"] + counts["unknown"] == ordeal.messages, told
        assert counts["unknown"] - ordeal.dropped_after <= ordeal.kills / 2, told
        assert ordeal.wrong_sums == []
        assert ordeal.late == []
        assert (ordeal.too_fast(60), ordeal.too_fast(5)) == (0, 0)
        assert (ordeal.kills, ordeal.flushes) == (KILLS, FLUSHES)


def torment(ordeal):
    """Kills and flushes, spread over the run: one after so many more messages have arrived."""
    done = ordeal.messages // (KILLS + FLUSHES + 2)
    deadline = time.monotonic() + PATIENCE_SECONDS
    for number in range(1, KILLS + FLUSHES + 1):
        while len(ordeal.sink.taken) < number * done:
            assert time.monotonic() < deadline, (ordeal.ledger(), ordeal.production.logs())
            ordeal.revive()
            ordeal.ledger()
            time.sleep(STEP_SECONDS / 5)
        if number % (KILLS // FLUSHES + 1) == 0 and ordeal.flushes < FLUSHES:
            ordeal.flush()
        elif number % 5 == 1:
            ordeal.kill_a_worker()
        else:
            hit(ordeal)


def hit(ordeal):
    before = ordeal.kills
    deadline = time.monotonic() + PATIENCE_SECONDS
    while ordeal.kills == before:
        assert time.monotonic() < deadline
        ordeal.revive()
        ordeal.kill_a_child()


def test_C11_without_the_mark_the_same_run_sends_some_twice(tmp_path):
    ordeal = Ordeal(tmp_path, messages=150, per_minute=PER_MINUTE, app="tests.unprotected")
    with ordeal.running():
        # The answer takes long, so that many kills fall between the dot and the answer.
        ordeal.sink.decide = lambda stage: "slow 0.1" if stage == "dot" else None
        for number in range(1, 9):
            ordeal.production.until(lambda n=number: len(ordeal.sink.taken) >= n * 12, pause=0.01)
            ordeal.kill_a_worker() if number % 4 == 0 else hit(ordeal)
        ordeal.wait(PATIENCE_SECONDS)

        assert len(ordeal.doubled()) >= 1
