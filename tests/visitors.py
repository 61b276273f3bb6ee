"""A parent's browser in tests: the codes it has typed, and pages as they are at an instant."""

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from shop import visit
from shop.models import AccessCode, Photo


def browser_with(*codes: AccessCode) -> Client:
    """A browser of its own, in which these codes were typed."""
    client = Client()
    session = client.session
    session[visit.CODES] = [code.pk for code in codes]
    session.save()
    return client


def page_of(name: str, code: AccessCode, *more: int) -> str:
    return reverse(f"shop:{name}", args=[code.studio.slug, code.pk, *more])


def photos_of(code: AccessCode) -> list[Photo]:
    """What the code shows, in the order in which it was made."""
    assert code.subject is not None
    return list(Photo.objects.of(code.subject).order_by("pk"))


def text(response: HttpResponse) -> str:
    return " ".join(response.content.decode().split())


def stop_clock(monkeypatch: Any, at: datetime) -> None:
    """On PostgreSQL the gallery's statement brings the clock with it."""
    monkeypatch.setattr("jobstatus.clock.now", lambda: at)
    monkeypatch.setattr("jobstatus.clock.of_database", lambda read: at)
