"""Queries whose SQL is made once, and planned once for each connection.

For the few that pages of the shop ask on every visit: with some joins Django takes ten times longer
to write a statement than the database to answer it, and PostgreSQL ten times longer to plan it.
"""

from collections.abc import Callable
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from django.db import connection
from django.db.models import QuerySet

LARGEST_KEY = 2**63 - 1  # of a row

_planned: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()  # names, of each connection


class Prepared:
    """A query of values with places for others, which `rows` fills in (docs/decisions/020).

    `make` gets a marker for each place and uses it as it would a value. Markers must be values
    that the filters accept and that stand nowhere else in the query.
    """

    def __init__(self, name: str, make: Callable[..., QuerySet[Any, Any]], *markers: int | str):
        self.name = name
        self.make = make
        self.markers = markers
        self.sql = ""
        self.turn = Lock()

    def rows(self, *values: int | str) -> list[tuple[Any, ...]]:
        """One query. A number must fit its column: here nobody looks after that."""
        if not self.sql:
            with self.turn:  # The first requests of a process come in several threads at once.
                if not self.sql:
                    self._write()
        filled = [fixed if place is None else values[place] for place, fixed in self.parameters]
        with connection.cursor() as cursor:
            cursor.execute(self._statement(cursor), filled)
            found: list[tuple[Any, ...]] = cursor.fetchall()
        if not self.converters:
            return found
        return [tuple(row) for row in self.compiler.apply_converters(found, self.converters)]

    def _write(self) -> None:
        self.compiler = self.make(*self.markers).query.get_compiler(connection=connection)
        sql, parameters = self.compiler.as_sql()
        places = {marker: place for place, marker in enumerate(self.markers)}
        if unused := set(places) - set(parameters):
            raise ValueError(f"The query does not use the markers {unused}.")
        self.parameters = [(places.get(value), value) for value in parameters]
        selected = [expression for expression, _sql, _alias in self.compiler.select]
        self.converters = self.compiler.get_converters(selected)
        self.sql = sql

    def _statement(self, cursor: Any) -> str:
        """The query; on PostgreSQL the name under which this connection has planned it."""
        is_shared = connection.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS")
        if connection.vendor != "postgresql" or is_shared:
            return self.sql
        planned = _planned.setdefault(connection.connection, set())
        if self.name not in planned:
            numbered = self.sql % tuple(f"${n}" for n in range(1, len(self.parameters) + 1))
            cursor.execute(f"PREPARE {self.name} AS {numbered}")
            planned.add(self.name)
        return f"EXECUTE {self.name}({', '.join(['%s'] * len(self.parameters))})"
