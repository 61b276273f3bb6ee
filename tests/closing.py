"""Questions and deeds for the shop under test in tests/test_closing_time.py; runs inside it."""

from datetime import timedelta

from django.core.files.base import ContentFile

from jobstatus import clock, deadlines
from jobstatus.models import Job
from shop.models import BasketLine, Order, Photo
from tests.factories import family

JPEG = b"\xff\xd8\xff\xe0 a picture \xff\xd9"


def open_family() -> dict[str, object]:
    """A family whose job sells until the end of tomorrow, with files behind its photos."""
    zone = "Europe/Berlin"
    tomorrow = deadlines.local_date(clock.now(), zone) + timedelta(days=1)
    code = family(now=clock.now(), archiving_enabled=True, archive_date=tomorrow, archive_delay=0)
    for photo in Photo.objects.all():
        for file in (photo.original, photo.preview, photo.thumbnail):
            file.storage.save(str(file.name), ContentFile(JPEG))
    product = code.job.storefront.price_list.products.get()
    return {
        "studio": code.studio.slug,
        "code": code.code,
        "code_pk": code.pk,
        "job_slug": code.job.storefront.slug,
        "photo": Photo.objects.order_by("pk")[0].pk,
        "product": product.pk,
    }


def facts() -> dict[str, object]:
    return {
        "orders": Order.objects.count(),
        "lines": BasketLine.objects.count(),
        "statuses": sorted(Job.objects.values_list("status", flat=True)),
    }
