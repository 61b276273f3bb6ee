"""A card provider for the demo and for tests: a real server on this machine, and no real money.

    python -m config.demo.card_provider --port 8010 --webhook-url http://…/shop/payments/stripe/

The shop is pointed to it with STRIPE_API_BASE=http://127.0.0.1:8010. It answers the part of the
provider's interface that the shop uses, shows the page on which a person pays, and sends messages.
"""

import argparse
import json
import logging
import os
import re
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

import django

from config.demo.card_account import Account, Refused, Thing, invalid
from config.demo.card_messages import Postman
from config.demo.card_page import html

DEMO_KEY = "sk_test_demo"
DEMO_SECRET = "whsec_demo"  # noqa: S105 -- opens nothing but the demo
HANG_SECONDS = 30.0
LONGEST_BODY_BYTES = 64 * 1024
PAGE = re.compile(r"/pay/(cs_test_[0-9a-f]{32})")
SESSION = re.compile(r"/v1/checkout/sessions/(cs_test_[0-9a-f]{32})(/expire)?")


class CardProvider(ThreadingHTTPServer):
    """Use as a context manager, or call `serve_forever`.

    `faults` are used up, one for each request to the interface: "fail" answers 500, "refuse" 400,
    "hang" says nothing for a while, "lose" does what was asked and ends the connection.
    """

    daemon_threads = True

    def __init__(
        self,
        *,
        port: int = 0,
        webhook_url: str = "",
        key: str = DEMO_KEY,
        secret: str = DEMO_SECRET,
        holds: bool = False,
    ) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.base = f"http://127.0.0.1:{self.server_address[1]}"
        self.key, self.hang_seconds = key, HANG_SECONDS
        self.postman = Postman(url=webhook_url, secret=secret, holds=holds)
        self.account = Account(page_base=self.base, tell=self.postman.tell)
        self.faults: list[str] = []
        self.requests: list[tuple[str, str, dict[str, str]]] = []

    def __enter__(self) -> "CardProvider":
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self.shutdown()
        self.server_close()


class Handler(BaseHTTPRequestHandler):
    server: CardProvider
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if page := PAGE.fullmatch(self.path):
            self._show_page(page[1])
        else:
            self._interface({})

    def do_POST(self) -> None:
        length = min(int(self.headers.get("Content-Length") or 0), LONGEST_BODY_BYTES)
        form = dict(parse_qsl(self.rfile.read(length).decode(), keep_blank_values=True))
        if page := PAGE.fullmatch(self.path):
            self._decide(page[1], form.get("action", ""))
        else:
            self._interface(form)

    def log_message(self, format: str, *args: Any) -> None:
        logging.getLogger(__name__).debug(format, *args)

    def _interface(self, form: dict[str, str]) -> None:
        key = self.headers.get("Idempotency-Key", "")
        self.server.requests.append((self.command, self.path, {"key": key, **form}))
        fault = self.server.faults.pop(0) if self.server.faults else ""
        if fault == "hang":
            time.sleep(self.server.hang_seconds)
        status, answer = self._answer(form, key, fault)
        if fault in ("lose", "hang"):
            self.close_connection = True
            return
        self._send(status, json.dumps(answer).encode(), "application/json")

    def _answer(self, form: dict[str, str], key: str, fault: str) -> tuple[int, Thing]:
        try:
            if self.headers.get("Authorization") != f"Bearer {self.server.key}":
                raise invalid("", "Invalid API Key provided.", 401)
            if fault == "fail":
                raise Refused(500, "api_error", "", "An error of the test.")
            if fault == "refuse":
                raise invalid("", "A refusal of the test.")
            if fault == "hang":
                return 500, {}
            return self.server.account.once(key, form, lambda: self._act(form))
        except Refused as refusal:
            return refusal.answer

    def _act(self, form: dict[str, str]) -> Thing:
        account = self.server.account
        actions: dict[tuple[str, str], Callable[[], Thing]] = {
            ("POST", "/v1/checkout/sessions"): lambda: account.open_page(form),
            ("POST", "/v1/refunds"): lambda: account.refund(form),
        }
        if session := SESSION.fullmatch(self.path):
            actions["GET", f"/v1/checkout/sessions/{session[1]}"] = lambda: account.find_page(
                session[1]
            )
            actions["POST", f"/v1/checkout/sessions/{session[1]}/expire"] = lambda: account.expire(
                session[1]
            )
        act = actions.get((self.command, self.path))
        if act is None:
            raise invalid("", f"Unrecognized request URL ({self.command}: {self.path}).", 404)
        return act()

    def _show_page(self, page_id: str, message: str = "", status: int = 200) -> None:
        with self.server.account.lock:
            page = self.server.account.pages.get(page_id)
            if page is None:
                self._send(404, b"", "text/plain")
                return
            body = html(page, message=message)
        self._send(status, body.encode(), "text/html; charset=utf-8")

    def _decide(self, page_id: str, action: str) -> None:
        try:
            page = self.server.account.find_page(page_id)
            if action == "pay":
                self.server.account.pay(page_id)
        except Refused as refusal:
            self._show_page(page_id, message=str(refusal), status=409)
            return
        self._send(
            303, b"", "text/plain", to=page["success_url" if action == "pay" else "cancel_url"]
        )

    def _send(self, status: int, body: bytes, kind: str, *, to: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        if to:
            self.send_header("Location", to)
        self.end_headers()
        self.wfile.write(body)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--webhook-url", required=True)
    parser.add_argument("--key", default=DEMO_KEY)
    parser.add_argument("--secret", default=DEMO_SECRET)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    server = CardProvider(
        port=options.port,
        webhook_url=options.webhook_url,
        key=options.key,
        secret=options.secret,
    )
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()


if __name__ == "__main__":
    main()
