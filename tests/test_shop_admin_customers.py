"""Customers in the admin, and a studio's terms of sale, over HTTP."""

import pytest

from shop.codes import spelling
from shop.models import Contact, Customer, Terms
from tests.factories import CustomerFactory, StudioFactory, family
from tests.shop_rows import order_of
from tests.staff import sign_in

pytestmark = pytest.mark.django_db
LIST = "/admin/shop/customer/"


@pytest.fixture
def studio():
    return StudioFactory.create()


@pytest.fixture
def client(studio):
    return sign_in(studio)


def page_of(customer: Customer) -> str:
    return f"{LIST}{customer.pk}/change/"


def seen_on(client, customer: Customer) -> str:
    return client.get(page_of(customer)).context["adminform"].form["seen"].value()


def test_S4_customers_are_found_by_name_address_and_phone(client, studio):
    mia = CustomerFactory.create(studio=studio, name="Parent of Mia", phone="030 123")
    CustomerFactory.create(studio=studio, name="Parent of Leo")
    CustomerFactory.create(name="Parent of Mia")

    for term in ("mia", mia.email, "030"):
        found = client.get(LIST, {"q": term}).context["cl"].queryset
        assert list(found) == [mia]


def test_S4_the_page_has_all_jobs_children_codes_and_orders_of_the_customer(client, studio):
    customer = CustomerFactory.create(studio=studio)
    own = [family(studio=studio), family("archived", studio=studio)]
    noise = family(studio=studio)
    for code in own:
        Contact.objects.create(
            customer=customer, job=code.job, subject=code.subject, source="names_list"
        )
    Contact.objects.create(
        customer=customer, job=own[0].job, subject=own[0].subject, source="order"
    )
    order = order_of(own[0], customer=customer, number=77)

    response = client.get(page_of(customer))

    jobs = {entry.job: entry for entry in response.context["jobs"]}
    assert list(jobs) == [own[1].job, own[0].job]
    assert jobs[own[0].job].sources == ["Names list", "Order"]
    assert jobs[own[1].job].codes == [spelling.written(own[1].code)]
    assert [row[0] for row in response.context["orders"]] == [order]
    assert "Order 77" in response.text
    assert noise.job.name not in response.text


def test_S4_name_phone_and_language_can_be_changed_and_nothing_else(client, studio):
    customer = CustomerFactory.create(studio=studio, email="parent@example.org")
    data = {"name": "New name", "phone": "030", "language": "de", "email": "crafted@example.org"}

    client.post(page_of(customer), data | {"seen": seen_on(client, customer), "studio": 1})

    stored = Customer.objects.get()
    assert (stored.name, stored.phone, stored.language) == ("New name", "030", "de")
    assert (stored.email, stored.studio) == ("parent@example.org", studio)


def test_S4_a_page_left_open_does_not_write_over_a_newer_name(client, studio):
    customer = CustomerFactory.create(studio=studio, name="Old")
    seen = seen_on(client, customer)
    Customer.objects.update(name="Newer")

    data = {"name": "Mine", "phone": "", "language": "en", "seen": seen}
    response = client.post(page_of(customer), data)

    assert "Somebody changed this while you were editing." in response.text
    assert 'value="Mine"' in response.text
    assert Customer.objects.get().name == "Newer"


@pytest.mark.parametrize("count", [1, 7])
def test_J1_list_and_page_take_as_many_queries_for_seven_as_for_one(
    client, studio, django_assert_num_queries, count
):
    customer = CustomerFactory.create(studio=studio)
    for _ in range(count):
        code = family(studio=studio)
        Contact.objects.create(
            customer=customer, job=code.job, subject=code.subject, source="order"
        )
        order_of(code, customer=customer)
        CustomerFactory.create(studio=studio)
    client.get(LIST)

    with django_assert_num_queries(8):
        client.get(LIST)
    with django_assert_num_queries(13):
        client.get(page_of(customer))


# Terms of sale


def terms_page(studio) -> str:
    return f"/admin/jobstatus/studio/{studio.pk}/change/"


