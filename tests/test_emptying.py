"""Tests that commit leave a database as the migrations made it."""

from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.db import IntegrityError

from comms.models import Profile, Text
from tests import emptying
from tests.factories import UserFactory, family

pytestmark = pytest.mark.django_db(transaction=True)
RUNS = ["the first", "the second"]


def everything() -> dict[str, list[tuple[Any, ...]]]:
    models = apps.get_models(include_auto_created=True)
    return {m._meta.db_table: sorted(m._base_manager.values_list(), key=repr) for m in models}


@pytest.fixture(scope="module")
def seen() -> list[Any]:
    return []


@pytest.mark.parametrize("run", RUNS)
def test_a_test_that_commits_finds_the_rows_of_the_beginning_and_no_others(run, seen):
    seen.append(everything())

    family("archived")  # Whose codes and codes a trigger keeps for ever.
    UserFactory.create().groups.add(Group.objects.get(name="Photographer"))
    Text.objects.all().delete()
    Profile.objects.update(name="changed")
    Permission.objects.order_by("pk").first().delete()

    assert seen[0] == seen[-1]
    assert {table for table, rows in seen[0].items() if rows} == {
        "auth_group",
        "auth_group_permissions",
        "auth_permission",
        "comms_notification",
        "comms_profile",
        "comms_text",
        "django_content_type",
    }


def test_S1_the_triggers_of_a_database_are_there_after_it_was_emptied():
    code = family()

    with pytest.raises(IntegrityError, match="never deleted"):
        type(code).objects.filter(pk=code.pk)._raw_delete("default")


def test_only_tables_with_rows_are_emptied():
    assert emptying._tables_with_rows(["auth_user", "auth_group"]) == ["auth_group"]
