"""Putting photos of a family into the trash, and every surface that shows photos or counts them."""

import pytest
from django.urls import reverse

from jobstatus.listeners import Change
from jobstatus.models import Job
from shop import audience, readiness
from shop.buying import shelf
from shop.buying.shelf import Standing
from shop.gallery import contents
from shop.models import AccessCode, Album, BasketLine, Contact, SortingStep
from shop.sorting import trash
from shop.sorting.trash import Restored
from tests.buying import add, photos_of, pick, print_of, visitor
from tests.factories import NOON, CustomerFactory, ProductFactory
from tests.visitors import browser_with, page_of


def job_of(code: AccessCode) -> Job:
    assert code.job is not None
    return code.job


def album_of(code: AccessCode) -> Album:
    assert code.subject is not None
    assert code.subject.album is not None
    return code.subject.album


def put_photo(code: AccessCode) -> SortingStep | None:
    ids = [photo.pk for photo in photos_of(code)]
    return trash.put_photos(job_of(code), ids, by=None, at=NOON)


def put_album(code: AccessCode) -> SortingStep | None:
    return trash.put_album(job_of(code), album_of(code).pk, by=None, at=NOON)


def restore_photo(code: AccessCode) -> Restored:
    return trash.restore_photos(job_of(code), [photo.pk for photo in photos_of(code)])


def restore_album(code: AccessCode) -> Restored:
    return trash.restore_album(job_of(code), album_of(code).pk)


# Every surface that shows photos, or counts them


def in_gallery(code: AccessCode) -> bool:
    html = browser_with(code).get(page_of("gallery", code)).content.decode()
    return "/thumbnail.jpg" in html


def on_its_page(code: AccessCode) -> bool:
    photo = photos_of(code)[0]
    return browser_with(code).get(page_of("photo", code, photo.pk)).status_code == 200


def in_my_photos(code: AccessCode) -> bool:
    url = reverse("shop:my_photos", args=[code.studio.slug])
    return "/thumbnail.jpg" in browser_with(code).get(url).content.decode()


def in_choices(code: AccessCode) -> bool:
    return bool(contents.pictures([code], most=10)[code.pk])


def in_packages(code: AccessCode) -> bool:
    prices = print_of(code).price_list
    product = ProductFactory.create(price_list=prices, kind="package", picture_count=2)
    url = reverse("shop:package", args=[code.studio.slug, product.pk])
    return pick(code) in browser_with(code).get(url).content.decode()


def on_the_shelf(code: AccessCode) -> bool:
    photo = photos_of(code)[0]
    known = shelf.read(
        code.studio,
        code_ids=[code.pk],
        photo_ids=[photo.pk],
        product_ids=[print_of(code).pk],
        at=NOON,
    )
    standing = known.standing(print_of(code).pk, [(code.pk, photo.pk)])
    assert standing in (Standing.GOOD, Standing.PHOTO_GONE)
    return standing is Standing.GOOD


def goes_into_a_basket(code: AccessCode) -> bool:
    add(visitor(code), code)
    return BasketLine.objects.filter(basket__studio=code.studio).exists()


def in_messages(code: AccessCode) -> bool:
    job = job_of(code)
    customer = CustomerFactory.create(studio=job.studio)
    Contact.objects.create(
        customer=customer, job=job, subject=code.subject, source=Contact.Source.NAMES_LIST
    )
    pair = (job.pk, customer.pk)
    return audience.persons([pair])[pair].has_photos


def in_the_checklist(code: AccessCode) -> bool:
    change = Change(("start_selling",), (job_of(code),), None, NOON)
    return any("photo in 1 active album is shown" in n.text for n in readiness.checklist(change))


SURFACES = [
    in_gallery,
    on_its_page,
    in_my_photos,
    in_choices,
    in_packages,
    on_the_shelf,
    goes_into_a_basket,
    in_messages,
    in_the_checklist,
]
each_surface = pytest.mark.parametrize("surface", SURFACES, ids=lambda surface: surface.__name__)
