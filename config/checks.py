"""System checks of the composition."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error


def check_clock(**kwargs: Any) -> list[CheckMessage]:
    """A moved clock belongs to the demo and to tests: real deadlines run on real time."""
    if settings.CLOCK_OFFSET_SECONDS and not settings.DEBUG:
        return [Error("CLOCK_OFFSET_SECONDS is set, but DEBUG is off.", id="config.E001")]
    return []
