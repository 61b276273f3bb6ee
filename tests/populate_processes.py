"""Populating twice at once, or while photos go, on SQLite: two processes at one file.

`DATABASE_URL=sqlite:///… python -m tests.populate_processes 100` prints a line for each round that
went wrong, then how many were raced. As tests/checkout_processes.py.
"""

import os
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
django.setup()

from django.core.management import call_command  # noqa: E402 - needs the set-up
from django.db import connection  # noqa: E402

from tests import populate_races as races  # noqa: E402
from tests.checkout_processes import meet_at, together  # noqa: E402
from tests.factories import StudioFactory  # noqa: E402

CONTESTS = (races.pressed_twice, races.photos_go_meanwhile)  # which write nothing before the race


def main(rounds):
    assert connection.vendor == "sqlite"
    call_command("migrate", verbosity=0)
    studio = StudioFactory.create()
    contests = [races.a_round(studio) for _n in range(rounds)]
    connection.close()
    context = get_context("spawn")
    with ProcessPoolExecutor(
        2, context, initializer=meet_at, initargs=(context.Barrier(2),)
    ) as pool:
        told = [pool.submit(race, contests, which) for which in range(2)]
        results = zip(*(future.result() for future in told), strict=True)
        wrong = list(wrong_rounds(contests, results))
    sys.stdout.write("\n".join([*wrong, f"{rounds} rounds", ""]))
    return 1 if wrong else 0


def race(contests, which):
    """What one of the two does in each round, and what it ended with."""
    told = []
    for number, contest in enumerate(contests):
        act = CONTESTS[number % len(CONTESTS)](contest)[which]
        together()
        try:
            told.append(act())
        except Exception as error:
            told.append(error)
    return told


def wrong_rounds(contests, results):
    for number, (contest, ended) in enumerate(zip(contests, results, strict=True)):
        found = list(races.wrong(contest, ended))
        if CONTESTS[number % len(CONTESTS)] is races.pressed_twice:
            found += races.not_told(ended)
        if found:
            yield f"round {number}: {found}"


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
