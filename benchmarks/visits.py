"""A page of the admin, visited several times: its time in the database, and its queries."""

from collections.abc import Callable
from statistics import median
from time import perf_counter
from typing import Any

from django.db import connection
from django.test import Client

VISITS = 5


def visit(user: Any, address: str) -> tuple[float, int]:
    """Median milliseconds in the database, and the number of queries."""
    client = Client()
    client.force_login(user)
    visits = []
    for _visit_number in range(VISITS):
        spent: list[float] = []

        def measured(
            execute: Callable[..., Any], *arguments: Any, spent: list[float] = spent
        ) -> Any:
            start = perf_counter()
            try:
                return execute(*arguments)
            finally:
                spent.append(perf_counter() - start)

        with connection.execute_wrapper(measured):
            response = client.get(address, secure=True)
        assert response.status_code == 200, (response.status_code, address)
        visits.append((sum(spent) * 1000, len(spent)))
    return median(ms for ms, _number in visits), visits[-1][1]
