"""Payments, and those that need a person. Nobody writes one here; decisions are confirmed."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.options import ShowFacets
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from jobstatus import wording
from jobstatus.admin.base import StudioScopedAdmin
from jobstatus.admin.job_list import NOTHING, BoundedPaginator
from jobstatus.admin.scope import within
from shop import money
from shop.admin.order_facts import PROVIDERS, remark
from shop.admin.order_list import pill
from shop.admin.payment_changes import settle, ways
from shop.models import Payment

LIST_PAGE_SIZE = 50


class WaitingFilter(admin.SimpleListFilter):
    """Those that need a person, unless somebody asks for all."""

    title = gettext_lazy("decision")
    parameter_name = "show"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("all", _("All payments"))]

    def choices(self, changelist: Any) -> Any:
        shown = self.value() == "all"
        yield {
            "selected": not shown,
            "query_string": changelist.get_query_string(remove=[self.parameter_name]),
            "display": _("Waiting for a person"),
        }
        yield {
            "selected": shown,
            "query_string": changelist.get_query_string({self.parameter_name: "all"}),
            "display": _("All payments"),
        }

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset if self.value() == "all" else queryset.filter(needs_person=True)


@admin.register(Payment)
class PaymentAdmin(StudioScopedAdmin):
    studio_path = "order__studio"
    list_display = ["order_number", "customer", "amount", "when", "status_pill", "why", "decide"]
    list_display_links = None
    list_filter = [WaitingFilter, "status"]
    list_select_related = ["order__studio"]
    list_per_page = LIST_PAGE_SIZE
    list_max_show_all = 0
    ordering = ["-pk"]
    paginator = BoundedPaginator
    show_full_result_count = False
    show_facets = ShowFacets.NEVER

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return super().changelist_view(request, {"title": _("Payments"), **(extra_context or {})})

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        names = list(super().get_list_display(request))
        return names if self.has_change_permission(request) else names[:-1]

    @admin.display(description=gettext_lazy("order"), ordering="order")
    def order_number(self, payment: Payment) -> SafeString:
        url = reverse("admin:shop_order_change", args=[payment.order_id])
        text = _("Order %(number)s") % {"number": payment.order.number}
        return format_html('<a href="{}">{}</a>', url, text)

    @admin.display(description=gettext_lazy("customer"))
    def customer(self, payment: Payment) -> str:
        return payment.order.name

    @admin.display(description=gettext_lazy("amount"), ordering="amount_cents")
    def amount(self, payment: Payment) -> SafeString:
        source = PROVIDERS.get(payment.provider, payment.provider)
        written = money.written(payment.amount_cents, payment.currency)
        return format_html('{} <span class="quiet">{}</span>', written, source)

    @admin.display(description=gettext_lazy("when"), ordering="pk")
    def when(self, payment: Payment) -> str:
        at = payment.refunded_at or payment.received_at or payment.created_at
        return wording.moment(at, payment.order.studio.timezone)

    @admin.display(description=gettext_lazy("status"), ordering="status")
    def status_pill(self, payment: Payment) -> SafeString:
        return pill(payment.status, payment.get_status_display())

    @admin.display(description=gettext_lazy("remark"))
    def why(self, payment: Payment) -> str:
        return remark(payment) or NOTHING

    @admin.display(description=gettext_lazy("decide"))
    def decide(self, payment: Payment) -> SafeString:
        return format_html_join(
            " ",
            '<a href="{}">{}</a>',
            ((self.settle_url(payment, way.name), way.label) for way in ways(payment)),
        )

    def settle_url(self, payment: Payment, name: str) -> str:
        return reverse("admin:shop_payment_settle", args=[payment.pk, name])

    def get_urls(self) -> list[Any]:
        wrap = self.admin_site.admin_view
        own = path(
            "<path:object_id>/settle/<str:way>/",
            wrap(self.settle_view),
            name="shop_payment_settle",
        )
        return [own, *super().get_urls()]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: Any = None,
    ) -> HttpResponse:
        """A payment is shown on the page of its order."""
        payment = self._own_row(request, object_id)
        if request.method == "POST":
            raise PermissionDenied
        if payment is None:
            return self._missing(request, object_id)
        return HttpResponseRedirect(reverse("admin:shop_order_change", args=[payment.order_id]))

    def settle_view(self, request: HttpRequest, object_id: str, way: str) -> HttpResponse:
        payment = self._own_row(request, object_id)
        if payment is None:
            return self._missing(request, object_id)
        if not self.has_change_permission(request, payment):
            raise PermissionDenied
        return settle(self, request, payment, way)


def waiting_payments(request: HttpRequest) -> SafeString | None:
    """The sentence of the front page about payments that need a person, with the way to them."""
    if not request.user.has_perm("shop.view_payment"):
        return None
    rows = Payment.objects.filter(needs_person=True)
    count = within(rows, PaymentAdmin.studio_path, request).count()
    if not count:
        return None
    text = ngettext(
        "%(count)d payment needs a person.", "%(count)d payments need a person.", count
    ) % {"count": count}
    url = reverse("admin:shop_payment_changelist")
    return format_html('{} <a href="{}">{}</a>', text, url, _("Look at them"))
