"""What the pages of the admin write stays inside the person's studios (J3), crafted or not."""

from typing import Any

import pytest
from django.contrib.admin import AdminSite
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied
from django.forms import inlineformset_factory
from django.test import RequestFactory

from jobstatus.admin.base import StudioScopedAdmin
from jobstatus.admin.scope import within
from jobstatus.models import Job, JobEvent, Membership
from shop.models import BasketLine, LinePicture, Storefront
from tests.factories import BasketFactory, JobFactory, UserFactory
from tests.roles import FOREIGN, FOREIGN_PK, MISSING_PK, OWN_PK, World, build_world, second_studio
from tests.scope_site import JOBS, SHOPS, site

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.scope_site")]
MEMBERS = ("viewer", "photographer")
NO_INLINES = {
    f"{prefix}-{name}": "0"
    for prefix in ("storefront", "-1")  # Pictures have no name for the way back.
    for name in ("TOTAL_FORMS", "INITIAL_FORMS")
}


@pytest.fixture
def world() -> World:
    world = build_world()
    pictures = Permission.objects.filter(content_type__app_label="shop", codename__contains="line")
    for role in ("loner", "viewer", "photographer"):
        world.users[role].user_permissions.add(*pictures)
    return world


@pytest.mark.parametrize("across", ["0", "1"])
def test_J3_an_action_reaches_own_rows_even_with_crafted_ids(across: str, world: World) -> None:
    client = world.client("photographer")
    data = {"action": "mark", "index": "0", "select_across": across}

    client.post(JOBS, {**data, "_selected_action": [str(OWN_PK), str(FOREIGN_PK)]})

    names = dict(Job.objects.values_list("pk", "name"))
    assert names == {OWN_PK: "marked", FOREIGN_PK: f"{FOREIGN}-Schule"}


def test_J3_a_viewer_has_no_action(world: World) -> None:
    data = {"action": "mark", "index": "0", "_selected_action": [str(OWN_PK)]}

    world.client("viewer").post(JOBS, data)

    assert not Job.objects.filter(name="marked").exists()


def test_J3_editing_in_the_list_does_not_reach_a_foreign_row(world: World) -> None:
    data = {
        "form-TOTAL_FORMS": "1",
        "form-INITIAL_FORMS": "1",
        "form-0-id": str(FOREIGN_PK),
        "form-0-name": "stolen",
        "_save": "Save",
    }

    world.client("photographer").post(JOBS, data)

    assert not Job.objects.filter(name="stolen").exists()


@pytest.mark.parametrize("wanted", [FOREIGN_PK, MISSING_PK])
def test_J3_a_crafted_foreign_job_is_no_valid_choice(wanted: int, world: World) -> None:
    job = JobFactory.create(studio=world.foreign)  # without a storefront that could be in the way
    data = {"job": str(job.pk if wanted == FOREIGN_PK else wanted), "slug": "crafted"}

    html = world.client("photographer").post(f"{SHOPS}add/", data).content.decode()

    assert "Select a valid choice" in html
    assert not Storefront.objects.filter(slug="crafted").exists()


def test_J3_a_crafted_foreign_job_is_no_valid_raw_id(world: World) -> None:
    line = BasketLine.objects.create(basket=BasketFactory.create(), title="Print")
    picture = LinePicture.objects.create(line=line, job=world.job)
    url = f"/admin/shop/linepicture/{picture.pk}/change/"

    html = world.client("photographer").post(url, {"job": str(FOREIGN_PK)}).content.decode()

    assert "Select a valid choice" in html
    assert FOREIGN not in html
    assert LinePicture.objects.get().job == world.job


def test_J3_a_row_of_a_foreign_page_cannot_be_saved_through_an_inline(world: World) -> None:
    data = NO_INLINES | {
        "name": "Waldschule",
        "storefront-TOTAL_FORMS": "1",
        "storefront-INITIAL_FORMS": "1",
        "storefront-0-id": str(FOREIGN_PK),
        "storefront-0-job": str(OWN_PK),
        "storefront-0-slug": "stolen",
    }

    world.client("photographer").post(f"{JOBS}{OWN_PK}/change/", data)

    assert not Storefront.objects.filter(slug="stolen").exists()
    assert Storefront.objects.get(pk=FOREIGN_PK).job == world.foreign_job


def test_J3_an_own_row_is_saved_through_an_inline(world: World) -> None:
    data = NO_INLINES | {
        "name": "Waldschule 2",
        "storefront-TOTAL_FORMS": "1",
        "storefront-INITIAL_FORMS": "1",
        "storefront-0-id": str(OWN_PK),
        "storefront-0-job": str(OWN_PK),
        "storefront-0-slug": "renamed",
    }

    world.client("photographer").post(f"{JOBS}{OWN_PK}/change/", data)

    assert Job.objects.get(pk=OWN_PK).name == "Waldschule 2"
    assert Storefront.objects.get(pk=OWN_PK).slug == "renamed"


@pytest.mark.parametrize("role", ["loner", *MEMBERS])
def test_J3_saving_checks_again_behind_the_form(role: str, world: World) -> None:
    request = RequestFactory().post("/")
    request.user = world.users[role]
    shop = Storefront(job=world.foreign_job, slug="crafted")
    moved = Job.objects.get(pk=OWN_PK)
    moved.studio = world.foreign

    for model, row in ((Storefront, shop), (Job, moved)):
        with pytest.raises(PermissionDenied):
            site.get_model_admin(model).save_model(request, row, None, change=False)


