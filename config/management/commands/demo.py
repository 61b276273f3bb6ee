"""`make demo`: web, worker and beat in one terminal, on SQLite and without any server."""

import socket
import sys
import urllib.request
from argparse import ArgumentParser
from datetime import timedelta
from pathlib import Path
from typing import Any

import environ
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.demo.card_provider import DEMO_KEY, DEMO_SECRET
from config.demo.folder import DemoFolder, FolderInUse
from config.demo.processes import ChildDied, Family, Stopped

FIRST_PORT = 8000
PORTS_TRIED = 20
CLOSES_IN_SECONDS = 120
MANAGE = (sys.executable, str(settings.BASE_DIR / "manage.py"))
CELERY = (sys.executable, "-m", "celery", "-q", "-A", "config")
GUNICORN = ("--threads=4", "--log-level=warning", "--graceful-timeout=2", "--no-control-socket")
WORKER = ("--pool=solo", "--loglevel=WARNING", "--without-gossip", "--without-mingle")
BEAT = ("--loglevel=WARNING", "--pidfile=")


class Command(BaseCommand):
    help = "Runs the whole product on this machine with made-up data. Stop it with Ctrl-C."
    requires_system_checks = ()  # the children check themselves, with the demo's settings

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--reset", action="store_true", help="begin afresh")
        parser.add_argument("--port", type=int, help=f"default: the first free from {FIRST_PORT}")
        parser.add_argument(
            "--closes-in",
            type=int,
            default=CLOSES_IN_SECONDS,
            metavar="SECONDS",
            help="on a first start, when a job archives itself",
        )

    def handle(self, *args: Any, reset: bool, port: int | None, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("The demo needs DEBUG=1. Start it with `make demo`.")
        env = environ.Env()
        folder = DemoFolder(Path(env.str("DEMO_DIR", default=str(settings.BASE_DIR / "var/demo"))))
        try:
            lock = folder.lock()
        except FolderInUse as other:
            raise CommandError(
                f"A demo is running on {folder.path} already: {other}. Stop it first (Ctrl-C)."
            ) from other
        listener = listen(port)
        family = Family()
        try:
            with lock, listener:
                self.prepare(family, folder, reset=reset, closes_in=options["closes_in"])
                self.serve(family, folder, listener)
        except Stopped:
            pass
        except ChildDied as death:
            raise CommandError(f"{death}\nThe demo has been stopped.") from death
        finally:
            family.stop()
        family.say("The demo has stopped. Its data is kept; `make demo RESET=1` begins afresh.")

    def prepare(self, family: Family, folder: DemoFolder, *, reset: bool, closes_in: int) -> None:
        if reset:
            family.say(f"Beginning afresh in {folder.path} …")
            folder.reset()
        folder.forget_unfinished()
        if folder.database.exists():
            family.say(f"Taking up the data in {folder.path} …")
            env = folder.environment(folder.database)
            family.run("migrate", [*MANAGE, "migrate"], env=env)
            return
        family.say(f"Making a studio in {folder.path} (about twenty seconds) …")
        # Under another name until it is complete: a start that is stopped halfway leaves no half.
        env = folder.environment(folder.unfinished)
        family.run("migrate", [*MANAGE, "migrate"], env=env)
        fill = ("demo_data", "--fill", str(closes_in))
        offset = family.run("filling in the data", [*MANAGE, *fill], env=env)
        folder.keep_offset(timedelta(seconds=int(offset)))
        folder.unfinished.rename(folder.database)

    def serve(self, family: Family, folder: DemoFolder, listener: socket.socket) -> None:
        offset = folder.offset()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        port = free_port()
        env = folder.environment(folder.database, offset) | {
            "PUBLIC_BASE_URL": url,
            "STRIPE_API_BASE": f"http://127.0.0.1:{port}",
            "STRIPE_SECRET_KEY": DEMO_KEY,
            "STRIPE_WEBHOOK_SECRET": DEMO_SECRET,
        }
        start_children(family, folder, listener, env)
        words = ("--port", str(port), "--webhook-url", f"{url}/shop/payments/stripe/")
        provider = [sys.executable, "-m", "config.demo.card_provider", *words]
        family.start("card", provider, env=env, cwd=settings.BASE_DIR)
        listener.close()  # Only the web process listens from now on.
        family.watch(lambda: answers(url))
        tour = family.run("tour", [*MANAGE, "demo_data", "--tour", url], env=env)
        family.say(f"\nThe demo is ready.\n\n{tour}\n\nStop it with Ctrl-C.\n")
        family.watch(lambda: False)


def listen(port: int | None) -> socket.socket:
    """The web process's socket, held from here on, so that nobody takes the port meanwhile."""
    wanted = [port] if port is not None else range(FIRST_PORT, FIRST_PORT + PORTS_TRIED)
    for number in wanted:
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", number))
            listener.listen(128)
        except OSError as error:
            listener.close()
            sys.stderr.write(f"Port {number} cannot be used: {error.strerror}.\n")
        else:
            return listener
    raise CommandError("No port for the demo. Name a free one: make demo PORT=8080")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start_children(
    family: Family, folder: DemoFolder, listener: socket.socket, env: dict[str, str]
) -> None:
    where = {"env": env, "cwd": settings.BASE_DIR}
    number = listener.fileno()
    family.start(
        "web",
        [sys.executable, "-m", "gunicorn", "config.wsgi", "--bind", f"fd://{number}", *GUNICORN],
        pass_fds=(number,),
        **where,
    )
    family.start("worker", [*CELERY, "worker", *WORKER], **where)
    schedule = str(folder.queue / "beat")
    family.start("beat", [*CELERY, "beat", "--schedule", schedule, *BEAT], **where)


def answers(url: str) -> bool:
    try:
        urllib.request.urlopen(f"{url}/healthz/web", timeout=1).close()  # noqa: S310 -- our own
    except (OSError, TimeoutError):
        return False
    return True
