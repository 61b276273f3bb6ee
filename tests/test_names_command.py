"""`manage.py import_names` (G2)."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from jobstatus.admin.history import latest_change
from shop.models import Subject
from tests.factories import JobFactory, UserFactory
from tests.names_lists import csv_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def job():
    return JobFactory.create()


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "list.csv"
    path.write_bytes(csv_of("Mia,3a,,m@example.org", "Ben,3b"))
    return path


def run(*arguments) -> str:
    out = StringIO()
    call_command("import_names", *map(str, arguments), stdout=out)
    return out.getvalue()


def test_G2_the_command_shows_and_writes_nothing(job, file):
    out = run(job.pk, file)

    assert out.splitlines() == [
        "     2  New  Mia · 3a",
        "        New contact: m@example.org",
        "     3  New  Ben · 3b",
        "2 new persons, 0 updated, 1 new contact. 0 unchanged.",
        "Nothing was written. To write it: --apply",
    ]
    assert not Subject.objects.exists()


def test_G2_the_command_writes_when_told(job, file):
    UserFactory.create(username="ada")

    out = run(job.pk, file, "--apply", "--by", "ada")

    assert out.splitlines()[-1] == "Imported: 2 new persons, 0 updated, 1 new contact."
    assert Subject.objects.count() == 2
    assert latest_change(job).who == "ada"


def test_G2_the_command_leaves_out_errors_only_when_told(job, file):
    file.write_bytes(csv_of("Mia,3a", ",3b"))

    with pytest.raises(CommandError, match="--leave-out-errors"):
        run(job.pk, file, "--apply")
    nothing = Subject.objects.count()
    run(job.pk, file, "--apply", "--leave-out-errors")

    assert (nothing, Subject.objects.count()) == (0, 1)


@pytest.mark.parametrize(
    ("content", "more", "sentence"),
    [
        (b"", (), "This file is empty."),
        (b"Mail,Class\na@example.org,3a\n", (), "Choose the column with the name."),
        (b"Name\nMia\n", ("--apply", "--by", "nobody"), "nobody with the username nobody"),
    ],
)
def test_G2_the_command_refuses_with_a_sentence(job, file, content, more, sentence):
    file.write_bytes(content)

    with pytest.raises(CommandError, match=sentence):
        run(job.pk, file, *more)


def test_G2_the_command_needs_a_job_and_a_file(job, file):
    with pytest.raises(CommandError, match="There is no job 0"):
        run(0, file)
    with pytest.raises(CommandError, match="cannot be read: No such file"):
        run(job.pk, "/nowhere.csv")
