"""The contest of checkout and archive on SQLite, by two processes at one file of the database.

`DATABASE_URL=sqlite:///… python -m tests.checkout_processes 100` migrates the file, starts both
processes, and prints a line for each round that went wrong, then how the rounds ended. It sets
Django up while it is imported: a spawned process reads its rows before it calls anything.
"""

import os
import random
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
django.setup()

from django.core.management import call_command  # noqa: E402 - needs the set-up
from django.db import connection  # noqa: E402

from jobstatus import clock, operations  # noqa: E402
from tests import checkout_races  # noqa: E402

LONGEST_JITTER_SECONDS = 0.004
WAIT_SECONDS = 60

start = None


def main(rounds):
    assert connection.vendor == "sqlite"
    call_command("migrate", verbosity=0)
    contests = checkout_races.rounds_of(rounds)
    connection.close()
    context = get_context("spawn")
    with ProcessPoolExecutor(
        2, context, initializer=meet_at, initargs=(context.Barrier(2),)
    ) as pool:
        told = [pool.submit(act, contests) for act in (orders, archives)]
        ordered, archived = (future.result() for future in told)
    return report(contests, ordered, archived)


def meet_at(barrier):
    global start
    start = barrier


def orders(contests):
    """One customer orders both baskets of every round, one after the other."""
    told = []
    for contest in contests:
        acts = [checkout_races.order(contest, number) for number in range(2)]
        together()
        told.append(([outcome(act) for act in acts], contest.written))
    return told


def archives(contests):
    """Somebody archives the first job of every round."""
    told = []
    for contest in contests:
        together()
        first = [contest.jobs[0].pk]
        told.append(outcome(lambda ids=first: operations.archive(ids, by=None, clock=clock.now)))
    return told


def together():
    start.wait(WAIT_SECONDS)
    time.sleep(random.uniform(0, LONGEST_JITTER_SECONDS))


def outcome(act):
    """The name of what it ended with: the objects stay in their process."""
    try:
        return type(act()).__name__
    except Exception as error:
        return type(error).__name__


def report(contests, ordered, archived):
    raced = []
    for contest, (outcomes, written), archive in zip(contests, ordered, archived, strict=True):
        contest.written = written
        strange = {*outcomes, archive} - {"Order", "BasketChanged", "Outcome"}
        raced.append(("processes", contest, [RuntimeError(name) for name in strange]))
    wrong, endings = checkout_races.wrong_rounds(raced)
    lines = [*wrong, *(f"{number} {ending}" for (_name, ending), number in endings.items())]
    sys.stdout.write("\n".join([*lines, ""]))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
