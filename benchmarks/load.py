"""A web process with one worker on the benchmark's database, and browsers that ask it."""

import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from django.conf import settings

ROOT = Path(__file__).resolve().parent.parent
BROWSERS = 3  # ask at the same time, so that the worker never waits for one
PATIENCE_SECONDS = 60
FINE = (b"HTTP/1.1 200", b"HTTP/1.1 304")


def one_worker() -> AbstractContextManager[int]:
    """Gunicorn with one synchronous worker and production settings. Yields its port."""
    return web("--workers", "1")


@contextmanager
def web(*how: str, **more: str) -> Iterator[int]:
    """Gunicorn with these options and production settings. Yields its port."""
    with tempfile.TemporaryDirectory(suffix="_bench") as folder:
        port = _free_port()
        environment = {
            **{name: value for name, value in os.environ.items() if name != "DEBUG"},
            "DJANGO_SETTINGS_MODULE": "benchmarks.site",
            "SECRET_KEY": settings.SECRET_KEY,
            "ALLOWED_HOSTS": "127.0.0.1",
            "BEHIND_TLS_PROXY": "1",
            "STATIC_ROOT": folder,
            **more,
        }
        manage = [sys.executable, "-W", "ignore", "manage.py", "collectstatic", "--no-input", "-v0"]
        subprocess.run(manage, cwd=ROOT, env=environment, check=True)
        gunicorn = [sys.executable, "-m", "gunicorn", "config.wsgi", *how]
        options = ["--bind", f"127.0.0.1:{port}", "--log-level", "warning"]
        server = subprocess.Popen([*gunicorn, *options], cwd=ROOT, env=environment)
        try:
            _wait_for(port)
            yield port
        finally:
            server.terminate()
            server.wait(PATIENCE_SECONDS)


def requests_per_second(
    port: int, path: str, *, headers: Mapping[str, str], seconds: float
) -> float:
    """What the worker answers for so long. Raises ValueError for an answer that is an error."""
    request = _request(path, headers)
    answered = [0] * BROWSERS
    wrong: list[bytes] = []
    end = time.perf_counter() + seconds

    def browse(number: int) -> None:
        while time.perf_counter() < end and not wrong:
            answer = _answer(port, request)
            if not answer.startswith(FINE):
                wrong.append(answer)
            answered[number] += 1

    start = time.perf_counter()
    browsers = [threading.Thread(target=browse, args=(number,)) for number in range(BROWSERS)]
    for browser in browsers:
        browser.start()
    for browser in browsers:
        browser.join()
    if wrong:
        raise ValueError(f"{path} was answered with {wrong[0][:200]!r}")
    return sum(answered) / (time.perf_counter() - start)


def answer(port: int, path: str, headers: Mapping[str, str]) -> tuple[dict[str, str], bytes]:
    """The headers, in lower case, and the body of one answer."""
    head, _end, body = _answer(port, _request(path, headers)).partition(b"\r\n\r\n")
    lines = (line.partition(": ") for line in head.decode().split("\r\n")[1:])
    return {name.lower(): value for name, _colon, value in lines}, body


def ask(port: int, method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> bytes:
    """The whole answer to one request."""
    length = {"Content-Length": f"{len(body)}"}
    return _answer(port, _request(path, dict(headers) | length, method) + body)


def _request(path: str, headers: Mapping[str, str], method: str = "GET") -> bytes:
    fixed = {"Host": "127.0.0.1", "Connection": "close", "X-Forwarded-Proto": "https"}
    lines = [f"{name}: {value}" for name, value in (fixed | dict(headers)).items()]
    return "\r\n".join([f"{method} {path} HTTP/1.1", *lines, "", ""]).encode()


def _answer(port: int, request: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), PATIENCE_SECONDS) as connection:
        connection.sendall(request)
        parts = []
        while part := connection.recv(1 << 18):
            parts.append(part)
        return b"".join(parts)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def _wait_for(port: int) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)