def test_J3_an_own_row_may_point_to_own_rows_only(world: World) -> None:
    people = AdminSite()
    people.register(
        get_user_model(), type("Users", (StudioScopedAdmin,), {"studio_path": "studios"})
    )
    page = type("Events", (StudioScopedAdmin,), {"studio_path": "job__studio"})(JobEvent, people)
    request = RequestFactory().post("/")
    request.user = world.users["photographer"]
    stranger = UserFactory.create()
    Membership.objects.create(user=stranger, studio=world.foreign)

    page.refuse_foreign_rows(request, JobEvent(job_id=OWN_PK, by=request.user))
    with pytest.raises(PermissionDenied):
        page.refuse_foreign_rows(request, JobEvent(job_id=OWN_PK, by=stranger))


@pytest.mark.parametrize("model", [Storefront, LinePicture])
def test_J3_saving_rows_of_an_inline_checks_again_behind_the_form(model: Any, world: World) -> None:
    line = BasketLine.objects.create(basket=BasketFactory.create(), title="Print")
    LinePicture.objects.create(pk=FOREIGN_PK, line=line, job=world.foreign_job)
    fields = ["slug"] if model is Storefront else ["line"]
    data = {
        "x-TOTAL_FORMS": "1",
        "x-INITIAL_FORMS": "1",
        "x-0-id": str(FOREIGN_PK),
        "x-0-job": str(FOREIGN_PK),
        "x-0-slug": "crafted",
        "x-0-line": str(BasketLine.objects.create(basket=line.basket, title="Mug").pk),
    }
    formset = inlineformset_factory(Job, model, fields=fields)(
        data, instance=world.foreign_job, prefix="x"
    )
    request = RequestFactory().post("/")
    request.user = world.users["photographer"]
    assert formset.is_valid()

    with pytest.raises(PermissionDenied):
        site.get_model_admin(Job).save_formset(request, formset, formset, change=True)


@pytest.mark.parametrize(
    ("role", "own", "foreign"),
    [
        ("loner", False, False),
        ("viewer", False, False),
        ("photographer", True, False),
        ("superuser", True, True),
    ],
)
def test_J3_permission_is_asked_for_the_object(
    role: str, own: bool, foreign: bool, world: World
) -> None:
    request = RequestFactory().get("/")
    request.user = world.users[role]

    may_change = site.get_model_admin(Job).has_change_permission

    assert may_change(request, world.job) == own
    assert may_change(request, world.foreign_job) == foreign


def test_J3_a_person_with_two_studios_cannot_carry_a_row_across(world: World) -> None:
    other = JobFactory.create(studio=second_studio(world))
    data = {"job": str(other.pk), "slug": "carried"}

    response = world.client("photographer").post(f"{SHOPS}{OWN_PK}/change/", data)

    assert response.status_code == 403
    assert Storefront.objects.get(pk=OWN_PK).job == world.job


# The studio of a new row


def test_J3_the_only_studio_is_not_asked_for_and_cannot_be_crafted(world: World) -> None:
    client = world.client("photographer")
    data = NO_INLINES | {"name": "Neu", "studio": str(FOREIGN_PK)}

    html = client.get(f"{JOBS}add/").content.decode()
    client.post(f"{JOBS}add/", data)

    assert 'name="studio"' not in html
    assert Job.objects.get(name="Neu").studio == world.studio


@pytest.mark.parametrize("crafted", [True, False])
def test_J3_the_studio_is_chosen_among_several_own_ones(crafted: bool, world: World) -> None:
    studio = second_studio(world)
    client = world.client("photographer")
    data = NO_INLINES | {"name": "Neu", "studio": str(FOREIGN_PK if crafted else studio.pk)}

    html = client.get(f"{JOBS}add/").content.decode()
    client.post(f"{JOBS}add/", data)

    assert 'name="studio"' in html
    assert FOREIGN not in html
    expected = [] if crafted else [studio]
    assert [job.studio for job in Job.objects.filter(name="Neu")] == expected


def test_J3_without_a_studio_nothing_can_be_added(world: World) -> None:
    client = world.client("loner")

    assert client.get(f"{JOBS}add/").status_code == 403
    assert client.post(f"{JOBS}add/", NO_INLINES | {"name": "Neu"}).status_code == 403


@pytest.mark.parametrize("role", ["photographer", "superuser"])
def test_J3_only_a_superuser_moves_a_job_to_another_studio(role: str, world: World) -> None:
    studio = second_studio(world)
    data = NO_INLINES | {"name": "Waldschule", "studio": str(studio.pk)}

    html = world.client(role).get(f"{JOBS}{OWN_PK}/change/").content.decode()
    world.client(role).post(f"{JOBS}{OWN_PK}/change/", data)

    assert ('name="studio"' in html) == (role == "superuser")
    moved = Job.objects.get(pk=OWN_PK).studio == studio
    assert moved == (role == "superuser")


def test_J3_deleting_stays_inside_the_studio_even_with_the_permission(world: World) -> None:
    delete = Permission.objects.filter(codename__in=["delete_storefront", "delete_linepicture"])
    world.users["photographer"].user_permissions.add(*delete)
    client = world.client("photographer")

    for pk in (OWN_PK, FOREIGN_PK):
        client.post(f"{SHOPS}{pk}/delete/", {"post": "yes"})

    assert list(Storefront.objects.values_list("pk", flat=True)) == [FOREIGN_PK]


def test_J3_every_scoped_page_of_the_product_names_a_path_to_its_studio() -> None:
    from django.contrib.admin import site as product

    request = RequestFactory().get("/")
    request.user = type("Nobody", (), {"is_superuser": False, "pk": None})()
    scoped = [page for page in product._registry.values() if isinstance(page, StudioScopedAdmin)]

    assert scoped
    for admin_page in scoped:
        rows = admin_page.model._default_manager.all()
        assert within(rows, admin_page.studio_path, request).count() == 0
