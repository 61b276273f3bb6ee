"""E-mail and SMS providers on this machine that speak the real ones' requests and answers."""

import base64
import json
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

LONG_SECONDS = 60
POLL_SECONDS = 0.01  # That long the end of each test waits for the server's.
ACCOUNT, KEY = "AC" + "0" * 32, "key"
MESSAGE_IDS = {
    "postmark": "00000000-0000-0000-0000-{:012}",
    "mailgun": "<20260504120000.{}.0123@example.org>",
    "brevo": "<20260504120000.{}@smtp-relay.mailin.fr>",
    "twilio": "SM{:032}",
}


class ProviderDouble:
    """What it took is in `taken`; `script` holds what it does with the next requests instead:

    a status with a body, "drop" (before it answers; it has taken the message), "hang" (likewise),
    "cut" (before it has read the request; it has taken nothing) or bytes that are no answer.
    """

    def __init__(self):
        self.taken, self.headers, self.paths, self.script = [], [], [], []
        self.ended = threading.Event()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self.server.double = self
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self):
        serve = self.server.serve_forever
        threading.Thread(target=serve, args=(POLL_SECONDS,), daemon=True).start()
        return self

    def __exit__(self, *error):
        self.ended.set()
        self.server.shutdown()
        self.server.server_close()

    def recipients(self):
        return [_recipient(taken) for taken in self.taken]

    def mail(self):
        """The only one: recipient, subject, text, our headers, our tag; whoever took it."""
        ((path, taken),) = zip(self.paths, self.taken, strict=True)
        subject, text, headers, tag = _PARTS[_provider(path)](taken)
        return _recipient(taken), subject, text, headers, tag

    def key(self):
        """What the last request showed: a key, or a name with its password."""
        headers = {name.casefold(): value for name, value in self.headers[-1].items()}
        if "authorization" in headers:
            return base64.b64decode(headers["authorization"].split()[1]).decode()
        return headers.get("x-postmark-server-token") or headers.get("api-key")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        double = self.server.double
        double.headers.append(dict(self.headers))
        double.paths.append(self.path)
        answer = double.script.pop(0) if double.script else None
        if answer == "cut":
            return self._hang_up()
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if isinstance(answer, tuple):
            return self._reply(*answer)
        double.taken.append(_read(self.path, body))
        if answer == "hang":
            double.ended.wait(LONG_SECONDS)
        if answer in ("hang", "drop"):
            return self._hang_up()
        if isinstance(answer, bytes):
            return self._write(200, answer)
        return self._reply(*_accepted(self.path, double.taken))

    def _reply(self, status, told):
        self._write(status, json.dumps(told).encode())

    def _write(self, status, text):
        with suppress(OSError):
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

    def _hang_up(self):
        self.close_connection = True
        self.connection.close()

    def log_message(self, *args):
        pass


def _provider(path):
    ends = {"/Messages.json": "twilio", "/messages": "mailgun", "/smtp/email": "brevo"}
    return next((name for end, name in ends.items() if path.endswith(end)), "postmark")


def _read(path, body):
    if _provider(path) in ("twilio", "mailgun"):
        return {name: values[0] for name, values in parse_qs(body.decode()).items()}
    return json.loads(body)


def _recipient(taken):
    if isinstance(taken.get("to"), list):
        return taken["to"][0]["email"]
    return taken.get("To") or taken["to"]


def _accepted(path, taken):
    number, name = len(taken), _provider(path)
    told = MESSAGE_IDS[name].format(number)
    answers = {
        "twilio": (201, {"sid": told, "status": "queued", "error_code": None}),
        "mailgun": (200, {"id": told, "message": "Queued. Thank you."}),
        "brevo": (201, {"messageId": told}),
        "postmark": (
            200,
            {"ErrorCode": 0, "Message": "OK", "MessageID": told, "To": _recipient(taken[-1])}
            | {"SubmittedAt": "2026-05-04T12:00:00Z"},
        ),
    }
    return answers[name]


def _of_postmark(taken):
    headers = {header["Name"]: header["Value"] for header in taken["Headers"]}
    return taken["Subject"], taken["TextBody"], headers, taken["Metadata"]["message"]


def _of_mailgun(taken):
    headers = {name[2:]: value for name, value in taken.items() if name.startswith("h:")}
    return taken["subject"], taken["text"], headers, taken["v:message"]


def _of_brevo(taken):
    headers = dict(taken["headers"])
    metadata = json.loads(headers.pop("X-Mailin-custom"))
    return taken["subject"], taken["textContent"], headers, metadata["message"]


_PARTS = {"postmark": _of_postmark, "mailgun": _of_mailgun, "brevo": _of_brevo}
