"""A visitor of a studio's shop in front of a browser, for tests of basket and checkout."""

from typing import Any

from django.test import Client
from django.urls import reverse

from jobstatus.models import Studio
from shop import visit
from shop.models import AccessCode, Appearance, Photo, Product, Storefront
from tests.factories import (
    AccessCodeFactory,
    AlbumFactory,
    PhotoFactory,
    SubjectFactory,
    family,
    job_in,
)

BUYER = {
    "name": "A parent",
    "email": "parent@example.org",
    "street": "Long Road 1",
    "postal_code": "12345",
    "city": "Harbour",
    "method": "invoice",
}


def visitor(*codes: AccessCode) -> Client:
    """A browser whose visitor has typed these codes."""
    client = Client()
    session = client.session
    session[visit.CODES] = [code.pk for code in codes]
    session.save()
    return client


def second_child(code: AccessCode, *, photos: int = 1) -> AccessCode:
    """Another family's code in the same job, with photos of its own."""
    assert code.job is not None
    subject = SubjectFactory.create(album=AlbumFactory.create(job=code.job))
    for photo in PhotoFactory.create_batch(photos, album=subject.album):
        Appearance.objects.create(photo=photo, subject=subject)
    return AccessCodeFactory.create(subject=subject)


def second_job(code: AccessCode, *, status: str = "selling", **values: Any) -> AccessCode:
    """A code of another job of the same studio with the same price list."""
    job = job_in(status, studio=code.studio, **values)
    assert code.job is not None
    Storefront.objects.update_or_create(
        job=job, defaults={"price_list": code.job.storefront.price_list}
    )
    return second_child(AccessCode(job=job))


def photos_of(code: AccessCode) -> list[Photo]:
    return list(Photo.objects.filter(appearances__subject=code.subject_id).order_by("pk"))


def print_of(code: AccessCode) -> Product:
    assert code.job is not None
    found: Product = code.job.storefront.price_list.products.order_by("pk").first()
    return found


def pick(code: AccessCode, photo: Photo | None = None) -> str:
    return f"{code.pk}:{(photo or photos_of(code)[0]).pk}"


def add(client: Client, code: AccessCode, **values: Any) -> Any:
    """Post the form of the photo's page, with these fields changed; None leaves a field out."""
    form = {"product": print_of(code).pk, "photo": pick(code), "quantity": "1"} | values
    form = {name: value for name, value in form.items() if value is not None}
    return client.post(at("basket_add", code.studio), form)


def change(client: Client, studio: Studio, line: int, do: str, **values: Any) -> Any:
    return client.post(at("basket_line", studio, line), {"do": do, **values}, follow=True)


def at(name: str, studio: Studio, *more: Any) -> str:
    return reverse(f"shop:{name}", args=[studio.slug, *more])


def checkout_form(client: Client, studio: Studio, **values: Any) -> dict[str, Any]:
    """What the browser posts for the checkout that it shows now."""
    page = client.get(at("checkout", studio))
    hidden = {name: page.context[name] for name in ("key", "seen")} if page.context else {}
    return BUYER | hidden | values


def order(client: Client, studio: Studio, **values: Any) -> Any:
    """Look at the checkout and order what it shows."""
    return client.post(at("checkout", studio), checkout_form(client, studio, **values))


def words(response: Any) -> str:
    return " ".join(response.content.decode().split())


__all__ = ["family"]
