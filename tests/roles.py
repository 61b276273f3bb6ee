"""The people of the scope tests, their studio, and a foreign studio full of noise."""

from dataclasses import dataclass, field
from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group, User
from django.contrib.contenttypes.models import ContentType
from django.test import Client

from jobstatus.models import Job, Membership, Studio, TaskRun
from shop.models import Storefront
from tests.comms_world import comms_of
from tests.factories import NOON, JobFactory, StudioFactory, UserFactory
from tests.shop_rows import shop_of

FOREIGN = "Fremdling"  # in every name of the foreign studio, and nowhere else
FOREIGN_PK = 700_001
OWN_PK = 500_001
MISSING_PK = 900_001  # as long as the others, so that answers can be compared

# An outsider is signed in, but no staff. A loner is staff without a studio.
ROLES = ("anonymous", "outsider", "loner", "viewer", "photographer", "superuser")
SCOPED = ("loner", "viewer", "photographer")
GROUPS = {"loner": "Photographer", "viewer": "Viewer", "photographer": "Photographer"}


@dataclass
class World:
    """Two studios, one of them foreign to everybody; `users` by role."""

    studio: Studio
    foreign: Studio
    job: Job
    foreign_job: Job
    users: dict[str, Any] = field(default_factory=dict)

    def client(self, role: str) -> Client:
        client = Client(raise_request_exception=True)
        if role != "anonymous":
            client.force_login(self.users[role])
        return client


def build_world() -> World:
    studio = StudioFactory.create(pk=OWN_PK, name="Atelier Nord", slug="nord")
    foreign = StudioFactory.create(pk=FOREIGN_PK, name=f"{FOREIGN} Foto", slug=FOREIGN.lower())
    world = World(
        studio,
        foreign,
        job=_job(OWN_PK, studio, "Waldschule"),
        foreign_job=_job(FOREIGN_PK, foreign, f"{FOREIGN}-Schule"),
    )
    for role in ROLES[1:]:
        world.users[role] = UserFactory.create(
            username=role, is_staff=role != "outsider", is_superuser=role == "superuser"
        )
        if role in GROUPS:
            world.users[role].groups.add(Group.objects.get(name=GROUPS[role]))
    for role in ("viewer", "photographer"):
        Membership.objects.create(user=world.users[role], studio=studio)
    stranger = UserFactory.create(pk=FOREIGN_PK, username=FOREIGN)
    Membership.objects.create(user=stranger, studio=foreign)
    Group.objects.create(pk=FOREIGN_PK, name=f"{FOREIGN} group")
    TaskRun.objects.create(
        pk=FOREIGN_PK, task=TaskRun.Task.ARCHIVE_DUE, started_at=NOON, finished_at=NOON
    )
    for row in (foreign, world.foreign_job):
        _log(stranger, row)
    return world


def _job(pk: int, studio: Studio, name: str) -> Job:
    job = JobFactory.create(pk=pk, studio=studio, name=name)
    page, _created = Storefront.objects.update_or_create(
        job=job, defaults={"pk": pk, "slug": f"{name.lower()}-{pk}"}
    )
    word = FOREIGN if pk == FOREIGN_PK else "Linde"
    shop_of(pk, job, word, page)
    comms_of(pk, job, word)
    return job


def _log(user: User, row: Any) -> None:
    LogEntry.objects.create(
        user=user,
        content_type=ContentType.objects.get_for_model(row),
        object_id=str(row.pk),
        object_repr=str(row),
        action_flag=CHANGE,
    )


def content_type_id(model: Any) -> int:
    return ContentType.objects.get_for_model(model).pk


def second_studio(world: World) -> Studio:
    """One more studio for the photographer."""
    studio = StudioFactory.create(name="Atelier Süd")
    Membership.objects.create(user=world.users["photographer"], studio=studio)
    return studio
