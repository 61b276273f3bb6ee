"""Whatever a page of the admin offers stays inside the person's studios (J3).

The site of scope_site.py uses every feature of the base classes; test_admin_matrix.py walks over
the product's own pages.
"""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.core.exceptions import ImproperlyConfigured
from django.test import RequestFactory

from jobstatus.models import Job
from shop.models import BasketLine, Storefront
from tests.factories import BasketFactory, JobFactory
from tests.roles import (
    FOREIGN,
    FOREIGN_PK,
    MISSING_PK,
    OWN_PK,
    World,
    build_world,
    content_type_id,
    second_studio,
)
from tests.scope_site import JOBS, SHOPS, JobPage, site

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.scope_site")]
MEMBERS = ("viewer", "photographer")


@pytest.fixture
def world() -> World:
    world = build_world()
    pictures = Permission.objects.filter(content_type__app_label="shop", codename__contains="line")
    for role in ("loner", "viewer", "photographer"):
        world.users[role].user_permissions.add(*pictures)
    return world


def page(world: World, role: str, url: str, **query: str) -> str:
    response = world.client(role).get(url, query, follow=True)
    assert response.status_code == 200
    return str(response.content.decode())


# Looking


@pytest.mark.parametrize("role", ["loner", *MEMBERS, "superuser"])
@pytest.mark.parametrize(
    ("query", "by_superuser"),
    [
        ({}, {OWN_PK, FOREIGN_PK}),
        ({"q": "schule"}, {OWN_PK, FOREIGN_PK}),
        ({"studio__id__exact": str(OWN_PK)}, {OWN_PK}),
        # Who has one studio has no such filter, so that the query string means nothing.
        ({"studio__id__exact": str(FOREIGN_PK)}, {FOREIGN_PK}),
    ],
)
def test_J3_the_list_shows_own_rows_whatever_is_searched_or_filtered(
    role: str, query: dict[str, str], by_superuser: set[int], world: World
) -> None:
    response = world.client(role).get(JOBS, query)

    shown = {job.pk for job in response.context["cl"].queryset}
    expected = {"loner": set(), "superuser": by_superuser}
    assert shown == expected.get(role, {OWN_PK})
    assert (FOREIGN in response.content.decode()) == (role == "superuser")


@pytest.mark.parametrize("role", ["loner", *MEMBERS])
@pytest.mark.parametrize(
    "lookup", ["studio__name__startswith", "studio__members__username", "events__reason__contains"]
)
def test_J3_a_query_string_cannot_probe_rows_behind_a_relation(
    role: str, lookup: str, world: World
) -> None:
    response = world.client(role).get(JOBS, {lookup: "A"})

    assert response.status_code == 400


@pytest.mark.parametrize("role", MEMBERS)
def test_J3_a_filter_offers_own_rows_and_none_for_a_single_studio(role: str, world: World) -> None:
    JobFactory.create(studio=world.studio, name="Bergschule")

    html = page(world, role, SHOPS)

    assert "job__id__exact=" in html
    assert FOREIGN not in html
    assert "job__studio__id__exact=" not in html


def test_J3_a_filter_by_studio_appears_with_the_second_one(world: World) -> None:
    studio = second_studio(world)

    html = page(world, "photographer", SHOPS)

    assert f"job__studio__id__exact={studio.pk}" in html
    assert f"job__studio__id__exact={FOREIGN_PK}" not in html


@pytest.mark.parametrize("wanted", [FOREIGN_PK, MISSING_PK])
def test_J3_a_filter_by_a_foreign_studio_finds_as_little_as_by_a_missing_one(
    wanted: int, world: World
) -> None:
    second_studio(world)

    response = world.client("photographer").get(JOBS, {"studio__id__exact": str(wanted)})

    assert list(response.context["cl"].queryset) == []


