"""Queries that are written once, by whichever request comes first (S3)."""

import time

import pytest

from shop.models import Album
from shop.prepared import Prepared
from tests import races
from tests.factories import AlbumFactory

pytestmark = pytest.mark.django_db(transaction=True)
MARKER = 987_654_321


def test_S3_the_first_requests_of_a_process_come_at_once(real_database):
    album = AlbumFactory.create()

    def slowly(marker):
        time.sleep(0.05)
        return Album.objects.filter(pk=marker).values_list("name")

    with races.Racers(4) as racers:
        query = Prepared("of_the_test", slowly, MARKER)
        found = racers.race(*[lambda: query.rows(album.pk)] * 4)

    assert found == [[(album.name,)]] * 4
