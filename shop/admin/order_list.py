"""The list of orders: columns, filters and search. A constant number of queries."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

from django.contrib import admin, messages
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest
from django.utils.dateparse import parse_date
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jobstatus import deadlines, wording
from jobstatus.admin.job_list import page_instant
from jobstatus.admin.scope import own_rows, own_studios
from jobstatus.models import Job, Studio
from shop import money
from shop.codes import spelling
from shop.models import AccessCode, Order, OrderLine, OrderPicture

MOST_JOBS = 30  # offered by the filter, the newest first; a search finds orders of the others
MOST_WORDS = 5  # of one search
LONGEST_NUMBER = 9  # digits; more is no order number that the database knows
DEFAULT_ZONE = "UTC"


# Columns. Each cell names itself where a narrow screen shows no column heads.


@admin.display(description=gettext_lazy("order"), ordering="number")
def order_number(order: Order) -> str:
    return f"{order.number}"


@admin.display(description=gettext_lazy("customer"), ordering="name")
def customer_name(order: Order) -> SafeString:
    return labelled(_("Customer"), order.name or order.email)


@admin.display(description=gettext_lazy("placed"), ordering="pk")
def placed(order: Order) -> SafeString:
    return labelled(_("Placed"), wording.moment(order.placed_at, order.studio.timezone))


@admin.display(description=gettext_lazy("total"), ordering="total_cents")
def total(order: Order) -> SafeString:
    return labelled(_("Total"), money.written(order.total_cents, order.currency))


@admin.display(description=gettext_lazy("status"), ordering="status")
def status_pill(order: Order) -> SafeString:
    told = pill(order.status, order.get_status_display())
    if order.phase != Order.Phase.HELD:
        return told
    return format_html("{} {}", told, pill("planning", _("held")))


@admin.display(description=gettext_lazy("payment"), ordering="method")
def method(order: Order) -> SafeString:
    return labelled(_("Payment"), order.get_method_display())


def pill(kind: str, label: str) -> SafeString:
    return format_html('<span class="pill pill-{}">{}</span>', kind, label)


def labelled(label: str, text: str) -> SafeString:
    return format_html('<span class="cell-label">{}</span> {}', label, text)


# Filters


class PhaseFilter(admin.SimpleListFilter):
    """Orders that were placed before the photos existed, or after; and those that wait for them."""

    title = gettext_lazy("phase")
    parameter_name = "phase"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(Order.Phase.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() is None:
            return queryset
        phases: dict[str, Callable[[], QuerySet[Any]]] = {
            Order.Phase.STANDARD: Order.objects.standard,
            Order.Phase.PREPAY: Order.objects.prepay,
            Order.Phase.HELD: Order.objects.waiting,
        }
        chosen = phases.get(self.value() or "")
        return queryset.none() if chosen is None else queryset & chosen()


class JobFilter(admin.SimpleListFilter):
    """Orders with a picture of this job, or of its prepay shop."""

    title = gettext_lazy("job")
    parameter_name = "job"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        own = own_rows(Job, model_admin.admin_site, request)
        jobs = list(own.order_by("-pk").values_list("pk", "name")[:MOST_JOBS])
        chosen = _number(self.value())
        if chosen is not None and chosen not in dict(jobs):
            jobs += own.filter(pk=chosen).values_list("pk", "name")[:1]
        return [(str(pk), name) for pk, name in jobs]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() is None:
            return queryset
        job = _number(self.value())
        return queryset.none() if job is None else queryset.filter(_of_job(job))


class PlacedFilter(admin.ListFilter):
    """From one day until another, both included, as the calendar of each studio shows them."""

    title = gettext_lazy("date")
    template = "admin/shop/order/placed_filter.html"
    names = ("from", "until")

    def __init__(
        self, request: HttpRequest, params: dict[str, Any], model: Any, model_admin: Any
    ) -> None:
        super().__init__(request, params, model, model_admin)
        for name in self.names:
            value = params.pop(name, None)
            if value and value[-1].strip():
                self.used_parameters[name] = value[-1].strip()
        self.today = deadlines.local_date(page_instant(request), zones(request)[0])

    def has_output(self) -> bool:
        return True

    def expected_parameters(self) -> list[str | None]:
        return [*self.names]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        days = {}
        for name, text in self.used_parameters.items():
            day = _day(str(text))
            if day is None:
                said = _("“%(text)s” is not a date, so that no order is shown.")
                messages.error(request, said % {"text": str(text)[:40]})
                return queryset.none()
            days[name] = day
        return queryset.filter(_placed_within(days, zones(request))) if days else queryset

    def choices(self, changelist: Any) -> Iterator[dict[str, Any]]:
        self.others = [
            (name, value)
            for name, value in changelist.params.items()
            if name not in (*self.names, "p")
        ]
        chosen = tuple(self.used_parameters.get(name, "") for name in self.names)
        self.first, self.last = chosen
        yield {
            "selected": not self.used_parameters,
            "query_string": changelist.get_query_string(remove=list(self.names)),
            "display": _("Any date"),
        }
        for label, start, end in self._periods():
            days = (start.isoformat(), end.isoformat())
            yield {
                "selected": chosen == days,
                "query_string": changelist.get_query_string(
                    dict(zip(self.names, days, strict=True))
                ),
                "display": label,
            }

    def _periods(self) -> list[tuple[str, date, date]]:
        today = self.today
        month = today.replace(day=1)
        before = month - timedelta(days=1)
        return [
            (_("Today"), today, today),
            (_("Last 7 days"), today - timedelta(days=6), today),
            (_("This month"), month, today),
            (_("Last month"), before.replace(day=1), before),
            (_("This year"), today.replace(month=1, day=1), today),
        ]


def _day(text: str) -> date | None:
    try:
        day = parse_date(text)
    except ValueError:  # such as 31 February
        return None
    if day is None or not deadlines.EARLIEST_DATE <= day <= deadlines.LATEST_DATE:
        return None
    return day


def zones(request: HttpRequest) -> list[str]:
    """The time zones of the orders that this person may see. One query for a superuser."""
    if not request.user.is_superuser:
        zones = [studio.timezone for studio in own_studios(request).values()]
    else:
        rows = Studio.objects.order_by("timezone").values_list("timezone", flat=True)
        zones = list(rows.distinct())
    return list(dict.fromkeys(zones)) or [DEFAULT_ZONE]


def _placed_within(days: dict[str, date], zones: list[str]) -> Q:
    found = Q(pk__in=[])
    for zone in zones:
        within = Q(studio__timezone=zone)
        if "from" in days:
            within &= Q(placed_at__gte=deadlines.start_of_day(days["from"], zone))
        if "until" in days:
            within &= Q(placed_at__lt=deadlines.end_of_day(days["until"], zone))
        found |= within
    return found


# Search


def found(orders: QuerySet[Any], term: str) -> QuerySet[Any]:
    """By number, name, e-mail, child's name (all words of it), or by access code. One query more
    if the term is a code.

    What is searched in other tables is found there first, among these orders: to ask for each order
    takes ten times as long.
    """
    of_code = _of_code(term)
    if of_code is not None:
        return orders.filter(of_code)
    among = orders.order_by().values("pk")
    for word in term.split()[:MOST_WORDS]:
        match = Q(name__icontains=word) | Q(email__icontains=word)
        match |= _with_picture(line__order__in=among, subject_name__icontains=word)
        match |= _with_line(order__in=among, subject_name__icontains=word)
        number = _number(word.lstrip("#"))
        if number is not None:
            match |= Q(number=number)
        orders = orders.filter(match)
    return orders


def _of_code(term: str) -> Q | None:
    """Orders of the person whose code this is: with a picture of it or its name, or for it."""
    try:
        text = spelling.read(term)
    except spelling.Mistyped:
        return None
    code = AccessCode.objects.filter(code=text).select_related("subject").first()
    if code is None or code.subject is None:
        return None
    return (
        _with_picture(job=code.job_id, subject_name=code.subject.name)
        | _with_picture(job=code.job_id, photo__appearances__subject=code.subject_id)
        | _with_line(code__subject=code.subject_id)
    )


def _of_job(job_id: int) -> Q:
    """Also prepay orders, which have no pictures yet."""
    own = Q(prepay_shop__job=job_id, prepay_shop__job__studio=F("studio"))
    return own | _with_picture(job=job_id)


def _with_line(**condition: Any) -> Q:
    """A line of a prepay order, which says itself whose it is; in the order's own studio."""
    lines = OrderLine.objects.filter(code__studio=F("order__studio"), **condition)
    return Q(pk__in=lines.values("order"))


def _with_picture(**condition: Any) -> Q:
    """A picture of the order, in a job of the order's own studio."""
    pictures = OrderPicture.objects.filter(**condition)
    if "job" in condition:
        pictures = pictures.filter(job__studio=F("line__order__studio"))
    return Q(pk__in=pictures.values("line__order"))


def _number(text: str | None) -> int | None:
    if text and text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER:
        return int(text)
    return None
