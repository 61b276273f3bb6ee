"""The photos of a job over HTTP: what the pages show, and that forged forms reach nobody's rows."""

from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from jobstatus import clock
from jobstatus.admin.history import latest_change
from jobstatus.models import Job, Studio
from shop.admin import photo_grid
from shop.models import Album, Appearance, Photo, SortingStep
from shop.sorting import photos, trash
from tests.factories import (
    AlbumFactory,
    JobFactory,
    PhotoFactory,
    StudioFactory,
    SubjectFactory,
)
from tests.photos_tab import Scene, everything, press
from tests.staff import LIST, said, sign_in

pytestmark = pytest.mark.django_db
CARD = "0000000000000"


@pytest.fixture
def studio() -> Studio:
    return StudioFactory.create()


@pytest.fixture
def client(studio: Studio) -> Client:
    return sign_in(studio)


@pytest.fixture
def scene(studio: Studio) -> Scene:
    return Scene(studio)


def shown(response: Any) -> list[str]:
    return [cell.file_name for cell in response.context["grid"].page.object_list]


# Looking


def test_G2_the_tab_counts_what_each_album_shows(client: Client, scene: Scene) -> None:
    first, second, third, _fourth = scene.photos
    Photo.objects.filter(pk=first.pk).update(is_hidden=True)
    Photo.objects.filter(pk=second.pk).update(is_hidden=True, card_code=CARD)
    Photo.objects.filter(pk=third.pk).update(is_group=True)
    tied = PhotoFactory.create(album=scene.album)
    Appearance.objects.create(photo=tied, subject=scene.child)
    PhotoFactory.create(album=scene.album, trashed_at=clock.now())
    Album.objects.filter(pk=scene.other.pk).update(is_active=False)
    PhotoFactory.create(album=scene.other)

    grid = client.get(scene.url()).context["grid"]

    rows = [
        (row.name, row.photos, row.shown, row.hidden, row.without)
        for row in [*grid.albums, grid.total]
    ]
    assert rows == [
        ("Class 3a", 5, 3, 1, 2),
        ("Class 3b", 1, 0, 0, 1),
        ("All albums", 6, 4, 1, 3),
    ]
    assert [(f.label, f.count) for f in grid.filters] == [
        ("All", 6),
        ("Without a person", 3),
        ("Hidden", 1),
        ("Group photos", 1),
        ("Cards", 1),
    ]


def test_G2_albums_and_filters_narrow_the_photos(client: Client, scene: Scene) -> None:
    first, second, third, fourth = scene.photos
    Photo.objects.filter(pk=first.pk).update(is_hidden=True)
    Photo.objects.filter(pk=second.pk).update(is_hidden=True, card_code=CARD)
    Photo.objects.filter(pk=third.pk).update(is_group=True)
    elsewhere = PhotoFactory.create(album=scene.other)

    def names(**query: Any) -> list[str]:
        return shown(client.get(scene.url(), query))

    album = scene.album.pk
    assert names(show="hidden") == [first.file_name]
    assert names(show="cards") == [second.file_name]
    assert names(show="group") == [third.file_name]
    assert names(show="without") == [first.file_name, fourth.file_name, elsewhere.file_name]
    assert names(album=album, show="without") == [first.file_name, fourth.file_name]
    assert names(album=scene.other.pk) == [elsewhere.file_name]
    assert len(names(show="nonsense", p="x")) == 5


@pytest.mark.parametrize("which", [0, 1])
def test_J3_an_album_of_another_job_is_no_album_here(
    which: int, client: Client, scene: Scene
) -> None:
    response = client.get(scene.url(), {"album": scene.strange[which].pk})

    assert shown(response) == [photo.file_name for photo in scene.photos]
    assert scene.strange_photos[which].file_name not in response.text


def test_G2_many_photos_come_in_pages(
    client: Client, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(photo_grid, "PAGE_SIZE", 3)

    first, last = client.get(scene.url()), client.get(scene.url(), {"p": "2"})

    assert (len(shown(first)), len(shown(last))) == (3, 1)
    assert "Page 1 of 2" in first.text
    assert 'href="?p=2#photos"' in first.text
    assert 'href="?#photos"' in last.text


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("rest", "queries"), [("", 23), ("trash/", 15), ("ties/?way=album", 18)])
def test_G2_the_pages_cost_a_fixed_number_of_queries(
    rest: str, queries: int, count: int, client: Client, studio: Studio
) -> None:
    job, at = JobFactory.create(studio=studio), clock.now()
    for _number in range(count):
        album = AlbumFactory.create(job=job)
        subject = SubjectFactory.create(album=album)
        for photo in PhotoFactory.create_batch(count, album=album):
            Appearance.objects.create(photo=photo, subject=subject)
        PhotoFactory.create(album=album, trashed_at=at)
        AlbumFactory.create(job=job, trashed_at=at)
        photos.hide(job, [photo.pk], by=None, at=at)
    client.get(f"{LIST}{job.pk}/photos/{rest}")

    with CaptureQueriesContext(connection) as captured:
        client.get(f"{LIST}{job.pk}/photos/{rest}")

    assert len(captured) == queries + (1 if connection.vendor == "postgresql" else 0)


