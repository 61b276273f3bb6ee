"""A page of the admin, visited several times: its time in the database, and its queries."""

from collections.abc import Callable
from statistics import median
from time import perf_counter
from typing import Any

from django.contrib.auth.models import Group, User
from django.db import connection
from django.test import Client

from jobstatus.models import Membership

VISITS = 5


def photographer(name: str, studio_id: int) -> Any:
    """A user who works in this studio."""
    user = User.objects.create_user(name, is_staff=True)
    user.groups.add(Group.objects.get(name="Photographer"))
    Membership.objects.create(user=user, studio_id=studio_id)
    return user


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
