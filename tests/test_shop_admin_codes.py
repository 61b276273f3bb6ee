"""The tab of a job's persons and codes, and late access for one code (X3), over HTTP."""

import csv
import io
from datetime import timedelta

import pytest
from django.db import connection

from jobstatus import clock, deadlines
from jobstatus.admin.history import latest_change
from shop import access
from shop.codes import spelling
from shop.models import AccessCode, Album, Subject
from tests.factories import (
    AccessCodeFactory,
    AlbumFactory,
    JobFactory,
    StudioFactory,
    SubjectFactory,
    family,
)
from tests.staff import LIST, said, sign_in

pytestmark = pytest.mark.django_db
CLOCK_QUERIES = 1 if connection.vendor == "postgresql" else 0


@pytest.fixture
def studio():
    return StudioFactory.create(timezone="Pacific/Auckland")


@pytest.fixture
def client(studio):
    return sign_in(studio)


def tab(job, rest: str = "") -> str:
    return f"{LIST}{job.pk}/codes/{rest}"


def persons(response) -> list[str]:
    return [person.name for person in response.context["page"].object_list]


def test_J1_the_tab_counts_and_lists_persons_with_their_codes(client, studio):
    code = family(studio=studio, photos=3)
    AlbumFactory.create(job=code.job, is_active=False)
    SubjectFactory.create(album=code.subject.album, name="Without")
    family(studio=studio)

    page = client.get(tab(code.job))

    counts = page.context["counts"]
    assert (counts.persons, counts.codes, counts.without_code) == (2, 1, 1)
    assert (counts.photos, counts.albums, counts.inactive_albums) == (3, 2, 1)
    assert persons(page) == [code.subject.name, "Without"]
    assert spelling.written(code.code) in page.text
    assert "1 person has no access code yet." in page.text
    assert 'aria-current="page">Codes</a>' in page.text


@pytest.mark.parametrize("query", ["mia", "Class Mia", "CODE", "code"])
def test_J1_persons_are_found_by_name_album_and_code(client, studio, query):
    job = JobFactory.create(studio=studio)
    album = AlbumFactory.create(job=job, name="Class Mia")
    code = AccessCodeFactory.create(subject=SubjectFactory.create(album=album, name="Mia"))
    SubjectFactory.create(album=AlbumFactory.create(job=job), name="Leo")
    texts = {"CODE": code.code, "code": spelling.written(code.code).lower()}

    page = client.get(tab(job), {"q": texts.get(query, query)})

    assert persons(page) == ["Mia"]


@pytest.mark.parametrize("query", ["\0", "x" * 5_000, "%", "Leo"])
def test_J1_a_search_that_finds_nobody_says_so(client, studio, query):
    job = JobFactory.create(studio=studio)
    SubjectFactory.create(album=AlbumFactory.create(job=job), name="Mia")
    family(studio=studio).subject.save()

    page = client.get(tab(job), {"q": query})

    assert persons(page) == (["Mia"] if query == "\0" else [])


def test_S1_missing_codes_are_issued_once(client, studio):
    job = JobFactory.create(studio=studio)
    AccessCodeFactory.create(subject=SubjectFactory.create(album=AlbumFactory.create(job=job)))
    SubjectFactory.create_batch(2, album=AlbumFactory.create(job=job))
    noise = SubjectFactory.create(album=AlbumFactory.create())

    client.get(tab(job, "issue/"))
    looked = AccessCode.objects.count()
    sentences = [said(client.post(tab(job, "issue/"), follow=True)) for _ in range(2)]

    assert looked == 1
    assert sentences == [
        ["2 access codes are issued."],
        ["Everybody has an access code already."],
    ]
    assert job.codes.count() == 3
    assert not noise.codes.exists()
    assert latest_change(job).why == "2 access codes are issued."


def test_S1_codes_are_downloaded_as_csv_and_as_cards(client, studio):
    code = family(studio=studio)
    family(studio=studio)

    table = client.get(tab(code.job, "file/csv/"))
    cards = client.get(tab(code.job, "file/pdf/"))

    _head, *rows = csv.reader(io.StringIO(table.content.decode("utf-8-sig")))
    assert [(row[0], row[2]) for row in rows] == [(code.subject.name, spelling.written(code.code))]
    assert cards.content.startswith(b"%PDF")
    assert client.get(tab(code.job, "file/exe/")).status_code == 404


# Persons by hand


def test_G2_a_person_is_added_by_hand_and_has_a_code(client, studio):
    album = AlbumFactory.create(job=JobFactory.create(studio=studio), name="1a")

    client.post(tab(album.job, "person/"), {"name": " Mia ", "album": album.pk})
    client.post(tab(album.job, "person/"), {"name": "Leo", "new_album": "1b"})
    client.post(tab(album.job, "person/"), {"name": "Ada", "new_album": "1b"})

    rows = Subject.objects.order_by("pk").values_list("name", "album__name", "job")
    job = album.job_id
    assert list(rows) == [("Mia", "1a", job), ("Leo", "1b", job), ("Ada", "1b", job)]
    assert Album.objects.count() == 2
    assert AccessCode.objects.filter(subject__isnull=False).count() == 3


