"""Between tests that commit, tables are emptied and get back the rows that a migration leaves.

Django truncates every table and runs again what follows a migration, which on PostgreSQL took
longer than most tests. Here only tables with rows are emptied; rows of the beginning are copied.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from django.core.management.commands import flush
from django.db import connection, connections, transaction

CODES_ARE_FOR_EVER = "codes_are_for_ever"  # a trigger of SQLite that refuses to empty its table
WITHOUT_TRIGGERS = "SET LOCAL session_replication_role = replica"

COPY = "beginning_of_"


@contextmanager
def quick_emptying() -> Iterator[None]:
    """To be begun when the database has just been made."""
    operations = connections["default"].ops.__class__
    emptied = _with_rows if connection.vendor == "postgresql" else _without_trigger
    tables = _copy_all_rows()

    def restore(*args: Any, **options: Any) -> None:
        _copy_back(tables)

    with (
        mock.patch.object(operations, "sql_flush", emptied(operations.sql_flush)),
        mock.patch.object(flush, "emit_post_migrate_signal", restore),
    ):
        yield


def _with_rows(_django: Any) -> Any:
    def sql_flush(self: Any, style: Any, tables: list[str], **options: Any) -> list[str]:
        full = _tables_with_rows(tables)
        return [WITHOUT_TRIGGERS, *(f'DELETE FROM "{table}"' for table in full)]

    return sql_flush


def _without_trigger(django: Any) -> Any:
    def sql_flush(self: Any, *args: Any, **options: Any) -> list[str]:
        with connection.cursor() as cursor:
            find = "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = %s"
            trigger = cursor.execute(find, [CODES_ARE_FOR_EVER]).fetchall()
        statements: list[str] = django(self, *args, **options)
        drop = [f"DROP TRIGGER IF EXISTS {CODES_ARE_FOR_EVER}"]
        return [*drop, *statements, *(sql for (sql,) in trigger)]

    return sql_flush


def _tables_with_rows(tables: list[str]) -> list[str]:
    ask = " UNION ALL ".join(f"SELECT '{t}' WHERE EXISTS (SELECT 1 FROM {t})" for t in tables)
    with connection.cursor() as cursor:
        cursor.execute(ask)
        return [table for (table,) in cursor.fetchall()]


def _copy_all_rows() -> list[str]:
    all_tables = connection.introspection.django_table_names(only_existing=True)
    tables = _tables_with_rows(all_tables)
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f'CREATE TABLE IF NOT EXISTS "{COPY}{table}" AS SELECT * FROM "{table}"')
    return tables


def _copy_back(tables: list[str]) -> None:
    """References are checked at the end, so that the order does not matter."""
    with transaction.atomic(), connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f'INSERT INTO "{table}" SELECT * FROM "{COPY}{table}"')
