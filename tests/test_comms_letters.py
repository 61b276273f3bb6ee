"""Messages as they leave: what they say, to whom, in which language, with which headers."""

from datetime import date, timedelta

import pytest
from icalendar import Calendar

from comms.models import Campaign, Channel, Notification, Reason, Text, Trigger
from comms.texts import letters
from comms.texts.letters import Letter, Unwritable
from comms.unsubscribe import Recipient, read, read_short
from jobstatus.models import Job
from shop.models import Contact, Customer, Subject
from tests.comms_rows import job_with, person_in
from tests.factories import NOON, AccessCodeFactory, BasketFactory
from tests.letters import BASE, Page, case, child, parsed, planned, text, written
from tests.shop_rows import order_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def public_address(settings):
    settings.PUBLIC_BASE_URL = BASE
    settings.DEFAULT_FROM_EMAIL = "Mailer <shop@mail.example.org>"


def test_C3_a_message_greets_in_the_recipients_language():
    rule, job, customer = case(body="[[Customer.greeting]]\nEnglish")
    text(rule, "[[Customer.greeting]]\nDeutsch", language="de")
    nameless = person_in(job)

    english = written(planned(rule, job, customer))
    german = written(planned(rule, job, nameless, language="de"))

    assert english.text.startswith("Hello Anna Smith,\nEnglish\n")
    assert german.text.startswith("Guten Tag,\nDeutsch\n")
    assert ('<html lang="en">' in english.html, '<html lang="de">' in german.html) == (True, True)


def test_C3_without_a_text_in_the_language_the_other_one_is_sent_and_all_of_it_in_that():
    rule, job, customer = case(body="[[Customer.greeting]]")

    assert written(planned(rule, job, customer, language="de")).text.startswith("Hello Anna")


def test_C12_without_any_text_nothing_is_written():
    rule, job, customer = case()
    Text.objects.all().delete()

    assert written(planned(rule, job, customer)) == Unwritable(Reason.NO_TEXT, letters.NO_TEXT)


def test_C12_a_stored_text_with_a_wrong_placeholder_is_not_sent():
    rule, job, customer = case(body="[[Customer.secret]]")

    assert written(planned(rule, job, customer)).reason == Reason.NO_TEXT


def test_C6_who_or_what_is_gone_gets_no_letter():
    rule, job, _customer = case()
    stranger = person_in(job_with(studio=job.studio)[0])

    gone = planned(rule, job, person_in(job))
    gone.job_id = None
    foreign = planned(rule, job, stranger)

    assert written(gone).reason == Reason.JOB_GONE
    assert written(foreign).reason == Reason.CUSTOMER_GONE


def test_C8_siblings_are_in_one_message_each_with_a_button():
    rule, job, customer = case(body="For [[Customer.children]]:\n\n[[Customer.photos]]\n\nBye")
    for name in ("Ben", "Zoë"):
        Contact.objects.create(
            customer=customer, job=job, subject=child(job, name), source="names_list"
        )
    person_in(job, subject=child(job, "Noise"))

    letter = written(planned(rule, job, customer))
    buttons = [link for link in Page(letter.html).links if "#" in link[0]]

    assert letter.text.startswith("For Ben, Mia and Zoë:\n\nBen: https://photos.example.org/shop/")
    assert [label for _url, label in buttons] == ["Photos of Ben", "Photos of Mia", "Photos of Zoë"]
    assert len({url for url, _label in buttons}) == 3
    assert all(url in letter.text and url.startswith(BASE) for url, _label in buttons)
    assert "Noise" not in letter.html


def test_C8_an_only_child_has_one_button_and_who_has_none_the_jobs_page():
    rule, job, customer = case(body="[[Customer.photos]]")
    childless = Customer.objects.get(pk=person_in(job).pk)
    Contact.objects.filter(customer=childless).update(subject=None)

    one, none = (written(planned(rule, job, each)) for each in (customer, childless))

    assert Page(one.html).links[0][1] == Page(none.html).links[0][1] == "See the photos"
    assert "#" in Page(one.html).links[0][0]
    assert Page(none.html).links[0][0] == f"{BASE}/shop/{job.storefront.slug}/"


