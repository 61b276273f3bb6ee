"""P1: from a prepay code to an order without photos, with children who have codes of their own."""

import pytest
from django.core import mail
from django.core.files.base import ContentFile
from django.urls import reverse

from jobstatus import clock
from shop import orders, visit
from shop.characters import written
from shop.delivery import receipts
from shop.models import (
    BasketChild,
    BasketLine,
    Contact,
    Order,
    OrderLine,
    OrderPicture,
    SameChild,
    Subject,
    SubjectAnswer,
)
from tests import prepaying
from tests.buying import words
from tests.factories import NOON, AccessCodeFactory, AlbumFactory, SubjectFactory
from tests.factories import at as standing
from tests.prepaying import DEADLINE, at, codes_of, fill, order, parent, prepay_shop, products

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_noon(monkeypatch):
    monkeypatch.setattr(clock, "now", standing(NOON))


def test_P1_an_order_makes_the_child_its_class_its_answers_and_its_code():
    shop = prepay_shop()
    prepay_shop(studio=shop.studio)  # noise
    client = parent(shop)
    prepaying.add_child(client, shop, "  Lena   Beispiel ", teacher="Ms Ray")
    child = BasketChild.objects.get()
    prepaying.choose(client, shop, child, package=2, files=1)
    assert Subject.objects.count() == 0

    client.post(at("checkout", shop), prepaying.checkout_form(client, shop))

    placed, subject = Order.objects.get(), Subject.objects.get()
    assert (placed.prepay_shop_id, placed.is_held, placed.status) == (shop.pk, True, "placed")
    assert (subject.job_id, subject.name, subject.album.name) == (
        shop.job_id,
        "Lena Beispiel",
        "3a",
    )
    assert list(SubjectAnswer.objects.values_list("subject", "question__slot", "text")) == [
        (subject.pk, "teacher", "Ms Ray")
    ]
    code = subject.codes.get()
    columns = ("title", "quantity", "code", "subject_name", "job_name", "photo_rule", "photo_count")
    assert list(OrderLine.objects.order_by("pk").values_list(*columns)) == [
        ("Package A", 2, code.pk, "Lena Beispiel", shop.job.name, "mixed", 3),
        ("All files", 1, code.pk, "Lena Beispiel", shop.job.name, "all", 1),
    ]
    assert placed.total_cents == 2 * 950 + 2500
    assert list(Contact.objects.values_list("job", "subject", "source")) == [
        (shop.job_id, subject.pk, "order")
    ]
    assert not BasketLine.objects.exists()
    assert not BasketChild.objects.exists()


def test_P1_the_order_page_and_its_mail_tell_the_code_and_the_deadline():
    shop = prepay_shop()
    client = parent(shop)

    placed = order(client, shop, "Lena Beispiel", "Tom Beispiel")

    page = words(client.get(placed.get_absolute_url()))
    codes = [written(code.code) for code in codes_of(placed)]
    assert len(codes) == 2
    assert [code for code in codes if page.count(code) != 1] == []
    assert "it will open the photos" not in page
    assert "Keep these access codes: they will open the photos once they exist." in page
    assert receipts.send_due(clock=clock.now) == 1
    (message,) = mail.outbox
    html = message.alternatives[0][0]
    for text in (message.body, html):
        assert [code for code in codes if text.count(code) != 1] == []
        assert "until the end of Thursday, 14 May 2026" in text
    assert DEADLINE.isoformat() == "2026-05-14"


def test_P1_several_children_of_one_class_are_in_one_album_whoever_orders():
    shop = prepay_shop()
    AlbumFactory.create(name="3a")  # of another job
    first = order(parent(shop), shop, "Lena Beispiel", "Tom Beispiel")
    prepaying.fill(client := parent(shop), shop)

    prepaying.add_child(client, shop, "Ann Other", **{"class": " 3A "})
    child = BasketChild.objects.latest("pk")
    prepaying.choose(client, shop, child)
    client.post(at("checkout", shop), prepaying.checkout_form(client, shop))

    albums = set(Subject.objects.filter(job=shop.job).values_list("album__name", flat=True))
    assert (albums, shop.job.albums.count()) == ({"3a"}, 1)
    assert Subject.objects.filter(job=shop.job).count() == 4
    assert len(codes_of(first)) == 2


def test_P1_who_ordered_knows_the_code_and_orders_for_the_same_child_again():
    shop = prepay_shop()
    client = parent(shop)
    first = order(client, shop)
    (code,) = codes_of(first)
    assert client.session[visit.CODES] == [code.pk]

    asked = prepaying.add_child(client, shop, "lena  BEISPIEL")
    assert "Is it the same child?" in words(asked)
    same = prepaying.child_form(shop) | {"same": str(code.pk)}
    known = client.post(at("new_child", shop), same)
    assert known.url == at("known", shop, code.pk)
    package, _files = products(shop)
    client.post(known.url, {f"quantity-{package.pk}": 1})
    second = client.post(at("checkout", shop), prepaying.checkout_form(client, shop))

    assert second.status_code == 302
    assert Order.objects.count() == 2
    assert Subject.objects.count() == 1
    assert codes_of(Order.objects.latest("pk")) == [code]
    assert not SameChild.objects.exists()


