"""What a studio uses of its quota, whoever writes the photos (A13)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jobstatus.models import Job
from shop.models import Photo, StorageQuota, Storefront
from shop.storing import quota
from shop.storing.quota import NoRoom, Use
from tests.factories import NOON, AlbumFactory, JobFactory, PhotoFactory, StudioFactory, job_in
from tests.stored import heavy, trash

pytestmark = pytest.mark.django_db
GB = quota.GIGABYTE


@pytest.fixture
def albums():
    """An album of a job with a shop page, and noise in another job of the studio."""
    studio = StudioFactory.create()
    own, other = (AlbumFactory.create(job__studio=studio) for _ in range(2))
    for album in (own, other):
        Storefront.objects.create(job=album.job)
    heavy(own, 10, 20)
    heavy(other, 1000)
    return own, other


def sums(*albums):
    by_job = dict(Storefront.objects.values_list("job", "stored_bytes"))
    return [by_job[album.job_id] for album in albums]


def sql(text, *values):
    with connection.cursor() as cursor:
        cursor.execute(text, values)


def insert_in_bulk(own, other):
    photos = [
        PhotoFactory.build(album=album, job=album.job, stored_bytes=weight)
        for album, weight in ((own, 5), (own, 6), (other, 7))
    ]
    Photo.objects.bulk_create(photos)


def weigh_in_bulk(own, other):
    photos = list(Photo.objects.all())
    for photo in photos:
        photo.stored_bytes += 1
    Photo.objects.bulk_update(photos, ["stored_bytes"])


CHANGES = {
    "none": (lambda own, other: None, [30, 1000]),
    "one is added": (lambda own, other: heavy(own, 5), [35, 1000]),
    "many of two jobs are added": (insert_in_bulk, [41, 1007]),
    "one is weighed": (
        lambda own, other: Photo.objects.filter(stored_bytes=10).update(stored_bytes=100),
        [120, 1000],
    ),
    "many of two jobs are weighed": (weigh_in_bulk, [32, 1001]),
    "one is saved": (lambda own, other: Photo.objects.get(stored_bytes=10).save(), [30, 1000]),
    "one is deleted": (
        lambda own, other: Photo.objects.get(stored_bytes=10).delete(),
        [20, 1000],
    ),
    "all are deleted": (lambda own, other: Photo.objects.all().delete(), [0, 0]),
    "sql deletes": (lambda own, other: sql("DELETE FROM shop_photo"), [0, 0]),
    "sql weighs": (
        lambda own, other: sql("UPDATE shop_photo SET stored_bytes = stored_bytes * 2"),
        [60, 2000],
    ),
    "they move to the other job": (
        lambda own, other: Photo.objects.filter(album=own).update(album=other, job=other.job),
        [0, 1030],
    ),
    "they are hidden": (lambda own, other: Photo.objects.update(is_hidden=True), [30, 1000]),
    "they go to the trash": (lambda own, other: trash(own, NOON), [30, 1000]),
    "an album is deleted": (lambda own, other: own.delete(), [0, 1000]),
}


@pytest.mark.parametrize(("change", "expected"), CHANGES.values(), ids=CHANGES)
def test_A13_the_sum_of_a_job_follows_whoever_writes_its_photos(albums, change, expected):
    change(*albums)

    assert sums(*albums) == expected


def test_A13_a_shop_page_that_comes_later_begins_with_what_is_there():
    album = AlbumFactory.create()
    heavy(album, 10, 20)
    heavy(AlbumFactory.create(), 1000)

    Storefront.objects.create(job=album.job)

    assert sums(album) == [30]
    Photo.objects.all().delete()
    assert sums(album) == [0]


def test_A13_saving_a_shop_page_that_was_read_before_keeps_the_counts(albums):
    own, _other = albums
    page = Storefront.objects.get(job=own.job)
    heavy(own, 5)
    counted = Storefront.objects.get(job=own.job)

    page.slug = "changed"
    page.save()

    stored = Storefront.objects.get(job=own.job)
    assert stored.slug == "changed"
    assert stored.stored_bytes == 35
    assert stored.gallery_version == counted.gallery_version > page.gallery_version


def test_A13_archived_and_trashed_photos_count_and_other_studios_do_not():
    studio = StudioFactory.create()
    trashed, archived = AlbumFactory.create(job__studio=studio), None
    archived = AlbumFactory.create(job=job_in("archived", studio=studio))
    bare = AlbumFactory.create(job__studio=studio)  # an integration's job, without a shop page
    stranger = AlbumFactory.create()
    for album in (trashed, stranger):
        Storefront.objects.get_or_create(job=album.job)
    for album, weight in ((trashed, 1), (archived, 20), (bare, 300), (stranger, 4000)):
        heavy(album, weight)
    trash(trashed, NOON)

    with CaptureQueriesContext(connection) as queries:
        used = quota.use_of(studio).used_bytes

    assert used == 321
    assert len(queries) == 4


def test_A13_a_job_may_be_deleted_with_the_sum_wrong():
    album = AlbumFactory.create()
    Storefront.objects.create(job=album.job)
    heavy(album, 10)
    Storefront.objects.update(stored_bytes=3)

    Photo.objects.all().delete()

    assert sums(album) == [-7]


# The quota


@pytest.mark.parametrize(
    ("setting", "agreed", "expected"),
    [(0, None, 0), (5, None, 5), (5, 0, 0), (5, 7, 7), (0, 7, 7)],
)
def test_A13_what_was_agreed_counts_before_the_setting(settings, setting, agreed, expected):
    settings.STORAGE_QUOTA_GB = setting
    studio, other = StudioFactory.create(), StudioFactory.create()
    StorageQuota.objects.create(studio=studio, gigabytes=agreed)
    StorageQuota.objects.create(studio=other, gigabytes=99)

    assert quota.quota_bytes(studio) == expected * GB


@pytest.mark.parametrize(
    ("used", "quota_bytes", "percent", "level", "free"),
    [
        (0, 0, 0, "fine", None),
        (10**15, 0, 0, "fine", None),
        (79, 100, 79, "fine", 21),
        (80, 100, 80, "warning", 20),
        (94, 100, 94, "warning", 6),
        (95, 100, 95, "alarm", 5),
        (99, 100, 99, "alarm", 1),
        (100, 100, 100, "alarm", 0),
        (250, 100, 250, "alarm", 0),
    ],
)
def test_A13_the_levels_of_use(used, quota_bytes, percent, level, free):
    use = Use(used, quota_bytes)

    assert (use.percent, use.level, use.free_bytes) == (percent, level, free)


@pytest.mark.parametrize(
    ("more", "fits"), [(1, True), (GB - 30, True), (GB - 29, False), (10**15, False)]
)
def test_A13_what_does_not_fit_is_refused_with_a_sentence(albums, more, fits):
    own, other = albums
    Photo.objects.filter(album=other).delete()
    StorageQuota.objects.create(studio=own.job.studio, gigabytes=1)

    if fits:
        quota.require_room(own.job.studio, bytes=more)
    else:
        with pytest.raises(NoRoom, match=r"There is no room for .*: 30.bytes of 9\d\d.\d.MB"):
            quota.require_room(own.job.studio, bytes=more)


def test_A13_without_a_quota_there_is_always_room(albums):
    quota.require_room(albums[0].job.studio, bytes=10**15)


def test_A13_the_quota_does_not_look_at_photos(albums):
    with CaptureQueriesContext(connection) as queries:
        quota.require_room(albums[0].job.studio, bytes=1)

    assert len(queries) == 3
    assert not [query for query in queries if "shop_photo" in query["sql"]]


def test_A13_jobs_of_one_studio_are_added_up():
    studio = StudioFactory.create()
    for weight in (1, 20, 300):
        job = JobFactory.create(studio=studio)
        Storefront.objects.create(job=job)
        heavy(AlbumFactory.create(job=job), weight)

    assert quota.used_bytes(studio) == 321
    assert Job.objects.filter(studio=studio).count() == 3
