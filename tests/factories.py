"""Rows for tests. Jobs reach a status through the operations, as in life."""

from datetime import UTC, date, datetime
from typing import Any

import factory
from django.contrib.auth import get_user_model

from jobstatus import operations
from jobstatus.lifecycle import Kind, Status
from jobstatus.models import Job, Studio
from shop.codes import spelling
from shop.models import (
    AccessCode,
    Album,
    Appearance,
    Basket,
    Customer,
    Photo,
    PrepayShop,
    PriceList,
    Product,
    Storefront,
    Subject,
)
from shop.models.people import email_key

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
FAR_AHEAD = date(2199, 6, 1)  # also by the clock of the machine


def at(instant: datetime) -> Any:
    """A clock that stands still."""
    return lambda: instant


class StudioFactory(factory.django.DjangoModelFactory[Studio]):
    class Meta:
        model = Studio

    name = factory.Sequence(lambda n: f"Studio {n}")
    slug = factory.Sequence(lambda n: f"studio-{n}")
    timezone = "Europe/Berlin"


class UserFactory(factory.django.DjangoModelFactory[Any]):
    class Meta:
        model = get_user_model()

    username = factory.Sequence(lambda n: f"user-{n}")
    is_staff = True


class JobFactory(factory.django.DjangoModelFactory[Job]):
    class Meta:
        model = Job

    studio = factory.SubFactory(StudioFactory)
    name = factory.Sequence(lambda n: f"Job {n}")


PATHS = {
    Status.PLANNING: (),
    Status.SELLING: ("start_selling",),
    Status.ARCHIVED: ("archive",),
    Status.PREPAY: ("open_prepay",),
}


def job_in(status: str, *, now: datetime = NOON, **values: Any) -> Job:
    """A job that went to this status at `now`, with the kind and the deadline that it needs."""
    if status == Status.PREPAY:
        values.setdefault("kind", Kind.PREPAY)
    if values.get("kind") == Kind.PREPAY:
        values.setdefault("prepay_deadline_date", FAR_AHEAD)
    job = JobFactory.create(**values)
    if job.kind == Kind.PREPAY:
        stock(job)
    for step in PATHS[Status(status)]:
        outcome = getattr(operations, step)([job.pk], by=None, clock=at(now))
        assert not outcome.refused, outcome.refused
    return Job.objects.select_related("studio").get(pk=job.pk)


def stock(job: Job) -> PrepayShop:
    """Give a prepay job what it needs before it opens: its shop, with a product on sale."""
    prices = PriceListFactory.create(studio=job.studio)
    ProductFactory.create(price_list=prices)
    return PrepayShop.objects.create(job=job, studio=job.studio, price_list=prices)


class BasketFactory(factory.django.DjangoModelFactory[Basket]):
    class Meta:
        model = Basket

    studio = factory.SubFactory(StudioFactory)


class PriceListFactory(factory.django.DjangoModelFactory[PriceList]):
    class Meta:
        model = PriceList

    studio = factory.SubFactory(StudioFactory)
    name = factory.Sequence(lambda n: f"Prices {n}")


class ProductFactory(factory.django.DjangoModelFactory[Product]):
    class Meta:
        model = Product

    price_list = factory.SubFactory(PriceListFactory)
    name = factory.Sequence(lambda n: f"Print {n}")
    price_cents = 950


class AlbumFactory(factory.django.DjangoModelFactory[Album]):
    class Meta:
        model = Album

    job = factory.SubFactory(JobFactory)
    name = factory.Sequence(lambda n: f"Class {n}")


class SubjectFactory(factory.django.DjangoModelFactory[Subject]):
    class Meta:
        model = Subject

    album = factory.SubFactory(AlbumFactory)
    job = factory.SelfAttribute("album.job")
    name = factory.Sequence(lambda n: f"Child {n}")


class PhotoFactory(factory.django.DjangoModelFactory[Photo]):
    """Names of files only; tests that read them write them into the private storage."""

    class Meta:
        model = Photo

    album = factory.SubFactory(AlbumFactory)
    job = factory.SelfAttribute("album.job")
    file_name = factory.Sequence(lambda n: f"IMG_{n:04}.jpg")
    position = factory.Sequence(lambda n: n)
    width, height = 3000, 2000
    original = factory.Sequence(lambda n: f"tests/{n}/original.jpg")
    preview = factory.Sequence(lambda n: f"tests/{n}/preview.jpg")
    thumbnail = factory.Sequence(lambda n: f"tests/{n}/thumbnail.jpg")


class AccessCodeFactory(factory.django.DjangoModelFactory[AccessCode]):
    class Meta:
        model = AccessCode

    subject = factory.SubFactory(SubjectFactory)
    job = factory.SelfAttribute("subject.job")
    studio = factory.SelfAttribute("subject.job.studio")
    code = factory.LazyFunction(spelling.new_code)


class CustomerFactory(factory.django.DjangoModelFactory[Customer]):
    class Meta:
        model = Customer

    studio = factory.SubFactory(StudioFactory)
    email = factory.Sequence(lambda n: f"parent-{n}@example.org")
    email_key = factory.LazyAttribute(lambda customer: email_key(customer.email))


def family(
    status: str = Status.SELLING, *, photos: int = 2, studio: Studio | None = None, **values: Any
) -> AccessCode:
    """A code with a subject, its photos and a price list of one print, in a job of this status.

    The job, its studio and its storefront with the price list are loaded, as `visit` loads them.
    """
    job = job_in(status, studio=studio or StudioFactory.create(), **values)
    prices = PriceListFactory.create(studio=job.studio)
    ProductFactory.create(price_list=prices, name="Print 13 × 18 cm")
    Storefront.objects.update_or_create(job=job, defaults={"price_list": prices})
    subject = SubjectFactory.create(album=AlbumFactory.create(job=job))
    for photo in PhotoFactory.create_batch(photos, album=subject.album):
        Appearance.objects.create(photo=photo, subject=subject)
    code = AccessCodeFactory.create(subject=subject)
    loaded = AccessCode.objects.select_related(
        "job__studio", "job__storefront__price_list", "subject__album"
    )
    return loaded.get(pk=code.pk)
