"""The way out of a studio's messages, in a real browser on a phone (C9)."""

import pytest

from comms.models import Suppression
from tests.browser import PHONE, findings
from tests.factories import StudioFactory
from tests.test_comms_unsubscribe import link

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_C9_a_person_on_a_phone_leaves_and_comes_back(visitor, scheme):
    studio = StudioFactory.create()
    page = visitor(width=PHONE, scheme=scheme)

    page.goto(link(studio))
    found = findings(page)
    page.get_by_role("button", name="Unsubscribe").click()
    page.get_by_role("heading", name="You are unsubscribed").wait_for()
    found += findings(page)
    page.get_by_role("button", name="Subscribe again").click()
    page.get_by_role("heading", name="You are subscribed").wait_for()

    assert found + findings(page) == []
    assert not Suppression.objects.exists()
