"""Price lists: their page, their list, and copies of them."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.admin.options import ShowFacets
from django.db import IntegrityError, models, transaction
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from jobstatus.admin.base import StudioScopedInline, without_field
from jobstatus.admin.job_list import BoundedPaginator
from jobstatus.admin.locked import LockedFormAdmin
from jobstatus.admin.scope import own_studios
from jobstatus.lifecycle import Status
from shop import money
from shop.admin.price_forms import PriceListForm, ProductForm, ProductFormSet
from shop.models import PriceList, Product, Storefront
from shop.models.prices import NAME_LENGTH

if TYPE_CHECKING:
    AnyStackedInline = admin.StackedInline[Any, Any]
else:
    AnyStackedInline = admin.StackedInline

LIST_PAGE_SIZE = 50
MOST_PRODUCTS = 100  # in one price list
FIRST_PRODUCTS = 3  # empty ones on the page of a new price list
MOST_COPIES = 20  # made at once
NAMED_JOBS = 10  # on the page of a price list


class ProductInline(StudioScopedInline, AnyStackedInline):
    model = Product
    form = ProductForm
    formset = ProductFormSet
    studio_path = "price_list__studio"
    fields = (
        ("name", "price_cents", "position"),
        ("kind", "picture_count", "is_active"),
        "description",
    )
    classes = ("products",)
    extra = 0
    min_num = 0
    max_num = MOST_PRODUCTS
    ordering = ("position", "pk")

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        """Some to begin with; later one, which needs no JavaScript to be added."""
        return FIRST_PRODUCTS if obj is None else 1

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Who may only look reads the price as an amount; there is no form that writes it so."""
        fields = super().get_fields(request, obj)
        if self.has_change_permission(request, obj):
            return fields
        return (("name", "price", "position"), *fields[1:])

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if self.has_change_permission(request, obj) else ("price",)

    @admin.display(description=gettext_lazy("price"))
    def price(self, product: Product) -> str:
        return money.written(product.price_cents, product.price_list.currency)


def _counted(model: Any, **condition: Any) -> Any:
    """How many rows of this model point to each price list."""
    rows = model.objects.filter(price_list=models.OuterRef("pk"), **condition)
    counted = rows.order_by().values("price_list").annotate(n=models.Count("pk")).values("n")
    return models.functions.Coalesce(models.Subquery(counted), 0)


