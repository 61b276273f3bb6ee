"""An order as its customer reads it, on the page and in e-mails: plain values in one language."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from jobstatus import deadlines, wording
from jobstatus.lifecycle import Kind
from jobstatus.lifecycle import Status as JobStatus
from shop import money, payments
from shop.characters import written
from shop.delivery.transfer_code import TransferCode, transfer_code, transfer_text
from shop.models import Order, OrderEvent, OrderLine, OrderPicture, Payment, ProductKind, Terms

What = OrderEvent.Kind
# What a customer is told of the timeline; the rest is for the studio.
TOLD = {
    What.PLACED: gettext_lazy("You placed the order."),
    What.PAID: gettext_lazy("Your payment was received."),
    What.PAYMENT_FAILED: gettext_lazy("A payment by card was not completed."),
    What.CANCELLED: gettext_lazy("The order was cancelled."),
    What.REFUND_ASKED: gettext_lazy("Your money is being paid back."),
    What.REFUNDED: gettext_lazy("Your money was paid back."),
}


@dataclass(frozen=True)
class Line:
    title: str
    quantity: int
    price: str
    total: str
    pictures: Sequence[str]
    files: Sequence[OrderPicture]  # to be downloaded now


@dataclass(frozen=True)
class ChildCode:
    """What opens a child's photos once they exist, told with an order of before."""

    child: str
    code: str


@dataclass(frozen=True)
class Account:
    """Where a bank transfer goes."""

    holder: str
    iban: str
    bic: str
    reference: str
    until: str
    code_text: str  # for banking apps; may be empty

    def code(self) -> TransferCode | None:
        return transfer_code(self.code_text) if self.code_text else None


@dataclass(frozen=True)
class OrderPage:
    order: Order
    studio: str
    placed: str
    lines: Sequence[Line]
    goods: str
    shipping: str  # empty when nothing is sent
    total: str
    tax: str
    seller: str
    account: Account | None  # when there is something to pay by transfer
    pays_by_card: bool
    is_waiting: bool  # back from the provider's page, whose message has not come yet
    has_files: bool
    told: Sequence[tuple[str, str]]
    codes: Sequence[ChildCode] = ()  # of a prepay order
    prepay_until: str = ""  # the last day to order more, as long as that is possible
    is_before_photos: bool = True  # of a prepay order: its job is no standard job yet

    @property
    def keep(self) -> str:
        return keep_the_codes(self)

    @property
    def is_paid(self) -> bool:
        return self.order.status == Order.Status.PAID

    @property
    def is_cancelled(self) -> bool:
        return self.order.status == Order.Status.CANCELLED

    @property
    def is_placed(self) -> bool:
        return self.order.status == Order.Status.PLACED


def order_page(order: Order, *, has_returned: bool = False) -> OrderPage:
    """In the language that is active. Needs the studio and its terms loaded. Five queries."""
    terms: Terms | None = getattr(order.studio, "terms", None)
    zone = order.studio.timezone
    lines = order.lines.select_related("code__job") if order.is_prepay else order.lines
    bought = list(lines.prefetch_related("pictures").order_by("pk"))
    events = order.events.order_by("at", "pk")
    has_to_pay = order.status == Order.Status.PLACED and order.total_cents > 0
    by_card = has_to_pay and order.method == Order.Method.CARD
    return OrderPage(
        order=order,
        studio=order.studio.name,
        placed=wording.moment(order.placed_at, zone),
        lines=[_line(order, line) for line in bought],
        goods=_money(order, order.goods_cents),
        shipping=_money(order, order.shipping_cents) if order.shipping_cents else "",
        total=_money(order, order.total_cents),
        tax=_money(order, order.tax_cents),
        seller=terms.seller if terms else "",
        account=_account(order, terms) if has_to_pay else None,
        pays_by_card=by_card and payments.is_available(terms),
        is_waiting=by_card and has_returned and _may_still_come(order),
        has_files=any(line.kind == ProductKind.DOWNLOAD for line in bought) and not order.is_held,
        told=_told(events, zone),
        codes=_codes(bought),
        prepay_until=_prepay_until(bought),
        is_before_photos=any(_job_kind(line) == Kind.PREPAY for line in bought),
    )


