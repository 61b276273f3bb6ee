"""Receipts when workers are killed, or are two: none is lost, at most one copy more arrives."""

import subprocess
import sys

import pytest
from django.db import connection

from shop.delivery import letters, receipts
from shop.models import Receipt
from tests import races
from tests.factories import NOON, at
from tests.paying import MINUTE, facts, kinds, placed, receipt

pytestmark = pytest.mark.django_db(transaction=True)


def send():
    return receipts.send_due(clock=at(NOON))


KILLED = """
import django
django.setup()
from jobstatus import clock
from shop.delivery import receipts
receipts.send_due(clock=clock.now)
"""


def run_worker(sink):
    """`send_due` in a process of its own on the database of the test. Returns how it ended."""
    database = connection.settings_dict
    address = {
        "sqlite": f"sqlite:///{database['NAME']}",
        "postgresql": f"postgres://postgres@{database['HOST']}:{database['PORT']}/{database['NAME']}",
    }[connection.vendor]
    environment = {
        "DEBUG": "1",
        "DATABASE_URL": address,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "EMAIL_URL": f"smtp://127.0.0.1:{sink.port}",
        "PATH": "/usr/bin:/bin",
    }
    process = subprocess.Popen([sys.executable, "-c", KILLED], env=environment)
    sink.victim = process.pid
    return process.wait(timeout=60)


@pytest.mark.parametrize(
    ("stage", "copies"), [("at_recipient", 1), ("answers", 2)], ids=["before_dot", "after_dot"]
)
def test_S4_a_killed_worker_loses_nothing_and_repeats_the_same_mail_once(
    real_database, sink, stage, copies
):
    order, other = placed(), placed()
    setattr(sink, stage, ["kill"])

    assert run_worker(sink) == -9
    assert facts(order)[0] == "claimed"
    lost_at = receipt(order).claimed_at
    early = receipts.send_due(clock=at(lost_at + receipts.LEASE - MINUTE))
    receipts.send_due(clock=at(lost_at + receipts.LEASE))
    late = receipts.send_due(clock=at(lost_at + receipts.LEASE + MINUTE))

    assert (early, late) == (1, 1)
    assert facts(order) == ("sent", 2, 1)
    assert facts(other) == ("sent", 1, 0)
    own = letters.message_id(receipt(order))
    assert sink.ids().count(own) == copies
    assert len(sink.taken) == copies + 1


def test_S4_a_worker_killed_twice_over_one_receipt_leaves_it_to_a_person(real_database, sink):
    order = placed()
    sink.answers = ["kill", "kill"]
    for _ in range(2):
        assert run_worker(sink) == -9
        lost_at = receipt(order).claimed_at
        receipts.send_due(clock=at(lost_at + receipts.LEASE))
        Receipt.objects.filter(status="waiting").update(due_at=lost_at)

    assert facts(order) == ("failed", 2, 1)
    assert len(sink.taken) == 2
    assert kinds(order) == ["placed", "mail_failed"]


def test_S4_two_workers_send_each_receipt_once(real_database, sink):
    made = [placed() for _ in range(20)]

    with races.Racers(2) as racers:
        sent = racers.race(send, send)

    assert sum(sent) == len(made) == len(sink.taken)
    assert len(set(sink.ids())) == len(made)
    assert {tuple(kinds(order)) for order in made} == {("placed", "mailed")}
