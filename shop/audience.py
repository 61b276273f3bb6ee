"""Who is to be told of a job, and what a message may say of them: the only door for `comms`.

Reads only. The querysets are for other statements to stand in; the dictionaries have no key for
who or what is gone.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import (
    Case,
    Exists,
    F,
    IntegerField,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.urls import reverse

from jobstatus.keys import listed
from jobstatus.models import Job, Studio
from shop import links, money
from shop.codes import spelling
from shop.models import (
    AccessCode,
    Appearance,
    Basket,
    BasketLine,
    Contact,
    Customer,
    Order,
    OrderPicture,
    Photo,
    Storefront,
    Terms,
)

Pair = tuple[int, int]  # of a job and a customer
MOST_CHILDREN = 20  # named in one message
PEOPLE = (
    *("job_id", "customer_id", "email", "email_key", "phone", "language"),
    *("has_bought", "has_photos"),
)
HAPPENINGS = ("job_id", "customer_id", "about_id", "at")


@dataclass(frozen=True)
class Child:
    name: str
    link: str  # opens the photos; the code stands behind the "#", so that it reaches no log


@dataclass(frozen=True)
class Person:
    """A customer as one job knows them."""

    customer_id: int
    name: str
    email: str
    email_key: str
    phone: str
    language: str
    has_bought: bool
    has_photos: bool
    children: tuple[Child, ...]


@dataclass(frozen=True)
class OrderFacts:
    number: str
    total: str
    url: str
    is_open: bool  # neither paid nor cancelled


@dataclass(frozen=True)
class BasketFacts:
    url: str
    is_left: bool  # it still has something in it


@dataclass(frozen=True)
class Sender:
    name: str
    email: str  # where answers go; may be empty


# Querysets


def people(job_ids: Any, *, with_photos: bool) -> QuerySet[Any, Any]:
    """A row for each job and customer, with the columns PEOPLE. For other statements.

    `job_ids` is anything for an `__in`. Without `with_photos` the last column is 0: it costs.
    """
    bought = Max(Case(When(source=Contact.Source.ORDER, then=1), default=0))
    photos: Any = Value(0, output_field=IntegerField())
    if with_photos:
        photos = Max(Case(When(_has_photos(), then=1), default=0))
    rows = Contact.objects.filter(job__in=job_ids).values_list(
        "job_id",
        "customer_id",
        "customer__email",
        "customer__email_key",
        "customer__phone",
        "customer__language",
    )
    return rows.annotate(has_bought=bought, has_photos=photos).order_by()


def _has_photos() -> Q:
    """Of a contact: there are photos that its code would show (G2)."""
    own = Appearance.objects.filter(
        subject=OuterRef("subject"),
        photo__is_hidden=False,
        photo__trashed_at__isnull=True,
        photo__album__is_active=True,
        photo__job=OuterRef("job"),
    )
    group = Photo.objects.shown().filter(
        is_group=True, album=OuterRef("subject__album"), job=OuterRef("job")
    )
    return Q(Exists(own)) | Q(Exists(group))


def registrations(*, since: datetime, until: datetime) -> QuerySet[Any, Any]:
    """The first of each customer and job, with the columns HAPPENINGS."""
    rows = Contact.objects.filter(
        source=Contact.Source.REGISTRATION, created_at__gte=since, created_at__lte=until
    )
    about = Value(0, output_field=IntegerField())
    return (
        rows.values_list("job_id", "customer_id")
        .annotate(about=about, at=Min("created_at"))
        .order_by()
    )


def left_baskets(*, since: datetime, until: datetime) -> QuerySet[Any, Any]:
    """Baskets by their last change, each of the first job in it, with the columns HAPPENINGS.

    A visitor has no name: it is the customer of the children in it, if they have just one. With
    two, nobody knows whose basket it is, and the other must not read of it.
    """
    rows = BasketLine.objects.pending().filter(
        basket__changed_at__gte=since, basket__changed_at__lte=until
    )
    customer = "pictures__code__subject__contacts__customer"
    return (
        rows.values("basket")
        .annotate(
            first=Min("pictures__job"),
            customer=Min(customer),
            at=Max("basket__changed_at"),
            last=Max(customer),
        )
        .filter(first__isnull=False, customer=F("last"))
        .values_list("first", "customer", "basket", "at")
        .order_by()
    )


def unpaid_orders(*, since: datetime, until: datetime) -> QuerySet[Any, Any]:
    """Orders by when they were placed, each of its first job, with the columns HAPPENINGS.

    A prepay order is of its shop's job: it has no pictures yet.
    """
    pictures = OrderPicture.objects.filter(line__order=OuterRef("pk"), job__isnull=False)
    first = Subquery(pictures.order_by("job").values("job")[:1])
    rows = Order.objects.filter(
        status=Order.Status.PLACED, placed_at__gte=since, placed_at__lte=until
    ).annotate(first=Coalesce("prepay_shop__job", first, output_field=IntegerField()))
    # As the other happenings tell their instants: see `comms.ledger.moments.stored`.
    placed = rows.filter(first__isnull=False).annotate(at=Max("placed_at"))
    return placed.values_list("first", "customer", "pk", "at").order_by()


# Facts for messages


def persons(pairs: Collection[Pair]) -> dict[Pair, Person]:
    """Those of these pairs that still belong together. Three queries; none without pairs."""
    if not pairs:
        return {}
    wanted, jobs = set(pairs), {job for job, _customer in pairs}
    customers = listed({customer for _job, customer in pairs})
    rows = people(listed(jobs), with_photos=True).filter(customer__in=customers)
    names = dict(Customer.objects.filter(pk__in=customers).values_list("pk", "name"))
    children = _children(jobs, customers)
    found: dict[Pair, Person] = {}
    for job_id, customer_id, email, key, phone, language, bought, photos in rows:
        pair = (job_id, customer_id)
        if pair in wanted:
            found[pair] = Person(
                customer_id=customer_id,
                name=names.get(customer_id, ""),
                email=email,
                email_key=key,
                phone=phone,
                language=language,
                has_bought=bool(bought),
                has_photos=bool(photos),
                children=tuple(children.get(pair, ())[:MOST_CHILDREN]),
            )
    return found


def sample_pair(job: Job) -> Pair | None:
    """Somebody of this job, for a preview with real data."""
    contact = (
        Contact.objects.filter(job=job)
        .order_by(F("subject").desc(nulls_last=True), "pk")
        .values_list("job_id", "customer_id")
        .first()
    )
    return contact


def _children(job_ids: set[int], customers: Any) -> dict[Pair, list[Child]]:
    """Each once, with the newest of its codes, in the order of their names."""
    rows = (
        AccessCode.objects.filter(
            job__in=listed(job_ids),
            subject__contacts__customer__in=customers,
            subject__contacts__job=F("job"),
        )
        .order_by("subject__name", "subject", "-pk")
        .values_list(
            "job_id",
            "subject__contacts__customer_id",
            "subject_id",
            "subject__name",
            "code",
            "studio__slug",
        )
        .distinct()
    )
    found: dict[Pair, list[Child]] = {}
    named: set[tuple[int, int, int]] = set()
    for job_id, customer_id, subject_id, name, code, slug in rows:
        if (job_id, customer_id, subject_id) not in named:
            named.add((job_id, customer_id, subject_id))
            child = Child(name=name, link=code_link(slug, code))
            found.setdefault((job_id, customer_id), []).append(child)
    return found


def code_link(slug: str, code: str) -> str:
    """What opens a code's photos without typing it."""
    return links.absolute(f"{reverse('shop:entry', args=[slug])}#{spelling.written(code)}")


