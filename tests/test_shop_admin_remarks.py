"""What the system wrote into an order is read in the language of the page, people's words as is."""

import pytest

from shop.delivery import receipts
from shop.models import OrderEvent
from shop.payments import remarks
from tests.factories import NOON, StudioFactory, family
from tests.shop_rows import order_of, payment_of
from tests.staff import sign_in

pytestmark = pytest.mark.django_db
What = OrderEvent.Kind


@pytest.fixture
def studio():
    return StudioFactory.create()


@pytest.fixture
def order(studio):
    return order_of(family(studio=studio))


@pytest.fixture
def page(studio, order):
    client = sign_in(studio)

    def page(language):
        url = f"/admin/shop/order/{order.pk}/change/"
        return client.get(url, headers={"accept-language": language}).text

    return page


def told(order, kind, text, by=None):
    OrderEvent.objects.create(order=order, kind=kind, at=NOON, text=text, by=by)


@pytest.mark.parametrize(
    ("kind", "text", "english", "german"),
    [
        (
            What.PAYMENT_FAILED,
            remarks.PAGE_LEFT,
            "The payment page was left, or the payment was refused.",
            "Die Zahlungsseite wurde verlassen, oder die Zahlung wurde abgelehnt.",
        ),
        (
            What.MAIL_FAILED,
            f"cancelled: {receipts.LOST}",
            "Cancellation: The worker was lost while it sent this e-mail.",
            "Stornierung: Der Vorgang brach ab, während diese E-Mail gesendet wurde.",
        ),
        (
            What.MAIL_FAILED,
            "paid: 550 Cancelled: no such user",
            "Payment received: 550 Cancelled: no such user",
            "Zahlung eingegangen: 550 Cancelled: no such user",
        ),
        (What.MAILED, "confirmation", "Confirmation", "Bestätigung"),
        (What.DOWNLOADED, "Cancelled", "Cancelled", "Cancelled"),  # the name of a file
    ],
)
def test_S4_an_event_of_the_system_is_told_in_both_languages(
    page, order, kind, text, english, german
):
    told(order, kind, text)

    for language, words in (("en", english), ("de", german)):
        assert f'<p class="history-why">{words}</p>' in page(language)


def test_S4_what_a_person_wrote_stays_as_it_is(page, order, django_user_model):
    told(order, What.CANCELLED, "Cancelled", by=django_user_model.objects.get())
    payment_of(order, remark="Paid", status="received")

    german = page("de")

    assert '<p class="history-why">Cancelled</p>' in german
    assert "<p>Paid</p>" in german


def test_S4_a_remark_of_the_system_is_read_in_german_on_each_page(page, order, studio):
    payment = payment_of(
        order, remark=remarks.NOT_NEEDED, status="received", needs_person=True, provider="stripe"
    )
    german = "Das Geld ging ein, als die Bestellung schon bezahlt oder storniert war."
    client = sign_in(studio)
    pages = ["/admin/shop/payment/", f"/admin/shop/payment/{payment.pk}/settle/return/"]

    assert german in page("de")
    for url in pages:
        assert german in client.get(url, headers={"accept-language": "de"}).text


def test_S4_every_sentence_of_the_system_is_known_as_such():
    written = {value for name, value in vars(remarks).items() if name.isupper()}

    assert written - {remarks.OF_THE_SYSTEM} == remarks.OF_THE_SYSTEM
