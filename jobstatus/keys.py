"""Many keys in one query parameter.

`pk__in=[…]` makes a parameter of every key. With a thousand of them that costs more than the query,
and PostgreSQL then prefers reading a whole table; SQLite refuses a few ten thousand.
"""

import json
from collections.abc import Iterable

from django.db import connection
from django.db.models.expressions import RawSQL


def listed(keys: Iterable[int]) -> RawSQL:
    """These keys, for the right side of an `__in`."""
    if connection.vendor == "postgresql":
        return RawSQL("SELECT unnest(%s::bigint[]) AS key", [list(keys)])
    return RawSQL("SELECT value AS key FROM json_each(%s)", [json.dumps(list(keys))])


def listed_texts(keys: Iterable[str]) -> RawSQL:
    """The same for texts."""
    if connection.vendor == "postgresql":
        return RawSQL("SELECT unnest(%s::text[]) AS key", [list(keys)])
    return RawSQL("SELECT value AS key FROM json_each(%s)", [json.dumps(list(keys))])