def orders(order_ids: Collection[int]) -> dict[int, OrderFacts]:
    """One query."""
    return {order.pk: _order_facts(order) for order in Order.objects.filter(pk__in=order_ids)}


def _order_facts(order: Order) -> OrderFacts:
    return OrderFacts(
        number=str(order.number),
        total=money.written(order.total_cents, order.currency, order.language),
        url=links.absolute(order.get_absolute_url()),
        is_open=order.status == Order.Status.PLACED,
    )


def baskets(basket_ids: Collection[int]) -> dict[int, BasketFacts]:
    """One query. The address shows the basket of the visitor's own session only."""
    pending = BasketLine.objects.pending().filter(basket=OuterRef("pk"))
    rows = Basket.objects.filter(pk__in=basket_ids).annotate(is_left=Exists(pending))
    return {
        pk: BasketFacts(links.absolute(reverse("shop:basket", args=[slug])), is_left)
        for pk, slug, is_left in rows.values_list("pk", "studio__slug", "is_left")
    }


def senders(studio_ids: Collection[int]) -> dict[int, Sender]:
    """The name comes with the terms of sale or without. Two queries."""
    emails = dict(Terms.objects.filter(studio__in=studio_ids).values_list("studio_id", "email"))
    names = Studio.objects.filter(pk__in=studio_ids).values_list("pk", "name")
    return {pk: Sender(name, emails.get(pk, "")) for pk, name in names}


def job_urls(job_ids: Collection[int]) -> dict[int, str]:
    """The absolute addresses of the jobs' shop pages. One query."""
    pages = Storefront.objects.filter(job__in=job_ids)
    return {page.job_id: links.absolute(page.get_absolute_url()) for page in pages}