def test_G2_the_same_person_twice_is_asked_about(client, studio):
    album = AlbumFactory.create(job=JobFactory.create(studio=studio))
    data = {"name": "Mia", "album": album.pk}

    client.post(tab(album.job, "person/"), data)
    again = client.post(tab(album.job, "person/"), data | {"name": "mia"})
    after_refusal = Subject.objects.count()
    client.post(tab(album.job, "person/"), data | {"again": "on"})

    assert "“mia” is in this album already." in again.context["form"].errors["name"][0]
    assert 'name="again"' in again.text
    assert after_refusal == 1
    assert Subject.objects.count() == 2


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "n" * 201}, "name"),
        ({"name": "a\0b"}, "name"),
        ({"name": "Mia", "album": "junk"}, "album"),
        ({"name": "Mia", "album": 10**30}, "album"),
        ({"name": "Mia", "new_album": "n" * 201}, "new_album"),
    ],
)
def test_G2_a_person_that_cannot_be_is_refused_and_the_input_kept(client, studio, data, field):
    job = JobFactory.create(studio=studio)

    response = client.post(tab(job, "person/"), data)

    assert field in response.context["form"].errors
    assert response.context["form"]["name"].value() == data["name"]
    assert not Subject.objects.exists()


def test_J3_an_album_of_another_job_or_studio_is_no_choice(client, studio):
    job = JobFactory.create(studio=studio)

    for album in (AlbumFactory.create(job=JobFactory.create(studio=studio)), AlbumFactory.create()):
        response = client.post(tab(job, "person/"), {"name": "Mia", "album": album.pk})
        assert response.context["form"].errors == {"album": ["Choose an album of this job."]}

    assert not Subject.objects.exists()


# Late access


def late(code: AccessCode) -> str:
    return tab(code.job, f"{code.pk}/late/")


def today(studio):
    return deadlines.local_date(clock.now(), studio.timezone)


def archived(studio) -> AccessCode:
    return family("archived", studio=studio, now=clock.now() - timedelta(days=3))


def loaded(code: AccessCode) -> AccessCode:
    return AccessCode.objects.select_related("job__studio").get(pk=code.pk)


def test_X3_late_access_opens_one_code_until_the_end_of_the_day_and_is_taken_back(client, studio):
    code, sibling = archived(studio), archived(studio)
    page = client.get(late(code))

    client.post(late(code), {"until": today(studio).isoformat(), "seen": page.context["seen"]})
    opened = access.is_open(loaded(code), clock.now())
    again = client.get(late(code))
    client.post(late(code), {"take_back": "1", "seen": again.context["seen"]})

    assert "this one code shows its photos and can order" in page.text
    assert opened
    assert not access.is_open(loaded(sibling), clock.now())
    assert "Take late access back" in again.text
    assert loaded(code).late_until_date is None
    assert "is taken back" in latest_change(code.job).why


@pytest.mark.parametrize(
    ("days", "sentence"),
    [
        (-1, "This day has passed."),
        (367, "At most 366 days"),
        (None, "Choose a day"),
        ("", "Choose"),
    ],
)
def test_X3_a_day_that_cannot_be_is_refused_with_a_sentence(client, studio, days, sentence):
    code = archived(studio)
    words = {None: "31.31.2026", "": ""}
    until = words.get(days) if days in words else today(studio) + timedelta(days=days)

    response = client.post(late(code), {"until": until, "seen": ""})

    assert sentence in response.context["form"].errors["until"][0]
    assert loaded(code).late_until_date is None


def test_X3_two_people_do_not_write_over_each_others_day(client, studio):
    code = archived(studio)
    first, second = (today(studio) + timedelta(days=days) for days in (5, 9))
    client.post(late(code), {"until": first, "seen": ""})

    response = client.post(late(code), {"until": second, "seen": ""})

    assert response.status_code == 409
    assert "Somebody else changed this just now" in response.text
    assert loaded(code).late_until_date == first
    assert response.context["seen"] == first.isoformat()


@pytest.mark.parametrize("status", ["planning", "selling"])
def test_X3_the_page_says_what_late_access_means_now(client, studio, status):
    code = family(status, studio=studio)

    html = client.get(late(code)).text

    expected = {"planning": "not selling yet", "selling": "stays open until the end"}
    assert expected[status] in html


def test_J3_a_code_of_another_job_or_studio_is_missing(client, studio):
    code, others = archived(studio), (archived(studio), archived(StudioFactory.create()))

    for other in others:
        url = tab(code.job, f"{other.pk}/late/")
        answers = [client.get(url), client.post(url, {"until": today(studio), "seen": ""})]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert loaded(other).late_until_date is None


def test_X3_a_dead_code_is_missing(client, studio):
    code = archived(studio)
    AccessCode.objects.filter(pk=code.pk).update(subject=None)

    assert client.get(late(code)).status_code == 404


@pytest.mark.parametrize("count", [1, 9])
def test_J1_the_tab_takes_as_many_queries_for_nine_persons_as_for_one(
    client, studio, django_assert_num_queries, count
):
    code = family(studio=studio)
    for _ in range(count):
        AccessCodeFactory.create(subject=SubjectFactory.create(album=code.subject.album))
    client.get(tab(code.job))

    with django_assert_num_queries(18 + CLOCK_QUERIES):
        client.get(tab(code.job))
