"""What the page of an order shows, as plain values. Nothing on it can be edited."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from jobstatus import wording
from jobstatus.models import Job
from shop import money
from shop.delivery import receipts
from shop.models import Order, OrderEvent, OrderPicture, Payment, Receipt
from shop.payments import remarks

What = OrderEvent.Kind
WORDS = {
    What.PLACED: gettext_lazy("The order was placed."),
    What.PAID: gettext_lazy("The payment was received."),
    What.CANCELLED: gettext_lazy("The order was cancelled."),
    What.PAYMENT_FAILED: gettext_lazy("A payment by card was not completed."),
    What.REFUND_ASKED: gettext_lazy("Money is to be paid back."),
    What.REFUNDED: gettext_lazy("Money was paid back."),
    What.MAILED: gettext_lazy("An e-mail was sent to the customer."),
    What.MAIL_FAILED: gettext_lazy("An e-mail to the customer could not be sent."),
    What.DOWNLOADED: gettext_lazy("Files were downloaded."),
    What.POPULATED: gettext_lazy("Photos were chosen."),
    What.RELEASED: gettext_lazy("The order was released for production."),
    What.TAKEN_BACK: gettext_lazy("The release was taken back: the order is held."),
    What.EXPORTED: gettext_lazy("The order is in a file that was exported."),
    What.JOINED: gettext_lazy("The child was joined with another person."),
}
BY_CUSTOMER = (What.PLACED, What.DOWNLOADED)
BY_PROVIDER = (What.PAID, What.CANCELLED, What.PAYMENT_FAILED, What.REFUNDED)
PROVIDERS = {"transfer": gettext_lazy("Bank transfer"), "stripe": "Stripe"}
MOST_EVENTS = 200  # on the page, the newest; downloads could be many


@dataclass(frozen=True)
class Picture:
    file_name: str
    subject: str
    job: str
    job_url: str
    thumbnail_url: str


@dataclass(frozen=True)
class Line:
    title: str
    kind: str
    quantity: int
    price: str
    total: str
    pictures: Sequence[Picture]


@dataclass(frozen=True)
class Money:
    """One payment or transfer in the order's list."""

    pk: int
    provider: str
    amount: str
    status: str
    status_label: str
    when: str
    remark: str
    needs_person: bool
    ways: Sequence[Any]  # what a person can decide about it now


@dataclass(frozen=True)
class Step:
    what: str
    when: str
    who: str
    text: str


def facts(
    order: Order, *, may_see_jobs: bool, decisions: Callable[[Payment], Sequence[Any]]
) -> dict[str, Any]:
    """For the template. Five queries, whatever the order holds. Needs studio and customer."""
    return {
        "lines": _lines(order, may_see_jobs),
        "payments": [
            money_row(row, order, decisions(row)) for row in order.payments.order_by("pk")
        ],
        "steps": _steps(order),
        "placed": wording.moment(order.placed_at, order.studio.timezone),
        "goods": _written(order, order.goods_cents),
        "shipping": _written(order, order.shipping_cents),
        "total": _written(order, order.total_cents),
        "tax": _written(order, order.tax_cents),
        "address": [
            part
            for part in (
                order.street,
                f"{order.postal_code} {order.city}".strip(),
                order.country,
            )
            if part
        ],
    }


def _lines(order: Order, may_see_jobs: bool) -> list[Line]:
    pictures = OrderPicture.objects.select_related("photo", "job").order_by("pk")
    rows = order.lines.prefetch_related(Prefetch("pictures", queryset=pictures)).order_by("pk")
    return [
        Line(
            title=row.title,
            kind=row.get_kind_display(),
            quantity=row.quantity,
            price=_written(order, row.price_cents),
            total=_written(order, row.total_cents),
            pictures=[_picture(order, picture, may_see_jobs) for picture in row.pictures.all()],
        )
        for row in rows
    ]


def _picture(order: Order, picture: OrderPicture, may_see_jobs: bool) -> Picture:
    job = picture.job if picture.job and picture.job.studio_id == order.studio_id else None
    shown = picture.photo is not None and bool(picture.photo.thumbnail)
    return Picture(
        file_name=picture.file_name,
        subject=picture.subject_name,
        job=picture.job_name,
        job_url=reverse("admin:jobstatus_job_change", args=[job.pk])
        if job and may_see_jobs
        else "",
        thumbnail_url=reverse("admin:shop_order_picture", args=[order.pk, picture.pk])
        if shown
        else "",
    )


def _job_url(job: Job) -> str:
    return reverse("admin:jobstatus_job_change", args=[job.pk])


def money_row(payment: Payment, order: Order, ways: Sequence[Any] = ()) -> Money:
    at = payment.refunded_at or payment.received_at or payment.created_at
    return Money(
        pk=payment.pk,
        provider=str(PROVIDERS.get(payment.provider, payment.provider)),
        amount=money.written(payment.amount_cents, payment.currency),
        status=payment.status,
        status_label=payment.get_status_display(),
        when=wording.moment(at, order.studio.timezone),
        remark=remark(payment),
        needs_person=payment.needs_person,
        ways=ways,
    )


def remark(payment: Payment) -> str:
    return remarks.shown(payment.remark)


def _steps(order: Order) -> list[Step]:
    zone = order.studio.timezone
    events: Iterable[OrderEvent] = order.events.select_related("by").order_by("-at", "-pk")
    newest = list(events[:MOST_EVENTS])  # type: ignore[index]
    steps = [
        Step(
            what=str(WORDS[What(event.kind)]),
            when=wording.moment(event.at, zone),
            who=_who(event, order),
            text=_told(event),
        )
        for event in newest
    ]
    if len(newest) == MOST_EVENTS:
        more = order.events.count() - MOST_EVENTS
        text = ngettext("%(count)d earlier event", "%(count)d earlier events", more)
        steps.append(Step(text % {"count": more}, "", "", ""))
    return steps


def _told(event: OrderEvent) -> str:
    """Persons' words, and names of files, stay as they are; the system's are translated."""
    if event.by is not None or event.kind not in (What.MAILED, What.MAIL_FAILED):
        return remarks.shown(event.text)
    mail, _colon, reason = event.text.partition(": ")
    name = Receipt.Kind(mail).label if mail in Receipt.Kind else mail
    reason = receipts.shown(reason)
    return _("%(mail)s: %(reason)s") % {"mail": name, "reason": reason} if reason else str(name)


def _who(event: OrderEvent, order: Order) -> str:
    if event.by is not None:
        return person(event.by)
    if event.kind in BY_CUSTOMER:
        return _("the customer")
    if event.kind in BY_PROVIDER and order.method == Order.Method.CARD:
        return _("the payment provider")
    return _("the clock")


def person(user: Any) -> str:
    return str(user.get_full_name() or user.get_username())


def _written(order: Order, cents: int) -> str:
    return money.written(cents, order.currency)
