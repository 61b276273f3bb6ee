"""Sessions in the database, read by a statement that is made once. All else is Django's own."""

from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.db.models.functions import Now

from shop.prepared import Prepared


def _data(session_key: str) -> QuerySet[Any, Any]:
    living = Session.objects.filter(session_key=session_key, expire_date__gt=Now())
    return living.values_list("session_data")


_QUERY = Prepared("session_data", _data, "~session~")


class SessionStore(db.SessionStore):
    """The setting SESSION_ENGINE names this module; Django looks for this name in it."""

    def load(self) -> dict[str, Any]:
        rows = _QUERY.rows(self.session_key) if self.session_key else []
        if not rows:
            self._session_key = None  # A key that nobody gave out is not taken over.
            return {}
        data: dict[str, Any] = self.decode(rows[0][0])
        return data