def no_card() -> str:
    return _("Payment by card is not available at the moment. Please ask the studio.")


def keep_the_codes(page: OrderPage) -> str:
    """Empty for an order without codes."""
    if not page.codes:
        return ""
    if not page.is_before_photos:
        return ngettext(
            "Keep this access code: it opens the photos while they can be ordered.",
            "Keep these access codes: they open the photos while they can be ordered.",
            len(page.codes),
        )
    return ngettext(
        "Keep this access code: it will open the photos once they exist.",
        "Keep these access codes: they will open the photos once they exist.",
        len(page.codes),
    )


def _line(order: Order, line: OrderLine) -> Line:
    pictures = sorted(line.pictures.all(), key=lambda picture: picture.pk)
    is_paid_file = order.status == Order.Status.PAID and line.kind == ProductKind.DOWNLOAD
    is_fetched = is_paid_file and not order.is_held
    # Which photos were chosen for a prepay order is told once they are final.
    told = [] if order.is_held else [_picture(picture) for picture in pictures]
    child = [f"{line.subject_name} · {line.job_name}"] if line.subject_name else []
    return Line(
        title=line.title,
        quantity=line.quantity,
        price=_money(order, line.price_cents),
        total=_money(order, line.total_cents),
        pictures=told or child,
        files=pictures if is_fetched else [],
    )


def _picture(picture: OrderPicture) -> str:
    parts = (picture.subject_name, picture.file_name, picture.job_name)
    return " · ".join(part for part in parts if part)


def _codes(lines: Iterable[OrderLine]) -> list[ChildCode]:
    """Each once. Not of a person who was deleted: that code opens nothing any more."""
    found = {
        line.code.pk: ChildCode(line.subject_name, written(line.code.code))
        for line in lines
        if line.code is not None and line.code.subject_id is not None
    }
    return list(found.values())


def _job_kind(line: OrderLine) -> str:
    return line.code.job.kind if line.code is not None and line.code.job is not None else ""


def _prepay_until(lines: Sequence[OrderLine]) -> str:
    job = next((line.code.job for line in lines if line.code is not None), None)
    if job is None or job.status != JobStatus.PREPAY or job.prepay_deadline_date is None:
        return ""
    return date_format(job.prepay_deadline_date, pgettext("date with weekday", "l, j F Y"))


def _account(order: Order, terms: Terms | None) -> Account | None:
    if terms is None or not terms.iban:
        return None
    if order.method == Order.Method.CARD and not terms.invoice_enabled:
        return None
    placed = deadlines.local_date(order.placed_at, order.studio.timezone)
    until = placed + timedelta(days=terms.payment_days)
    holder = terms.account_holder or order.studio.name
    reference = _("Order %(number)s") % {"number": order.number}
    return Account(
        holder=holder,
        iban=terms.iban,
        bic=terms.bic,
        reference=reference,
        code_text=transfer_text(
            holder=holder,
            iban=terms.iban,
            bic=terms.bic,
            cents=order.total_cents,
            currency=order.currency,
            reference=reference,
        ),
        until=date_format(until, pgettext("date with weekday", "l, j F Y")),
    )


def _may_still_come(order: Order) -> bool:
    # Received, with an order that is not paid: the message came while this page was being made.
    on_their_way = (Payment.Status.STARTED, Payment.Status.RECEIVED)
    return order.payments.filter(status__in=on_their_way, needs_person=False).exists()


def _told(events: Iterable[OrderEvent], zone: str) -> list[tuple[str, str]]:
    return [
        (wording.moment(event.at, zone), str(TOLD[What(event.kind)]))
        for event in events
        if event.kind in TOLD
    ]


def _money(order: Order, cents: int) -> str:
    return money.written(cents, order.currency)
