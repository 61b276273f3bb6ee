"""The setting ENGINE names this package; Django looks for this class in it."""

import select

from django.db.backends.postgresql import base
from psycopg import pq


class DatabaseWrapper(base.DatabaseWrapper):
    def is_usable(self) -> bool:
        """Asked before the first query of a request. No query, unless something is unusual.

        A server that ends a connection says so: then there is something to read. Any news, and any
        error since the last time, are worth Django's own question, which costs a round trip.
        """
        connection = self.connection
        if connection is None or connection.closed or self.errors_occurred:
            return bool(super().is_usable())
        if connection.info.transaction_status == pq.TransactionStatus.INERROR:
            return bool(super().is_usable())
        news = select.poll()
        news.register(connection.fileno(), select.POLLIN)
        return not news.poll(0) or bool(super().is_usable())
