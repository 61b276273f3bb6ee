"""The photos of a job over HTTP: what the pages show, and that forged forms reach nobody's rows."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from jobstatus import clock
from jobstatus.admin.history import latest_change
from jobstatus.models import Studio
from shop.models import Album, Appearance, Photo, Subject
from shop.sorting import trash
from tests.factories import (
    PhotoFactory,
    StudioFactory,
    SubjectFactory,
)
from tests.photos_tab import Scene, press
from tests.staff import said, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def studio() -> Studio:
    return StudioFactory.create()


@pytest.fixture
def client(studio: Studio) -> Client:
    return sign_in(studio)


@pytest.fixture
def scene(studio: Studio) -> Scene:
    return Scene(studio)


# Changing


def test_G2_a_button_on_a_photos_page_leads_back_there(client: Client, scene: Scene) -> None:
    photo = scene.photos[0]
    Appearance.objects.create(photo=photo, subject=scene.child)

    page = press(client, scene, "untie_one", photo.pk, page_of=photo.pk, subject=scene.child.pk)

    assert page.redirect_chain[-1][0].startswith(scene.url(f"{photo.pk}/?step="))
    page = press(client, scene, "trash", photo.pk, page_of=photo.pk)
    assert page.redirect_chain[-1][0].startswith(scene.url("?step="))
    forged = press(client, scene, "hide", scene.photos[1].pk, page_of=scene.forged()[0])
    assert forged.redirect_chain[-1][0].startswith(scene.url("?step="))


def test_G2_who_meets_somebody_else_is_told_to_try_again(
    client: Client, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: Any, **kwargs: Any) -> None:
        raise OperationalError("deadlock detected")

    monkeypatch.setattr("shop.sorting.photos.hold", refuse)
    monkeypatch.setattr("shop.sorting.trash.hold", refuse)

    for page in (
        press(client, scene, "hide", scene.photos[0].pk),
        client.post(scene.url("trash/"), {"photo": 1}, follow=True),
    ):
        assert said(page)[0].startswith("Somebody else is changing these photos right now")


# Albums


def test_G2_albums_are_made_named_sorted_and_hidden(client: Client, scene: Scene) -> None:
    def do(what: str, album: Album | None = None, **more: str) -> Any:
        data = {"do": what, "album": album.pk if album else "", **more}
        return client.post(scene.url("album/"), data, follow=True)

    assert said(do("make", name="Class 10")) == ["The album “Class 10” is made."]
    assert said(do("make", name="class 10")) == ["There is an album “class 10” already."]
    assert said(do("rename", scene.other, name="Class 9")) == ["The album is named “Class 9”."]
    do("up", scene.other)
    assert said(do("deactivate", scene.album)) == ["No customer sees the album."]
    assert said(do("explode", scene.album)) == ["Choose what to do with the album."]
    order = [row.name for row in client.get(scene.url()).context["grid"].albums]
    assert order == ["Class 9", "Class 3a", "Class 10"]

    do("by_name")

    order = [row.name for row in client.get(scene.url()).context["grid"].albums]
    assert order == ["Class 3a", "Class 9", "Class 10"]


# The trash


def test_A14_the_trash_says_what_is_in_it_and_for_how_long(client: Client, scene: Scene) -> None:
    at = clock.now()
    single = PhotoFactory.create(album=scene.other)
    earlier = scene.photos[0]
    trash.put_photos(scene.job, [single.pk], by=None, at=at - timedelta(days=2, hours=1))
    trash.put_photos(scene.job, [earlier.pk], by=None, at=at - timedelta(days=7, hours=1))
    trash.put_album(scene.job, scene.album.pk, by=None, at=at)
    trash.put_album(scene.strange[1].job, scene.strange[1].pk, by=None, at=at)

    page = client.get(scene.url("trash/"))

    albums = [(row.name, row.photos, row.left) for row in page.context["albums"]]
    assert albums == [("Class 3a", 3, "7 more days")]
    rows = [(cell.file_name, left) for cell, left in page.context["page"].object_list]
    assert rows == [
        (single.file_name, "5 more days"),
        (earlier.file_name, "is deleted soon"),
    ]


def test_A14_photos_come_back_from_the_trash(client: Client, scene: Scene) -> None:
    at = clock.now()
    trash.put_photos(scene.job, [photo.pk for photo in scene.photos], by=None, at=at)
    Photo.objects.filter(pk=scene.photos[0].pk).update(sha256="a" * 64)
    PhotoFactory.create(album=scene.other, sha256="a" * 64)

    one = client.post(scene.url("trash/"), {"photo": scene.photos[1].pk}, follow=True)
    rest = client.post(scene.url("trash/"), {"all": "1"}, follow=True)
    nothing = client.post(scene.url("trash/"), {}, follow=True)

    assert said(one) == ["1 photo is back."]
    assert said(rest) == [
        "1 photo stays in the trash, because the same picture was uploaded again: "
        f"{scene.photos[0].file_name}",
        "2 photos are back.",
    ]
    assert said(nothing) == ["Nothing was chosen that is in the trash."]
    assert latest_change(scene.job).why == "2 photos are back."


# Ties


def test_G2_ties_are_looked_at_and_then_made(client: Client, scene: Scene) -> None:
    Photo.objects.filter(pk=scene.photos[0].pk).update(file_name="mia_1.jpg")
    asked = {"way": "pattern", "pattern": "{name}_{number}"}

    page = client.get(scene.url("ties/"), asked)
    assert page.context["plan"].photos == 1
    assert "Tie 1 photo" in page.text
    assert not Appearance.objects.exists()
    done = client.post(
        scene.url("ties/"), asked | {"seen": page.context["plan"].mark()}, follow=True
    )

    assert done.context["step"].text == "1 photo is tied to 1 person."
    assert Appearance.objects.get().subject == scene.child


def test_G2_ties_that_changed_are_shown_again(client: Client, scene: Scene) -> None:
    asked = {"way": "person", "album": str(scene.album.pk), "person": "Mia"}
    seen = client.get(scene.url("ties/"), asked).context["plan"].mark()
    PhotoFactory.create(album=scene.album)

    page = client.post(scene.url("ties/"), asked | {"seen": seen})

    assert page.status_code == 409
    assert page.context["plan"].photos == 5
    assert not Appearance.objects.exists()


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"way": "pattern", "pattern": "IMG"}, "A pattern needs {name} or {code}"),
        ({"way": "person", "person": "Mia"}, "Choose an album of this job."),
        ({"way": "pattern", "pattern": "\0{name}<b>{x}"}, "“{x}” is unknown."),
    ],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_G2_what_cannot_be_tied_is_said(
    method: str, asked: dict[str, str], sentence: str, client: Client, scene: Scene
) -> None:
    page = getattr(client, method)(scene.url("ties/"), asked)

    assert page.status_code == 200
    assert page.context["alert"].startswith(sentence)
    assert "<b>" not in page.text


def test_G2_people_in_albums_of_the_trash_are_known_by_number(client: Client, scene: Scene) -> None:
    Subject.objects.filter(pk=scene.child.pk).update(album=None)
    SubjectFactory.create(album=scene.other, name="Mia")

    assert "Mia (–)" in client.get(scene.url()).context["persons"]
