"""The gallery's one statement: session, code, basket and clock together, none of them believed."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore as DjangosStore
from django.core.cache import cache
from django.db import IntegrityError, connection
from django.db.backends.postgresql import base
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from config.postgresql.base import DatabaseWrapper
from jobstatus import clock
from shop import visit
from shop.models import AccessCode, Basket, BasketLine
from shop.sessions import SessionStore
from tests.factories import NOON, BasketFactory, family
from tests.visitors import browser_with, page_of, stop_clock, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    stop_clock(monkeypatch, NOON)


def use_basket(client: Client, code: AccessCode, basket: Basket) -> None:
    session = client.session
    session[visit.BASKETS] = {str(code.studio_id): basket.pk}
    session.save()


def with_lines(basket: Basket, count: int) -> Basket:
    for _number in range(count):
        BasketLine.objects.create(basket=basket, title="Print")
    return basket


def count_on(client: Client, code: AccessCode) -> str:
    html = text(client.get(page_of("gallery", code)))
    return html.split('class="count"><span aria-hidden="true">')[1].split("<")[0]


# The basket


def test_S2_the_count_is_that_of_the_visitors_basket_whatever_was_guessed(noon: None) -> None:
    code = family()
    client = browser_with(code)
    first, second = (with_lines(BasketFactory.create(studio=code.studio), n) for n in (1, 2))
    with_lines(BasketFactory.create(studio=code.studio), 5)  # of another visitor

    counts = []
    for basket in (first, first, second, second):
        use_basket(client, code, basket)
        counts.append(count_on(client, code))

    assert counts == ["1", "1", "2", "2"]


def test_S2_a_basket_that_was_guessed_before_is_not_shown_without_it(noon: None) -> None:
    code = family()
    client = browser_with(code)
    use_basket(client, code, with_lines(BasketFactory.create(studio=code.studio), 3))
    assert count_on(client, code) == "3"

    session = client.session
    session[visit.BASKETS] = {}
    session.save()

    assert 'class="count"' not in text(client.get(page_of("gallery", code)))


def test_S2_lines_that_were_set_aside_and_other_studios_baskets_do_not_count(noon: None) -> None:
    code, other = family(), family()
    client = browser_with(code)
    basket = with_lines(BasketFactory.create(studio=code.studio), 2)
    use_basket(client, code, basket)
    counts = [count_on(client, code)]

    BasketLine.objects.filter(pk=basket.lines.first().pk).update(set_aside_at=NOON)
    counts.append(count_on(client, code))
    use_basket(client, code, with_lines(BasketFactory.create(studio=other.studio), 4))

    assert counts == ["2", "1"]
    for _visit in range(2):  # not even after it was guessed
        assert 'class="count"' not in text(client.get(page_of("gallery", code)))


# The session


@pytest.mark.parametrize("session", ["expired", "unknown", "none", "forged"])
def test_S1_without_a_living_session_a_gallery_does_not_exist(noon: None, session: str) -> None:
    code = family()
    client = browser_with(code)
    assert client.get(page_of("gallery", code)).status_code == 200
    stored = DjangosStore(client.session.session_key)
    if session == "expired":
        stored.model.objects.update(expire_date=now() - timedelta(seconds=1))
    elif session == "forged":
        stored.model.objects.update(session_data="eyJjb2RlcyI6WzFdfQ:1vNOBO:forged")
    elif session == "unknown":
        client.cookies[settings.SESSION_COOKIE_NAME] = "x" * 32
    else:
        client.cookies.clear()

    assert client.get(page_of("gallery", code)).status_code == 404


def test_S2_a_session_that_came_with_the_statement_can_be_written(noon: None) -> None:
    code = family()
    client = browser_with(code)

    client.get(page_of("gallery", code) + "?lang=de")

    stored = DjangosStore(client.session.session_key).load()
    assert (stored["language"], stored[visit.CODES]) == ("de", [code.pk])
    assert len(stored[visit.VISITOR]) == 16


def test_S2_a_session_that_was_read_before_is_not_replaced() -> None:
    one, two = DjangosStore(), DjangosStore()
    one["codes"], two["codes"] = [1], [2]
    one.save()
    two.save()
    store = SessionStore(one.session_key)
    assert store["codes"] == [1]

    store.take(two.encode({"codes": [2]}))

    assert store["codes"] == [1]


# The clock and the connection


@pytest.mark.postgresql
def test_L4_the_statement_brings_the_databases_clock_moved_like_the_other_one(
    settings: Any,
) -> None:
    settings.CLOCK_OFFSET_SECONDS = 3600
    code = family()
    client = browser_with(code)
    client.get(page_of("gallery", code))
    brought: list[datetime] = []
    of_database = clock.of_database

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            clock, "of_database", lambda read: brought.append(of_database(read)) or brought[-1]
        )
        before = clock.now()
        with CaptureQueriesContext(connection) as queries:
            client.get(page_of("gallery", code))
        after = clock.now()

    statement_alone = [query for query in queries if "EXECUTE" in query["sql"]]
    assert (len(queries), len(statement_alone), brought[1].tzinfo) == (1, 1, UTC)
    assert brought[0] <= brought[1] <= brought[2]
    assert (before, after) == (brought[0], brought[2])


@pytest.mark.postgresql
def test_a_kept_connection_is_found_lost_and_a_living_one_is_not_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    other = DatabaseWrapper(connection.settings_dict)
    asked = []
    djangos = base.DatabaseWrapper.is_usable
    monkeypatch.setattr(
        base.DatabaseWrapper, "is_usable", lambda self: asked.append(1) or djangos(self)
    )
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (number,) = cursor.fetchone()

    living = [other.is_usable(), len(asked)]
    other.errors_occurred = True
    after_an_error = [other.is_usable(), len(asked)]
    other.errors_occurred = False
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [number])
    ended = other.is_usable()
    other.close()

    assert (living, after_an_error, ended) == ([True, 0], [True, 1], False)


@pytest.mark.postgresql
def test_a_connection_whose_transaction_failed_is_not_taken_for_usable() -> None:
    other = DatabaseWrapper(connection.settings_dict)
    other.set_autocommit(False)
    with other.cursor() as cursor, pytest.raises(IntegrityError):
        cursor.execute("DO $$ BEGIN RAISE unique_violation; END $$")

    usable = [other.is_usable()]
    other.rollback()
    usable.append(other.is_usable())
    other.close()

    assert usable == [False, True]


def test_S2_a_guess_is_forgotten_with_the_cache_and_costs_one_query_then(noon: None) -> None:
    code = family()
    client = browser_with(code)
    use_basket(client, code, with_lines(BasketFactory.create(studio=code.studio), 1))
    client.get(page_of("gallery", code))

    costs = []
    for empty in (False, True):
        if empty:
            cache.clear()
        with CaptureQueriesContext(connection) as queries:
            client.get(page_of("gallery", code))
        costs.append(len(queries))

    assert costs == [1, 3]  # the basket and the photos
