"""P2 with real connections: each place is filled once, and nothing leaves without its photos."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.db import transaction

from jobstatus import clock
from jobstatus.models import Job
from shop import orders
from shop.delivery import downloads
from shop.models import Order, OrderPicture
from shop.populating import planning, releasing, writing
from shop.populating.writing import Done
from tests import populate_races, races
from tests.conftest import TORTURE
from tests.prepay_orders import child, chosen, photos, prepay_order, prepay_shop, told

pytestmark = pytest.mark.usefixtures("real_database")

ROOT = Path(__file__).resolve().parent.parent
ROUNDS = 1_200 if TORTURE else 60
CONTROL = 300 if TORTURE else 20
LEAST_CAUGHT = CONTROL // 20


@pytest.fixture(autouse=True)
def _at_about_the_same_time(monkeypatch):
    monkeypatch.setattr(races, "LONGEST_JITTER_SECONDS", 0.004)
    monkeypatch.setattr(writing.logger, "disabled", True)


@pytest.fixture
def racers():
    with races.hasty_racers(3) as racers:
        yield racers


def test_P2_each_place_is_filled_once_and_no_order_leaves_without_its_photos(racers):
    wrong, endings = populate_races.run_rounds(racers, ROUNDS)

    print(dict(endings))  # noqa: T201
    assert wrong == []
    # Both happen in the contests of the release, or they would be none.
    assert len(endings) == len(populate_races.CONTESTS) + 2


def test_P2_on_sqlite_with_two_processes_it_is_the_same(tmp_path):
    rounds = 500 if TORTURE else 20
    environment = {"DATABASE_URL": f"sqlite:///{tmp_path / 'db.sqlite3'}", "DEBUG": "1"}

    run = subprocess.run(
        [sys.executable, "-m", "tests.populate_processes", str(rounds)],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60 + rounds,
        check=False,
    )

    assert (run.returncode, run.stdout) == (0, f"{rounds} rounds\n"), run.stderr


@pytest.mark.postgresql
def test_P2_without_the_locks_two_who_press_are_both_told_that_they_did_it(racers, monkeypatch):
    monkeypatch.setattr(writing, "locked", lambda pk: Job.objects.get(pk=pk))
    gather = planning.gather
    monkeypatch.setattr(planning, "gather", lambda job, ids, locked: gather(job, ids, locked=False))

    wrong, _endings = populate_races.run_rounds(
        racers, CONTROL, [populate_races.pressed_twice_again]
    )

    print(f"{len(wrong)} of {CONTROL} rounds went wrong, such as: {wrong[:3]}")  # noqa: T201
    assert len(wrong) >= LEAST_CAUGHT


@pytest.mark.postgresql
def test_P2_without_the_lock_on_the_gallery_orders_leave_without_a_photo(racers, monkeypatch):
    monkeypatch.setattr(releasing, "hold", lambda _job_id: None)

    wrong, _endings = populate_races.run_rounds(
        racers, CONTROL, [populate_races.released_while_photos_go]
    )

    print(f"{len(wrong)} of {CONTROL} rounds went wrong, such as: {wrong[:3]}")  # noqa: T201
    assert len(wrong) >= LEAST_CAUGHT


@pytest.mark.postgresql
def test_P2_populating_waits_for_whoever_joins_two_children():
    shop = prepay_shop()
    keep, gone = child(shop), child(shop)
    photos(keep)
    order = prepay_order(shop, (gone, "individual", 2))

    def join_slowly():
        with transaction.atomic():
            Job.objects.select_for_update(no_key=True).get(pk=shop.job_id)
            time.sleep(0.5)
            gone.subject = keep.subject
            gone.save(update_fields=["subject"])

    def populate():
        time.sleep(0.2)
        return writing.populate(shop.job_id, by=None, clock=clock.now, seen=None)

    with races.Racers(2) as racers:
        results = racers.race(join_slowly, populate)

    assert results == [None, Done(1, 2)]
    assert len(chosen(order)[0]) == 2


@pytest.mark.postgresql
def test_P2_an_order_that_is_being_cancelled_gets_no_photos():
    shop = prepay_shop()
    mia = child(shop)
    photos(mia)
    order = prepay_order(shop, (mia, "individual", 2))

    def cancel_slowly():
        with transaction.atomic():
            row = orders.locked(order.pk)
            time.sleep(0.5)
            orders.give_up(row, by=None, at=clock.now(), text="")

    def populate():
        time.sleep(0.2)
        return writing.populate(shop.job_id, by=None, clock=clock.now, seen=None)

    with races.Racers(2) as racers:
        results = racers.race(cancel_slowly, populate)

    assert results == [None, Done(0, 0)]
    assert (Order.objects.get().status, chosen(order)) == ("cancelled", [[]])


@pytest.mark.postgresql
def test_P2_what_is_being_taken_back_is_not_downloaded_and_not_noted_as_exported():
    shop = prepay_shop()
    mia = child(shop)
    photos(mia)
    order = prepay_order(shop, (mia, "all", 1))
    writing.populate(shop.job_id, by=None, clock=clock.now, seen=None)
    releasing.release_all(shop.job_id, by=None, clock=clock.now, seen=None)
    picture = OrderPicture.objects.select_related("line__order").first()

    def take_back_slowly():
        with transaction.atomic():
            orders.locked(order.pk)
            time.sleep(0.5)
            Order.objects.update(released_at=None)

    def export():
        time.sleep(0.2)
        releasing.note_export(Order.objects.all(), by=None, clock=clock.now)

    def download():
        time.sleep(0.2)
        return downloads.note_download(picture, clock=clock.now)

    with races.Racers(3) as racers:
        results = racers.race(take_back_slowly, export, download)

    assert results == [None, None, False]
    assert [kind for kind, _text in told(order)] == ["populated", "released"]
