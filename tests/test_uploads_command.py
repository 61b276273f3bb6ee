"""`manage.py import_photos`: a folder of the server's disk (G1)."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from shop.models import Album, Photo, Upload
from tests.factories import JobFactory
from tests.uploads import bytes_of, jpeg, stored

pytestmark = pytest.mark.django_db(transaction=True)


def run(*words):
    out, err = StringIO(), StringIO()
    try:
        call_command("import_photos", *words, stdout=out, stderr=err)
    except CommandError as error:
        return error.returncode, out.getvalue(), f"{err.getvalue()}{error}"
    return 0, out.getvalue(), err.getvalue()


@pytest.fixture
def folder(tmp_path):
    root = tmp_path / "Waldschule"
    for number, name in enumerate(("3a/IMG_10.jpg", "3a/IMG_9.JPG", "3b/IMG_1.jpeg", "group.jpg")):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(jpeg(number))
    for name in (".DS_Store", "3a/.hidden.jpg", "3a/notes.txt", ".trash/old.jpg"):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    return root


def test_G1_folders_become_albums_and_a_second_time_nothing_is_doubled(folder):
    job = JobFactory.create()

    first, second = run(f"{job.pk}", f"{folder}"), run(f"{job.pk}", f"{folder}")

    assert first == (0, "4 photos are ready, 0 were there already, 0 were refused.\n", "")
    assert second == (0, "0 photos are ready, 4 were there already, 0 were refused.\n", "")
    albums = {
        album.name: [photo.file_name for photo in album.photos.order_by("position")]
        for album in Album.objects.filter(job=job)
    }
    assert albums == {
        "3a": ["IMG_9.JPG", "IMG_10.jpg"],
        "3b": ["IMG_1.jpeg"],
        "Waldschule": ["group.jpg"],
    }
    assert bytes_of(Photo.objects.get(file_name="IMG_9.JPG")) == jpeg(1)
    assert len(stored()) == 20


def test_G1_refusals_are_listed_and_the_exit_code_tells(folder):
    job = JobFactory.create()
    (folder / "3a" / "IMG_11.jpg").write_bytes(b"")
    (folder / "3a" / "IMG_12.jpg").write_bytes(b"<html>")

    code, out, err = run(f"{job.pk}", f"{folder}", "--album", "All")

    assert code == 2
    assert out == "4 photos are ready, 0 were there already, 2 were refused.\n"
    assert f"{folder / '3a' / 'IMG_11.jpg'}: The file is empty (0 bytes)." in err
    assert [album.photos.count() for album in Album.objects.filter(name="All")] == [4]


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (("0", "."), "There is no job 0."),
        (("{job}", "/nowhere"), "/nowhere is no folder."),
        (("{job}", "{empty}"), "holds no JPEG, PNG or HEIC photos."),
        (("{job}", "{folder}", "--by", "nobody"), "There is nobody with the username nobody."),
    ],
)
def test_G1_a_command_that_cannot_be_says_why(folder, tmp_path, words, text):
    job, empty = JobFactory.create(), tmp_path / "empty"
    empty.mkdir()

    code, out, err = run(*[word.format(job=job.pk, empty=empty, folder=folder) for word in words])

    assert (code, out) == (1, "")
    assert text in err
    assert not Upload.objects.exists()
