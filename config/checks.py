"""System checks of the composition."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error

EMAIL_PROVIDERS = ("brevo", "mailgun", "postmark")


def check_clock(**kwargs: Any) -> list[CheckMessage]:
    """A moved clock belongs to the demo and to tests: real deadlines run on real time."""
    if settings.CLOCK_OFFSET_SECONDS and not settings.DEBUG:
        return [Error("CLOCK_OFFSET_SECONDS is set, but DEBUG is off.", id="config.E001")]
    return []


def check_public_address(**kwargs: Any) -> list[CheckMessage]:
    """Links in e-mails begin with it, and the payment provider leads customers back to it."""
    address = urlsplit(settings.PUBLIC_BASE_URL)
    if settings.DEBUG or (address.scheme == "https" and address.netloc):
        return []
    hint = "Set it to the address of the shop, such as https://studio.example"
    return [Error("PUBLIC_BASE_URL is not a https address.", hint=hint, id="config.E002")]


def check_card_payment(**kwargs: Any) -> list[CheckMessage]:
    """One key without the other would take money and never learn of it."""
    if bool(settings.STRIPE_SECRET_KEY) == bool(settings.STRIPE_WEBHOOK_SECRETS):
        return []
    text = "Of STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET only one is set."
    return [Error(text, hint="Set both, or none.", id="config.E003")]


def check_sending(**kwargs: Any) -> list[CheckMessage]:
    """A provider that is misspelt, or without what it asks for, would send nothing."""
    errors: list[CheckMessage] = []
    if settings.EMAIL_PROVIDER and settings.EMAIL_PROVIDER not in EMAIL_PROVIDERS:
        text = f"EMAIL_PROVIDER is none of {', '.join(EMAIL_PROVIDERS)}."
        errors.append(Error(text, id="config.E004"))
    elif settings.EMAIL_PROVIDER and not settings.EMAIL_PROVIDER_KEY:
        errors.append(Error("EMAIL_PROVIDER_KEY is missing.", id="config.E005"))
    if settings.SMS_PROVIDER not in ("", "console", "twilio"):
        errors.append(Error("SMS_PROVIDER is not twilio.", id="config.E006"))
    twilio = (settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN, settings.TWILIO_FROM)
    if settings.SMS_PROVIDER == "twilio" and not all(twilio):
        text = "TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and TWILIO_FROM are needed."
        errors.append(Error(text, id="config.E007"))
    return errors


def check_bucket(**kwargs: Any) -> list[CheckMessage]:
    """Photos of children do not travel in the clear, and half a setting would keep them here."""
    endpoint = urlsplit(settings.PRIVATE_MEDIA_ENDPOINT)
    if settings.PRIVATE_MEDIA_ENDPOINT and not settings.PRIVATE_MEDIA_BUCKET:
        text = "PRIVATE_MEDIA_ENDPOINT is set, but PRIVATE_MEDIA_BUCKET is not."
        return [Error(text, hint="Set both, or none.", id="config.E008")]
    if settings.PRIVATE_MEDIA_BUCKET and endpoint.scheme != "https" and not settings.DEBUG:
        return [Error("PRIVATE_MEDIA_ENDPOINT is not a https address.", id="config.E009")]
    return []


ALL = (check_clock, check_public_address, check_card_payment, check_sending, check_bucket)
