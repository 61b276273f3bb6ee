"""What a person decides about money that could not be settled by itself, with a confirmation."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jobstatus import clock
from jobstatus.admin.seen import mark
from shop import orders
from shop.admin.order_facts import money_row
from shop.models import Order, Payment
from shop.orders import LONGEST_TEXT, ChangeRefused

if TYPE_CHECKING:
    from shop.admin.payments import PaymentAdmin

CONFLICT, BUSY = 409, 503
Money = Payment.Status


@dataclass(frozen=True)
class Way:
    name: str
    label: Promise
    text: Promise
    done: Promise
    act: Callable[[Payment, Any, str], None]


def _accept(payment: Payment, by: Any, text: str) -> None:
    orders.mark_paid(payment.order_id, by=by, clock=clock.now, remark=text, payment_id=payment.pk)


def _return(payment: Payment, by: Any, text: str) -> None:
    orders.return_money(payment.pk, by=by, clock=clock.now)


def _returned(payment: Payment, by: Any, text: str) -> None:
    orders.confirm_returned(payment.pk, by=by, clock=clock.now, remark=text)


def _settled(payment: Payment, by: Any, text: str) -> None:
    orders.settle(payment.pk, by=by, remark=text)


WAYS = {
    way.name: way
    for way in (
        Way(
            "accept",
            gettext_lazy("Accept as payment"),
            gettext_lazy(
                "The order becomes paid with this amount, and the customer gets an e-mail."
            ),
            gettext_lazy("The payment is accepted, and the order is paid."),
            _accept,
        ),
        Way(
            "return",
            gettext_lazy("Pay it back"),
            gettext_lazy("The money goes back to where it came from."),
            gettext_lazy("The money will be paid back."),
            _return,
        ),
        Way(
            "returned",
            gettext_lazy("Paid back by hand"),
            gettext_lazy("You have paid the money back yourself."),
            gettext_lazy("The payment is marked as paid back."),
            _returned,
        ),
        Way(
            "settled",
            gettext_lazy("Settled by hand"),
            gettext_lazy("You have looked into it. The payment leaves this list; no money moves."),
            gettext_lazy("The payment no longer waits for a person."),
            _settled,
        ),
    )
}


def ways(payment: Payment) -> list[Way]:
    """What a person can decide about this payment now; nothing about one that needs nobody."""
    if not payment.needs_person:
        return []
    if payment.status == Money.REFUND_DUE:
        names = ["returned"]
    elif payment.status == Money.RECEIVED and payment.order.status == Order.Status.PLACED:
        names = ["accept", "return"]
    elif payment.status == Money.RECEIVED and payment.order.status == Order.Status.CANCELLED:
        names = ["return"]
    else:
        names = ["settled"]
    return [WAYS[name] for name in names]


class SettleForm(forms.Form):
    text = forms.CharField(
        max_length=LONGEST_TEXT,
        required=False,
        label=gettext_lazy("Remark"),
        help_text=gettext_lazy("Optional, such as what you found out and with whom you spoke."),
    )
    seen = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)


def fingerprint(payment: Payment) -> str:
    return mark(
        [
            payment.status,
            payment.needs_person,
            payment.amount_cents,
            payment.remark,
            payment.order.status,
        ]
    )


def settle(page: "PaymentAdmin", request: HttpRequest, payment: Payment, name: str) -> HttpResponse:
    """The confirmation page and its answer. Only a POST with the mark of what was seen acts."""
    if name not in WAYS:
        raise Http404
    way = WAYS[name]
    back = HttpResponseRedirect(reverse("admin:shop_order_change", args=[payment.order_id]))
    if way not in ways(payment):
        messages.info(request, _("This payment is settled already, or needs another decision now."))
        return back
    if request.method != "POST":
        return _render(page, request, payment, way, SettleForm())
    form = SettleForm(request.POST)
    if not form.is_valid():
        return _render(page, request, payment, way, form)
    if form.cleaned_data["seen"] != fingerprint(payment):
        alert = _(
            "The facts changed since this page was shown, so nothing was done. Look at what "
            "would happen now and confirm again."
        )
        return _render(page, request, payment, way, form, alert=alert, status=CONFLICT)
    try:
        way.act(payment, request.user, form.cleaned_data["text"])
    except ChangeRefused as refusal:
        messages.warning(request, str(refusal))
        return back
    except OperationalError:
        alert = _(
            "Somebody else is changing the same order right now, so nothing was done. Your input "
            "is kept: confirm again in a moment."
        )
        return _render(page, request, payment, way, form, alert=alert, status=BUSY)
    messages.success(request, str(way.done))
    return back


def _render(
    page: "PaymentAdmin",
    request: HttpRequest,
    payment: Payment,
    way: Way,
    form: SettleForm,
    *,
    alert: str = "",
    status: int = 200,
) -> HttpResponse:
    order = payment.order
    context = {
        **page.admin_site.each_context(request),
        "opts": page.opts,
        "title": _("Order %(number)s") % {"number": order.number},
        "subtitle": str(way.label),
        "way": way,
        "form": form,
        "alert": alert,
        "order": order,
        "payment": money_row(payment, order),
        "seen": fingerprint(payment),
    }
    return TemplateResponse(request, "admin/shop/payment/settle.html", context, status=status)
