"""The shop's tick: runs twice at once, is held up by nothing, and cleans up."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core import mail
from django.db import DatabaseError, connections

from comms.sending import mute
from shop import leftovers, orders, payments, tasks
from shop.codes import guessing
from shop.models import Basket, GuessBudget, Receipt
from tests import races
from tests.factories import NOON, BasketFactory, StudioFactory, at
from tests.paying import deliver, kinds, placed, state, wrong_sums

pytestmark = pytest.mark.django_db(transaction=True)

CLOCK = at(NOON)


def test_S4_two_ticks_at_once_do_everything_once(real_database, card_provider):
    made = []
    for _ in range(8):
        made.append(placed())
        payments.start(made[-1], back_url="http://127.0.0.1/", clock=CLOCK)
        card_provider.account.pay(made[-1].payments.get().reference)
        deliver(card_provider.postman.held.pop())
        orders.cancel(made[-1].pk, by=None, clock=CLOCK, reason="")
    BasketFactory.create_batch(3)
    Basket.objects.update(created_at=NOON - timedelta(days=91))

    with races.Racers(2) as racers:
        # Messages come by the real clock, which is later than the tests' noon.
        act = lambda: tasks.run(clock=at(NOON + timedelta(days=999)))  # noqa: E731 - a short act
        assert racers.race(act, act) == [None, None]

    assert len(mail.outbox) == 3 * len(made)
    assert len({message.extra_headers["Message-ID"] for message in mail.outbox}) == 3 * len(made)
    for order in made:
        assert state(order)[1] == [("refunded", 1900, False)]
        assert kinds(order).count("refunded") == 1
    assert not Basket.objects.exists()
    assert wrong_sums() == []


@pytest.mark.parametrize("broken", range(len(tasks.WORK)))
def test_S4_what_fails_holds_up_nothing_else(monkeypatch, caplog, broken):
    done = []

    def work(number):
        def act(*, clock):
            done.append(number)
            if number == broken:
                raise ZeroDivisionError
            return 0

        act.__name__ = f"work_{number}"
        return act

    monkeypatch.setattr(tasks, "WORK", tuple(map(work, range(len(tasks.WORK)))))

    tasks.tick()

    assert done == list(range(len(tasks.WORK)))
    assert f"work_{broken} failed" in caplog.text


def test_S4_without_a_database_the_tick_fails_as_a_whole(monkeypatch):
    def fail(*, clock):
        raise DatabaseError

    monkeypatch.setattr(tasks, "WORK", (fail,))
    monkeypatch.setattr(connections["default"], "is_usable", lambda: False)

    with pytest.raises(DatabaseError):
        tasks.tick()


def test_S4_the_tick_is_in_the_beat_table(settings):
    entry = settings.CELERY_BEAT_SCHEDULE["shop"]

    assert (entry["task"], entry["schedule"]) == (tasks.tick.name, settings.TICK_SECONDS)


def test_S4_an_idle_tick_asks_little(django_assert_num_queries):
    tasks.run(clock=CLOCK)  # The first one notes the installation.

    with django_assert_num_queries(14):
        tasks.run(clock=CLOCK)


def test_S1_outdated_counts_of_wrong_codes_are_forgotten():
    studio = StudioFactory.create()
    for network, failed_at in (
        ("old", NOON - guessing.FORGOTTEN_AFTER - timedelta(seconds=1)),
        ("new", NOON - timedelta(minutes=1)),
    ):
        GuessBudget.objects.create(
            studio=studio, network=network, failed_at=failed_at, waits_until=failed_at
        )

    leftovers.clean(clock=CLOCK)

    assert list(GuessBudget.objects.values_list("network", flat=True)) == ["new"]


def test_S2_baskets_and_sessions_that_nobody_needs_are_deleted(monkeypatch):
    monkeypatch.setattr(leftovers, "DELETED_AT_ONCE", 2)
    ages = {"basket": leftovers.BASKETS_KEPT, "session": leftovers.SESSIONS_KEPT}
    second = timedelta(seconds=1)
    for too_old in (second, second, second, -second):
        basket = BasketFactory.create()
        Basket.objects.filter(pk=basket.pk).update(created_at=NOON - ages["basket"] - too_old)
        Session.objects.create(
            session_key=f"{basket.pk}", expire_date=NOON - ages["session"] - too_old
        )
    kept = basket.pk

    counts = [leftovers.clean(clock=CLOCK) for _ in range(3)]

    assert counts == [4, 2, 0]
    assert list(Basket.objects.values_list("pk", flat=True)) == [kept]
    assert list(Session.objects.values_list("pk", flat=True)) == [f"{kept}"]
    assert not Receipt.objects.exists()


def test_X5_a_restored_database_sends_no_receipts_until_it_is_released(db):
    order = placed()
    mute.mute("It was restored.", clock=CLOCK)

    tasks.run(clock=CLOCK)
    silent = len(mail.outbox)
    mute.release(by="a person", clock=CLOCK)
    tasks.run(clock=CLOCK)

    assert (silent, [message.to for message in mail.outbox]) == (0, [[order.email]])
