"""All parts on the database of `DATABASE_URL`, which is new and empty. Started by __main__.py."""

import argparse
import sys

import django
from django.conf import settings
from django.core.management import call_command
from django.db import connection


def main() -> int:
    options = argparse.ArgumentParser()
    for name in ("jobs", "sample", "rounds", "codes", "photos"):
        options.add_argument(f"--{name}", type=int, required=True)
    options.add_argument("--due", type=int, nargs="+", required=True)
    options.add_argument("--parts", nargs="+", required=True)
    given = options.parse_args()

    django.setup()
    settings.DEBUG = False  # It was on for the settings only: Django would keep every query.
    from benchmarks import (  # they need the set-up
        checkout,
        codes,
        data,
        delivery,
        gallery,
        idle,
        images,
        job_list,
        memory,
        orders,
        planning,
        sweep,
        uploads,
    )
    from benchmarks.report import show

    call_command("migrate", verbosity=0)
    data.fill(jobs=given.jobs, due=given.due)
    middle = len(given.due) // 2
    parts = {
        "sweep": lambda: sweep.against_others(
            tier=middle, due=given.due[middle], sample=given.sample, rounds=given.rounds
        ),
        "flat": lambda: sweep.flatness(due=given.due, rounds=given.rounds),
        "memory": lambda: memory.peak(due=given.due[-1]),
        "idle": lambda: idle.idle(tier=middle),
        "job_list": job_list.job_list,
        "gallery": gallery.gallery,
        "checkout": checkout.checkout,
        "orders": orders.order_list,
        "planning": planning.planning_speed,
        "delivery": delivery.delivery_speed,
        "uploads": lambda: uploads.beside_the_shop(photos=given.photos),
        "images": images.images_speed,
        "codes": lambda: codes.code_lookup(
            codes=given.codes // (1 if connection.vendor == "postgresql" else 10)
        ),
    }
    print(f"\n## {connection.vendor}, {given.jobs:,} jobs", flush=True)
    figures = [figure for part in given.parts for figure in show(part, parts[part]())]
    missed = [
        f"{figure.name}: {figure.value:g}, not {figure.target}"
        for figure in figures
        if figure.is_missed
    ]
    for line in missed:
        print(f"MISSED on {connection.vendor}: {line}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
