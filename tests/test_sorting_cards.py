"""Cards photographed before each child: who is on the photos that follow (G2).

Photos reach the shop in any order, by several workers. The ties are always the same.
"""

import random
from collections.abc import Sequence

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobstatus.models import Job
from shop.codes import cards as printed
from shop.codes import spelling
from shop.gallery.contents import photos_of
from shop.models import AccessCode, Album, Appearance, Photo
from shop.sorting import arrivals
from shop.sorting.card_text import code_on
from shop.sorting.sequence import Shot, card_before, followed, followers
from tests.factories import (
    NOON,
    AccessCodeFactory,
    AlbumFactory,
    PhotoFactory,
    SubjectFactory,
    family,
)


def code_of(job: Job, name: str) -> AccessCode:
    return AccessCodeFactory.create(subject=SubjectFactory.create(album__job=job, name=name))


def comes(album: Album, file_name: str, card: str | None = None) -> Photo:
    photo = PhotoFactory.create(album=album, file_name=file_name)
    arrivals.tie(photo, card)
    return photo


def ties(album: Album) -> set[tuple[str, str]]:
    rows = Appearance.objects.filter(photo__album=album)
    return set(rows.values_list("photo__file_name", "subject__name"))


# What a card says


@pytest.mark.django_db
def test_G2_a_card_is_what_our_printed_cards_say() -> None:
    code = family()

    assert code_on(printed.link(code, base_url="https://shop.example")) == code.code
    assert code_on(spelling.written(code.code)) == code.code
    assert code_on(f" {code.code.lower()} ") == code.code


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "https://example.org/",
        "https://example.org/#menu",
        "WIFI:S:school;T:WPA;P:secret;;",
        "0000000000001",
        "https://example.org/" + "x" * 480 + "#" + "0" * 13,
        "#",
    ],
)
def test_G2_any_other_square_says_nothing(text: str | None) -> None:
    assert code_on(text) == ""


# The order of file names


def shots(*texts: str) -> list[Shot]:
    """“name” or “name=code”, numbered as they stand."""
    parts = (text.partition("=") for text in texts)
    return [Shot(number, name, code) for number, (name, _mark, code) in enumerate(parts)]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["a1", "a2=X", "a3", "a4"], {0: "", 2: "X", 3: "X"}),
        (["a2=X", "a10", "a9=Y"], {1: "Y"}),
        (["a1=X", "a2=Y", "a3"], {2: "Y"}),
        # Another camera's photos belong to nobody.
        (["DSC_0001=X", "IMG_0002.JPG", "DSC_0003.jpg"], {1: "", 2: "X"}),
        (["5D3_0001=X", "5D4_0002", "5D3_0003"], {1: "", 2: "X"}),
        # Copies and edits stay with their photo.
        (["DSC_0001=X", "DSC_0002-2", "DSC_0002-Edit", "DSC_0003=Y"], {1: "X", 2: "X"}),
        (["20260504_093011=X", "20260504_093102"], {1: "X"}),
        # After 9999 a camera begins again: nobody, rather than the wrong child.
        (["a9998=X", "a9999", "a0001", "a0002=Y", "a0003"], {1: "X", 2: "", 4: "Y"}),
        (["no number=X", "none either"], {1: ""}),
        (["ä1=X", "a\u0308" + "2"], {1: "X"}),
    ],
)
def test_G2_photos_follow_the_last_card_of_their_series(
    texts: list[str], expected: dict[int, str]
) -> None:
    assert followed(shots(*texts)) == expected


names = st.builds(
    "{}{:04}{}.jpg".format,
    st.sampled_from(["DSC_", "IMG_", "5D3_"]),
    st.integers(0, 12),
    st.sampled_from(["", "-2"]),
)
albums = st.lists(st.tuples(names, st.sampled_from(["", "", "", "X", "Y", "Z"])), max_size=14)


@given(albums, st.randoms(use_true_random=False))
def test_G2_one_photo_and_one_card_see_what_the_whole_album_sees(
    rows: list[tuple[str, str]], chance: random.Random
) -> None:
    album = [Shot(pk, name, code) for pk, (name, code) in enumerate(rows)]
    expected = followed(album)
    chance.shuffle(album)

    cards = [shot for shot in album if shot.code]
    assert {shot.pk: card_before(shot, cards) for shot in album if not shot.code} == expected
    by_cards = {pk: card.code for card in cards for pk in followers(card, album)}
    assert by_cards == {pk: code for pk, code in expected.items() if code}


# Arrivals

SCENE = [
    ("DSC_0001.jpg", ""),
    ("DSC_0002.jpg", "Anna"),
    ("DSC_0003.jpg", ""),
    ("DSC_0004.jpg", ""),
    ("DSC_0005.jpg", "Ben"),
    ("DSC_0006.jpg", "Carla"),
    ("DSC_0007.jpg", ""),
    ("DSC_0008.jpg", "stranger"),
    ("DSC_0009.jpg", ""),
    ("IMG_0007.jpg", ""),
]
EXPECTED = {
    ("DSC_0003.jpg", "Anna"),
    ("DSC_0004.jpg", "Anna"),
    ("DSC_0007.jpg", "Carla"),
}


