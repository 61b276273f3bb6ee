"""The confirmation page before orders are marked as paid or cancelled, for one or for many.

A GET, or the action of the list, shows what would happen. Only a POST with `seen`, the mark of
exactly these facts, makes it happen; if anything is different by then the page comes back with
the new facts and nothing is done.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from jobstatus import clock
from jobstatus.admin.seen import mark
from shop import money, orders
from shop.models import Order, Payment
from shop.orders import LONGEST_TEXT, ChangeRefused

if TYPE_CHECKING:
    from shop.admin.orders import OrderAdmin

BULK_LIMIT = 200  # orders in one confirmed change; each is a transaction of its own
NAMED_LIMIT = 20  # orders named one by one, on the page and in messages
CONFLICT, BUSY = 409, 503
Status = Order.Status


@dataclass(frozen=True)
class Change:
    name: str
    label: Promise
    of_many: Promise
    text: Promise
    sources: Sequence[str]
    target: str
    act: Callable[..., Any]
    needs_reason: bool


def _mark_paid(order_id: int, by: Any, text: str) -> Any:
    return orders.mark_paid(order_id, by=by, clock=clock.now, remark=text)


def _cancel(order_id: int, by: Any, text: str) -> Any:
    return orders.cancel(order_id, by=by, clock=clock.now, reason=text)


CHANGES = {
    "mark_paid": Change(
        "mark_paid",
        gettext_lazy("Mark as paid"),
        gettext_lazy("Mark as paid"),
        gettext_lazy(
            "You found the money on the account. The customer gets an e-mail, and bought files can "
            "be downloaded."
        ),
        (Status.PLACED,),
        Status.PAID,
        _mark_paid,
        needs_reason=False,
    ),
    "cancel": Change(
        "cancel",
        gettext_lazy("Cancel order"),
        gettext_lazy("Cancel orders"),
        gettext_lazy(
            "The order is not carried out and the customer gets an e-mail. This cannot be undone."
        ),
        (Status.PLACED, Status.PAID),
        Status.CANCELLED,
        _cancel,
        needs_reason=True,
    ),
}


class ChangeForm(forms.Form):
    text = forms.CharField(max_length=LONGEST_TEXT, required=False)
    seen = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any, *, change: Change) -> None:
        super().__init__(data)
        text = self.fields["text"]
        text.required = change.needs_reason
        text.label = _("Reason") if change.needs_reason else _("Remark")
        text.help_text = (
            _("It appears in the order's history.")
            if change.needs_reason
            else _("Optional, such as the date of the transfer. It appears in the order's history.")
        )
        text.error_messages["required"] = _("Write why the order is cancelled.")


@dataclass
class Confirmation:
    """One showing of the page."""

    page: "OrderAdmin"
    request: HttpRequest
    change: Change
    order_ids: list[int]
    is_single: bool
    back: str
    missing: int = 0
    alerts: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.form = ChangeForm(None, change=self.change)
        self._read()

    def _read(self) -> None:
        rows = Order.objects.filter(pk__in=self.order_ids).select_related("studio")
        self.rows = list(rows.prefetch_related("payments").order_by("pk"))
        self.ready = [row for row in self.rows if row.status in self.change.sources]
        self.unchanged = [row for row in self.rows if row.status == self.change.target]
        others = (*self.change.sources, self.change.target)
        self.refused = [row for row in self.rows if row.status not in others]

    @property
    def fingerprint(self) -> str:
        """Of what the page shows: each order's status, total and money."""
        return mark(
            [
                [row.pk, row.status, row.total_cents, sorted(self._received(row))]
                for row in self.rows
            ]
        )

    @staticmethod
    def _received(row: Order) -> list[int]:
        paid = [p for p in row.payments.all() if p.status == Payment.Status.RECEIVED]
        return [payment.amount_cents for payment in paid]

    def show(self) -> HttpResponse:
        return self._render(200)

    def answer(self) -> HttpResponse:
        """Do what was confirmed, if it is still what would happen."""
        self.form = ChangeForm(self.request.POST, change=self.change)
        if not self.form.is_valid():
            return self._render(200)
        if self.form.cleaned_data["seen"] != self.fingerprint:
            return self._show_new_facts()
        return self._act(self.form.cleaned_data["text"])

    def _show_new_facts(self) -> HttpResponse:
        if not self.ready:
            for text in self._nothing_to_do():
                messages.info(self.request, text)
            return HttpResponseRedirect(self.back)
        self.alerts.append(
            _(
                "The facts changed since this page was shown, so nothing was done. Look at what "
                "would happen now and confirm again."
            )
        )
        return self._render(CONFLICT)

    def _act(self, text: str) -> HttpResponse:
        done: list[Order] = []
        by_others: list[str] = []
        for row in self.ready:
            try:
                event = self.change.act(row.pk, self.request.user, text)
            except ChangeRefused as refusal:
                by_others.append(str(refusal))
                continue
            except OperationalError:
                self._report(done, by_others)
                return self._show_busy(nothing_done=not done)
            if event is None:
                by_others.append(self._already(row))
            else:
                done.append(row)
        self._report(done, by_others)
        return HttpResponseRedirect(self.back)

    def _show_busy(self, *, nothing_done: bool) -> HttpResponse:
        self._read()
        self.alerts.append(
            _(
                "Somebody else is changing the same order right now, so nothing was done. Your "
                "input is kept: confirm again in a moment."
            )
            if nothing_done
            else _(
                "A part of the orders is done, as the messages say. Then somebody else changed the "
                "others. Look at what would happen now and confirm again."
            )
        )
        return self._render(BUSY)

    def _report(self, done: list[Order], by_others: list[str]) -> None:
        if len(done) == 1:
            text = _("Order %(number)s: %(status)s.")
            values = {"number": done[0].number, "status": Status(self.change.target).label}
            messages.success(self.request, text % values)
        elif done:
            text = ngettext(
                "%(count)d order: %(status)s.", "%(count)d orders: %(status)s.", len(done)
            )
            values = {"count": len(done), "status": Status(self.change.target).label}
            messages.success(self.request, text % values)
        for sentence in shortened(by_others):
            messages.warning(self.request, sentence)

    def _already(self, row: Order) -> str:
        status = Status(self.change.target).label
        text = _("Order %(number)s was in status “%(status)s” already.")
        return text % {"number": row.number, "status": status}

    def _nothing_to_do(self) -> list[str]:
        return shortened([*map(self._already, self.unchanged), *map(self._refusal, self.refused)])

    def _refusal(self, row: Order) -> str:
        return _("Order %(number)s is in status “%(status)s”.") % {
            "number": row.number,
            "status": row.get_status_display(),
        }

    def _consequences(self) -> list[str]:
        """Money that a cancellation sends back, summed for each currency."""
        if self.change.name != "cancel":
            return []
        sums: dict[str, int] = {}
        for row in self.ready:
            for cents in self._received(row):
                sums[row.currency] = sums.get(row.currency, 0) + cents
        return [
            _("%(amount)s were received and will have to be paid back.")
            % {"amount": money.written(cents, currency)}
            for currency, cents in sums.items()
        ]

    def _render(self, status: int) -> HttpResponse:
        context = {
            **self.page.admin_site.each_context(self.request),
            "opts": self.page.opts,
            "title": self._title(),
            "subtitle": str(self.change.label if self.is_single else self.change.of_many),
            "change": self.change,
            "form": self.form,
            "alerts": self.alerts,
            "rows": [
                (row, money.written(row.total_cents, row.currency))
                for row in self.ready[:NAMED_LIMIT]
            ],
            "more": max(0, len(self.ready) - NAMED_LIMIT),
            "count": len(self.ready),
            "nothing": self._nothing_to_do(),
            "missing": self.missing,
            "consequences": self._consequences(),
            "seen": self.fingerprint,
            "order_ids": ",".join(map(str, self.order_ids)),
            "is_single": self.is_single,
            "back": self.back,
            "action_url": self.page.confirm_url(
                self.change, self.order_ids[0] if self.is_single else None
            ),
            "button": self._button(),
        }
        template = "admin/shop/order/confirmation.html"
        return TemplateResponse(self.request, template, context, status=status)

    def _title(self) -> str:
        if self.is_single and self.rows:
            return _("Order %(number)s") % {"number": self.rows[0].number}
        count = len(self.order_ids)
        text = ngettext("%(count)d chosen order", "%(count)d chosen orders", count)
        return text % {"count": count}

    def _button(self) -> str | None:
        """The verb on the button; none when no order could change."""
        if not self.ready:
            return None
        if self.is_single:
            return str(self.change.label)
        count = len(self.ready)
        text = ngettext("%(change)s: %(count)d", "%(change)s: %(count)d", count)
        return text % {"change": self.change.of_many, "count": count}


def shortened(sentences: Sequence[str]) -> list[str]:
    shown = list(sentences[:NAMED_LIMIT])
    more = len(sentences) - len(shown)
    if more > 0:
        text = ngettext("And %(count)d more order.", "And %(count)d more orders.", more)
        shown.append(text % {"count": more})
    return shown
