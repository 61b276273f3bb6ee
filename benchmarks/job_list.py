"""The admin's job list, as a superuser and as a photographer of a big studio."""

from collections.abc import Callable
from statistics import median
from time import perf_counter
from typing import Any

from django.contrib.auth.models import Group, User
from django.db import connection
from django.test import Client

from benchmarks import data
from benchmarks.report import Figure
from jobstatus.models import Job, Membership, Studio

URL = "/admin/jobstatus/job/"
FIRST_PAGE_MS = 200
VISITS = 5
# What a person does next. No target is set for these; they show what a full search costs.
OTHER_PAGES = {
    "page 2": "?p=2",
    "status filter": "?status__exact=selling",
    "search": "?q=picture+123456",
    "sorted by the first column": "?o=1",
    "sorted by the second column": "?o=2",
    "sorted by the third column": "?o=3",
}


def job_list() -> list[Figure]:
    root = User.objects.create_superuser("root-of-benchmark")
    photographer = User.objects.create_user("photographer-of-benchmark", is_staff=True)
    photographer.groups.add(Group.objects.get(name="Photographer"))
    Membership.objects.create(user=photographer, studio_id=data.BIG_STUDIO)
    newcomer = User.objects.create_user("newcomer-of-benchmark", is_staff=True)
    newcomer.groups.add(Group.objects.get(name="Photographer"))
    studio = Studio.objects.create(name="Newcomer", slug="newcomer", timezone="UTC")
    Membership.objects.create(user=newcomer, studio=studio)
    Job.objects.create(studio=studio, name="The first job")
    figures = []
    for user, who in ((root, "superuser"), (photographer, "photographer")):
        ms, queries = _visit(user, "")
        figures.append(Figure(f"first page, {who}", ms, "ms", at_most=FIRST_PAGE_MS))
        figures.append(Figure(f"first page, {who}: queries", queries, ""))
        figures += [
            Figure(f"{name}, {who}", _visit(user, q)[0], "ms") for name, q in OTHER_PAGES.items()
        ]
    more = _visit(photographer, "")[1] - _visit(newcomer, "")[1]
    figures.append(Figure("queries of a full page beyond those of one job", more, "", at_most=0))
    return figures


def _visit(user: Any, query: str) -> tuple[float, int]:
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
            response = client.get(URL + query, secure=True)
        assert response.status_code == 200, (response.status_code, URL + query)
        visits.append((sum(spent) * 1000, len(spent)))
    return median(ms for ms, _number in visits), visits[-1][1]
