"""How often a network, and everybody together, may guess access codes of a studio (S1).

A slot is claimed before a code is looked up and given back when the code was right: a hundred
guesses at once get no more slots than one after the other. All of it lives in the database.
docs/decisions tells why these numbers.
"""

import math
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db.models import Case, DateTimeField, F, Q, QuerySet, Value, When
from django.db.models.functions import Least

from shop.models import GuessBudget

FREE_GUESSES = 5  # wrong codes of a network without any delay
LONGEST_DELAY_SECONDS = 30  # also the longest that anybody is ever asked to wait
STUDIO_GUESSES_PER_SECOND = 10  # wrong codes of all networks together
STUDIO_BURST = 100  # as many at once, when it was quiet before
STUDIO_WAIT_SECONDS = 5  # what everybody is told while a studio is over its budget
FORGOTTEN_AFTER = timedelta(hours=6)  # after the last wrong code
EVERYBODY = ""  # the network that stands for all of them
DELETED_AT_ONCE = 1_000
_HIGHEST_COUNT = 1_000_000
_ATTEMPTS = 3  # when a row is deleted between two steps
_INTERVAL = timedelta(seconds=1) / STUDIO_GUESSES_PER_SECOND
_BURST = _INTERVAL * (STUDIO_BURST - 1)
_LONGEST_DELAY = timedelta(seconds=LONGEST_DELAY_SECONDS)


class Wait(Exception):
    """No slot is free: nothing may be looked up yet. Says after how many seconds one is."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


@dataclass(frozen=True)
class Slot:
    """A claimed guess. It counts as wrong until it is given back."""

    studio_id: int
    network: str
    at: datetime
    failed_before: datetime  # the last failure before this one
    counts_for_studio: bool = False


def delay(failures: int, *, free: int = FREE_GUESSES) -> timedelta:
    """How long a network waits after so many wrong codes: 0, then 1, 2, 4 … 30 seconds."""
    if failures <= free:
        return timedelta(0)
    doublings = min(failures - free - 1, LONGEST_DELAY_SECONDS)
    return min(timedelta(seconds=2**doublings), _LONGEST_DELAY)


def claim(studio_id: int, *, network: str, at: datetime) -> Slot:
    """A slot for one look-up of a code. Raises Wait.

    Three queries, five for the first guess of a network, one while a delay runs.
    """
    slot = claim_of_network(studio_id, network=network, free=FREE_GUESSES, at=at)
    if not _claim_of_studio(studio_id, at):
        give_back(slot)
        raise Wait(STUDIO_WAIT_SECONDS)
    return replace(slot, counts_for_studio=True)


def claim_of_network(studio_id: int, *, network: str, free: int, at: datetime) -> Slot:
    """A slot that counts for this network only, `free` of them without delay. Raises Wait."""
    mine = GuessBudget.objects.filter(studio=studio_id, network=network)
    for _attempt in range(_ATTEMPTS):
        seen = mine.values_list("failed_at", "waits_until").first()
        if seen is None:
            _make_rows(studio_id, network, at)
            continue
        failed_before, waits_until = seen
        if not _is_running(waits_until, at):
            if _counted(mine, free, at):
                return Slot(studio_id, network, at, failed_before)
            waits_until = mine.values_list("waits_until", flat=True).first() or at
        raise Wait(_seconds(waits_until - at))
    raise Wait(STUDIO_WAIT_SECONDS)


def give_back(slot: Slot) -> None:
    """The code was right: as if it had not been counted. Two queries.

    The delay goes with it only if no other guess followed.
    """
    mine = GuessBudget.objects.filter(studio=slot.studio_id, network=slot.network, failures__gt=0)
    is_last = Q(failed_at=slot.at)
    mine.update(
        failures=F("failures") - 1,
        waits_until=_instant(When(is_last, then=Value(slot.at)), default=F("waits_until")),
        failed_at=_instant(When(is_last, then=Value(slot.failed_before)), default=F("failed_at")),
    )
    if slot.counts_for_studio:
        GuessBudget.objects.filter(studio=slot.studio_id, network=EVERYBODY, failures__gt=0).update(
            failures=F("failures") - 1, waits_until=F("waits_until") - _INTERVAL
        )


def forget_outdated(*, at: datetime) -> int:
    """Delete what is forgotten anyway, at most a thousand rows a time. How many. Two queries."""
    outdated = GuessBudget.objects.filter(failed_at__lt=at - FORGOTTEN_AFTER).order_by("failed_at")
    keys = list(outdated.values_list("pk", flat=True)[:DELETED_AT_ONCE])
    # Asked again: one of them may have failed meanwhile.
    return outdated.filter(pk__in=keys).delete()[0] if keys else 0


def _make_rows(studio_id: int, network: str, at: datetime) -> None:
    """The rows of this network and of the studio, unless another request was faster."""
    starts = {network: at, EVERYBODY: at - _BURST}
    GuessBudget.objects.bulk_create(
        [
            GuessBudget(studio_id=studio_id, network=name, failed_at=at, waits_until=start)
            for name, start in starts.items()
        ],
        ignore_conflicts=True,
    )


def _is_running(waits_until: datetime, at: datetime) -> bool:
    """A delay longer than the longest comes from a clock that was set back: it locks nobody out."""
    return at < waits_until <= at + _LONGEST_DELAY


def _free(rows: QuerySet[GuessBudget], at: datetime) -> QuerySet[GuessBudget]:
    """The same as a condition of the UPDATE: of two at once, the second one finds it untrue."""
    return rows.exclude(waits_until__gt=at, waits_until__lte=at + _LONGEST_DELAY)


def _counted(mine: QuerySet[GuessBudget], free: int, at: datetime) -> bool:
    is_forgotten = Q(failed_at__lt=at - FORGOTTEN_AFTER)
    growing = range(free + 1, free + LONGEST_DELAY_SECONDS.bit_length() + 1)
    steps = [
        When(is_forgotten | Q(failures__lt=free), then=Value(at)),
        *[When(failures=n - 1, then=Value(at + delay(n, free=free))) for n in growing],
    ]
    updated = _free(mine, at).update(
        failures=Case(
            When(is_forgotten, then=Value(1)), default=Least(F("failures") + 1, _HIGHEST_COUNT)
        ),
        failed_at=at,
        waits_until=_instant(*steps, default=Value(at + _LONGEST_DELAY)),
    )
    return updated == 1


def _claim_of_studio(studio_id: int, at: datetime) -> bool:
    """Take a token. `waits_until` lies in the past by as much as may still come at once."""
    everybody = GuessBudget.objects.filter(studio=studio_id, network=EVERYBODY)
    is_fresh = Q(waits_until__lt=at - _BURST) | Q(waits_until__gt=at)
    updated = _free(everybody, at).update(
        failures=Least(F("failures") + 1, _HIGHEST_COUNT),
        failed_at=at,
        waits_until=_instant(
            When(is_fresh, then=Value(at - _BURST + _INTERVAL)),
            default=F("waits_until") + _INTERVAL,
        ),
    )
    return updated == 1


def _instant(*cases: When, default: object) -> Case:
    return Case(*cases, default=default, output_field=DateTimeField())


def _seconds(wait: timedelta) -> int:
    """Rounded up, so that whoever waits so long does not come too early."""
    return min(max(1, math.ceil(wait.total_seconds())), LONGEST_DELAY_SECONDS)
