"""Tying photos by album, file name and card: seen before it is written (G2)."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jobstatus.models import Job
from shop.codes import spelling
from shop.models import Album, Appearance, Photo, SortingStep, Subject
from shop.sorting import arrivals, likeness, trash, tying, undoing, ways
from shop.sorting.patterns import People
from shop.sorting.plans import Plan
from shop.sorting.tying import PlanChanged
from shop.sorting.ways import Among, Kind, Way, WayRefused
from tests.factories import (
    NOON,
    AccessCodeFactory,
    AlbumFactory,
    JobFactory,
    PhotoFactory,
    SubjectFactory,
)

ANNA, BEN, ZOE = 1, 2, 3
CODE = "0000000000000"  # its check character is 0

# Names that are alike


# Patterns


def people(**more: Any) -> People:
    names = {"Anna-Lena Meyer": ANNA, "Ben Ahrens": BEN, "Zoë Müller": ZOE, **more}
    known: dict[str, frozenset[int]] = {}
    for name, pk in names.items():
        for key in likeness.keys(name):
            known[key] = known.get(key, frozenset()) | {pk}
    classes = {key: frozenset({ANNA, ZOE, 9}) for key in likeness.keys("Class 3b")}
    return People(known, classes, {CODE: BEN})


# The ways


@pytest.fixture
def job(db: None) -> Job:
    return JobFactory.create()


def child(job: Job, name: str, album: Album | None = None) -> Subject:
    return SubjectFactory.create(job=job, album=album, name=name)


def shoot(album: Album, *names: str, **values: Any) -> list[Photo]:
    return [PhotoFactory.create(album=album, file_name=name, **values) for name in names]


def left(rows: Any) -> list[tuple[str, str]]:
    return [(row.file_name, row.reason) for row in rows]


def counted(plan: Plan) -> tuple[int, int, int, int, int]:
    return plan.photos, plan.known, len(plan.other), len(plan.unclear), len(plan.without)


def noise(job: Job) -> None:
    """What no way may touch: group photos, the trash, other jobs."""
    album = AlbumFactory.create(job=job, name="Noise")
    shoot(album, "Anna_1.jpg", is_group=True)
    shoot(album, "Anna_2.jpg", trashed_at=NOON)
    gone = AlbumFactory.create(job=job, name="Anna", trashed_at=NOON)
    shoot(gone, "Anna_3.jpg")
    other = AlbumFactory.create(name="Anna")
    shoot(other, "Anna_4.jpg")
    child(other.job, "Ben")


def test_G2_all_photos_of_an_album_go_to_one_person(job: Job) -> None:
    noise(job)
    album, anna, ben = AlbumFactory.create(job=job), child(job, "Anna"), child(job, "Ben")
    photos = shoot(album, "1.jpg", "2.jpg", "3.jpg")
    Appearance.objects.create(photo=photos[0], subject=anna)
    Appearance.objects.create(photo=photos[1], subject=ben)

    among = [
        ways.plan(job, Way(Kind.PERSON, album=album.pk, subject=anna.pk, among=among))
        for among in (Among.WITHOUT, Among.ALL)
    ]

    assert [plan.new for plan in among] == [
        [(photos[2].pk, anna.pk)],
        [(photos[1].pk, anna.pk), (photos[2].pk, anna.pk)],
    ]
    assert [plan.other for plan in among] == [["2.jpg"], []]
    assert [plan.known for plan in among] == [1, 1]


def test_G2_albums_are_tied_to_the_person_of_their_name(job: Job) -> None:
    noise(job)
    anna = child(job, "Anna Müller")
    child(job, "Ben")
    child(job, "BEN")
    photos = shoot(AlbumFactory.create(job=job, name="mueller, anna"), "1.jpg", "2.jpg")
    shoot(AlbumFactory.create(job=job, name="Ben"), "3.jpg")
    shoot(AlbumFactory.create(job=job, name="Carla"), "4.jpg")

    plan = ways.plan(job, Way(Kind.ALBUM))

    assert plan.new == [(photo.pk, anna.pk) for photo in photos]
    assert left(plan.unclear) == [("3.jpg", "Several persons fit: BEN, Ben")]
    assert left(plan.without) == [("4.jpg", "Nobody has the name of its album.")]


def test_G2_file_names_are_read_by_a_pattern(job: Job) -> None:
    noise(job)
    album = AlbumFactory.create(job=job, name="3b")
    anna = child(job, "Anna", album)
    ben = AccessCodeFactory.create(subject=child(job, "Ben", album))
    stranger = AccessCodeFactory.create()
    names = ("Anna_1.jpg", "Ben_2.jpg", "Carla_3.jpg")
    photos = shoot(album, *names)
    codes = shoot(album, f"{ben.code}_4.jpg", f"{stranger.code}_5.jpg")

    by_name = ways.plan(job, Way(Kind.PATTERN, album=album.pk, pattern="{name}_{number}"))
    by_code = ways.plan(job, Way(Kind.PATTERN, album=album.pk, pattern="{code}_*"))

    assert by_name.new == [(photos[0].pk, anna.pk), (photos[1].pk, ben.subject_id)]
    assert by_code.new == [(codes[0].pk, ben.subject_id)]
    assert dict(left(by_code.without)) == {
        codes[1].file_name: "Its code is no code of this job.",
        **dict.fromkeys(names, "Its name fits nobody."),
    }


@pytest.mark.parametrize("kind", [Kind.PERSON, Kind.ALBUM, Kind.PATTERN, Kind.CARDS])
def test_G2_no_way_takes_albums_or_persons_of_other_jobs(kind: Kind, job: Job) -> None:
    strange, trashed = AlbumFactory.create(), AlbumFactory.create(job=job, trashed_at=NOON)
    own = AlbumFactory.create(job=job)
    stranger, mine = child(strange.job, "Anna"), child(job, "Anna")

    for album in (strange, trashed):
        with pytest.raises(WayRefused):
            ways.plan(job, Way(kind, album=album.pk, subject=mine.pk, pattern="{name}"))
    if kind is Kind.PERSON:
        with pytest.raises(WayRefused):
            ways.plan(job, Way(kind, album=own.pk, subject=stranger.pk))


@pytest.mark.parametrize("photos", [1, 3])
@pytest.mark.parametrize(
    ("way", "queries"),
    [
        (Way(Kind.ALBUM), 4),
        (Way(Kind.PATTERN, pattern="{name}"), 4),
        (Way(Kind.CARDS), 7),
    ],
)
def test_G2_a_plan_costs_a_fixed_number_of_queries(
    way: Way, queries: int, photos: int, job: Job
) -> None:
    code = AccessCodeFactory.create(subject=child(job, "Anna"))
    for number in range(photos):
        album = AlbumFactory.create(job=job)
        shoot(album, f"a{number}.jpg", card_code=code.code, is_hidden=True)
        shoot(album, f"a{number}1.jpg")

    with CaptureQueriesContext(connection) as captured:
        ways.plan(job, way)

    assert len(captured) == queries


# Cards, read again


def test_G2_cards_are_read_again_with_notes(job: Job) -> None:
    album = AlbumFactory.create(job=job)
    anna, ben = (AccessCodeFactory.create(subject=child(job, name)) for name in ("Anna", "Ben"))
    elsewhere = AccessCodeFactory.create(
        subject=child(JobFactory.create(studio=job.studio, name="Sports club"), "Carl")
    )
    foreign = AccessCodeFactory.create()
    for name, code in {
        "a01.jpg": anna.code,
        "a02.jpg": ben.code,
        "a04.jpg": elsewhere.code,
        "a06.jpg": foreign.code,
        "a08.jpg": ben.code,
    }.items():
        shoot(album, name, card_code=code, is_hidden=True)
    early, one, _two, _three = shoot(album, "a00.jpg", "a03.jpg", "a05.jpg", "a07.jpg")

    plan = ways.plan(job, Way(Kind.CARDS, album=album.pk))

    assert plan.new == [(one.pk, ben.subject_id)]
    assert left(plan.without) == [
        (early.file_name, "No card before it."),
        ("a05.jpg", "Its card is of nobody in this job."),
        ("a07.jpg", "Its card is of nobody in this job."),
    ]
    written = spelling.written(elsewhere.code)
    assert plan.notes == [
        f"a04.jpg: the card {written} is of the job “Sports club”.",
        f"a06.jpg: the card {spelling.written(foreign.code)} is of nobody in this job.",
        "a01.jpg and a02.jpg: two cards in a row. The second one counts.",
        "a08.jpg: no photo follows this card.",
    ]


def test_G2_two_cameras_that_count_alike_are_named(job: Job) -> None:
    code = AccessCodeFactory.create(subject=child(job, "Anna"))
    album = AlbumFactory.create(job=job)
    shoot(album, "a1.jpg", card_code=code.code, is_hidden=True)
    shoot(album, "a2.jpg", "A2.JPG")

    (note,) = ways.plan(job, Way(Kind.CARDS)).notes

    assert note.startswith("1 file name is there twice, as of two cameras (a2.jpg).")


def test_G2_reading_cards_again_is_idempotent_and_moves_what_changed(job: Job) -> None:
    album = AlbumFactory.create(job=job)
    anna, ben = (AccessCodeFactory.create(subject=child(job, name)) for name in ("Anna", "Ben"))
    for name, card in {"a1": anna.code, "a2": None, "a3": ben.code, "a4": None}.items():
        (photo,) = shoot(album, f"{name}.jpg")
        arrivals.tie(photo, card)
    way = Way(Kind.CARDS)
    assert not ways.plan(job, way).changes
    assert ways.plan(job, way).known == 2
    wrong = Photo.objects.get(file_name="a3.jpg")
    trash.put_photos(job, [wrong.pk], by=None, at=NOON)

    plan = ways.plan(job, way)
    step = tying.carry_out(job, way, seen=plan.mark(), by=None, at=NOON)

    last = Photo.objects.get(file_name="a4.jpg")
    assert (plan.new, plan.gone) == ([(last.pk, anna.subject_id)], [(last.pk, ben.subject_id)])
    assert list(last.appearances.values_list("subject", "by_card")) == [(anna.subject_id, True)]
    assert step is not None
    undoing.undo(job, step.pk, at=NOON)
    assert list(last.appearances.values_list("subject", "by_card")) == [(ben.subject_id, True)]


# Doing what was shown


def test_G2_a_plan_is_done_as_it_was_shown_and_taken_back(job: Job) -> None:
    album, anna = AlbumFactory.create(job=job), child(job, "Anna")
    shoot(album, "Anna_1.jpg", "Anna_2.jpg", "Ben_3.jpg")
    way = Way(Kind.PATTERN, pattern="{name}_{number}")
    plan = ways.plan(job, way)
    assert counted(plan) == (2, 0, 0, 0, 1)
    assert not Appearance.objects.exists()

    step = tying.carry_out(job, way, seen=plan.mark(), by=None, at=NOON)

    assert step is not None
    assert step.text == "2 photos are tied to 1 person."
    assert Appearance.objects.filter(subject=anna, by_card=False).count() == 2
    assert tying.carry_out(job, way, seen=ways.plan(job, way).mark(), by=None, at=NOON) is None
    undoing.undo(job, step.pk, at=NOON)
    assert not Appearance.objects.exists()


def test_G2_a_plan_that_would_be_another_one_by_now_is_not_done(job: Job) -> None:
    album, way = AlbumFactory.create(job=job), Way(Kind.PATTERN, pattern="{name}_{number}")
    child(job, "Anna")
    shoot(album, "Anna_1.jpg")
    seen = ways.plan(job, way).mark()
    shoot(album, "Anna_2.jpg")

    with pytest.raises(PlanChanged):
        tying.carry_out(job, way, seen=seen, by=None, at=NOON)

    assert not Appearance.objects.exists()
    assert not SortingStep.objects.exists()
