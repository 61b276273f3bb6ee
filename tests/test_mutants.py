"""The run that takes guards out: what it says of tests that are red, green or do not end."""

import sys
import time

import pytest

from tests import mutants
from tests.mutant import Mutant
from tests.run import BOTH_CORES

TESTS = mutants.ROOT / "tests"
MUTANT = Mutant("file.py", "no guard", "old", "new", ("test_guard",))


@pytest.fixture
def said(monkeypatch):
    lines = []
    monkeypatch.setattr(mutants, "say", lines.append)
    return lines


@pytest.mark.parametrize(
    ("killer", "line", "code"),
    [
        ("test_guard.py::test_it", "killed     no guard  [file.py]  test_guard.py::test_it", 0),
        (None, "SURVIVED   no guard  [file.py]", 1),
        ("late", "TIMED OUT  no guard  [file.py]", 1),
    ],
)
def test_a_mutant_is_killed_by_a_red_test_only(monkeypatch, said, killer, line, code):
    def killer_of(mutant, address, seat):
        if killer == "late":
            mutants.ended([sys.executable, "-c", "import time; time.sleep(60)"], None, {}, 0.1)
        return killer

    monkeypatch.setattr(mutants, "MUTANTS", [MUTANT])
    monkeypatch.setattr(mutants, "mutated", lambda mutant: "")
    monkeypatch.setattr(mutants, "refuse_red_tests", lambda names: None)
    monkeypatch.setattr(mutants, "killer_of", killer_of)
    monkeypatch.setattr(sys, "argv", ["mutants"])

    assert mutants.main() == code
    assert said == [line, f"{1 - code} of 1 mutants were killed."]


@pytest.mark.parametrize("mutant", mutants.MUTANTS, ids=lambda mutant: mutant.why)
def test_every_mutant_fits_the_code_and_its_tests_are_there(mutant):
    assert mutants.mutated(mutant) != (mutants.ROOT / mutant.file).read_text()
    assert [name for name in mutant.tests if not (TESTS / f"{name}.py").exists()] == []


def test_tests_that_do_not_end_take_what_they_started_with_them():
    child = "import time; time.sleep(60)"
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    began = time.monotonic()

    with pytest.raises(mutants.subprocess.TimeoutExpired):
        mutants.ended([sys.executable, "-c", code], None, {}, 0.5)

    assert time.monotonic() - began < 30  # The child held the pipe for a minute.


def test_the_run_without_a_mutant_has_a_limit_for_each_file(monkeypatch):
    asked = []
    monkeypatch.setattr(mutants, "first_red_test", lambda *words: asked.append(words))

    mutants.refuse_red_tests({"test_job", "test_sweep", "test_deploy"})

    each = mutants.REFERENCE_SECONDS_A_FILE
    assert [words[1:] for words in asked] == [
        (("test_job", "test_sweep"), None, 2 * each, BOTH_CORES),
        (("test_deploy",), None, each, ()),
    ]


def test_a_red_test_without_a_mutant_ends_the_run(monkeypatch):
    monkeypatch.setattr(mutants, "first_red_test", lambda *words: "test_job.py::test_it")

    with pytest.raises(SystemExit, match="red without any mutant"):
        mutants.refuse_red_tests({"test_job"})
