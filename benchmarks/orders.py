"""The order list of a studio with a hundred thousand orders, and what comes of them by itself."""

from datetime import datetime, time, timedelta
from typing import Any

from django.db import connection

from benchmarks import data
from benchmarks.report import Figure
from benchmarks.visits import photographer, visit
from comms.models import Campaign, Notification, Profile, Trigger
from jobstatus import clock
from jobstatus.models import Job
from shop.codes import spelling
from shop.models import (
    AccessCode,
    Album,
    Customer,
    Order,
    OrderLine,
    OrderPicture,
    Photo,
    Subject,
)

ORDERS, JOBS, UNPAID = 100_000, 100, 2_000
DAYS = 400  # over which they were placed
AT_ONCE = 5_000
FIRST_PAGE_MS, WHAT_COMES_MS = 200, 500
URL = "/admin/shop/order/"


def order_list() -> list[Figure]:
    """Only pages that open without a search have a target: a search reads all orders."""
    at = clock.now()
    jobs, code = _season(at)
    user = photographer("photographer-of-orders", data.BIG_STUDIO)
    pages = {
        "first page": "",
        "filter by job": f"?job={jobs[0].pk}",
        "search for a number": "?q=77777",
        "search for a name": "?q=parent+77777",
        "search for a child": "?q=child+77777",
        "search for a code": f"?q={code}",
    }
    figures = []
    for name, query in pages.items():
        ms, queries = visit(user, URL + query)
        limit = FIRST_PAGE_MS if not query else None
        figures.append(Figure(f"orders, {name}", ms, "ms", at_most=limit))
        if not query:
            figures.append(Figure(f"orders, {name}: queries", queries, ""))
    ms, queries = visit(user, "/admin/jobstatus/job/ahead/")
    figures.append(Figure("what comes", ms, "ms", at_most=WHAT_COMES_MS))
    figures.append(Figure("what comes: queries", queries, ""))
    return figures


def _season(at: datetime) -> tuple[list[Job], str]:
    """Jobs with a reminder of unpaid orders, each with a thousand orders; a code of the last."""
    profile = Profile.objects.create(studio_id=data.BIG_STUDIO, name="Orders")
    Notification.objects.create(
        profile=profile, trigger=Trigger.ORDER_UNPAID, days=14, send_time=time(10)
    )
    Notification.objects.update(created_at=at - timedelta(days=DAYS))
    jobs = Job.objects.bulk_create(
        Job(studio_id=data.BIG_STUDIO, name=f"School {n}") for n in range(JOBS)
    )
    long_ago = at - timedelta(days=DAYS)
    Campaign.objects.bulk_create(
        Campaign(job=job, profile=profile, attached_at=long_ago) for job in jobs
    )
    albums = Album.objects.bulk_create(Album(job=job, name="Class") for job in jobs)
    customers = _customers()
    for start in range(0, ORDERS, AT_ONCE):
        _orders(range(start, start + AT_ONCE), jobs, albums, customers, at)
    subject = Subject.objects.latest("pk")
    code = AccessCode.objects.create(
        studio_id=data.BIG_STUDIO, job_id=subject.job_id, subject=subject, code=spelling.new_code()
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return jobs, code.code


def _customers() -> list[Customer]:
    return Customer.objects.bulk_create(
        (
            Customer(
                studio_id=data.BIG_STUDIO,
                name=f"Parent {n}",
                email=f"o{n}@example.org",
                email_key=f"o{n}@example.org",
            )
            for n in range(ORDERS // 10)
        ),
        batch_size=AT_ONCE,
    )


def _orders(numbers: Any, jobs: Any, albums: Any, customers: Any, at: datetime) -> None:
    """One print of one child each. The last ones are not paid."""
    orders = Order.objects.bulk_create(
        Order(
            studio_id=data.BIG_STUDIO,
            number=n + 1,
            checkout_key=f"bench-{n}",
            customer=customers[n // 10],
            name=f"Parent {n}",
            email=customers[n // 10].email,
            language="en",
            currency="EUR",
            method=Order.Method.INVOICE,
            goods_cents=950,
            shipping_cents=0,
            total_cents=950,
            tax_cents=152,
            placed_at=_placed_at(n, at),
            **(
                {"status": Order.Status.PLACED}
                if n >= ORDERS - UNPAID
                else {"status": Order.Status.PAID, "paid_at": _placed_at(n, at)}
            ),
        )
        for n in numbers
    )
    subjects = Subject.objects.bulk_create(
        Subject(job=jobs[n % JOBS], album=albums[n % JOBS], name=f"Child {n}") for n in numbers
    )
    photos = Photo.objects.bulk_create(
        Photo(
            job=jobs[n % JOBS], album=albums[n % JOBS], file_name=f"{n}.jpg", width=80, height=120
        )
        for n in numbers
    )
    lines = OrderLine.objects.bulk_create(
        OrderLine(
            order=order, kind="print", title="Print", quantity=1, price_cents=950, tax_percent=19
        )
        for order in orders
    )
    OrderPicture.objects.bulk_create(
        OrderPicture(
            line=line,
            photo=photo,
            job_id=photo.job_id,
            job_name="School",
            subject_name=subject.name,
            file_name=photo.file_name,
            original_name=photo.file_name,
        )
        for line, photo, subject in zip(lines, photos, subjects, strict=True)
    )


def _placed_at(number: int, at: datetime) -> datetime:
    return at - timedelta(days=DAYS) * (ORDERS - number) / ORDERS