@admin.register(PriceList)
class PriceListAdmin(LockedFormAdmin):
    studio_path = "studio"
    busy = gettext_lazy(
        "Somebody else is changing this price list right now. Nothing is saved; your input is kept "
        "below. Save again in a moment."
    )
    form = PriceListForm
    fields = ("studio", "name", "currency", "tax_percent", "shipping_cents")
    inlines = [ProductInline]
    change_form_template = "admin/shop/pricelist/page.html"
    list_filter = ["studio"]
    list_select_related = ["studio"]
    list_per_page = LIST_PAGE_SIZE
    list_max_show_all = 0
    search_fields = ["name"]
    search_help_text = gettext_lazy("Name of a price list")
    ordering = ["name", "pk"]
    paginator = BoundedPaginator
    show_full_result_count = False
    show_facets = ShowFacets.NEVER
    actions = ["duplicate"]
    actions_selection_counter = True

    # The list

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return super().changelist_view(
            request, {"title": _("Price lists"), **(extra_context or {})}
        )

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        rows: models.QuerySet[Any] = super().get_queryset(request)
        counted: models.QuerySet[Any] = rows.annotate(
            product_count=_counted(Product, is_active=True),
            job_count=_counted(Storefront),
            selling_count=_counted(Storefront, job__status=Status.SELLING),
        )
        return counted

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        several = request.user.is_superuser or len(own_studios(request)) > 1
        return ["name", *(["studio"] if several else []), "currency", "on_sale", "used_by"]

    @admin.display(description=gettext_lazy("products on sale"), ordering="product_count")
    def on_sale(self, prices: PriceList) -> SafeString:
        count = prices.product_count  # type: ignore[attr-defined]  # an annotation
        text = ngettext("%(count)d product", "%(count)d products", count) % {"count": count}
        return format_html("{}", text)

    @admin.display(description=gettext_lazy("used by"), ordering="job_count")
    def used_by(self, prices: PriceList) -> SafeString:
        row: Any = prices
        text = ngettext("%(count)d job", "%(count)d jobs", row.job_count) % {"count": row.job_count}
        if not row.selling_count:
            return format_html("{}", text)
        selling = ngettext("%(count)d selling", "%(count)d selling", row.selling_count)
        pill = format_html(
            '<span class="pill pill-selling">{}</span>', selling % {"count": row.selling_count}
        )
        return format_html("{} {}", text, pill)

    @admin.action(permissions=["add"], description=gettext_lazy("Duplicate"))
    def duplicate(self, request: HttpRequest, rows: Any) -> None:
        chosen = list(rows.order_by("pk")[: MOST_COPIES + 1])
        if len(chosen) > MOST_COPIES:
            text = _("At most %(count)d price lists can be duplicated at once. Choose fewer.")
            messages.error(request, text % {"count": MOST_COPIES})
            return
        for original in chosen:
            try:
                copy = copied(original)
            except IntegrityError:  # Somebody took the name at the same instant.
                text = _("“%(name)s” could not be duplicated just now. Please try again.")
                messages.error(request, text % {"name": original.name})
                continue
            self.log_addition(request, copy, [{"added": {}}])
            text = _("“%(copy)s” is a copy of “%(name)s”. No job uses it yet.")
            messages.success(request, text % {"copy": copy.name, "name": original.name})

    # The page

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or self.has_change_permission(request, obj):
            return fieldsets
        title, options = without_field(fieldsets, "shipping_cents")[0]
        return [(title, {**options, "fields": (*options["fields"], "shipping")})]

    @admin.display(description=gettext_lazy("shipping"))
    def shipping(self, prices: PriceList) -> str:
        return money.written(prices.shipping_cents, prices.currency)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """The studio is chosen once: jobs of one studio never use prices of another."""
        readonly = super().get_readonly_fields(request, obj)
        return [*readonly, "studio"] if obj is not None and request.user.is_superuser else readonly

    def lock_row(self, obj: PriceList) -> None:
        PriceList.objects.select_for_update(no_key=True).get(pk=obj.pk)

    def render_change_form(
        self,
        request: Any,
        context: Any,
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> Any:
        context["heading"] = _("New price list")
        if obj is not None:
            # The form may have put unsaved input into the object that it was given.
            stored = self.get_queryset(request).get(pk=obj.pk)
            context |= _touched(stored) | {"heading": stored.name}
        return super().render_change_form(request, context, add, change, form_url, obj)


def _touched(prices: PriceList) -> dict[str, Any]:
    """The jobs that a change of these prices reaches at once. Two queries."""
    pages = Storefront.objects.filter(price_list=prices)
    selling = pages.filter(job__status=Status.SELLING).select_related("job").order_by("-job")
    named = list(selling[:NAMED_JOBS])
    count = len(named) if len(named) < NAMED_JOBS else selling.count()
    return {"selling": [page.job for page in named], "selling_count": count}


@transaction.atomic
def copied(original: PriceList) -> PriceList:
    """A price list of the same studio with the same products. Raises IntegrityError in a race."""
    taken = set(original.studio.price_lists.values_list("name", flat=True))
    copy = PriceList.objects.create(
        studio=original.studio,
        name=_free_name(original.name, taken),
        currency=original.currency,
        tax_percent=original.tax_percent,
        shipping_cents=original.shipping_cents,
    )
    products = list(original.products.order_by("position", "pk"))
    for product in products:
        product.pk, product.price_list = None, copy
    Product.objects.bulk_create(products)
    return copy


def _free_name(name: str, taken: set[str]) -> str:
    number = 1
    while True:
        end = _(" (copy)") if number == 1 else _(" (copy %(number)d)") % {"number": number}
        wanted = name[: NAME_LENGTH - len(end)] + end
        if wanted not in taken:
            return wanted
        number += 1
