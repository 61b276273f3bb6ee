"""Customers: who they are, and everything that connects them with jobs."""

from dataclasses import dataclass, field
from typing import Any

from django.contrib import admin
from django.contrib.admin.options import ShowFacets
from django.db import models
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from jobstatus import wording
from jobstatus.admin.base import StudioScopedAdmin
from jobstatus.admin.job_list import BoundedPaginator
from jobstatus.admin.scope import own_studios
from jobstatus.admin.seen import SeenForm
from jobstatus.models import Job
from shop import money
from shop.admin.order_list import labelled
from shop.codes import spelling
from shop.models import AccessCode, Contact, Customer, Order, Subject

LIST_PAGE_SIZE = 50
MOST_ROWS = 200  # contacts or orders on the page of a customer


class CustomerForm(SeenForm):
    class Meta:
        model = Customer
        fields = ("name", "phone", "language")

    def facts(self) -> Any:
        return [self.instance.name, self.instance.phone, self.instance.language]


@dataclass
class JobOfCustomer:
    job: Job
    sources: list[str] = field(default_factory=list)
    subjects: dict[int, Subject] = field(default_factory=dict)
    codes: list[str] = field(default_factory=list)


@admin.register(Customer)
class CustomerAdmin(StudioScopedAdmin):
    studio_path = "studio"
    form = CustomerForm
    fields = ("name", "phone", "language")
    change_form_template = "admin/shop/customer/page.html"
    list_filter = ["studio", "language"]
    list_select_related = ["studio"]
    list_per_page = LIST_PAGE_SIZE
    list_max_show_all = 0
    search_fields = ["name", "email", "phone"]
    search_help_text = gettext_lazy("Name, e-mail or phone")
    ordering = ["-pk"]
    paginator = BoundedPaginator
    show_full_result_count = False
    show_facets = ShowFacets.NEVER

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Customers come from names lists, registrations and orders."""
        return False

    # The list

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return super().changelist_view(request, {"title": _("Customers"), **(extra_context or {})})

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        orders = Order.objects.filter(customer=models.OuterRef("pk")).order_by()
        counted = orders.values("customer").annotate(n=models.Count("pk")).values("n")
        count = models.functions.Coalesce(models.Subquery(counted), models.Value(0))
        rows: models.QuerySet[Any] = super().get_queryset(request).annotate(order_count=count)
        return rows

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        several = request.user.is_superuser or len(own_studios(request)) > 1
        return ["who", "address", *(["studio"] if several else []), "orders", "known_since"]

    @admin.display(description=gettext_lazy("name"), ordering="name")
    def who(self, customer: Customer) -> str:
        return str(customer)

    @admin.display(description=gettext_lazy("e-mail"), ordering="email")
    def address(self, customer: Customer) -> SafeString:
        return labelled(_("E-mail"), customer.email)

    @admin.display(description=gettext_lazy("orders"), ordering="order_count")
    def orders(self, customer: Customer) -> str:
        count = customer.order_count  # type: ignore[attr-defined]  # an annotation
        return ngettext("%(count)d order", "%(count)d orders", count) % {"count": count}

    @admin.display(description=gettext_lazy("known since"), ordering="pk")
    def known_since(self, customer: Customer) -> SafeString:
        text = wording.moment(customer.created_at, customer.studio.timezone)
        return labelled(_("Known since"), text)

    # The page

    def render_change_form(
        self,
        request: Any,
        context: Any,
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> Any:
        if obj is not None:
            # The form may have put unsaved input into the object that it was given.
            stored = self.get_queryset(request).select_related("studio").get(pk=obj.pk)
            context |= {
                "customer": stored,
                "heading": str(stored),
                "jobs": _jobs(stored),
                "orders": _orders(stored),
                "since": wording.moment(stored.created_at, stored.studio.timezone),
            }
        return super().render_change_form(request, context, add, change, form_url, obj)


def _jobs(customer: Customer) -> list[JobOfCustomer]:
    """The newest job first, each with why the customer is told of it, children and codes.

    Two queries.
    """
    rows = Contact.objects.filter(customer=customer, job__studio=customer.studio_id)
    found: dict[int, JobOfCustomer] = {}
    children: dict[int, JobOfCustomer] = {}
    for contact in rows.select_related("job", "subject").order_by("-job", "pk")[:MOST_ROWS]:
        entry = found.setdefault(contact.job_id, JobOfCustomer(contact.job))
        source = contact.get_source_display()
        if source not in entry.sources:
            entry.sources.append(source)
        if contact.subject is not None:
            entry.subjects[contact.subject.pk] = contact.subject
            children[contact.subject.pk] = entry
    known = AccessCode.objects.filter(subject__in=list(children), studio=customer.studio_id)
    for code in known.order_by("pk"):
        if code.subject_id is not None:
            children[code.subject_id].codes.append(spelling.written(code.code))
    return list(found.values())


def _orders(customer: Customer) -> list[tuple[Order, str, str]]:
    """Orders with the day and the total in words, the newest first. One query."""
    rows = Order.objects.filter(customer=customer, studio=customer.studio_id).order_by("-pk")
    zone = customer.studio.timezone
    return [
        (row, wording.moment(row.placed_at, zone), money.written(row.total_cents, row.currency))
        for row in rows[:MOST_ROWS]
    ]