def filled(studio, **values: object) -> dict[str, object]:
    stored = Terms.objects.filter(studio=studio).first()
    terms = {
        "seller": "Studio\nStreet 1",
        "email": "",
        "invoice_enabled": "on",
        "account_holder": "Studio",
        "iban": "de02120300000000202051",
        "bic": "",
        "payment_days": 14,
        "conditions_url": "",
        "privacy_url": "",
    } | values
    data: dict[str, object] = {
        "name": studio.name,
        "timezone": studio.timezone,
        "sending_rules-TOTAL_FORMS": 0,
        "sending_rules-INITIAL_FORMS": 0,
        "storage_quota-TOTAL_FORMS": 0,
        "storage_quota-INITIAL_FORMS": 0,
        "terms-TOTAL_FORMS": 1,
        "terms-INITIAL_FORMS": 1 if stored else 0,
    }
    if stored:
        data |= {"terms-0-id": stored.pk, "terms-0-studio": studio.pk}
    return data | {f"terms-0-{name}": value for name, value in terms.items() if value is not None}


def terms_form(response):
    return response.context["inline_admin_formsets"][0].formset.forms[0]


def test_S4_terms_are_written_on_the_page_of_the_studio(client, studio):
    client.post(terms_page(studio), filled(studio))

    terms = Terms.objects.get()
    assert (terms.studio, terms.iban) == (studio, "DE02 1203 0000 0000 2020 51")


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        ({"iban": "DE02120300000000202052"}, "iban", "There is a typing error in this IBAN"),
        ({"iban": ""}, "iban", "Bank transfers need an account."),
        ({"iban": "x" * 5_000}, "iban", "at most 42 characters"),
        ({"seller": ""}, "seller", "Write who sells"),
        ({"invoice_enabled": None}, "invoice_enabled", "Offer at least one way to pay."),
        ({"payment_days": 91}, "payment_days", "less than or equal to 90"),
        ({"payment_days": "-1"}, "payment_days", "greater than or equal to 0"),
        ({"email": "nobody"}, "email", "valid email"),
        ({"privacy_url": "javascript:alert(1)"}, "privacy_url", "valid URL"),
    ],
)
def test_S4_terms_that_cannot_be_are_refused_with_a_sentence(
    client, studio, values, field, sentence
):
    response = client.post(terms_page(studio), filled(studio, **values))

    assert sentence in " ".join(terms_form(response).errors[field])
    assert not Terms.objects.exists()


def test_S4_who_does_not_touch_the_terms_is_not_asked_for_them(client, studio):
    url = terms_page(studio)
    untouched = filled(studio, seller="", account_holder="", iban="")

    client.post(url, untouched | {"name": "New name"})

    assert not Terms.objects.exists()
    assert type(studio).objects.get(pk=studio.pk).name == "New name"


def test_S4_terms_left_open_do_not_write_over_a_newer_account(client, studio):
    client.post(terms_page(studio), filled(studio))
    seen = terms_form(client.get(terms_page(studio)))["seen"].value()
    newer = "AT61 1904 3002 3457 3201"
    Terms.objects.update(iban=newer)

    response = client.post(terms_page(studio), filled(studio, seen=seen))
    after_refusal = Terms.objects.get().iban
    again = terms_form(response)["seen"].value()
    client.post(terms_page(studio), filled(studio, seen=again))

    assert "Somebody changed this while you were editing." in response.text
    assert after_refusal == newer
    assert Terms.objects.get().iban == "DE02 1203 0000 0000 2020 51"


@pytest.mark.parametrize("keys", [True, False])
def test_S4_the_switch_for_cards_says_when_there_are_no_keys(client, studio, settings, keys):
    settings.STRIPE_SECRET_KEY = "sk_test" if keys else ""
    settings.STRIPE_WEBHOOK_SECRETS = ["whsec_test"] if keys else []

    html = client.get(terms_page(studio)).text

    assert ("has no keys of a payment provider" in html) == (not keys)


def test_J3_terms_of_another_studio_cannot_be_written(client, studio):
    other = StudioFactory.create()
    terms = Terms.objects.create(studio=other, seller="Theirs")
    data = filled(studio) | {"terms-INITIAL_FORMS": 1, "terms-0-id": terms.pk}
    data |= {"terms-0-studio": studio.pk}

    client.post(terms_page(studio), data)
    client.post(terms_page(other), filled(other))

    assert Terms.objects.get(pk=terms.pk).seller == "Theirs"
    assert not Terms.objects.filter(studio=studio).exists()


def test_J3_a_viewer_reads_the_terms(studio):
    Terms.objects.create(studio=studio, seller="Studio", iban="DE02 1203 0000 0000 2020 51")

    html = sign_in(studio, role="Viewer").get(terms_page(studio)).text

    assert "DE02 1203 0000 0000 2020 51" in html
    assert 'name="terms-0-iban"' not in html
