"""Peak memory of `manage.py archive_due` in a process of its own."""

import os
import subprocess
import sys

from benchmarks import data
from benchmarks.report import Figure

MEBIBYTE = 1024  # in KiB, the unit of the kernel
# The kernel's high-water mark of this process alone. `ru_maxrss` would include that of the parent.
PROGRAM = """
import sys
from pathlib import Path
from django.core.management import execute_from_command_line
execute_from_command_line(["manage.py", *sys.argv[1:]])
status = Path("/proc/self/status").read_text()
print(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")))
"""


def peak(*, due: int) -> list[Figure]:
    """All tiers are due by the real clock. Compared with a command that only starts."""
    start, _output = _run("check")
    sweep, output = _run("archive_due")
    assert f"{due} jobs archived, 0 failed." in output, output
    assert data.moved()[0] == due
    data.restore()
    return [
        Figure("a command that does nothing", start, "MiB"),
        Figure(f"archive_due, {due:,} due", sweep, "MiB", at_most=120),
    ]


def _run(*arguments: str) -> tuple[float, str]:
    production = {**os.environ, "DEBUG": "0", "SECRET_KEY": "benchmark", "ALLOWED_HOSTS": "x"}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments],
        env=production,
        check=True,
        capture_output=True,
        text=True,
    )
    *output, peak_kib = done.stdout.splitlines()
    return int(peak_kib) / MEBIBYTE, "\n".join(output)
