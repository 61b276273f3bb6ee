"""Sessions in the database, read by a statement that is made once. All else is Django's own."""

from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.db.models.functions import Now

from shop.prepared import Prepared


def text_of(session_key: Any) -> QuerySet[Any, Any]:
    """What a living session says, as it is stored. Also for statements that ask other things."""
    living = Session.objects.filter(session_key=session_key, expire_date__gt=Now())
    return living.values_list("session_data")


_QUERY = Prepared("session_text", text_of, "~session~")


class SessionStore(db.SessionStore):
    """The setting SESSION_ENGINE names this module; Django looks for this name in it."""

    def load(self) -> dict[str, Any]:
        rows = _QUERY.rows(self.session_key) if self.session_key else []
        return self._understood(rows[0][0] if rows else None)

    def take(self, text: str | None) -> None:
        """What another statement read of this session. Nothing happens if it was read before."""
        if not hasattr(self, "_session_cache"):
            self._session_cache = self._understood(text)

    def _understood(self, text: str | None) -> dict[str, Any]:
        if text is None:
            self._session_key = None  # A key that nobody gave out is not taken over.
            return {}
        data: dict[str, Any] = self.decode(text)
        return data
