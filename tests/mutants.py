"""`python -m tests.mutants [word]`: takes out one lock, constraint, guard or check at a time.

Each mutant is a copy of the tree with one small change; the tests named with it must turn red.
Exits with 1 if they stay green for any. Not part of `make test`: it takes some minutes.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Queue

from tests.mutant import Mutant
from tests.mutant_list import MUTANTS
from tests.servers import postgresql

ROOT = Path(__file__).resolve().parent.parent
AT_ONCE = 2
TIMEOUT_SECONDS = 300
COPIED = ("jobstatus", "shop", "comms", "config", "tests", "manage.py", "pyproject.toml")


def main() -> int:
    word = sys.argv[1] if len(sys.argv) > 1 else ""
    chosen = [mutant for mutant in MUTANTS if word in f"{mutant.file} {mutant.why}"]
    for mutant in chosen:
        mutated(mutant)  # Fails before anything has run if a mutant no longer fits the code.
    refuse_red_tests({name for mutant in chosen for name in mutant.tests})
    seats: Queue[int] = Queue()
    for seat in range(AT_ONCE):
        seats.put(seat)
    with postgresql() as address, ThreadPoolExecutor(AT_ONCE) as pool:
        killers = list(pool.map(lambda mutant: report(mutant, address, seats), chosen))
    survived = killers.count(None)
    say(f"{len(chosen) - survived} of {len(chosen)} mutants were killed.")
    return 1 if survived or not chosen else 0


def refuse_red_tests(names: set[str]) -> None:
    """A test that is red without a mutant would seem to kill every one."""
    if names and (red := first_red_test(ROOT, tuple(sorted(names)), None)):
        raise SystemExit(f"{red} is red without any mutant. Repair that first.")


def report(mutant: Mutant, address: str, seats: "Queue[int]") -> str | None:
    seat = seats.get()
    try:
        killer = killer_of(mutant, address, seat)
    finally:
        seats.put(seat)
    say(f"{'killed  ' if killer else 'SURVIVED'}  {mutant.why}  [{mutant.file}]  {killer or ''}")
    return killer


def killer_of(mutant: Mutant, address: str, seat: int) -> str | None:
    """The first test that turns red; None when the mutant survives both databases."""
    with tempfile.TemporaryDirectory(prefix="mutant-") as folder:
        for name in COPIED:
            source, target = ROOT / name, Path(folder, name)
            if source.is_dir():
                shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, target)
        Path(folder, mutant.file).write_text(mutated(mutant))
        for database in ("sqlite", "postgresql"):
            if mutant.database in ("both", database):
                url = f"{address}/mutant_{seat}" if database == "postgresql" else None
                if killer := first_red_test(Path(folder), mutant.tests, url):
                    return f"{killer} ({database})"
    return None


def mutated(mutant: Mutant) -> str:
    text = (ROOT / mutant.file).read_text()
    found = len(re.findall(mutant.old, text)) if mutant.is_pattern else text.count(mutant.old)
    if found != 1:
        raise SystemExit(f"“{mutant.why}”: found {found} times in {mutant.file}: {mutant.old!r}")
    if mutant.is_pattern:
        return re.sub(mutant.old, mutant.new, text)
    return text.replace(mutant.old, mutant.new)


def first_red_test(folder: Path, tests: tuple[str, ...], url: str | None) -> str | None:
    environment = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "TORTURE")}
    environment |= {"DEBUG": "1"} | ({"DATABASE_URL": url} if url else {})
    files = [f"tests/{name}.py" for name in tests]
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "--create-db"]
    run = subprocess.run(
        [*command, *files],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_SECONDS,
        check=False,
    )
    red = re.search(r"^(?:FAILED|ERROR) \S*?(test_\w+\.py(?:::\S+)?)", run.stdout, re.MULTILINE)
    if run.returncode == 0:
        return None
    # Only a red test kills: a mutant that breaks the start of the tests proves nothing.
    if run.returncode != 1 or red is None:
        raise SystemExit(f"The tests did not run:\n{run.stdout[-3000:]}\n{run.stderr[-3000:]}")
    return red.group(1)


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
