"""Addresses for people who are not on a page now: in e-mails, on paper, at a payment provider."""

from django.conf import settings


def absolute(path: str) -> str:
    """Never made from a request: its host could be forged."""
    return f"{settings.PUBLIC_BASE_URL}{path}"