def test_C3_lines_without_a_value_are_left_out_and_empty_lines_do_not_pile_up():
    rule, job, customer = case(
        body="A\n\n[[Job.custom_text]]\n\nUntil [[Job.date_archiving]].\n\nB"
    )
    Job.objects.filter(pk=job.pk).update(archiving_enabled=False)

    assert written(planned(rule, job, customer)).text.startswith("A\n\nB\n\n-- \n")


def test_C3_the_jobs_own_text_keeps_its_lines_and_links():
    rule, job, customer = case(body="[[Job.custom_text]]")
    words = "One <b>\r\nSee https://example.org/a?b=1&c=2.\n\n[[Customer.name]]"
    Campaign.objects.filter(job=job).update(custom_text=words)

    letter = written(planned(rule, job, customer))

    assert letter.text.startswith(
        "One <b>\nSee https://example.org/a?b=1&c=2.\n\n[[Customer.name]]\n"
    )
    assert Page(letter.html).links[0] == ("https://example.org/a?b=1&c=2",) * 2
    assert "b" not in Page(letter.html).tags


def test_C6_days_and_dates_are_those_of_the_moment_of_sending():
    rule, job, customer = case(
        Trigger.BEFORE_ARCHIVING, "[[Job.days_left]] days, [[Job.date_archiving]]"
    )
    message = planned(rule, job, customer)
    late = NOON + timedelta(days=8, hours=11)  # The 13th in Berlin already.

    assert written(message).text.startswith("11 days, Friday, 15 May 2026\n")
    assert written(message, late).text.startswith("2 days, Friday, 15 May 2026\n")
    assert written(message, NOON + timedelta(days=12)).reason == Reason.NO_TEXT


def test_C2_a_basket_and_an_order_are_told_with_their_own_facts():
    rule, job, customer = case(Trigger.BASKET_LEFT, "[[Basket.url]]")
    basket = BasketFactory.create(studio=job.studio)
    bill, *_rest = case(Trigger.ORDER_UNPAID, "[[Order.number]] [[Order.amount]]\n[[Order.url]]")
    code = AccessCodeFactory.create(subject=Subject.objects.filter(job=job).first())
    order = order_of(code, customer=customer)

    left = written(planned(rule, job, customer, about_id=basket.pk))
    unpaid = written(planned(bill, job, customer, about_id=order.pk))

    assert left.text.startswith(f"{BASE}/shop/at/{job.studio.slug}/basket/\n")
    assert unpaid.text.startswith(f"{order.number} €22.90\n\n{BASE}/shop/order/{order.token}/\n")
    assert written(planned(rule, job, customer, about_id=0)).reason == Reason.ORDERED
    assert written(planned(bill, job, customer, about_id=0)).reason == Reason.PAID


def test_C9_marketing_can_be_ended_by_link_and_by_one_click():
    rule, job, customer = case()

    letter = written(planned(rule, job, customer))
    mail = parsed(letter)
    header = mail["List-Unsubscribe"].strip()  # A long word is folded before itself.
    link = header.removeprefix("<").removesuffix(">")

    assert header.startswith(f"<{BASE}/mail/u/")
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert read(link.split("/")[-2]) == Recipient(job.studio_id, customer.email_key)
    assert f"Unsubscribe: {link}\n" in letter.text
    assert Page(letter.html).links[-1][0] == link
    assert f"because {job.studio.name} has your address for the photos of “Park School”" in (
        letter.text
    )


def test_C9_an_order_mail_is_no_marketing():
    rule, job, customer = case(Trigger.ORDER_UNPAID, "Pay")
    order = order_of(AccessCodeFactory.create(subject__album__job=job), customer=customer)

    letter = written(planned(rule, job, customer, about_id=order.pk))

    assert letter.headers.keys() == {"Auto-Submitted", "Message-ID"}
    assert "nsubscribe" not in letter.text + letter.html
    assert f"because of your order {order.number}" in letter.text


