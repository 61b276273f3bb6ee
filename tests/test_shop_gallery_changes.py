"""Any changes in any order: a kept gallery shows what is true, and nothing of anybody else."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import hypothesis
import pytest
from django.contrib.sessions.backends.db import SessionStore as DjangosStore
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import strategies as st

from jobstatus.lifecycle import Status
from shop.gallery import contents, revisit
from shop.gallery.offers import offers
from shop.models import AccessCode, Album, Appearance, Photo, Subject
from shop.prepared import Prepared
from shop.sessions import SessionStore
from tests.conftest import TORTURE
from tests.factories import (
    NOON,
    AccessCodeFactory,
    AlbumFactory,
    PhotoFactory,
    PriceListFactory,
    ProductFactory,
    SubjectFactory,
    family,
    job_in,
)
from tests.visitors import browser_with, page_of, stop_clock

pytestmark = pytest.mark.django_db

SHOWN = re.compile(r'<a href="(\d+)/"><img')
STEPS = ("hide", "show", "group", "single", "tie", "cut", "move", "delete", "add", "album", "class")


class World:
    """A job with two albums and three children, and a job of somebody else beside it."""

    def __init__(self) -> None:
        self.job = family(photos=1).job
        self.albums = AlbumFactory.create_batch(2, job=self.job)
        children = [SubjectFactory.create(album=self.albums[n % 2]) for n in range(3)]
        other = family(photos=2)
        self.codes = [AccessCodeFactory.create(subject=child) for child in children] + [other]
        for album in self.albums:
            PhotoFactory.create_batch(2, album=album)
        self.visitors = [browser_with(code) for code in self.codes]

    def step(self, what: str, one: int, two: int) -> None:
        photos = list(Photo.objects.filter(job=self.job).order_by("pk"))
        album, code = self.albums[two % 2], self.codes[two % 3]
        photo = Photo.objects.filter(pk=photos[one % len(photos)].pk) if photos else None
        if what == "add" or photo is None:
            PhotoFactory.create(album=album, is_group=one % 2 == 0, position=one)
        elif what == "delete":
            photo.delete()
        elif what == "tie":
            Appearance.objects.get_or_create(photo=photo.get(), subject=code.subject)
        elif what == "cut":
            Appearance.objects.filter(photo__in=photo).delete()
        elif what == "album":
            Album.objects.filter(pk=album.pk).update(is_active=one % 2 == 0)
        elif what == "class":
            Subject.objects.filter(pk=code.subject_id).update(album=self.albums[one % 2])
        else:
            photo.update(
                **{
                    "hide": {"is_hidden": True},
                    "show": {"is_hidden": False},
                    "group": {"is_group": True},
                    "single": {"is_group": False},
                    "move": {"position": two},
                }[what]
            )


@hypothesis.settings(
    max_examples=60 if TORTURE else 8,
    suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture],
)
@hypothesis.given(
    st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 9), st.integers(0, 9)), max_size=12)
)
def test_G2_a_kept_gallery_shows_the_persons_photos_after_any_changes(steps: list[Any]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        stop_clock(patch, NOON)
        world = World()
        for step in steps:
            world.step(*step)
            for code, visitor in zip(world.codes, world.visitors, strict=True):
                assert_shows_the_truth(code, visitor)


def assert_shows_the_truth(code: AccessCode, visitor: Client) -> None:
    subject = Subject.objects.get(pk=code.subject_id)
    truth = list(contents.photos_of(subject).values_list("pk", flat=True))

    html = visitor.get(page_of("gallery", code)).content.decode()

    assert list(map(int, SHOWN.findall(html))) == truth
    fresh = AccessCode.objects.select_related("subject__album", "job").get(pk=code.pk)
    together = contents.pictures([fresh], most=100)
    assert [photo.pk for photo in together[code.pk]] == truth


def test_G2_photos_of_several_codes_are_those_of_each() -> None:
    codes = [family(photos=3), family(photos=0), family(photos=2)]
    PhotoFactory.create(album=codes[0].subject.album, is_group=True)

    with CaptureQueriesContext(connection) as queries:
        found = contents.pictures(codes, most=3)

    assert [len(found[code.pk]) for code in codes] == [3, 0, 2]
    assert len(queries) == 2
    for code in codes:
        assert found[code.pk] == list(contents.photos_of(code.subject)[:3])


def test_G2_an_album_of_another_job_shows_nothing_of_it() -> None:
    code, other = family(photos=1), family(photos=1)
    PhotoFactory.create(album=other.subject.album, is_group=True)
    Subject.objects.filter(pk=code.subject_id).update(album=other.subject.album)
    code = AccessCode.objects.select_related("subject__album", "job").get(pk=code.pk)

    together = contents.pictures([code], most=9)[code.pk]

    assert together == list(contents.photos_of(code.subject))
    assert [photo.job_id for photo in together] == [code.job_id]


def test_A7_a_job_with_one_active_album_counts_as_such() -> None:
    empty, inactive, active = (job_in(Status.ARCHIVED) for _ in range(3))
    AlbumFactory.create(job=inactive, is_active=False)
    AlbumFactory.create(job=active, is_active=False)
    AlbumFactory.create(job=active)
    AlbumFactory.create()  # of another job

    assert contents.jobs_with_active_albums([empty, inactive, active]) == {active.pk}


# When a kept page looks again


@hypothesis.given(
    left=st.integers(1, 90_000), start=st.integers(0, 10**6), later=st.integers(0, 90_000)
)
def test_A6_a_kept_page_never_looks_again_too_late(left: int, start: int, later: int) -> None:
    """Made at `start`, shown again `later`, as long as its fingerprint stays the same."""
    made = datetime.fromtimestamp(start, UTC)
    shown = made + timedelta(seconds=later)
    wait, stretch = revisit.stretch(left, made)
    hypothesis.assume(later < left and revisit.stretch(left - later, shown)[1] == stretch)

    looks_again_at = later + wait

    assert looks_again_at <= left
    assert wait >= 1


def test_A6_close_to_the_change_the_page_is_exact() -> None:
    exact = [revisit.stretch(seconds, NOON)[0] for seconds in (1, 600)]

    assert exact == [1, 600]
    assert revisit.stretch(601, NOON)[0] == 301
    assert revisit.stretch(3601, NOON)[0] == 1801


# Prepared queries


def test_S3_prepared_offers_are_those_on_sale_in_the_studios_order() -> None:
    prices = PriceListFactory.create(currency="CHF")
    last = ProductFactory.create(price_list=prices, position=2, name="Last")
    first = ProductFactory.create(price_list=prices, position=1, description="Matt")
    ProductFactory.create(price_list=prices, is_active=False)
    ProductFactory.create()

    found = offers(prices)

    assert [offer.pk for offer in found] == [first.pk, last.pk]
    assert (found[0].description, found[0].cents, found[0].price) == ("Matt", 950, "CHF9.50")
    assert offers(None) == ()


def test_S3_a_prepared_query_must_use_its_markers() -> None:
    def make(pk: int, _name: str) -> Any:
        return Photo.objects.filter(pk=pk).values_list("pk")

    query = Prepared("wrong", make, -1, "")

    with pytest.raises(ValueError, match="does not use the markers"):
        query.rows(1, "x")


def test_S2_a_session_is_read_as_django_reads_it() -> None:
    store = DjangosStore()
    store["codes"] = [7]
    store.save()
    expired = DjangosStore()
    expired["codes"] = [8]
    expired.set_expiry(-1)
    expired.save()

    known, old, unknown = (
        SessionStore(key) for key in (store.session_key, expired.session_key, "x" * 32)
    )

    assert [dict(one.items()) for one in (known, old, unknown)] == [{"codes": [7]}, {}, {}]
    assert (known.session_key, old.session_key, unknown.session_key) == (
        store.session_key,
        None,
        None,
    )
