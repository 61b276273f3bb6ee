"""E-mails of orders that do not leave are told to monitoring and on the admin's first page."""

from datetime import timedelta

import pytest

from jobstatus import clock, operations
from shop.delivery.health import LATE_AFTER
from shop.models import Receipt
from tests.factories import StudioFactory
from tests.paying import placed
from tests.staff import sign_in

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
ONE = "1 e-mail about an order is overdue"


@pytest.fixture(autouse=True)
def swept():
    operations.archive_due(clock=clock.now)


def receipt(due_ago, studio=None, **values):
    order = placed(studio=studio)
    rows = Receipt.objects.filter(order=order)
    rows.update(due_at=clock.now() - due_ago, **values)
    return rows.get()


@pytest.mark.parametrize(
    ("due_ago", "status", "overdue"),
    [
        (LATE_AFTER + MINUTE, "waiting", 1),
        (LATE_AFTER + MINUTE, "claimed", 1),
        (LATE_AFTER + MINUTE, "sent", 0),
        (LATE_AFTER + MINUTE, "failed", 0),  # a person has it
        (LATE_AFTER - MINUTE, "waiting", 0),
        (LATE_AFTER - MINUTE, "claimed", 0),
        (-LATE_AFTER - MINUTE, "waiting", 0),  # refused for now: due again later
    ],
)
def test_S4_a_receipt_that_is_due_for_long_and_not_sent_is_overdue(
    client, due_ago, status, overdue
):
    receipt(due_ago, status=status)

    response = client.get("/healthz")

    told = response.json()["receipts"]
    assert told["overdue"] == overdue
    assert told["oldest_due_seconds"] // 60 == (due_ago // MINUTE if overdue else 0)
    assert response.status_code == (503 if overdue else 200)
    assert response.json()["status"] == ("failing" if overdue else "ok")


def test_S4_the_oldest_of_several_is_told(client):
    for minutes in (1, 90, 30, 45):
        receipt(minutes * MINUTE)

    told = client.get("/healthz").json()["receipts"]

    assert (told["overdue"], told["oldest_due_seconds"] // 60) == (3, 90)


@pytest.mark.parametrize(
    ("role", "is_superuser", "own", "foreign", "said"),
    [
        ("Photographer", False, 1, 0, ONE),
        ("Photographer", False, 2, 1, "2 e-mails about orders are overdue"),
        ("Photographer", False, 0, 1, None),
        ("Viewer", False, 1, 1, ONE),
        ("Photographer", True, 0, 1, ONE),
    ],
)
def test_J3_the_first_page_counts_those_of_the_own_studios(role, is_superuser, own, foreign, said):
    studio = StudioFactory.create()
    for mine, count in ((studio, own), (StudioFactory.create(), foreign)):
        for _ in range(count):
            receipt(LATE_AFTER + MINUTE, studio=mine)
    receipt(LATE_AFTER - MINUTE, studio=studio)

    page = sign_in(studio, role=role, is_superuser=is_superuser).get("/admin/").text

    assert said in page if said else "overdue" not in page
