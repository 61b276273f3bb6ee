"""What happens in the tests of communication: sales, archivings, planners, baskets, orders."""

from datetime import UTC, date, datetime
from typing import Any

from comms.ledger import planning
from comms.models import (
    Message,
    Trigger,
)
from jobstatus import operations
from jobstatus.models import Job
from shop.models import BasketLine, LinePicture, Order, OrderLine, OrderPicture
from tests.comms_rows import (
    job_with,
)
from tests.factories import (
    NOON,
    BasketFactory,
    at,
)

NIGHT = datetime(2026, 5, 4, 21, 30, tzinfo=UTC)  # 23:30 in Berlin
NINE = datetime(2026, 5, 5, 7, tzinfo=UTC)  # 9:00 in Berlin
PLANNED, SKIPPED, SENT = Message.Status.PLANNED, Message.Status.SKIPPED, Message.Status.SENT


def sell(job: Job, *, now: datetime = NOON, by: Any = None) -> None:
    assert not operations.start_selling([job.pk], by=by, clock=at(now)).refused


def archive(job: Job, *, now: datetime = NOON) -> None:
    assert not operations.archive([job.pk], by=None, clock=at(now)).refused


def plan(now: datetime) -> int:
    return planning.plan_due(clock=at(now))


def due_instants() -> list[datetime]:
    return list(Message.objects.order_by("due_at").values_list("due_at", flat=True))


def mark_sent() -> None:
    Message.objects.waiting().update(status=SENT, finished_at=NOON, reason="")


def closing(day: date = date(2026, 5, 10), **values: Any) -> tuple[Job, Any]:
    """A job that sells until that day, with a reminder three days before at ten."""
    job, [reminder] = job_with(Trigger.BEFORE_ARCHIVING, **{"days": 3, **values})
    job.archiving_enabled, job.archive_date = True, day
    job.save()
    return Job.objects.get(pk=job.pk), reminder


REMINDER_AT = datetime(2026, 5, 7, 8, tzinfo=UTC)  # 10:00 in Berlin, three days before the 10th


def basket_of(parent: Any, job: Job) -> Any:
    """With a picture that the code of the parent's child has opened."""
    basket = BasketFactory.create(studio=job.studio, changed_at=NOON)
    line = BasketLine.objects.create(basket=basket, title="Print")
    code = parent.contacts.get().subject.codes.get()
    LinePicture.objects.create(line=line, job=job, code=code)
    return basket


def order_in(job: Job, customer: Any, status: str) -> Order:
    count = Order.objects.count()
    order = Order.objects.create(
        studio=job.studio,
        number=1000 + count,
        checkout_key=f"key-{count}",
        customer=customer,
        status=status,
        method=Order.Method.INVOICE,
        name="A parent",
        email=customer.email,
        language="en",
        currency="EUR",
        goods_cents=1000,
        shipping_cents=0,
        total_cents=1000,
        tax_cents=0,
        placed_at=NOON,
        paid_at=NOON if status == Order.Status.PAID else None,
    )
    line = OrderLine.objects.create(
        order=order, kind="print", title="Print", quantity=1, price_cents=1000, tax_percent=19
    )
    OrderPicture.objects.create(
        line=line, job=job, job_name=job.name, file_name="a.jpg", original_name="a"
    )
    return order
