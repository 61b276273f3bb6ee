"""The rules of the house that a machine can hold."""

import ast
import re
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("jobstatus", "shop", "comms", "config")
LONGEST_FILE, LONGEST_FUNCTION = 300, 40
FORBIDDEN_MODULES = {"utils", "helpers", "common", "core", "services", "managers", "signals"}
MOVES = {"start_selling", "open_prepay", "archive", "return_to_planning", "convert_to_standard"}
LAST_IDS = {"L": 13, "A": 14, "C": 13, "P": 2, "S": 5, "G": 2, "J": 3, "X": 7}


def sources(*folders):
    found = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    assert found
    return [path for path in found if "migrations" not in path.parts]


def named(path, line=None):
    return f"{path.relative_to(ROOT)}" + (f":{line}" if line else "")


def nodes(kind, *folders, besides=()):
    """Every node of this kind of syntax with its file, outside the files named."""
    for path in sources(*folders):
        if named(path) not in besides:
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, kind):
                    yield path, node


def test_files_are_shorter_than_300_lines():
    long = [
        named(path)
        for path in sources(*PACKAGES, "tests")
        if len(path.read_text().splitlines()) >= LONGEST_FILE
    ]

    assert long == []


def test_functions_have_40_lines_at_most():
    long = [
        named(path, node.lineno)
        for path, node in nodes((ast.FunctionDef, ast.AsyncFunctionDef), *PACKAGES, "tests")
        if node.end_lineno - node.lineno + 1 > LONGEST_FUNCTION
    ]

    assert long == []


def test_no_module_is_a_drawer():
    drawers = [
        named(path)
        for path in sources(*PACKAGES)
        if FORBIDDEN_MODULES & {path.stem, *path.relative_to(ROOT).parts}
    ]

    assert drawers == []


def test_only_operations_run_a_transition():
    """A transition is a method with the one argument `at`; operations take lists and clocks."""
    calls = [
        named(path, node.lineno)
        for path, node in nodes(ast.Call, *PACKAGES)
        if isinstance(node.func, ast.Attribute)
        and node.func.attr in MOVES
        and not (isinstance(node.func.value, ast.Name) and node.func.value.id == "operations")
    ]

    assert calls == []


def test_only_the_doors_write_a_status():
    """Of a job; of an order, its money and its mails; of a message: its sender, or a person."""
    doors = (
        "jobstatus/operations.py",
        "shop/orders.py",
        "shop/delivery/receipts.py",
        "comms/sending/claims.py",
        "comms/by_hand.py",
    )
    writers = {"update", "update_or_create"}
    writes = [
        named(path, node.lineno)
        for path, node in nodes(ast.Call, *PACKAGES, besides=doors)
        if isinstance(node.func, ast.Attribute)
        and node.func.attr in writers
        and any(keyword.arg in ("status", "kind", "archived_at") for keyword in node.keywords)
    ]

    assert writes == []


def test_only_the_clock_reads_the_clock():
    reads = [
        named(path, node.lineno)
        for path, node in nodes(ast.Attribute, *PACKAGES, besides=("jobstatus/clock.py",))
        if node.attr in ("now", "today", "utcnow", "localtime", "localdate")
        and isinstance(node.value, ast.Name)
        and node.value.id in ("datetime", "date", "timezone")
    ]

    assert reads == []


def test_no_task_is_sent_for_later():
    """With Redis such a task comes twice. Work is found by the tick, not told."""
    calls = [
        named(path, node.lineno)
        for path, node in nodes(ast.Call, *PACKAGES)
        if {keyword.arg for keyword in node.keywords} & {"eta", "countdown"}
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("apply_async", "send_task", "retry", "signature", "s")
    ]

    assert calls == []


@pytest.mark.parametrize(
    "path",
    [ROOT / "pyproject.toml", *sorted((ROOT / "requirements").glob("*.txt"))],
    ids=lambda path: path.name,
)
def test_no_file_names_a_package_index(path):
    assert not re.search(r"--(extra-)?index-url|--find-links|https?://", path.read_text())


def test_every_test_that_claims_an_id_of_the_domain_claims_a_real_one():
    claimed = {
        (letter, int(number), named(path, node.lineno))
        for path, node in nodes(ast.FunctionDef, "tests")
        if node.name.startswith("test_")
        for letter, number in re.findall(r"(?<=_)([A-Z])(\d+)(?=_)", node.name)
    }

    wrong = [place for letter, number, place in claimed if number > LAST_IDS.get(letter, 0)]

    assert len(claimed) > 30
    assert wrong == []


@pytest.mark.django_db
def test_no_migration_is_missing():
    out = StringIO()

    call_command("makemigrations", check=True, dry_run=True, stdout=out)

    assert out.getvalue().strip() == "No changes detected"
