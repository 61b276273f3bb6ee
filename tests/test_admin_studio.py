"""The studio's page, the runs of the sweep, the roles and the banner on the front page."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import Group, Permission

from config.roles import ROLES, write_roles
from jobstatus import clock
from jobstatus.admin.studio import run_state
from jobstatus.heartbeat import LATE_AFTER, sweep_health
from jobstatus.models import Job, Membership, Studio, TaskRun
from tests.factories import NOON, JobFactory, job_in
from tests.roles import OWN_PK, World, build_world

pytestmark = pytest.mark.django_db
CHANGE = f"/admin/jobstatus/studio/{OWN_PK}/change/"
NOT_RUNNING = "Automatic archiving is not running"
SECOND = timedelta(seconds=1)
NO_TERMS = {
    f"{inline}-{name}_FORMS": "0"
    for inline in ("terms", "sending_rules", "storage_quota")
    for name in ("TOTAL", "INITIAL")
}


@pytest.fixture
def world() -> World:
    return build_world()


@pytest.mark.parametrize("role", ["loner", "viewer", "photographer", "superuser"])
def test_J3_changing_the_zone_moves_the_deadlines_of_the_own_studio(
    role: str, world: World
) -> None:
    values = {"archiving_enabled": True, "archive_date": date(2026, 6, 1)}
    own = JobFactory.create(studio=world.studio, **values)
    noise = JobFactory.create(studio=world.foreign, **values)
    data = NO_TERMS | {"name": "Atelier Nord", "slug": "nord", "timezone": "America/New_York"}
    if role == "superuser":
        data |= {"memberships-TOTAL_FORMS": "0", "memberships-INITIAL_FORMS": "0"}

    world.client(role).post(CHANGE, data)

    moved = Job.objects.get(pk=own.pk).closes_at - own.closes_at
    assert moved == timedelta(hours=6 if role in ("photographer", "superuser") else 0)
    assert Job.objects.get(pk=noise.pk).closes_at == noise.closes_at


def test_J3_the_zone_is_chosen_from_all_names_and_says_what_it_moves(world: World) -> None:
    for _number in range(2):
        JobFactory.create(
            studio=world.studio, archiving_enabled=True, archive_date=date(2026, 6, 1)
        )
    JobFactory.create(studio=world.foreign, archiving_enabled=True, archive_date=date(2026, 6, 1))

    html = world.client("photographer").get(CHANGE).content.decode()

    assert '<option value="Pacific/Apia">Pacific/Apia</option>' in html
    assert "moves the archiving deadlines of 2 jobs" in html


def test_J3_short_name_and_members_are_for_superusers(world: World) -> None:
    data = NO_TERMS | {
        "name": "Atelier Nord-West",
        "slug": "crafted",
        "timezone": "Europe/Berlin",
        "memberships-TOTAL_FORMS": "1",
        "memberships-INITIAL_FORMS": "0",
        "memberships-0-user": str(world.users["loner"].pk),
        "memberships-0-studio": str(OWN_PK),
    }

    world.client("photographer").post(CHANGE, data)

    studio = Studio.objects.get(pk=OWN_PK)
    assert (studio.name, studio.slug) == ("Atelier Nord-West", "nord")
    assert not Membership.objects.filter(user=world.users["loner"]).exists()


@pytest.mark.parametrize(
    ("failed", "finished", "started_before", "expected"),
    [
        (0, True, 10 * LATE_AFTER, "Done"),
        (2, True, SECOND, "Some jobs failed"),
        (0, False, LATE_AFTER, "Running"),
        (0, False, LATE_AFTER + SECOND, "Late: started, but not finished"),
    ],
)
def test_A3_a_run_says_whether_it_is_late_or_failed(
    failed: int, finished: bool, started_before: timedelta, expected: str
) -> None:
    started = NOON - started_before
    run = TaskRun(started_at=started, finished_at=started if finished else None, failed=failed)

    assert run_state(run, NOON) == expected


def sweep(finished_before: timedelta | None, *, failed: int = 0) -> None:
    at = clock.now()
    TaskRun.objects.all().delete()
    TaskRun.objects.create(
        task=TaskRun.Task.ARCHIVE_DUE,
        started_at=at - timedelta(hours=1),
        finished_at=None if finished_before is None else at - finished_before,
        failed=failed,
    )
    # Noise: another task that ran a moment ago.
    TaskRun.objects.create(
        task=TaskRun.Task.CHECK_DEADLINES, started_at=at, finished_at=at, failed=9
    )


@pytest.mark.parametrize("role", ["loner", "viewer", "photographer", "superuser"])
@pytest.mark.parametrize(
    ("finished_before", "is_late"),
    [(timedelta(0), False), (2 * LATE_AFTER, True), (None, True)],
)
def test_A3_the_front_page_says_when_the_sweep_is_late(
    role: str, finished_before: timedelta | None, is_late: bool, world: World
) -> None:
    sweep(finished_before)

    html = world.client(role).get("/admin/").content.decode()

    assert (NOT_RUNNING in html) == is_late


@pytest.mark.parametrize("role", ["loner", "viewer", "photographer", "superuser"])
def test_A3_the_front_page_counts_failed_jobs_for_superusers(role: str, world: World) -> None:
    sweep(timedelta(0), failed=2)

    html = world.client(role).get("/admin/").content.decode()

    assert ("could not archive 2 jobs" in html) == (role == "superuser")


def test_A3_the_sweep_is_late_one_second_after_the_limit() -> None:
    TaskRun.objects.create(
        task=TaskRun.Task.ARCHIVE_DUE, started_at=NOON - SECOND, finished_at=NOON, failed=1
    )

    at_limit, behind = sweep_health(NOON + LATE_AFTER), sweep_health(NOON + LATE_AFTER + SECOND)

    assert (at_limit.is_late, at_limit.age_seconds, at_limit.failed) == (False, 180, 1)
    assert (behind.is_late, behind.age_seconds) == (True, 181)


def test_A3_a_job_is_overdue_when_the_sweep_missed_it_three_times() -> None:
    job = job_in("selling", archiving_enabled=True, archive_date=NOON.date(), archive_delay=0)
    JobFactory.create(archiving_enabled=True, archive_date=NOON.date(), archive_delay=0)
    limit = job.closes_at + LATE_AFTER

    assert sweep_health(limit - SECOND).overdue == 0
    assert sweep_health(limit).overdue == 1
    assert not sweep_health(limit).is_well


def test_J3_every_role_has_exactly_its_permissions_and_photographers_delete_jobs_only() -> None:
    group = Group.objects.get(name="Viewer")
    group.permissions.add(Permission.objects.get(codename="delete_job"))

    write_roles()

    for name, labels in ROLES.items():
        found = Group.objects.get(name=name).permissions.values_list(
            "content_type__app_label", "codename"
        )
        assert {f"{app}.{codename}" for app, codename in found} == set(labels)
        deletes = [label for label in labels if ".delete_" in label]
        assert deletes == (["jobstatus.delete_job"] if name == "Photographer" else [])
