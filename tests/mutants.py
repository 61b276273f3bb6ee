"""`python -m tests.mutants [word]`: takes out one lock, constraint, guard or check at a time.

Each mutant is a copy of the tree with one small change; the tests named with it must turn red.
Exits with 1 if they stay green for any, or do not end: a mutant that hangs may as well be a slow
machine. Not part of `make test`: it takes some minutes.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Queue

from tests.mutant import Mutant
from tests.mutant_list import MUTANTS
from tests.run import BOTH_CORES, ONCE
from tests.servers import postgresql

ROOT = Path(__file__).resolve().parent.parent
AT_ONCE = 2
TIMEOUT_SECONDS = 300
REFERENCE_SECONDS_A_FILE = 120  # without any mutant; on both cores, and with a machine that is busy
SURVIVED, TIMED_OUT = "SURVIVED", "TIMED OUT"
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
        ends = list(pool.map(lambda mutant: report(mutant, address, seats), chosen))
    left = ends.count(SURVIVED) + ends.count(TIMED_OUT)
    say(f"{len(chosen) - left} of {len(chosen)} mutants were killed.")
    return 1 if left or not chosen else 0


def refuse_red_tests(names: set[str]) -> None:
    """A test that is red without a mutant would seem to kill every one."""
    alone = {name for name in names if f"tests/{name}.py" in ONCE}
    for chosen, options in ((names - alone, BOTH_CORES), (alone, ())):
        limit = REFERENCE_SECONDS_A_FILE * len(chosen)
        try:
            red = chosen and first_red_test(ROOT, tuple(sorted(chosen)), None, limit, options)
        except subprocess.TimeoutExpired as error:
            raise SystemExit(f"Without any mutant the tests take more than {limit} s.") from error
        if red:
            raise SystemExit(f"{red} is red without any mutant. Repair that first.")


def report(mutant: Mutant, address: str, seats: "Queue[int]") -> str:
    """Its killer, or SURVIVED, or TIMED_OUT."""
    seat = seats.get()
    try:
        end = killer_of(mutant, address, seat) or SURVIVED
    except subprocess.TimeoutExpired:
        end = TIMED_OUT
    finally:
        seats.put(seat)
    is_killed = end not in (SURVIVED, TIMED_OUT)
    said = f"{'killed' if is_killed else end:<9}  {mutant.why}  [{mutant.file}]"
    say(f"{said}  {end}" if is_killed else said)
    return end


def killer_of(mutant: Mutant, address: str, seat: int) -> str | None:
    """The first test that turns red; None when the mutant survives both databases.

    Raises TimeoutExpired when the tests do not end.
    """
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


def first_red_test(
    folder: Path,
    tests: tuple[str, ...],
    url: str | None,
    limit: int = TIMEOUT_SECONDS,
    options: tuple[str, ...] = (),
) -> str | None:
    environment = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "TORTURE")}
    environment |= {"DEBUG": "1"} | ({"DATABASE_URL": url} if url else {})
    files = [f"tests/{name}.py" for name in tests]
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "--create-db"]
    code, output = ended([*command, *options, *files], folder, environment, limit)
    if code == 0:
        return None
    red = re.search(r"^(?:FAILED|ERROR) \S*?(test_\w+\.py(?:::\S+)?)", output, re.MULTILINE)
    # Only a red test kills: a mutant that breaks the start of the tests proves nothing. Code 2 is
    # that of several workers after their first red test.
    if red is None or code not in ((1, 2) if options else (1,)):
        raise SystemExit(f"The tests did not run:\n{output[-6000:]}")
    return red.group(1)


def ended(
    command: list[str], folder: Path, environment: dict[str, str], limit: float
) -> tuple[int, str]:
    """Exit code and output. What the command has started ends with it when it takes too long."""
    with subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            output, _errors = process.communicate(timeout=limit)
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            raise
    return process.returncode, output


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
