"""`make test`: every check, then the tests on both databases, then processes and the browser.

One line for each step; the first that fails shows its log and ends the run. Variables: SERVERS
(see tests/servers.py), CHROMIUM (see tests/chromium.py), TORTURE=1 for many more rounds.
"""

import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from tests import chromium, servers

BIN = Path(sys.executable).parent
MANAGE = (sys.executable, "manage.py")
PYTEST = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider")
BOTH_CORES = ("-n", "3")  # two that compute, while one waits for the database
# These start the product's processes or a browser themselves, so that once is enough.
ONCE = [str(path) for path in sorted(Path("tests").glob("test_browser*.py"))]
ONCE += [
    f"tests/test_{name}.py" for name in ("closing_time", "comms_kills", "demo", "deploy", "locks")
]
# Pages, forms, protocols and whole calendars: what they ask of a database, others prove on both.
PAGES = [
    str(path)
    for pattern in ("admin_*", "*_admin*", "*_page*", "*_pages*")
    for path in sorted(Path("tests").glob(f"test_{pattern}.py"))
    if not path.name.startswith("test_browser")
]
PAGES += [
    f"tests/test_{name}.py"
    for name in (
        *("comms_forged_reports", "comms_letters", "comms_providers", "comms_unsubscribe"),
        *("comms_webhooks", "comms_year", "prepay_input", "shop_buyer", "shop_cards"),
        *("shop_downloads", "shop_exports", "shop_input", "shop_letters", "shop_media"),
        *("shop_my_photos", "shop_visit", "storage_s3", "uploads_protocol", "shop_scope"),
        *("comms_smtp", "comms_sms", "comms_twilio", "comms_texts", "comms_hostile"),
        *("comms_calendar", "comms_standard", "prepay_messages", "prepay_names", "prepay_scope"),
    )
]
PRODUCTION = {
    "SECRET_KEY": secrets.token_urlsafe(50),
    "ALLOWED_HOSTS": "studio.example",
    "BEHIND_TLS_PROXY": "1",
    "PUBLIC_BASE_URL": "https://studio.example",
}
CHECKS = (
    ("lint", (BIN / "ruff", "check", "."), {}),
    ("format", (BIN / "ruff", "format", "--check", "."), {}),
    ("types", (BIN / "mypy",), {"DEBUG": "1"}),
    ("imports", (BIN / "lint-imports",), {}),
    ("migrations", (*MANAGE, "makemigrations", "--check"), {"DEBUG": "1"}),
    ("production check", (*MANAGE, "check", "--deploy", "--fail-level", "WARNING"), PRODUCTION),
)


class StepFailed(Exception):
    """The step's log is already on the screen."""


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    began = time.monotonic()
    try:
        for title, command, environment in CHECKS:
            step(title, command, environment)
        halves = (*PYTEST, *BOTH_CORES, *(f"--ignore={path}" for path in ONCE))
        rules = (*halves, *(f"--ignore={path}" for path in PAGES))
        step("tests on SQLite", halves, {"DEBUG": "1"})
        with servers.postgresql() as address, database_name(address) as name:
            step(
                "tests on PostgreSQL",
                (*rules, "--database-only"),
                {"DEBUG": "1", "DATABASE_URL": f"{address}/{name}"},
            )
        browser = chromium.find_or_install()
        # A file's tests stay together: each has its own browser and processes.
        once = (*PYTEST, "-n", "2", "--dist", "loadfile", *ONCE)
        step("processes, browser", once, {"DEBUG": "1", "CHROMIUM": browser})
    except StepFailed:
        return 1
    say(f"All green in {time.monotonic() - began:.0f} s.")
    return 0


def step(title: str, command: tuple[object, ...], environment: dict[str, str]) -> None:
    if sys.stdout.isatty():
        say(f"  …    {title}", end="\r")
    began = time.monotonic()
    with subprocess.Popen(
        [str(word) for word in command],
        env=os.environ | environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            output, _errors = process.communicate()
        except BaseException:  # As Ctrl-C would: pytest then ends what its tests have started.
            process.send_signal(signal.SIGINT)
            raise
    lines = output.strip().splitlines() or [""]
    seconds = f"{time.monotonic() - began:5.0f} s"
    if process.returncode:
        say(output)
        say(f"FAILED {title:<20}{seconds}  {' '.join(str(word) for word in command)}")
        raise StepFailed
    say(f"  ok   {title:<20}{seconds}  {lines[-1].strip('= ')}")


def say(text: str, end: str = "\n") -> None:
    sys.stdout.write(text + end)
    sys.stdout.flush()


@contextmanager
def database_name(address: str) -> Iterator[str]:
    """A name that no other run uses at the same time; leaves no database of that name behind."""
    name = f"jobstatus_{os.getpid()}"
    try:
        yield name
    finally:
        with psycopg.connect(f"{address}/postgres", autocommit=True) as connection:
            rows = connection.execute(
                "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [f"test_{name}"]
            )
            for (leftover,) in rows.fetchall():
                connection.execute(
                    sql.SQL("DROP DATABASE IF EXISTS {} (FORCE)").format(sql.Identifier(leftover))
                )


if __name__ == "__main__":
    sys.exit(main())
