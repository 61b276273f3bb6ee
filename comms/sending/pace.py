"""Never more than so many messages in any minute, by all workers and across restarts (C11).

A worker reserves a block of time in a row of the database: the next free moment of the studio, or
of the provider, moves on by the interval of each place in the block. The places may be used in any
order while the block lasts and a little longer; what is not used by then is given up, so that
nothing is made up in a burst.

Places used in a window of a minute come from blocks that reach into it, so from a stretch of a
minute, a block at either end and the grace: the interval is that stretch divided by the rate.
"""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from comms.models import Pace
from jobstatus.clock import Clock

BLOCK = timedelta(seconds=1)
GRACE = timedelta(seconds=0.5)
STRETCH = timedelta(minutes=1) + 2 * BLOCK + GRACE
# Nobody reserves so far ahead: it comes from a clock that was set back, and holds up nobody.
FARTHEST = timedelta(minutes=5)
ATTEMPTS = 20  # when others reserve at the same moment


class Watch:
    """The database's clock, read once and then counted on by this machine. For short runs."""

    def __init__(self, clock: Clock) -> None:
        self._start, self._began = clock(), time.monotonic()

    def now(self) -> datetime:
        return self._start + timedelta(seconds=time.monotonic() - self._began)

    def sleep_until(self, instant: datetime) -> None:
        time.sleep(max(0.0, (instant - self.now()).total_seconds()))


@dataclass
class Block:
    """So many places in time, to be used from `start` on and before `until`."""

    start: datetime
    until: datetime
    left: int

    def lasts_at(self, at: datetime) -> bool:
        return self.left > 0 and at < self.until


def interval(per_minute: int) -> timedelta:
    return STRETCH / per_minute


def reserve(
    key: str, per_minute: int, *, want: int, at: datetime, within: timedelta
) -> Block | None:
    """A block of `want` places or fewer; None if none is free within that time. Two queries."""
    step = interval(per_minute)
    count = max(1, min(want, BLOCK // step))
    for _attempt in range(ATTEMPTS):
        free_at = Pace.objects.filter(pk=key).values_list("next_at", flat=True).first()
        if free_at is None:
            Pace.objects.bulk_create([Pace(key=key, next_at=at)], ignore_conflicts=True)
            continue
        start = free_at if at < free_at <= at + FARTHEST else at
        if start > at + within:
            return None
        if Pace.objects.filter(pk=key, next_at=free_at).update(next_at=start + count * step):
            return Block(start, start + min(count * step, BLOCK) + GRACE, count)
    return None


def of_studio(studio_id: int | str) -> str:
    return f"studio {studio_id}"


def of_channel(name: str) -> str:
    return f"channel {name}"


class Pacer:
    """The places of one batch, for its studio and its channel; asks for more when they are used."""

    WAIT = timedelta(seconds=10)  # longer than any queue of workers

    def __init__(self, watch: Watch, rates: dict[str, int], ready: dict[str, Block]) -> None:
        """`ready` are blocks that were reserved before. A rate of 0 is none."""
        self.watch = watch
        self.rates = {key: rate for key, rate in rates.items() if rate}
        self.blocks = ready

    def wait_for_place(self, want: int) -> bool:
        """Sleep until a message may leave. False if that takes longer than a worker may wait."""
        start = self.watch.now()
        for _attempt in range(ATTEMPTS):
            for key, rate in self.rates.items():
                block = self.blocks.get(key)
                if block is None or not block.lasts_at(start):
                    block = reserve(key, rate, want=want, at=start, within=self.WAIT)
                if block is None:
                    return False
                self.blocks[key] = block
                start = max(start, block.start)
            if all(self.blocks[key].lasts_at(start) for key in self.rates):
                self.watch.sleep_until(start)
                return True
        return False

    def take(self, want: int) -> bool:
        """Use a place now, or wait for a new one if the message took longer than its place."""
        at = self.watch.now()
        if not all(self._is_open(key, at) for key in self.rates) and not self.wait_for_place(want):
            return False
        for key in self.rates:
            self.blocks[key].left -= 1
        return True

    def _is_open(self, key: str, at: datetime) -> bool:
        block = self.blocks.get(key)
        return block is not None and block.start <= at and block.lasts_at(at)
