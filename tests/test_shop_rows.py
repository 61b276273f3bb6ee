"""What the database itself holds for the shop: constraints and triggers."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from shop.models import (
    AccessCode,
    Album,
    Appearance,
    Order,
    OrderEvent,
    Photo,
    Product,
    Storefront,
    Subject,
)
from shop.models.codes import CodeIsForever
from tests.factories import (
    NOON,
    AlbumFactory,
    CustomerFactory,
    PhotoFactory,
    ProductFactory,
    SubjectFactory,
    family,
)

pytestmark = pytest.mark.django_db


def versions(*codes):
    rows = Storefront.objects.filter(job__in=[code.job_id for code in codes])
    return [version for _job, version in sorted(rows.values_list("job", "gallery_version"))]


CHANGES = {
    "an album is added": lambda job: AlbumFactory.create(job=job),
    "an album is switched off": lambda job: Album.objects.filter(job=job).update(is_active=False),
    "a photo is added": lambda job: PhotoFactory.create(album=job.albums.get()),
    "photos are hidden": lambda job: Photo.objects.filter(job=job).update(is_hidden=True),
    "a photo is deleted": lambda job: Photo.objects.filter(job=job).first().delete(),
    "photos are added in bulk": lambda job: Photo.objects.bulk_create(
        PhotoFactory.build_batch(3, album=job.albums.get(), job=job)
    ),
    "a person is added": lambda job: SubjectFactory.create(album=job.albums.get()),
    "a person's name is corrected": lambda job: Subject.objects.filter(job=job).update(name="New"),
    "a tie is cut": lambda job: Appearance.objects.filter(photo__job=job).delete(),
    "a tie is made": lambda job: Appearance.objects.create(
        photo=PhotoFactory.create(album=job.albums.get()), subject=job.subjects.get()
    ),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_every_change_of_a_gallery_counts_its_version_and_no_other(change):
    code, other = family(), family()
    before = versions(code, other)

    change(code.job)

    after = versions(code, other)
    assert after[0] > before[0]
    assert after[1] == before[1]


def test_a_photo_that_moves_counts_in_both_jobs():
    code, other, third = family(), family(), family()
    before = versions(code, other, third)

    code.job.photos.update(job=other.job, album=other.job.albums.get())

    after = versions(code, other, third)
    assert [new > old for new, old in zip(after, before, strict=True)] == [True, True, False]


def test_looking_at_a_gallery_does_not_count():
    code = family()
    before = versions(code)

    assert Photo.objects.of(code.subject).count() == 2

    assert versions(code) == before


def refused(sql, *values):
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)


def test_S1_a_code_is_kept_for_ever_also_by_sql():
    code = family()

    with pytest.raises(CodeIsForever):
        code.delete()
    with pytest.raises(CodeIsForever):
        AccessCode.objects.all().delete()
    refused("DELETE FROM shop_accesscode WHERE id = %s", code.pk)
    refused("UPDATE shop_accesscode SET code = %s WHERE id = %s", "0" * 13, code.pk)

    assert AccessCode.objects.get(pk=code.pk).code == code.code


def test_S1_a_code_without_its_person_is_dead_and_its_text_stays_taken():
    code, other = family(), family()

    code.subject.delete()

    dead = AccessCode.objects.get(pk=code.pk)
    assert dead.subject is None
    with pytest.raises(IntegrityError), transaction.atomic():
        AccessCode.objects.create(studio=other.studio, job=other.job, code=code.code)


def order(**values):
    customer = CustomerFactory.create()
    fields = {
        "studio": customer.studio,
        "number": 1,
        "checkout_key": "key",
        "customer": customer,
        "method": "invoice",
        "language": "en",
        "currency": "EUR",
        "goods_cents": 950,
        "shipping_cents": 50,
        "total_cents": 1000,
        "tax_cents": 160,
        "placed_at": NOON,
    }
    return Order.objects.create(**fields | values)


@pytest.mark.parametrize(
    "values",
    [
        {"total_cents": 999},
        {"status": "paid"},
        {"status": "paid", "paid_at": NOON, "cancelled_at": NOON},
        {"status": "cancelled"},
        {"status": "placed", "cancelled_at": NOON},
        {"status": "placed", "paid_at": NOON},
    ],
)
def test_an_order_that_contradicts_itself_cannot_be_stored(values):
    with pytest.raises(IntegrityError), transaction.atomic():
        order(**values)

    assert order().pk


def test_what_happened_to_an_order_cannot_be_edited():
    event = OrderEvent.objects.create(order=order(), kind="placed", at=NOON)

    event.text = "Something else"
    with pytest.raises(ValueError, match="cannot be edited"):
        event.save()
    refused("UPDATE shop_orderevent SET text = 'x' WHERE id = %s", event.pk)


@pytest.mark.parametrize(
    "values",
    [
        {"kind": "print", "picture_count": 2},
        {"kind": "download", "picture_count": 3},
        {"kind": "package", "picture_count": 0},
        {"kind": "package", "picture_count": 21},
        {"price_cents": 1_000_001},
    ],
)
def test_a_product_that_nobody_can_sell_cannot_be_stored(values):
    with pytest.raises(IntegrityError), transaction.atomic():
        ProductFactory.create(**values)

    assert ProductFactory.create(kind="package", picture_count=20).pk
    assert Product.objects.count() == 1


@pytest.mark.postgresql  # which alters no table that has changes waiting
@pytest.mark.django_db(transaction=True)
def test_baskets_from_before_get_the_studio_of_their_pictures():
    executor = MigrationExecutor(connection)
    executor.migrate([("shop", "0002_shop_of_parents")])
    old = executor.loader.project_state([("shop", "0002_shop_of_parents")]).apps
    studio = old.get_model("jobstatus", "Studio").objects.create(name="A", slug="a")
    job = old.get_model("jobstatus", "Job").objects.create(studio=studio, name="Job")
    kept = old.get_model("shop", "Basket").objects.create()
    old.get_model("shop", "Basket").objects.create()  # has no pictures
    line = old.get_model("shop", "BasketLine").objects.create(basket=kept, title="Print")
    old.get_model("shop", "LinePicture").objects.create(line=line, job=job)

    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())

    rows = executor.loader.project_state().apps.get_model("shop", "Basket").objects
    assert list(rows.values_list("pk", "studio")) == [(kept.pk, studio.pk)]
