"""Files and rows never disagree for long: both ways are found and told (A14, G1)."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from shop.models import DoomedFile, OrderPicture, Photo, Storefront
from shop.storing import checking, doomed
from tests.factories import AlbumFactory, JobFactory, family
from tests.shop_rows import order_of
from tests.stored import files, names_of, put, with_files

pytestmark = pytest.mark.django_db


def later():
    """By the storage's time, which is the machine's: two days from now."""
    return timezone.now() + timedelta(days=2)


def test_G1_what_agrees_is_clean_whatever_kind_of_file_it_is():
    album = AlbumFactory.create()
    kept = [*names_of(with_files(album, webp=True)), *names_of(with_files(album))]

    report = checking.check(at=later())

    assert (report.is_clean, report.files) == (True, len(kept)) == (True, 8)


@pytest.mark.parametrize("what", ["original", "preview", "thumbnail"])
def test_G1_a_photo_whose_file_is_gone_is_told(private_files, what):
    photo, other = (with_files(AlbumFactory.create()) for _n in range(2))
    gone = getattr(photo, what).name
    private_files.delete(gone)

    report = checking.check(at=later())

    assert report.missing.examples == [gone]
    assert (report.missing.count, report.without_row.count, other.pk > 0) == (1, 0, True)


def test_G1_a_missing_sibling_is_told_of_photos_that_should_have_one(private_files):
    photo = with_files(AlbumFactory.create(), webp=True)
    gone = photo.preview.name.replace(".jpg", ".webp")
    private_files.delete(gone)

    assert checking.check(at=later()).missing.examples == [gone]


def test_A14_a_file_without_a_row_is_told_and_deleted_only_when_asked():
    photo = with_files(AlbumFactory.create())
    orphan, of_no_job = f"jobs/{photo.job_id}/lost/original.jpg", "jobs/987654/lost/preview.jpg"
    put([orphan, of_no_job, "note-of-something-else"])

    told = checking.check(at=later()).without_row
    asked = checking.check(at=later(), doom_orphans=True).without_row
    doomed.delete_due(clock=later)

    assert told.examples == asked.examples == [orphan, of_no_job]
    assert files() == sorted(["note-of-something-else", *names_of(photo)])


def test_G1_a_file_that_may_be_on_its_way_is_left_alone():
    put(["jobs/1/coming/original.jpg"])

    report = checking.check(at=timezone.now(), doom_orphans=True)

    assert (report.is_clean, DoomedFile.objects.count()) == (True, 0)


def test_A14_bought_and_doomed_files_are_no_orphans_and_a_lost_purchase_is_told():
    code = family()
    order_of(code)
    Photo.objects.all().delete()
    place = f"jobs/{code.job_id}/x/original.jpg"
    OrderPicture.objects.update(original_name=place)
    going = f"jobs/{code.job_id}/y/original.jpg"
    doomed.doom([going], at=timezone.now())
    put([going])

    lost = checking.check(at=later())
    put([place])
    found = checking.check(at=later())

    assert (lost.bought_missing.examples, lost.without_row.count) == ([place], 0)
    assert not lost.is_clean
    assert found.is_clean


def test_A13_a_wrong_sum_is_told():
    shop, other = (Storefront.objects.create(job=JobFactory.create()) for _n in range(2))
    Storefront.objects.filter(pk=shop.pk).update(stored_bytes=5)

    sums = checking.check(at=later()).wrong_sums

    assert sums.examples == [f"{shop.job_id}: 5 instead of 0 bytes"]
    assert other.job_id != shop.job_id


def test_G1_the_command_says_it_and_its_exit_code_too():
    with_files(AlbumFactory.create())
    out = StringIO()
    call_command("check_media", stdout=out)
    assert out.getvalue() == "3 files were looked at.\nFiles and rows agree.\n"

    gone = with_files(AlbumFactory.create())
    gone.preview.storage.delete(gone.preview.name)
    out = StringIO()
    with pytest.raises(CommandError, match="do not agree"):
        call_command("check_media", stdout=out)
    assert f"1 files of photos are missing:\n  {gone.preview.name}\n" in out.getvalue()