@pytest.fixture
def codes(db: None) -> dict[str, str]:
    """The codes of three children of a job, and of one of another."""
    job = AlbumFactory.create().job
    stranger = family()
    return {name: code_of(job, name).code for name in ("Anna", "Ben", "Carla")} | {
        "stranger": stranger.code
    }


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(order=st.permutations(SCENE), twice=st.booleans())
def test_G2_any_order_of_arrival_gives_the_same_ties(
    order: Sequence[tuple[str, str]], twice: bool, codes: dict[str, str]
) -> None:
    job = Job.objects.get(codes__code=codes["Anna"])
    album = AlbumFactory.create(job=job)
    arrived = [(comes(album, name, codes.get(who)), who) for name, who in order]
    for photo, who in arrived if twice else ():
        arrivals.tie(photo, codes.get(who))

    assert ties(album) == EXPECTED
    hidden = Photo.objects.filter(album=album, is_hidden=True)
    assert set(hidden.values_list("file_name", flat=True)) == {name for name, who in SCENE if who}


@pytest.mark.django_db
def test_G2_a_card_leaves_what_a_person_tied() -> None:
    album = AlbumFactory.create()
    anna, ben = code_of(album.job, "Anna"), code_of(album.job, "Ben")
    photo = comes(album, "DSC_2.jpg")
    Appearance.objects.create(photo=photo, subject=anna.subject)

    comes(album, "DSC_1.jpg", ben.code)

    assert ties(album) == {("DSC_2.jpg", "Anna")}


@pytest.mark.django_db
def test_G2_cards_say_nothing_of_group_photos_and_of_other_albums() -> None:
    album = AlbumFactory.create()
    other = AlbumFactory.create(job=album.job)
    anna = code_of(album.job, "Anna")
    Photo.objects.filter(pk=comes(album, "DSC_2.jpg").pk).update(is_group=True)
    comes(other, "DSC_3.jpg")

    comes(album, "DSC_1.jpg", anna.code)
    comes(other, "DSC_4.jpg")

    assert ties(album) == ties(other) == set()


@pytest.mark.django_db
def test_G2_a_card_is_never_shown_to_anybody() -> None:
    code = family(photos=1)
    assert code.subject is not None
    assert code.subject.album is not None
    card = comes(code.subject.album, "DSC_0001.jpg", code.code)
    Appearance.objects.create(photo=card, subject=code.subject)

    assert card.pk not in [photo.pk for photo in photos_of(code.subject)]
    with pytest.raises(IntegrityError, match="a_card_is_never_shown"), transaction.atomic():
        Photo.objects.filter(pk=card.pk).update(is_hidden=False)


@pytest.mark.django_db
def test_G2_a_card_that_was_tied_before_it_was_read_shows_nobody() -> None:
    album = AlbumFactory.create()
    anna, ben = code_of(album.job, "Anna"), code_of(album.job, "Ben")
    comes(album, "DSC_1.jpg", anna.code)
    second = comes(album, "DSC_2.jpg")
    assert ties(album) == {("DSC_2.jpg", "Anna")}
    Photo.objects.filter(pk=second.pk).update(is_group=True)

    arrivals.tie(second, ben.code)

    assert ties(album) == set()
    assert not Photo.objects.filter(is_group=True).exists()


@pytest.mark.django_db
def test_G2_a_card_in_the_trash_names_nobody() -> None:
    album = AlbumFactory.create()
    anna = code_of(album.job, "Anna")
    card = comes(album, "DSC_1.jpg", anna.code)
    Photo.objects.filter(pk=card.pk).update(trashed_at=NOON)

    comes(album, "DSC_2.jpg")
    arrivals.tie(card, anna.code)

    assert ties(album) == set()


@pytest.mark.django_db
def test_A14_a_photo_that_comes_into_a_trashed_album_goes_with_it() -> None:
    code = family(photos=0)
    assert code.subject is not None
    album = code.subject.album
    assert album is not None
    Album.objects.filter(pk=album.pk).update(trashed_at=NOON)

    photo = comes(album, "DSC_2.jpg")

    photo.refresh_from_db()
    assert photo.trashed_at == NOON


@pytest.mark.django_db
@pytest.mark.parametrize("photos", [1, 3])
def test_G2_taking_up_a_photo_costs_a_fixed_number_of_queries(photos: int) -> None:
    album = AlbumFactory.create()
    anna = code_of(album.job, "Anna")
    Photo.objects.bulk_create(PhotoFactory.build_batch(photos, album=album, job=album.job))
    photo = PhotoFactory.create(album=album, file_name="IMG_9.jpg")

    with CaptureQueriesContext(
        connection,
    ) as plain:
        arrivals.tie(photo, None)
    with CaptureQueriesContext(connection) as card:
        comes(album, "IMG_0.jpg", anna.code)

    assert len(plain) == 6  # with the savepoint, and the job in the place of a page
    assert len(card) == 13
