"""What the checks at the start say of the shop's settings."""

import os
import subprocess
import sys

import pytest

from config import checks


@pytest.mark.parametrize(
    ("address", "debug", "is_well"),
    [
        ("https://studio.example", False, True),
        ("", False, False),
        ("http://studio.example", False, False),
        ("https://", False, False),
        ("http://127.0.0.1:8000", True, True),
    ],
)
def test_S4_production_needs_the_address_that_links_in_mails_begin_with(
    settings, address, debug, is_well
):
    settings.PUBLIC_BASE_URL, settings.DEBUG = address, debug

    assert (checks.check_public_address() == []) is is_well


@pytest.mark.parametrize(
    ("key", "secrets", "is_well"),
    [("", [], True), ("sk", ["whsec"], True), ("sk", [], False), ("", ["whsec"], False)],
)
def test_S4_one_key_of_the_card_provider_is_not_enough(settings, key, secrets, is_well):
    settings.STRIPE_SECRET_KEY, settings.STRIPE_WEBHOOK_SECRETS = key, secrets

    assert (checks.check_card_payment() == []) is is_well


def read(*names, **variables):
    """These settings in a process that has these variables."""
    program = f"from config import settings as s; print([getattr(s, n) for n in {names}])"
    environment = {"DEBUG": "1", "PATH": os.environ["PATH"]} | variables
    return subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
    ).stdout.strip()


def test_S4_empty_variables_are_as_good_as_none():
    names = ("PUBLIC_BASE_URL", "STRIPE_WEBHOOK_SECRETS", "CARD_PAGE_ORIGINS", "DEFAULT_FROM_EMAIL")
    empty = dict.fromkeys(
        ("STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET", "EMAIL_URL", "DEFAULT_FROM_EMAIL"), ""
    )

    assert read(*names, **empty) == "['http://127.0.0.1:8000', [], [], 'shop@localhost']"


def test_S4_settings_come_from_the_environment():
    variables = {
        "EMAIL_URL": "smtp+tls://user:p%40ss@mail.example.org:587",
        "PUBLIC_BASE_URL": "https://studio.example/",
        "STRIPE_SECRET_KEY": "sk",
        "STRIPE_WEBHOOK_SECRET": "whsec_new,whsec_old",
    }
    names = ("EMAIL_HOST", "EMAIL_PORT", "EMAIL_USE_TLS", "EMAIL_HOST_PASSWORD", "PUBLIC_BASE_URL")
    others = ("STRIPE_WEBHOOK_SECRETS", "CARD_PAGE_ORIGINS")

    assert read(*names, **variables) == (
        "['mail.example.org', 587, True, 'p@ss', 'https://studio.example']"
    )
    assert read(*others, **variables) == (
        "[['whsec_new', 'whsec_old'], ['https://checkout.stripe.com']]"
    )
