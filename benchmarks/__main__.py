"""`python -m benchmarks`: all parts on a new database of each engine; exit 1 if one is missed."""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

OF_JOBS = ("sweep", "flat", "memory", "idle", "job_list")
OF_SHOP = ("gallery", "checkout", "codes", "uploads", "orders")
OF_MESSAGES = ("planning", "delivery")
OF_PHOTOS = ("images",)
PARTS = (*OF_JOBS, *OF_SHOP, *OF_MESSAGES, *OF_PHOTOS)


def main() -> int:
    options = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    options.add_argument("--jobs", type=int, default=1_000_000, help="jobs in the database")
    options.add_argument(
        "--due", type=int, nargs=3, default=[1_000, 10_000, 100_000], help="three numbers, rising"
    )
    options.add_argument("--sample", type=int, default=1_000, help="jobs of the obvious loop")
    options.add_argument(
        "--codes", type=int, default=10_000_000, help="access codes; SQLite gets a tenth"
    )
    options.add_argument("--photos", type=int, default=1_500, help="uploaded beside the shop")
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument(
        "--on", nargs="+", choices=["postgresql", "sqlite"], default=["postgresql", "sqlite"]
    )
    options.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    options.add_argument(
        "--server",
        default=os.environ.get("DATABASE_URL", "postgres://postgres@127.0.0.1:5432/postgres"),
        help="URL of any database of the PostgreSQL server, whose user may create databases",
    )
    given = options.parse_args()
    if sorted(given.due) != given.due or given.due[-1] > given.jobs // 5:
        options.error("--due must rise and stay below a fifth of --jobs")
    arguments = [
        *("--jobs", str(given.jobs), "--sample", str(given.sample), "--rounds", str(given.rounds)),
        *("--due", *map(str, given.due), "--parts", *given.parts, "--codes", str(given.codes)),
        *("--photos", str(given.photos)),
    ]
    exits = []
    for engine in given.on:
        with _postgresql(given.server) if engine == "postgresql" else _sqlite() as url:
            exits.append(_run(url, arguments))
    return max(exits)


def _run(url: str, arguments: list[str]) -> int:
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "DEBUG": "1",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "STATEMENT_TIMEOUT_SECONDS": "0",  # Filling a million rows takes longer than a page may.
    }
    return subprocess.run(
        [sys.executable, "-m", "benchmarks.run", *arguments], env=environment, check=False
    ).returncode


@contextmanager
def _postgresql(server: str) -> Iterator[str]:
    name = f"jobstatus_{os.getpid()}_bench"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield urlsplit(server)._replace(path=f"/{name}").geturl()
        finally:
            drop = sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
            connection.execute(drop)


@contextmanager
def _sqlite() -> Iterator[str]:
    with tempfile.TemporaryDirectory(suffix="_bench") as folder:
        yield f"sqlite:///{Path(folder) / 'db.sqlite3'}"


if __name__ == "__main__":
    sys.exit(main())
