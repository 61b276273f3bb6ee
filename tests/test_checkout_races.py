"""S4, A5 with real connections: an order is before the change of its jobs, or it is refused."""

import time
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client

from jobstatus import clock
from jobstatus.models import Job
from shop.buying import baskets, checkout
from shop.models import BasketLine, Order, OrderCounter, OrderLine, Receipt
from tests import checkout_races, races
from tests.buying import add, change, checkout_form, photos_of, pick, visitor
from tests.buying import at as address
from tests.conftest import TORTURE
from tests.factories import family

pytestmark = pytest.mark.usefixtures("real_database")

ROUNDS = 10_000 if TORTURE else 100
LEAST_CAUGHT = 100 if TORTURE else 5


@pytest.fixture(autouse=True)
def _no_second_try(monkeypatch):
    # So that a deadlock is seen, and not repaired by trying again.
    monkeypatch.setattr(checkout, "RETRIES", 0)
    monkeypatch.setattr(races, "LONGEST_JITTER_SECONDS", 0.004)


@pytest.fixture
def racers():
    with races.hasty_racers(3) as racers:
        yield racers


def test_S4_no_order_at_or_after_the_change_and_no_order_without_its_lines(racers):
    wrong, endings = checkout_races.run_rounds(racers, ROUNDS)

    print(dict(endings))  # noqa: T201
    assert wrong == []
    # Both happen in every contest, or it would be none.
    assert all(number > 0 for number in endings.values())
    assert len(endings) == 2 * len(checkout_races.CONTESTS)
    numbers = Order.objects.order_by("number").values_list("number", flat=True)
    assert list(numbers) == list(range(1, len(numbers) + 1))
    assert OrderCounter.objects.get().last == len(numbers)


@pytest.mark.postgresql
def test_S4_without_the_lock_and_with_an_early_clock_the_same_checker_finds_it(racers, monkeypatch):
    monkeypatch.setattr(baskets, "hold_jobs", lambda _job_ids: None)
    monkeypatch.setattr(checkout, "_take_out", checkout_races.take_out_whatever)

    wrong, _endings = checkout_races.run_rounds(racers, ROUNDS, now=checkout_races.too_early)

    print(f"{len(wrong)} of {ROUNDS} rounds went wrong, such as: {wrong[:3]}")  # noqa: T201
    assert len(wrong) >= LEAST_CAUGHT


def test_S4_fifty_identical_forms_at_once_make_one_order():
    code = family()
    browser = visitor(code)
    assert add(browser, code).status_code == 302
    form = checkout_form(browser, code.studio)

    def send():
        client = Client()
        client.cookies = browser.cookies
        return client.post(address("checkout", code.studio), form)

    with races.Racers(50) as racers:
        answers = racers.race(*[send] * 50)

    placed = Order.objects.get()
    assert {(a.status_code, a.url) for a in answers} == {(302, placed.get_absolute_url())}
    assert OrderCounter.objects.get().last == placed.number == 1
    assert OrderLine.objects.count() == Receipt.objects.count() == 1


@pytest.mark.postgresql
def test_L4_an_order_that_waited_behind_a_lock_is_judged_when_it_acts():
    code = family()
    browser = visitor(code)
    add(browser, code)
    form = checkout_form(browser, code.studio)
    deadline = clock.now() + timedelta(seconds=0.8)
    Job.objects.filter(pk=code.job_id).update(
        archiving_enabled=True, archive_date=deadline.date(), archive_delay=0, closes_at=deadline
    )

    def hold_the_row_past_its_deadline():
        with transaction.atomic():
            Job.objects.select_for_update(no_key=True).get(pk=code.job_id)
            time.sleep(1.2)

    def order_in_time():
        time.sleep(0.2)  # The other holds the row now, and the deadline is still ahead.
        return browser.post(address("checkout", code.studio), form), clock.now()

    with races.Racers(2) as racers:
        held, (answer, ended) = racers.race(hold_the_row_past_its_deadline, order_in_time)

    assert held is None
    assert ended > deadline
    assert (answer.status_code, Order.objects.count()) == (409, 0)


@pytest.mark.postgresql
@pytest.mark.parametrize("what", ["add", "put_back"])
def test_A5_what_goes_in_waits_for_whoever_archives(what):
    code = family()
    browser = visitor(code)
    add(browser, code)
    line = BasketLine.objects.get()
    if what == "put_back":
        BasketLine.objects.update(set_aside_at=clock.now())
    act = {
        "add": lambda: add(browser, code, photo=pick(code, photos_of(code)[1])),
        "put_back": lambda: change(browser, code.studio, line.pk, "put_back"),
    }[what]

    def archive_slowly():
        with transaction.atomic():
            Job.objects.select_for_update(no_key=True).get(pk=code.job_id)
            time.sleep(0.5)
            at = clock.now()
            Job.objects.filter(pk=code.job_id).update(status="archived", archived_at=at)
            BasketLine.objects.pending().with_pictures_of([code.job_id]).update(set_aside_at=at)

    def put_in():
        time.sleep(0.2)
        return act()

    with races.Racers(2) as racers:
        archived, answer = racers.race(archive_slowly, put_in)

    assert archived is None
    assert answer.status_code == 409
    assert not BasketLine.objects.pending().exists()
