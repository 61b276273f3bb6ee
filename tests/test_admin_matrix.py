"""Every admin URL, for every role, on own, foreign and missing rows (J3).

The URLs come from the resolver, the answers from the table in `admin_pages`: a URL without an
entry fails by its name, and so does an entry without a URL.
"""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from shop.models import Storefront
from tests import admin_pages
from tests.admin_pages import PREFIX
from tests.comms_pages import COMMS_PAGES
from tests.roles import (
    FOREIGN,
    FOREIGN_PK,
    MISSING_PK,
    OWN_PK,
    ROLES,
    SCOPED,
    World,
    build_world,
    content_type_id,
)

pytestmark = pytest.mark.django_db
PAGES = {**admin_pages.PAGES, **COMMS_PAGES}
CASES = [(name, role) for name in PAGES for role in ROLES]
VOLATILE_HEADERS = {"Expires", "Last-Modified", "Date"}


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


@pytest.fixture
def world() -> World:
    return build_world()


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


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(("name", "role"), CASES)
def test_J3_every_admin_url_answers_every_role_as_the_matrix_says(
    name: str, role: str, method: str, world: World
) -> None:
    page = PAGES[name]
    expected: dict[int, str] = {}
    if page.has_own:
        expected[OWN_PK] = page.expected(method, role, found=True)
    if page.has_rows:
        expected[FOREIGN_PK] = page.expected(method, role, found=role == "superuser")
    expected[MISSING_PK] = page.expected(method, role, found=not page.has_rows)

    answers = {pk: answer(ask(world.client(role), method, name, pk)) for pk in expected}

    assert answers == expected


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    ("name", "role"), [case for case in CASES if PAGES[case[0]].has_rows and case[1] in SCOPED]
)
def test_J3_a_foreign_row_answers_exactly_like_a_missing_one(
    name: str, role: str, method: str, world: World
) -> None:
    answers = []
    for pk in (FOREIGN_PK, MISSING_PK):
        client = world.client(role)
        answers.append(seen(client, ask(client, method, name, pk), pk))

    foreign, missing = answers
    assert foreign == missing


@pytest.mark.parametrize(("name", "role"), [case for case in CASES if case[1] in SCOPED])
def test_J3_no_page_names_anything_of_a_foreign_studio(name: str, role: str, world: World) -> None:
    page = PAGES[name]
    for method in ("GET", "POST"):
        for pk in (OWN_PK, FOREIGN_PK) if page.has_rows else (OWN_PK,):
            client = world.client(role)

            everything = " ".join(seen(client, ask(client, method, name, pk), pk))

            assert FOREIGN.lower() not in everything.lower()
