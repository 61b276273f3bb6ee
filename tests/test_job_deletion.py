"""A job is deleted for ever by typing its name; what was sold and told survives (A14)."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User

from comms.models import Message, Reason
from jobstatus import deleting
from jobstatus.models import Job, JobEvent
from shop.models import (
    AccessCode,
    Album,
    BasketLine,
    DoomedFile,
    Order,
    OrderPicture,
    Photo,
    Subject,
)
from shop.storing import doomed
from tests.buying import add, visitor
from tests.comms_rows import attach
from tests.comms_world import message
from tests.factories import NOON, at, family
from tests.shop_rows import order_of
from tests.staff import settings_page, sign_in
from tests.stored import files, names_of, with_files

pytestmark = pytest.mark.django_db(transaction=True)


def delete(job, *, typed=None, by=None, seen=None):
    name = job.name if typed is None else typed
    return deleting.delete_job(job.pk, typed=name, by=by, clock=at(NOON), seen=seen)


@pytest.mark.parametrize("typed", ["", "another name", "SUMMER FAIR", "Summer fair!"])
def test_A14_a_name_typed_wrongly_deletes_nothing(typed):
    code = family(name="Summer fair")

    with pytest.raises(deleting.NameDiffers):
        delete(code.job, typed=typed)

    assert Job.objects.filter(pk=code.job_id).exists()


@pytest.mark.parametrize("typed", ["Summer fair", "  Summer   fair "])
def test_A14_spaces_do_not_count(typed):
    code = family(name="Summer fair")

    delete(code.job, typed=typed)

    assert not Job.objects.filter(pk=code.job_id).exists()


def test_A14_everything_of_the_job_goes_and_nothing_of_another():
    code, other = family(), family()
    own, others = with_files(code.subject.album, webp=True), with_files(other.subject.album)

    delete(code.job)
    doomed.delete_due(clock=at(NOON))

    assert list(Job.objects.all()) == [other.job]
    assert {photo.job_id for photo in Photo.objects.all()} == {other.job_id}
    assert {subject.job_id for subject in Subject.objects.all()} == {other.job_id}
    assert {album.job_id for album in Album.objects.all()} == {other.job_id}
    assert files() == names_of(others)
    assert not DoomedFile.objects.exists()
    assert own.job_id == code.job_id


def test_A14_its_codes_are_dead_for_ever():
    code = family()

    delete(code.job)

    code.refresh_from_db()
    assert (code.job, code.subject) == (None, None)
    with pytest.raises(Exception, match="never deleted"):
        AccessCode.objects.filter(pk=code.pk)._raw_delete("default")


def test_A14_orders_keep_their_names_their_sums_and_their_files():
    code = family()
    photo = with_files(code.subject.album)
    order = order_of(code)
    OrderPicture.objects.update(original_name=photo.original.name)

    delete(code.job)
    doomed.delete_due(clock=at(NOON))

    kept, picture = Order.objects.get(), OrderPicture.objects.get()
    assert (kept, kept.total_cents) == (order, order.total_cents)
    assert (picture.job, picture.photo, picture.line.title) == (None, None, "Print 13 × 18 cm")
    assert files() == [photo.original.name]


def test_A14_what_is_announced_counts_everything_and_the_log_remembers_who():
    by = User.objects.create_superuser("boss")
    code = family(photos=2)
    order_of(code)

    texts = [notice.text for notice in delete(code.job, by=by)]

    assert "1 access code is dead for ever. It is never given out again." in texts
    assert any(text.startswith("1 order stays") for text in texts)
    assert any(text.startswith("2 photos (") for text in texts)
    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_repr) == (by, code.job.name)


def test_A14_facts_that_changed_since_they_were_shown_delete_nothing():
    code = family()
    seen = deleting.fingerprint(code.job, deleting.foresee(code.job, by=None, at=NOON))
    order_of(code)

    with pytest.raises(deleting.FactsChanged):
        delete(code.job, seen=seen)

    assert Job.objects.filter(pk=code.job_id).exists()


def test_A14_a_second_person_learns_that_it_is_gone():
    code = family()
    delete(code.job)

    with pytest.raises(deleting.JobIsGone):
        delete(code.job)

    assert not JobEvent.objects.filter(job_id=code.job_id).exists()


def test_A5_products_of_it_leave_pending_baskets_and_others_stay():
    code, other = family(), family()
    for one in (code, other):
        add(visitor(one), one)

    delete(code.job)

    lines = {line.basket.studio_id: line.set_aside_at for line in BasketLine.objects.all()}
    assert lines == {code.studio_id: NOON, other.studio_id: None}


def test_A14_planned_messages_are_not_sent_and_sent_ones_stay_known():
    code = family()
    (rule,) = attach(code.job, "selling")
    planned = message(code.job, rule, Message.Status.PLANNED)
    sent = message(code.job, rule, Message.Status.SENT)

    delete(code.job)

    planned.refresh_from_db()
    sent.refresh_from_db()
    assert (planned.status, planned.reason) == (Message.Status.SKIPPED, Reason.JOB_GONE)
    assert (sent.status, sent.job) == (Message.Status.SENT, None)


def test_A14_the_page_shows_what_goes_and_deletes_when_the_name_is_typed(monkeypatch):
    code = family(name="Summer fair")
    client = sign_in(code.studio)
    page = settings_page(code.job).replace("/change/", "/delete/")

    shown = client.get(page)
    wrong = client.post(page, {"seen": shown.context["seen"], "typed": "Summer"})
    old = client.post(page, {"typed": "Summer fair", "seen": "of before"})
    right = client.post(page, {"seen": shown.context["seen"], "typed": "Summer fair"}, follow=True)

    assert "1 access code is dead for ever" in shown.text
    assert "This is not the name of the job" in wrong.text
    assert 'value="Summer"' in wrong.text
    assert (old.status_code, right.status_code) == (409, 200)
    assert "“Summer fair” is deleted." in right.text
    assert not Job.objects.exists()


def test_J3_staff_of_another_studio_cannot_delete_it_and_viewers_are_refused():
    code, other = family(), family()
    page = settings_page(code.job).replace("/change/", "/delete/")

    foreign = sign_in(other.studio).post(page, {"typed": code.job.name})
    viewer = sign_in(code.studio, role="Viewer").get(page)

    assert (foreign.status_code, viewer.status_code) == (302, 403)
    assert Job.objects.count() == 2
