"""An account at a made-up card provider that speaks the real one's language. No money moves.

Pages, charges and refunds as the provider's interface describes them, and the messages that each
change causes. Everything is in memory and under one lock.
"""

import secrets
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

API_VERSION = "2025-09-30.clover"
PAGE_LASTS_SECONDS = 24 * 60 * 60

Thing = dict[str, Any]
Answer = tuple[int, Thing]


class Refused(Exception):
    """The request is answered with an error, in the provider's form."""

    def __init__(self, status: int, kind: str, code: str, message: str) -> None:
        super().__init__(message)
        self.answer = status, {"error": {"type": kind, "code": code, "message": message}}


def invalid(code: str, message: str, status: int = 400) -> Refused:
    return Refused(status, "invalid_request_error", code, message)


class Account:
    """What the provider knows. `tell` gets each message, in order, while the lock is held."""

    def __init__(self, *, page_base: str, tell: Callable[[Thing], None]) -> None:
        self.page_base, self.tell = page_base, tell
        self.lock = threading.RLock()
        self.pages: dict[str, Thing] = {}
        self.charges: dict[str, Thing] = {}  # by payment intent
        self.refunds: dict[str, Thing] = {}
        self.answers: dict[str, tuple[Mapping[str, str], Answer]] = {}
        self.refund_status = "succeeded"  # of the next refunds

    def once(self, key: str, form: Mapping[str, str], act: Callable[[], Thing]) -> Answer:
        """Do it once for a key. The same request gets the same answer again, also an error."""
        with self.lock:
            if key and key in self.answers:
                first, answer = self.answers[key]
                if first != form:
                    raise Refused(
                        400, "idempotency_error", "", "The key was used with other parameters."
                    )
                return answer
            try:
                answer = 200, act()
            except Refused as refusal:
                answer = refusal.answer
            if key:
                self.answers[key] = form, answer
            return answer

    def open_page(self, form: Mapping[str, str]) -> Thing:
        price = "line_items[0][price_data]"
        try:
            amount = int(form[f"{price}[unit_amount]"]) * int(form["line_items[0][quantity]"])
            page: Thing = {
                "id": f"cs_test_{secrets.token_hex(16)}",
                "object": "checkout.session",
                "amount_total": amount,
                "currency": form[f"{price}[currency]"],
                "cancel_url": form["cancel_url"],
                "success_url": form["success_url"],
                "mode": form["mode"],
            }
        except (KeyError, ValueError) as error:
            raise invalid("parameter_missing", f"Missing or wrong: {error}") from error
        if amount < 50:
            raise invalid("amount_too_small", "The amount is below the smallest that is possible.")
        now = int(time.time())
        page |= {
            "client_reference_id": form.get("client_reference_id"),
            "created": now,
            "customer_email": form.get("customer_email"),
            "expires_at": now + PAGE_LASTS_SECONDS,
            "livemode": False,
            "locale": form.get("locale"),
            "metadata": _metadata(form, "metadata"),
            "payment_intent": None,
            "payment_status": "unpaid",
            "status": "open",
            "url": "",
        }
        page["url"] = f"{self.page_base}/pay/{page['id']}"
        page["_intent_metadata"] = _metadata(form, "payment_intent_data[metadata]")
        page["_title"] = form.get(f"{price}[product_data][name]", "")
        self.pages[page["id"]] = page
        return _shown(page)

    def find_page(self, page_id: str) -> Thing:
        with self.lock:
            return _shown(self._page(page_id))

    def expire(self, page_id: str) -> Thing:
        with self.lock:
            page = self._page(page_id)
            if page["status"] != "open":
                raise invalid("", "Only open sessions can be expired.")
            page |= {"status": "expired", "url": None}
            self._tell("checkout.session.expired", _shown(page))
            return _shown(page)

    def pay(self, page_id: str) -> Thing:
        """The customer pays. A page is paid once; a closed one cannot be paid."""
        with self.lock:
            page = self._page(page_id)
            if page["status"] != "open":
                raise invalid("", "This page is closed.")
            intent = f"pi_{secrets.token_hex(12)}"
            page |= {
                "status": "complete",
                "payment_status": "paid",
                "payment_intent": intent,
                "url": None,
            }
            self.charges[intent] = {
                "id": f"ch_{secrets.token_hex(12)}",
                "object": "charge",
                "amount": page["amount_total"],
                "amount_captured": page["amount_total"],
                "amount_refunded": 0,
                "currency": page["currency"],
                "metadata": page["_intent_metadata"],
                "paid": True,
                "payment_intent": intent,
                "refunded": False,
            }
            self._tell("checkout.session.completed", _shown(page))
            return _shown(page)

    def refund(self, form: Mapping[str, str]) -> Thing:
        charge = self.charges.get(form.get("payment_intent", ""))
        if charge is None:
            raise invalid("resource_missing", "No such payment_intent.", 404)
        left = charge["amount"] - charge["amount_refunded"]
        amount = int(form.get("amount", left))
        if left == 0:
            raise invalid("charge_already_refunded", "Charge has already been refunded.")
        if amount > left:
            raise invalid("", "The refund is greater than the unrefunded amount.")
        refund = {
            "id": f"re_{secrets.token_hex(12)}",
            "object": "refund",
            "amount": amount,
            "charge": charge["id"],
            "currency": charge["currency"],
            "metadata": _metadata(form, "metadata"),
            "payment_intent": charge["payment_intent"],
            "status": self.refund_status,
        }
        self.refunds[refund["id"]] = refund
        if refund["status"] != "failed":
            charge["amount_refunded"] += amount
            charge["refunded"] = charge["amount_refunded"] == charge["amount"]
            self._tell("charge.refunded", charge)
        self._tell("refund.updated", refund)
        return dict(refund)

    def fail_refund(self, refund_id: str) -> None:
        """The bank refuses it, perhaps days later: the money is on the account again."""
        with self.lock:
            refund = self.refunds[refund_id]
            charge = self.charges[refund["payment_intent"]]
            charge["amount_refunded"] -= refund["amount"]
            charge["refunded"] = False
            refund["status"] = "failed"
            self._tell("refund.failed", refund)

    def _page(self, page_id: str) -> Thing:
        if page_id not in self.pages:
            raise invalid("resource_missing", "No such checkout.session.", 404)
        return self.pages[page_id]

    def _tell(self, kind: str, thing: Thing) -> None:
        event = {
            "id": f"evt_{secrets.token_hex(12)}",
            "object": "event",
            "api_version": API_VERSION,
            "created": int(time.time()),
            "data": {"object": dict(thing)},
            "livemode": False,
            "pending_webhooks": 1,
            "request": {"id": None, "idempotency_key": None},
            "type": kind,
        }
        self.tell(event)


def _metadata(form: Mapping[str, str], name: str) -> dict[str, str]:
    start = f"{name}["
    return {key[len(start) : -1]: text for key, text in form.items() if key.startswith(start)}


def _shown(page: Thing) -> Thing:
    return {name: value for name, value in page.items() if not name.startswith("_")}