def test_P1_who_says_that_it_is_another_child_gets_another_person_and_the_studio_is_told():
    shop = prepay_shop()
    client = parent(shop)
    order(client, shop)
    other = prepaying.child_form(shop) | {"same": "no"}
    assert client.post(at("new_child", shop), other).status_code == 302
    prepaying.choose(client, shop, BasketChild.objects.get())

    client.post(at("checkout", shop), prepaying.checkout_form(client, shop))

    first, second = Subject.objects.order_by("pk")
    assert list(SameChild.objects.values_list("first", "second")) == [(first.pk, second.pk)]


def test_P1_a_stranger_with_the_right_name_learns_nothing_and_gets_another_person():
    shop = prepay_shop()
    theirs = order(parent(shop), shop)
    stranger = parent(shop)

    led_on = prepaying.add_child(stranger, shop)
    form_again = stranger.get(at("new_child", shop))
    prepaying.choose(stranger, shop, BasketChild.objects.get())
    placed = stranger.post(at("checkout", shop), prepaying.checkout_form(stranger, shop))
    page = words(stranger.get(placed.url))

    assert "/child/" in led_on.url
    assert "same child" not in words(form_again)
    (their_code,) = codes_of(theirs)
    assert written(their_code.code) not in page
    assert codes_of(Order.objects.latest("pk")) != [their_code]
    assert SameChild.objects.count() == 1


@pytest.mark.parametrize(
    ("listed", "class_name", "doubles"),
    [("Lena Beispiel", "3a", 1), ("LENA beispiel", "3A", 1), ("Lena Beispiel", "4b", 0)],
)
def test_P1_a_child_of_the_names_list_is_no_ones_to_take_but_the_studio_is_told(
    listed, class_name, doubles
):
    shop = prepay_shop()
    album = AlbumFactory.create(job=shop.job, name=class_name)
    pupil = SubjectFactory.create(album=album, name=listed)
    SubjectFactory.create(album=album, name="Somebody Else")
    SubjectFactory.create(name="Lena Beispiel")  # of another job

    placed = order(parent(shop), shop)

    assert codes_of(placed)[0].subject_id != pupil.pk
    assert SameChild.objects.filter(first=pupil).count() == SameChild.objects.count() == doubles


def test_P1_the_code_of_the_names_list_orders_for_that_child_and_nothing_is_asked():
    shop = prepay_shop()
    album = AlbumFactory.create(job=shop.job, name="3a")
    code = AccessCodeFactory.create(subject=SubjectFactory.create(album=album, name="Lena"))
    client = parent(shop)
    session = client.session
    session[visit.CODES] = [code.pk]
    session.save()

    package, _files = products(shop)
    page = words(client.get(at("known", shop, code.pk)))
    client.post(at("known", shop, code.pk), {f"quantity-{package.pk}": 3})
    client.post(at("known", shop, code.pk), {f"quantity-{package.pk}": 2})
    client.post(at("checkout", shop), prepaying.checkout_form(client, shop))

    assert "Lena" in page
    line = OrderLine.objects.get()
    assert (line.code, line.quantity, line.subject_name) == (code, 2, "Lena")
    assert Subject.objects.count() == 1


def test_P1_a_child_whose_other_product_stays_behind_is_known_from_then_on():
    shop = prepay_shop()
    client = parent(shop)
    (child,) = fill(client, shop, files=1)
    package, files = products(shop)
    type(files).objects.filter(pk=files.pk).update(is_active=False)

    client.post(at("checkout", shop), prepaying.checkout_form(client, shop))

    (code,) = codes_of(Order.objects.get())
    child.refresh_from_db()
    assert child.code == code
    assert list(child.lines.values_list("product", flat=True)) == [files.pk]
    assert package.pk != files.pk


def test_P2_files_of_a_held_order_wait_for_its_release_and_so_does_which_they_are(private_files):
    shop = prepay_shop()
    client = parent(shop)
    prepaying.add_child(client, shop)
    prepaying.choose(client, shop, BasketChild.objects.get(), package=0, files=1)
    client.post(at("checkout", shop), prepaying.checkout_form(client, shop))
    placed = Order.objects.get()
    orders.mark_paid(placed.pk, by=None, clock=clock.now)
    picture = OrderPicture.objects.create(
        line=placed.lines.get(),
        place=0,
        job_name=shop.job.name,
        subject_name="Lena Beispiel",
        file_name="IMG_7.jpg",
        original_name="x.jpg",
    )
    private_files.save("x.jpg", ContentFile(b"the original"))
    url = reverse("shop:order_download", args=[placed.token, picture.pk])

    held = words(client.get(placed.get_absolute_url()))
    refused = client.get(url, follow=True)
    Order.objects.filter(pk=placed.pk).update(released_at=NOON)
    released = words(client.get(placed.get_absolute_url()))

    assert ("IMG_7.jpg" in held, "IMG_7.jpg" in released) == (False, True)
    assert refused.status_code in (403, 404)
    assert b"".join(client.get(url, follow=True).streaming_content) == b"the original"
    assert "Download IMG_7.jpg" in released
