"""Fixtures for every test. `DATABASE_URL` chooses the database; the runner sets it.

`TORTURE=1` runs the property and race tests with many more rounds.
"""

import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from django.db import connection, connections

TORTURE = os.environ.get("TORTURE") == "1"

# Without a time limit for an example and always with the same examples: a slow machine is no bug,
# and a red test is red again. The torture run draws new ones each time.
hypothesis.settings.register_profile(
    "short", deadline=None, derandomize=True, database=None, print_blob=True
)
hypothesis.settings.register_profile("torture", deadline=None, database=None, print_blob=True)
hypothesis.settings.load_profile("torture" if TORTURE else "short")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """SQLite has no row locks: a test of these runs in the runner's PostgreSQL half only.

    Deselected and not skipped, so that a skip always means that something is missing.
    """
    if connection.vendor == "postgresql":
        return
    left_out = [item for item in items if item.get_closest_marker("postgresql")]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if not item.get_closest_marker("postgresql")]


@pytest.fixture
def real_database(transactional_db: None, tmp_path: Path) -> Iterator[None]:
    """A database that several threads open, each with its own connection and transactions.

    On PostgreSQL the test database. On SQLite a copy of it in a file, because threads would share
    the one in memory.
    """
    if connection.vendor == "postgresql":
        yield
        return
    memory, stored = connections["default"], connections.settings["default"]
    name, path = stored["NAME"], tmp_path / "race.sqlite3"
    memory.ensure_connection()
    file = sqlite3.connect(path)
    memory.connection.backup(file)
    file.close()
    stored["NAME"] = str(path)
    connections["default"] = connections.create_connection("default")
    yield
    connections["default"].close()
    connections["default"] = memory
    stored["NAME"] = name
