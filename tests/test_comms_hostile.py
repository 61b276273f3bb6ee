"""What hostile names of customers, children, jobs and studios do to a message: nothing."""

from typing import Any

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as rounds
from hypothesis import strategies as st

from comms.models import Channel, Message, Notification, Text, Trigger
from comms.texts import composing, facts, letters
from jobstatus.models import Job, Studio
from shop.audience import Child, Person, Sender
from tests.factories import NOON
from tests.letters import BASE, Page, parsed
from tests.test_comms_texts import HOSTILE, ROUNDS

LONG, HEADER, TURNED = "x" * 10_000, "A\r\nBcc: all@example.org\0", "\u202egpj.exe \u2066"
EMOJI = "👩\u200d👧 \ud83d" * 40


@pytest.fixture(autouse=True)
def public_address(settings):
    settings.PUBLIC_BASE_URL = BASE
    settings.DEFAULT_FROM_EMAIL = "Mailer <shop@mail.example.org>"


@rounds(max_examples=ROUNDS, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(hostile=[LONG, HEADER, TURNED, EMOJI])
@example(hostile=[HEADER, EMOJI, LONG, HEADER])
@example(hostile=[EMOJI, "<img src=x onerror=alert(1)>", HEADER, LONG])
@given(hostile=st.lists(HOSTILE, min_size=4, max_size=4))
def test_C12_hostile_names_are_words_in_every_part(hostile):
    message, letter = _letter(*hostile)

    mail, page = parsed(letter), Page(letter.html)

    tags = ("html", "head", "meta", "title", "style", "body", "table", "tr", "td", "p", "a", "br")
    assert set(page.tags) <= set(tags)
    links = (f"{BASE}/", "mailto:studio@example.org", "https://a.example/")
    assert all(url.startswith(links) for url, _label in page.links)
    assert set(mail.keys()) == {
        *("Subject", "From", "To", "Date", "Message-ID", "Reply-To", "Auto-Submitted"),
        *("List-Unsubscribe", "List-Unsubscribe-Post", "MIME-Version", "Content-Type"),
    }
    assert (mail["To"], mail["Reply-To"]) == ("anna@example.org", "studio@example.org")
    assert str(mail["Message-ID"]) == letters.message_id(message)
    assert [each.addr_spec for each in mail["From"].addresses] == ["shop@mail.example.org"]
    assert len(letter.subject) <= 150
    assert len(letter.subject.splitlines()) == 1
    assert str(mail["Subject"]).strip() == letter.subject  # Folded before a long word.


def _letter(name: str, mia: str, school: str, studio: str) -> Any:
    """Facts that no database has to store: the limit of a column is not what protects us."""
    job = Job(pk=1, name=school, studio=Studio(pk=1, timezone="Europe/Berlin"))
    children = (Child(mia, f"{BASE}/x#1"), Child("Ben", f"{BASE}/x#2"))
    message = Message(pk=7, notification_id=1, job_id=1, studio_id=1, address_key="a", about_id=0)
    known = facts.Facts(
        trigger=Trigger.SELLING,
        job=job,
        person=Person(1, name, "a", "a", "", "en", False, True, children),
        sender=Sender(studio, "studio@example.org"),
        job_url=f"{BASE}/shop/x/",
        custom_text=mia,
        unsubscribe=f"{BASE}/mail/u/x/",
        message_id=letters.message_id(message),
    )
    body = (
        "[[Customer.greeting]]\n[[Customer.children]] [[Job.name]] [[Studio.name]]\n"
        "[[Customer.photos]]\n[[Job.custom_text]]"
    )
    rule = Notification(trigger=Trigger.SELLING, channel=Channel.EMAIL)
    words = Text(language="en", subject="Of [[Customer.name]] [[Job.name]]", body=body)
    return message, composing.compose(rule, words, known, NOON)