def test_C11_each_attempt_has_the_same_message_id_and_each_message_its_own():
    rule, job, customer = case()
    first, second = planned(rule, job, customer), planned(rule, job, person_in(job))

    ids = [
        written(each, at).headers["Message-ID"] for at in (NOON, NOON) for each in (first, second)
    ]

    assert ids[:2] == ids[2:]
    assert len(set(ids)) == 2
    assert all(one.endswith("@mail.example.org>") for one in ids)
    assert customer.email_key.split("@")[0] not in ids[0]


def test_C12_a_mail_says_who_sends_it_and_loads_and_tells_nothing():
    rule, job, customer = case(body="Text")

    letter = written(planned(rule, job, customer))
    mail, page = parsed(letter), Page(letter.html)

    assert mail["From"] == f"{job.studio.name} <shop@mail.example.org>"
    assert mail["Reply-To"] == "studio@example.org"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert {"img", "script", "link", "form", "iframe", "video"} & set(page.tags) == set()
    assert "url(" not in letter.html
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]


def test_X7_the_reminder_brings_the_date_as_a_calendar_entry():
    rule, job, customer = case(Trigger.BEFORE_ARCHIVING, "Text")

    (part,) = parsed(written(planned(rule, job, customer))).iter_attachments()
    (event,) = Calendar.from_ical(part.get_content()).walk("VEVENT")

    assert (part.get_filename(), part.get_content_type()) == ("deadline.ics", "text/calendar")
    assert event["dtstart"].dt == date(2026, 5, 15)
    assert "Park School" in event["summary"]


def test_C3_an_sms_is_its_text_and_a_short_way_out():
    rule, job, customer = case(body="Photos: [[Customer.photos]]", channel=Channel.SMS)
    key = {"address": "+491701234567", "address_key": "+491701234567"}
    message = planned(rule, job, customer, **key)

    letter = written(message)
    words, link = letter.text.split("\nUnsubscribe: ")

    assert words.startswith(f"Photos: {BASE}/shop/at/")
    assert link.startswith(f"{BASE}/mail/s/")
    assert len(link) < len(BASE) + 30
    assert read_short(link.split("/")[-2]) == Recipient(job.studio_id, "+491701234567")
    assert (letter.html, letter.headers) == ("", {})


def test_C3_an_sms_that_no_provider_would_take_is_not_written():
    rule, job, customer = case(body="x" * 2_000, channel=Channel.SMS)

    assert written(planned(rule, job, customer)).reason == Reason.NO_TEXT


@pytest.mark.parametrize("people", [1, 30])
def test_C4_a_batch_is_written_in_a_fixed_number_of_queries(people, django_assert_num_queries):
    rule, job, customer = case(body="[[Customer.photos]]\n[[Job.custom_text]]")
    everybody = [customer, *(person_in(job) for _ in range(people - 1))]
    messages = [planned(rule, job, each) for each in everybody]

    with django_assert_num_queries(10):
        found = letters.write(messages, at=NOON)

    assert all(isinstance(letter, Letter) for letter in found.values())


def test_C12_a_preview_is_the_letter_but_nobody_is_unsubscribed_by_it(django_assert_num_queries):
    rule, job, customer = case(body="[[Customer.greeting]]\n[[Customer.photos]]")
    person = letters.sample(job)
    rule = Notification.objects.get(pk=rule.pk)

    with django_assert_num_queries(5):
        preview = letters.preview(rule, job=job, person=person, language="en", at=NOON)
    real = written(planned(rule, job, customer))

    assert preview.subject == real.subject
    assert preview.text.partition("\n-- ")[0] == real.text.partition("\n-- ")[0]
    assert f"<{BASE}/mail/u/preview/>" == preview.headers["List-Unsubscribe"]


@pytest.mark.parametrize("trigger", Trigger)
def test_C12_every_trigger_can_be_previewed_in_a_job_without_customers(trigger):
    job, (rule,) = job_with(trigger, hours=3 if trigger == Trigger.BASKET_LEFT else None)
    draft = Text(language="de", subject="Entwurf", body="[[Customer.greeting]]")

    letter = letters.preview(
        rule, job=job, person=letters.sample(job), language="de", at=NOON, draft=draft
    )

    assert (letter.subject, letter.text.split("\n")[0]) == ("Entwurf", "Guten Tag Anna Smith,")