def test_J3_a_filter_that_would_list_values_of_all_studios_is_refused(world: World) -> None:
    class LeakingPage(JobPage):
        list_filter = ["studio__name"]

    request = RequestFactory().get("/")

    with pytest.raises(ImproperlyConfigured, match="studio__name"):
        LeakingPage(Job, site).get_list_filter(request)


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        ("loner", []),
        ("viewer", ["Atelier Nord"]),
        ("photographer", ["Atelier Nord"]),
        ("superuser", ["Atelier Nord", f"{FOREIGN} Foto"]),
    ],
)
def test_J3_autocomplete_finds_own_rows(role: str, expected: list[str], world: World) -> None:
    query = {"app_label": "jobstatus", "model_name": "membership", "field_name": "studio"}

    answer = world.client(role).get("/admin/autocomplete/", {**query, "term": "o"}).json()

    assert sorted(row["text"] for row in answer["results"]) == expected


@pytest.mark.parametrize("role", ["loner", *MEMBERS])
def test_J3_autocomplete_does_not_list_people(role: str, world: World) -> None:
    query = {"app_label": "jobstatus", "model_name": "membership", "field_name": "user"}

    response = world.client(role).get("/admin/autocomplete/", {**query, "term": "u"})

    assert response.status_code == 403


def test_J3_a_drop_down_offers_own_rows(world: World) -> None:
    html = page(world, "photographer", f"{SHOPS}add/", job=str(FOREIGN_PK))

    assert f'<option value="{OWN_PK}">Waldschule</option>' in html
    assert FOREIGN not in html


@pytest.mark.parametrize(("role", "offered"), [("photographer", False), ("superuser", True)])
def test_J3_a_drop_down_of_rows_without_a_studio_is_empty_for_staff(
    role: str, offered: bool, world: World
) -> None:
    BasketLine.objects.create(basket=BasketFactory.create(), title="Print of a stranger")

    html = page(world, role, "/admin/shop/linepicture/add/")

    assert ("Print of a stranger" in html) == offered


@pytest.mark.parametrize("role", MEMBERS)
def test_J3_a_raw_id_names_own_rows_only(role: str, world: World) -> None:
    add = "/admin/shop/linepicture/add/"

    own, foreign = (page(world, role, add, job=str(pk)) for pk in (OWN_PK, FOREIGN_PK))

    assert "Waldschule" in own
    assert FOREIGN not in foreign


@pytest.mark.parametrize("role", MEMBERS)
def test_J3_history_is_that_of_own_rows(role: str, world: World) -> None:
    url = f"{JOBS}{OWN_PK}/history/"

    assert "Waldschule" in page(world, role, url)
    assert world.client(role).get(url.replace(str(OWN_PK), str(FOREIGN_PK))).status_code == 302


@pytest.mark.parametrize("role", [*MEMBERS, "superuser"])
def test_J3_recent_actions_are_the_persons_own(role: str, world: World) -> None:
    assert LogEntry.objects.exclude(user=world.users[role]).exists()

    response = world.client(role).get("/admin/")

    assert list(response.context["log_entries"]) == []


@pytest.mark.parametrize(
    ("role", "own", "foreign"),
    [
        ("loner", 404, 404),
        ("viewer", 302, 404),
        ("photographer", 302, 404),
        ("superuser", 302, 302),
    ],
)
def test_J3_view_on_site_leads_to_own_rows(role: str, own: int, foreign: int, world: World) -> None:
    kind = content_type_id(Storefront)
    client = world.client(role)

    answers = [
        client.get(f"/admin/r/{kind}/{pk}/").status_code for pk in (OWN_PK, FOREIGN_PK, MISSING_PK)
    ]

    assert answers == [own, foreign, 404]


# What belongs to no studio


@pytest.mark.parametrize(
    ("role", "expected"),
    [("loner", 403), ("viewer", 403), ("photographer", 403), ("superuser", 200)],
)
def test_J3_a_model_registered_without_a_scope_is_for_superusers(
    role: str, expected: int, world: World
) -> None:
    permissions = Permission.objects.filter(content_type__app_label="shop")
    world.users[role].user_permissions.add(*permissions)

    assert world.client(role).get("/admin/shop/basket/").status_code == expected


def test_J3_an_inline_without_a_scope_is_for_superusers(world: World) -> None:
    change = f"{JOBS}{OWN_PK}/change/"

    assert 'name="-1-TOTAL_FORMS"' in page(world, "superuser", change)
    assert 'name="-1-TOTAL_FORMS"' not in page(world, "photographer", change)