def test_J3_a_viewer_looks_and_is_offered_nothing(studio: Studio, scene: Scene) -> None:
    viewer = sign_in(studio, role="Viewer")
    trash.put_photos(scene.job, [scene.photos[0].pk], by=None, at=clock.now())

    pages = [viewer.get(scene.url(rest)) for rest in ("", "trash/", f"{scene.photos[1].pk}/")]

    for page in pages:
        assert page.status_code == 200
        assert 'name="do"' not in page.text
        assert "Restore" not in page.text
        assert "Undo" not in page.text


# Files


def test_J3_pictures_and_originals_are_sent_to_own_staff_only(
    client: Client, studio: Studio, scene: Scene, private_files: InMemoryStorage
) -> None:
    for photo in [scene.photos[0], *scene.strange_photos]:
        for size in ("thumbnail", "preview", "original"):
            private_files.save(getattr(photo, size).name, ContentFile(size.encode()))
    mine, foreign = scene.photos[0], scene.strange_photos

    def status(who: Client, rest: str, job: Job | None = None) -> int:
        return int(who.get(scene.url(rest, job)).status_code)

    for rest in ("thumbnail.jpg", "preview.jpg", "original/"):
        answer = client.get(scene.url(f"{mine.pk}/{rest}"))
        assert (answer.status_code, b"".join(answer.streaming_content)) == (
            200,
            rest.split(".")[0].strip("/").encode(),
        )
        assert answer["Cache-Control"].startswith("private")
        assert answer["X-Content-Type-Options"] == "nosniff"
        # Another job's photo below this job; another studio's job; nobody at all.
        assert [status(client, f"{photo.pk}/{rest}") for photo in foreign] == [404, 404]
        assert status(client, f"{foreign[0].pk}/{rest}", foreign[0].job) == 302
        assert status(sign_in(StudioFactory.create()), f"{mine.pk}/{rest}") == 302
        assert status(Client(), f"{mine.pk}/{rest}") == 302
    assert status(client, f"{mine.pk}/original.jpg") == 404
    assert status(client, f"{mine.pk}/sha256.jpg") == 404


def test_G2_an_original_has_its_name_and_type(
    client: Client, scene: Scene, private_files: InMemoryStorage
) -> None:
    photo = scene.photos[0]
    private_files.save(photo.original.name, ContentFile(b"bytes"))

    for name, content_type in {"a.jpg": "image/jpeg", "b.html": "text/html", "c": None}.items():
        Photo.objects.filter(pk=photo.pk).update(file_name=name)
        answer = client.get(scene.url(f"{photo.pk}/original/"))
        answer.close()
        assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
        assert answer["Content-Type"].split(";")[0] == (content_type or "application/octet-stream")


def test_G2_the_page_of_a_photo_leads_to_its_neighbours(client: Client, scene: Scene) -> None:
    first, second, third, _fourth = scene.photos
    Photo.objects.filter(pk__in=[first.pk, second.pk]).update(position=0)
    Photo.objects.filter(pk=third.pk).update(position=1)

    page = client.get(scene.url(f"{second.pk}/"), {"show": "without"})

    assert page.context["before"] == scene.url(f"{first.pk}/?show=without")
    assert page.context["after"] == scene.url(f"{third.pk}/?show=without")
    trash.put_photos(scene.job, [second.pk], by=None, at=clock.now())
    assert client.get(scene.url(f"{second.pk}/")).status_code == 404


# Changing


@pytest.mark.parametrize(
    ("do", "more", "text"),
    [
        ("hide", {}, "2 photos are hidden."),
        ("group", {}, "2 photos are group photos now."),
        ("trash", {}, "2 photos are in the trash."),
        ("move", {"to": "other"}, "2 photos are moved to “Class 3b”."),
        ("tie", {"person": " mia "}, "2 photos are tied to Mia."),
    ],
)
def test_G2_a_button_changes_the_chosen_photos_and_offers_undo(
    do: str, more: dict[str, str], text: str, client: Client, scene: Scene
) -> None:
    before = everything()
    values = more | ({"to": str(scene.other.pk)} if "to" in more else {})
    ids = [photo.pk for photo in scene.photos[:2]]

    page = press(client, scene, do, *ids, *scene.forged(), album=scene.album.pk, **values)

    step = SortingStep.objects.get()
    assert page.context["step"].text == step.text == text
    assert page.redirect_chain[-1][0] == scene.url(f"?album={scene.album.pk}&step={step.pk}")
    assert latest_change(scene.job).why == text
    page = client.post(scene.url("undo/"), {"step": step.pk}, follow=True)
    assert said(page) == ["Taken back: 2 photos are as before."]
    assert everything()[: len(before)] == before[: len(before)]
