"""The photos of a job over HTTP: what the pages show, and that forged forms reach nobody's rows."""

import pytest
from django.test import Client

from jobstatus import clock
from jobstatus.models import Studio
from shop.models import Appearance, Photo, SortingStep
from shop.sorting import photos
from tests.factories import (
    PhotoFactory,
    StudioFactory,
    SubjectFactory,
)
from tests.photos_tab import Scene, everything, press
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


def test_G2_all_means_all_that_the_view_shows(client: Client, scene: Scene) -> None:
    PhotoFactory.create(album=scene.other)
    Photo.objects.filter(pk=scene.photos[0].pk).update(is_group=True)

    page = press(client, scene, "hide", all="1", album=scene.album.pk, show="without")

    assert page.context["step"].text == "3 photos are hidden."
    hidden = Photo.objects.filter(is_hidden=True).order_by("pk")
    assert list(hidden) == scene.photos[1:]


@pytest.mark.parametrize("do", ["hide", "show", "group", "single", "trash", "untie", "no_card"])
@pytest.mark.parametrize("everywhere", [False, True])
def test_J3_a_forged_choice_changes_nothing(
    everywhere: bool, do: str, client: Client, scene: Scene
) -> None:
    before = everything()

    if everywhere:
        page = press(client, scene, do, all="1", album=scene.strange[1].pk)
    else:
        page = press(client, scene, do, *scene.forged())

    assert page.status_code == 200
    assert everything() == before
    assert not SortingStep.objects.exists()


@pytest.mark.parametrize("which", [0, 1])
def test_J3_albums_and_persons_of_others_cannot_be_named(
    which: int, client: Client, scene: Scene
) -> None:
    before, mine = everything(), scene.photos[0].pk
    album, stranger = scene.strange[which], scene.strangers[which]

    answers = [
        press(client, scene, "move", mine, to=album.pk),
        press(client, scene, "tie", mine, person=stranger.name),
        press(client, scene, "untie_one", mine, subject=stranger.pk),
        *(
            client.post(scene.url("album/"), {"do": do, "album": album.pk, "name": "New"})
            for do in ("rename", "activate", "deactivate", "up", "down", "trash")
        ),
        client.post(scene.url("trash/"), {"album": album.pk}),
        client.post(scene.url("trash/"), {"photo": scene.forged()}),
        client.get(scene.url("ties/"), {"way": "person", "album": album.pk, "person": "Leo"}),
        client.post(scene.url("ties/"), {"way": "album", "album": album.pk, "seen": "x"}),
    ]

    assert [answer.status_code for answer in answers] == [200] * 3 + [302] * 8 + [200] * 2
    assert everything() == before


def test_J3_a_step_of_another_job_cannot_be_taken_back(client: Client, scene: Scene) -> None:
    for photo in scene.strange_photos:
        step = photos.hide(photo.job, [photo.pk], by=None, at=clock.now())
        assert step is not None
        client.post(scene.url("undo/"), {"step": step.pk})
        assert client.get(scene.url(), {"step": step.pk}).context["step"] is None

    assert Photo.objects.filter(is_hidden=True).count() == 2
    assert not SortingStep.objects.filter(undone_at__isnull=False).exists()


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"do": "hide"}, "Choose photos first."),
        ({"do": "explode", "photo": "own"}, "Choose what to do with the photos."),
        ({"do": "hide", "photo": "1e9"}, "Choose photos first."),
        ({"do": "hide", "photo": "9" * 30}, "Choose photos first."),
        ({"do": "tie", "photo": "own", "person": ""}, "Write the person's name."),
        ({"do": "tie", "photo": "own", "person": "Nobody"}, "“Nobody” is nobody, or several"),
        ({"do": "move", "photo": "own", "to": "x"}, "Choose an album of this job."),
        ({"do": "show", "photo": "own"}, "There was nothing to change."),
    ],
)
def test_G2_a_form_that_makes_no_sense_says_so(
    data: dict[str, str], sentence: str, client: Client, scene: Scene
) -> None:
    before = everything()
    sent = {
        key: str(scene.photos[0].pk) if value == "own" else value for key, value in data.items()
    }

    page = client.post(scene.url("change/"), sent, follow=True)

    (message,) = said(page)
    assert message.startswith(sentence)
    assert everything() == before


def test_G2_two_persons_of_one_name_are_told_apart(client: Client, scene: Scene) -> None:
    twin = SubjectFactory.create(album=scene.other, name="Mia")
    same = SubjectFactory.create(album=scene.other, name="Ben")
    third = SubjectFactory.create(album=scene.other, name="Ben")
    ids = [photo.pk for photo in scene.photos]

    assert said(press(client, scene, "tie", ids[0], person="Mia"))[0].startswith("“Mia” is nobody")
    press(client, scene, "tie", ids[0], person="Mia (Class 3b)")
    press(client, scene, "tie", ids[1], person=f"Ben (Class 3b) [{third.pk}]")

    ties = Appearance.objects.order_by("photo_id").values_list("photo_id", "subject_id")
    assert list(ties) == [(ids[0], twin.pk), (ids[1], third.pk)]
    assert same.appearances.count() == 0
