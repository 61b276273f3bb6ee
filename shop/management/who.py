"""The person whom a command names by `--by`."""

from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import CommandError


def person(username: str | None) -> Any:
    """None for nobody. Raises CommandError for a name that nobody has."""
    if username is None:
        return None
    found = get_user_model().objects.filter(username=username).first()
    if found is None:
        raise CommandError(f"There is nobody with the username {username}.")
    return found
