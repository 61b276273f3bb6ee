"""Every admin URL, for every role, on own, foreign and missing rows (J3).

The URLs come from the resolver, the answers from the table in `admin_pages`: a URL without an
entry fails by its name, and so does an entry without a URL.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from functools import cache
from http.cookies import SimpleCookie
from typing import Any, NamedTuple

import pytest
from django.core.cache import cache as store
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from shop.models import Storefront
from tests import admin_pages
from tests.admin_pages import PREFIX, Page
from tests.comms_pages import COMMS_PAGES
from tests.photos_pages import PHOTOS_PAGES
from tests.roles import (
    FOREIGN,
    FOREIGN_PK,
    MISSING_PK,
    OWN_PK,
    ROLES,
    SCOPED,
    build_world,
    content_type_id,
)

pytestmark = pytest.mark.django_db
PAGES = {**admin_pages.PAGES, **COMMS_PAGES, **PHOTOS_PAGES}
METHODS = ("GET", "POST")
VOLATILE_HEADERS = {"Expires", "Last-Modified", "Date"}


@cache
def admin_routes() -> dict[str, str]:
    """The route of every admin URL by its name; those without a name by the route itself."""
    found: dict[str, str] = {}

    def walk(patterns: Any, before: str) -> None:
        for entry in patterns:
            route = before + str(entry.pattern)
            if not isinstance(entry, URLPattern):
                walk(entry.url_patterns, route)
            elif route.startswith(PREFIX):
                name = entry.name or route
                assert name not in found, f"Two admin URLs are called {name}."
                found[name] = route

    walk(get_resolver().url_patterns, "")
    return found


class Answer(NamedTuple):
    word: str
    seen: tuple[str, ...]  # all that a person can tell; of roles with a studio only


def url_of(name: str, pk: int) -> str:
    page = PAGES[name]
    if page.address:
        return page.address.format(pk=pk, storefront_type=content_type_id(Storefront))
    return "/" + re.sub(r"<[^>]+>", str(pk), admin_routes()[name])


def ask(client: Client, method: str, name: str, pk: int) -> Any:
    page = PAGES[name]
    url = url_of(name, pk)
    if method == "GET":
        return client.get(url, page.query)
    return client.post(url, {key: value.format(pk=pk) for key, value in page.data.items()})


def answer(response: Any) -> str:
    """The answer in one word."""
    if response.status_code != 302:
        words = {200: "ok", 403: "forbidden", 404: "missing", 405: "wrong-method", 409: "conflict"}
        return words.get(response.status_code, str(response.status_code))
    if response.url.startswith(reverse("admin:login")):
        return "login"
    return "index" if response.url == reverse("admin:index") else "moved"


def seen(client: Client, response: Any, pk: int) -> tuple[Any, ...]:
    """All that a person can tell from an answer, with the page it leads to; ids made equal."""
    headers = {key: value for key, value in response.items() if key not in VOLATILE_HEADERS}
    headers.pop("Content-Length", None)
    parts = [
        response.status_code,
        sorted(headers.items()),
        sorted(response.cookies),
        text(response),
    ]
    if response.status_code == 302:
        parts.append(text(client.get(response.url)))
    return tuple(_normal(str(part), pk) for part in parts)


def text(response: Any) -> str:
    return str(response.content.decode()) if not response.streaming else ""


def _normal(part: str, pk: int) -> str:
    part = re.sub(r'(csrfmiddlewaretoken" value=|data-csrf=)"\w+"', r'\1""', part)
    return part.replace(str(pk), "<id>")


def test_J3_every_admin_url_has_an_entry_in_the_matrix() -> None:
    without_entry = sorted(set(admin_routes()) - set(PAGES))

    assert without_entry == []


def test_J3_every_entry_of_the_matrix_has_an_admin_url() -> None:
    without_url = sorted(set(PAGES) - set(admin_routes()))

    assert without_url == []


@pytest.mark.parametrize("name", PAGES)
def test_J3_every_admin_url_answers_every_role_as_the_matrix_says_and_names_nothing_foreign(
    name: str,
) -> None:
    page, world = PAGES[name], build_world()
    sessions = {role: world.client(role).cookies for role in ROLES}
    rows = [OWN_PK, FOREIGN_PK, MISSING_PK] if page.has_rows else [OWN_PK, MISSING_PK]

    for role in ROLES:
        for method in METHODS:
            answers = {pk: answer_to(sessions[role], method, name, pk, role) for pk in rows}

            words = {pk: answers[pk].word for pk in rows}
            assert words == expected(page, method, role, rows), (role, method)
            if role in SCOPED:
                text = " ".join(" ".join(one.seen) for one in answers.values())
                assert FOREIGN.lower() not in text.lower(), (role, method)
                if page.has_rows:
                    foreign, missing = answers[FOREIGN_PK].seen, answers[MISSING_PK].seen
                    assert foreign == missing, (role, method)


def expected(page: Page, method: str, role: str, rows: list[int]) -> dict[int, str]:
    top = role == "superuser"
    found = {OWN_PK: page.has_own, FOREIGN_PK: top, MISSING_PK: not page.has_rows}
    return {pk: page.expected(method, role, found=found[pk]) for pk in rows}


def answer_to(session: SimpleCookie, method: str, name: str, pk: int, role: str) -> Answer:
    with undone():
        client = Client()
        client.cookies = deepcopy(session)
        response = ask(client, method, name, pk)
        return Answer(answer(response), seen(client, response, pk) if role in SCOPED else ())


@contextmanager
def undone() -> Iterator[None]:
    """Each answer is that of an untouched world, which is built once for them all.

    No `atomic`, in which an operation that must be the outermost would refuse to run.
    """
    store.clear()
    before = transaction.savepoint()
    yield
    transaction.savepoint_rollback(before)
