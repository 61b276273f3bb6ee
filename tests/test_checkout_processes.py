"""S4, A5 on SQLite, which knows no row locks: two processes, one file."""

import os
import subprocess
import sys
from pathlib import Path

from tests.conftest import TORTURE

ROOT = Path(__file__).resolve().parent.parent


def test_S4_on_sqlite_with_two_processes_it_is_the_same(tmp_path):
    rounds = 2_000 if TORTURE else 30
    environment = {"DATABASE_URL": f"sqlite:///{tmp_path / 'db.sqlite3'}", "DEBUG": "1"}

    run = subprocess.run(
        [sys.executable, "-m", "tests.checkout_processes", str(rounds)],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=30 + rounds,
        check=False,
    )

    print(run.stdout)  # noqa: T201
    assert (run.returncode, run.stderr) == (0, "")
    endings = dict(line.split(" ", 1)[::-1] for line in run.stdout.splitlines())
    assert set(endings) == {"ordered", "not ordered"}
    assert sum(map(int, endings.values())) == 2 * rounds
