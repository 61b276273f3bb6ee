"""L9, P1 with real connections: a prepay order is before its shop closes, or it is refused."""

import threading

import pytest
from django.test import Client

from jobstatus import clock, operations
from jobstatus.models import Job, JobEvent
from shop.buying import checkout
from shop.models import AccessCode, Order, OrderCounter, Receipt, SameChild, Subject
from shop.prepay.counter import PrepayCounter
from tests import prepay_races, prepaying, races
from tests.checkout_races import too_early
from tests.conftest import TORTURE
from tests.factories import FAR_AHEAD

pytestmark = pytest.mark.usefixtures("real_database")

ROUNDS = 5_000 if TORTURE else 60
LEAST_CAUGHT = 50 if TORTURE else 3
CUSTOMERS, EACH = 10, 20  # 200 checkouts


@pytest.fixture(autouse=True)
def _no_second_try(monkeypatch):
    # So that a deadlock is seen, and not repaired by trying again.
    monkeypatch.setattr(checkout, "RETRIES", 0)
    monkeypatch.setattr(races, "LONGEST_JITTER_SECONDS", 0.004)
    monkeypatch.setattr(Job, "prepay_closes_at", prepay_races.prepay_closes_at)
    prepay_races.DEADLINES.clear()


@pytest.fixture
def racers():
    with races.hasty_racers(3) as racers:
        yield racers


def test_L9_no_order_at_or_after_the_end_of_prepay_and_no_child_without_an_order(racers):
    wrong, endings = prepay_races.run_rounds(racers, ROUNDS)

    print(dict(endings))  # noqa: T201
    assert wrong == []
    # Both happen in every contest, or it would be none.
    assert len(endings) == 2 * len(prepay_races.CONTESTS)
    numbers = Order.objects.order_by("number").values_list("number", flat=True)
    assert list(numbers) == list(range(1, len(numbers) + 1))
    assert OrderCounter.objects.get().last == len(numbers)


@pytest.mark.postgresql
def test_L9_without_the_lock_and_with_an_early_clock_the_same_checker_finds_it(racers, monkeypatch):
    monkeypatch.setattr(PrepayCounter, "hold", lambda _counter, _job_ids: None)

    wrong, _endings = prepay_races.run_rounds(racers, ROUNDS, now=too_early)

    print(f"{len(wrong)} of {ROUNDS} rounds went wrong, such as: {wrong[:3]}")  # noqa: T201
    assert len(wrong) >= LEAST_CAUGHT


STEPS = ["convert_to_standard", *(["return_to_planning"] if TORTURE else [])]


@pytest.mark.parametrize("step", STEPS)
def test_L9_the_shop_closes_while_200_checkouts_run(step):
    (contest,) = prepay_races.rounds_of(1, baskets=CUSTOMERS * EACH, name="Child {}")
    half_way = threading.Event()

    def customer(first):
        acts = [prepay_races.order(contest, number) for number in range(first, first + EACH)]

        def act():
            results = []
            for number, one in enumerate(acts):
                if number == EACH // 2:
                    half_way.set()
                try:
                    results.append(one())
                except checkout.BasketChanged as refused:
                    results.append(refused)
            return results

        return act

    def close():
        half_way.wait(30)
        move = getattr(operations, step)
        return move([contest.shop.job_id], by=None, clock=clock.now)

    customers = [customer(first * EACH) for first in range(CUSTOMERS)]
    with races.Racers(CUSTOMERS + 1) as racers:
        *told, outcome = racers.race(*customers, close)

    assert [len(results) for results in told] == [EACH] * CUSTOMERS, told
    placed = [r for results in told for r in results if isinstance(r, Order)]
    (event,) = outcome.events
    assert event == JobEvent.objects.get()
    assert 0 < len(placed) < CUSTOMERS * EACH
    assert max(contest.written.values()) < event.at
    assert max(order.placed_at for order in placed) < event.at
    for rows in (Order.objects, Receipt.objects, Subject.objects, AccessCode.objects):
        assert rows.count() == len(placed)
    assert OrderCounter.objects.get().last == len(placed)


def test_P1_twenty_identical_forms_at_once_make_one_order_and_one_child():
    shop = prepaying.prepay_shop(deadline=FAR_AHEAD)
    browser = prepaying.parent(shop)
    prepaying.fill(browser, shop)
    form = prepaying.checkout_form(browser, shop)

    def send():
        client = Client()
        client.cookies = browser.cookies
        return client.post(prepaying.at("checkout", shop), form)

    with races.Racers(20) as racers:
        answers = racers.race(*[send] * 20)

    placed = Order.objects.get()
    assert {(a.status_code, a.url) for a in answers} == {(302, placed.get_absolute_url())}
    assert Subject.objects.count() == AccessCode.objects.count() == Receipt.objects.count() == 1
    assert not SameChild.objects.exists()
