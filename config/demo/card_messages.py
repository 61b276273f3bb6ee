"""The made-up provider's messages: signed as the real one signs, repeated until they are taken."""

import hashlib
import hmac
import json
import logging
import queue
import threading
import time
import urllib.request
from dataclasses import dataclass
from typing import Any

RETRY_WAITS_SECONDS = (0.5, 1, 2, 4, 8, 15, 30, 60)
TIMEOUT_SECONDS = 20

logger = logging.getLogger(__name__)


def signature(body: bytes, secret: str, *, at: int) -> str:
    """The header `Stripe-Signature` of this body at this second."""
    signed = f"{at}.".encode() + body
    digest = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


@dataclass(frozen=True)
class Message:
    event: dict[str, Any]
    secret: str

    @property
    def body(self) -> bytes:
        return json.dumps(self.event).encode()

    def headers(self, *, at: int | None = None) -> dict[str, str]:
        """Signed anew for each attempt, as the real provider does."""
        stamp = int(time.time()) if at is None else at
        return {
            "Content-Type": "application/json; charset=utf-8",
            "Stripe-Signature": signature(self.body, self.secret, at=stamp),
        }


class Postman:
    """Delivers in its own thread, in order; a message that is not taken comes again.

    With `holds` the messages are kept in `held` instead: a test delivers them itself, twice, late,
    in another order.
    """

    def __init__(self, *, url: str, secret: str, holds: bool = False) -> None:
        self.url, self.secret, self.holds = url, secret, holds
        self.held: list[Message] = []
        self.to_send: queue.Queue[Message] = queue.Queue()
        if not holds:
            threading.Thread(target=self._deliver_all, daemon=True).start()

    def tell(self, event: dict[str, Any]) -> None:
        message = Message(event, self.secret)
        if self.holds:
            self.held.append(message)
        else:
            self.to_send.put(message)

    def _deliver_all(self) -> None:
        while True:
            message = self.to_send.get()
            for wait in (*RETRY_WAITS_SECONDS, None):
                if self._is_taken(message):
                    break
                if wait is None:
                    logger.error("Nobody took %s; it is given up.", message.event["type"])
                else:
                    time.sleep(wait)

    def _is_taken(self, message: Message) -> bool:
        request = urllib.request.Request(  # noqa: S310 -- the address is the caller's
            self.url, data=message.body, headers=message.headers(), method="POST"
        )
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310
                return bool(answer.status == 200)
        except (OSError, ValueError) as error:
            logger.warning("%s was not taken: %s", message.event["type"], error)
            return False
