"""Orders: list, page, export, and the ways to the confirmation page. Nobody edits an order."""

from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters, ShowFacets
from django.core.exceptions import PermissionDenied
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jobstatus import clock, deadlines
from jobstatus.admin.base import StudioScopedAdmin
from jobstatus.admin.confirming import ids_in, safe_way_back
from jobstatus.admin.job_list import BoundedPaginator, page_instant
from jobstatus.admin.scope import own_studios
from shop.admin import order_list
from shop.admin.order_changes import BULK_LIMIT, CHANGES, Change, Confirmation
from shop.admin.order_facts import facts
from shop.admin.payment_changes import ways
from shop.delivery import exports
from shop.gallery import media
from shop.models import Order, OrderPicture
from shop.populating import releasing

LIST_PAGE_SIZE = 50
BROWSER_KEEPS_SECONDS = 300


def _action(change: Change) -> Any:
    @admin.action(permissions=["change"], description=cast(Any, change.of_many))
    def act(page: "OrderAdmin", request: HttpRequest, rows: Any) -> HttpResponse | None:
        return page.choose(request, change, rows)

    act.__name__ = f"{change.name}_chosen"
    return act


@admin.register(Order)
class OrderAdmin(StudioScopedAdmin):
    """`change` means to mark as paid and to cancel; there is no form that writes an order."""

    studio_path = "studio"
    list_filter = [
        "status",
        order_list.PhaseFilter,
        "method",
        order_list.PlacedFilter,
        order_list.JobFilter,
        "studio",
    ]
    list_select_related = ["studio"]
    list_per_page = LIST_PAGE_SIZE
    list_max_show_all = 0
    search_fields = ["name"]  # what is searched is in get_search_results
    search_help_text = gettext_lazy("Number, name, e-mail, child or access code")
    ordering = ["-pk"]
    paginator = BoundedPaginator
    show_full_result_count = False
    show_facets = ShowFacets.NEVER
    actions = [_action(change) for change in CHANGES.values()]
    actions_selection_counter = True

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Orders and their invoices survive everything (A14)."""
        return False

    # The list

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        query = request.GET.urlencode()
        context = {"title": _("Orders"), "export_query": f"?{query}" if query else ""}
        return super().changelist_view(request, {**context, **(extra_context or {})})

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        several = request.user.is_superuser or len(own_studios(request)) > 1
        return [
            order_list.order_number,
            order_list.customer_name,
            *(["studio"] if several else []),
            order_list.placed,
            order_list.total,
            order_list.status_pill,
            order_list.method,
        ]

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[Any, bool]:
        term = search_term.strip()
        return (order_list.found(queryset, term) if term else queryset), False

    # The page, the pictures on it, and the export

    def get_urls(self) -> list[Any]:
        wrap = self.admin_site.admin_view
        own: list[tuple[str, Any, str]] = [
            ("confirm/<str:what>/", self.confirm_chosen_view, "confirm_chosen"),
            ("export/<str:kind>/", self.export_view, "export"),
            ("<path:object_id>/confirm/<str:what>/", self.confirm_view, "confirm"),
            ("<path:object_id>/picture/<int:picture>/", self.picture_view, "picture"),
        ]
        urls = [path(route, wrap(view), name=f"shop_order_{name}") for route, view, name in own]
        return [*urls, *super().get_urls()]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: Any = None,
    ) -> HttpResponse:
        order = self._own_row(request, object_id)
        if request.method == "POST":
            raise PermissionDenied
        if order is None:
            return self._missing(request, object_id)
        may_change = self.has_change_permission(request, order)
        context = {
            **self.admin_site.each_context(request),
            **facts(
                order,
                may_see_jobs=request.user.has_perm("jobstatus.view_job"),
                decisions=ways,
            ),
            "opts": self.opts,
            "order": order,
            "title": _("Order %(number)s") % {"number": order.number},
            "may_see_customer": request.user.has_perm("shop.view_customer"),
            "may_settle": request.user.has_perm("shop.change_payment"),
            "changes": [
                (change, self.confirm_url(change, order.pk))
                for change in CHANGES.values()
                if may_change and order.status in change.sources
            ],
        }
        return TemplateResponse(request, "admin/shop/order/page.html", context)

    def picture_view(self, request: HttpRequest, object_id: str, picture: int) -> HttpResponseBase:
        """The thumbnail of an ordered photo, for who may see the order; also after archiving."""
        order = self._own_row(request, object_id)
        if order is None:
            return self._missing(request, object_id)
        rows = OrderPicture.objects.filter(line__order=order, pk=picture, photo__isnull=False)
        found = rows.select_related("photo").first()
        if found is None or found.photo is None or not found.photo.thumbnail:
            raise Http404
        try:
            response = media.sent(found.photo.thumbnail)
        except FileNotFoundError:
            raise Http404 from None
        response["Cache-Control"] = f"private, max-age={BROWSER_KEEPS_SECONDS}"
        return response

    def export_view(self, request: HttpRequest, kind: str) -> HttpResponseBase:
        """The filtered orders as a file. Too many of them are refused with a sentence."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        most = exports.MOST_ORDERS.get(kind)
        if most is None:
            raise Http404
        back = f"{reverse('admin:shop_order_changelist')}?{request.GET.urlencode()}"
        try:
            chosen = self.get_changelist_instance(request).get_queryset(request)
        except IncorrectLookupParameters:
            return HttpResponseRedirect(reverse("admin:shop_order_changelist"))
        count = chosen.order_by()[: most + 1].count()
        if count == 0 or count > most:
            text = _(
                "At most %(count)d orders fit into one file of this kind. Choose a shorter period."
            )
            text = text if count else _("There is no order to export. Choose another filter.")
            messages.warning(request, text % {"count": most})
            return HttpResponseRedirect(back)
        releasing.note_export(chosen.order_by(), by=request.user, clock=clock.now)
        table = exports.rows(chosen)
        day = deadlines.local_date(page_instant(request), order_list.zones(request)[0])
        name = f"{_('orders')}-{day.isoformat()}.{kind}"
        if kind == "xlsx":
            return FileResponse(
                exports.as_xlsx(table),
                as_attachment=True,
                filename=name,
                content_type=exports.XLSX_TYPE,
            )
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return StreamingHttpResponse(
            exports.as_csv(table), content_type=exports.CSV_TYPE, headers=headers
        )

    # Marking as paid and cancelling

    def choose(self, request: HttpRequest, change: Change, rows: Any) -> HttpResponse | None:
        """The action of the list: nothing happens yet, the confirmation page is shown."""
        ids = list(rows.order_by("pk").values_list("pk", flat=True)[: BULK_LIMIT + 1])
        if len(ids) > BULK_LIMIT:
            messages.error(request, _too_many())
            return None
        if not ids:
            messages.error(request, _("These orders no longer exist."))
            return None
        back = request.get_full_path()
        return Confirmation(self, request, change, ids, False, back).show()

    def confirm_view(self, request: HttpRequest, object_id: str, what: str) -> HttpResponse:
        order = self._own_row(request, object_id)
        if order is None:
            return self._missing(request, object_id)
        if not self.has_change_permission(request, order):
            raise PermissionDenied
        back = safe_way_back(request, reverse("admin:shop_order_change", args=[order.pk]))
        page = Confirmation(self, request, _change(what), [order.pk], True, back)
        return page.answer() if request.method == "POST" else page.show()

    def confirm_chosen_view(self, request: HttpRequest, what: str) -> HttpResponse:
        """The answer to the page that `choose` showed. Ids of other studios count as missing."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        change = _change(what)
        back = safe_way_back(request, reverse("admin:shop_order_changelist"))
        if request.method != "POST":
            return HttpResponseRedirect(back)
        asked = set(ids_in(request.POST.get("orders", "")))
        if len(asked) > BULK_LIMIT:
            messages.error(request, _too_many())
            return HttpResponseRedirect(back)
        rows = self.get_queryset(request).filter(pk__in=asked).order_by("pk")
        own = list(rows.values_list("pk", flat=True))
        if not own:
            messages.error(request, _("These orders no longer exist."))
            return HttpResponseRedirect(back)
        missing = len(asked) - len(own)
        return Confirmation(self, request, change, own, False, back, missing).answer()

    def confirm_url(self, change: Change, order_id: int | None) -> str:
        if order_id is None:
            return reverse("admin:shop_order_confirm_chosen", args=[change.name])
        return reverse("admin:shop_order_confirm", args=[order_id, change.name])


def _too_many() -> str:
    return _(
        "At most %(count)d orders can be changed at once. Choose fewer, for example with a filter."
    ) % {"count": BULK_LIMIT}


def _change(what: str) -> Change:
    if what not in CHANGES:
        raise Http404
    return CHANGES[what]
