"""Fixtures for every test. `DATABASE_URL` chooses the database; the runner sets it.

`TORTURE=1` runs the property and race tests with many more rounds.
"""

import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import stripe
from django.core.cache import cache
from django.core.files.storage import InMemoryStorage, storages
from django.db import connection, connections

from config.demo.card_provider import CardProvider
from shop.models import Photo
from shop.uploads import starting
from tests.browser import browser, visitor
from tests.emptying import quick_emptying
from tests.mail_sink import Sink
from tests.provider_double import ACCOUNT, KEY, ProviderDouble
from tests.run import PAGES
from tests.smtp_sink import SmtpSink

__all__ = ["browser", "visitor"]  # Here once: each import would make a fixture of its own.

TORTURE = os.environ.get("TORTURE") == "1"

# Without a time limit for an example and always with the same examples: a slow machine is no bug,
# and a red test is red again. The torture run draws new ones each time.
hypothesis.settings.register_profile(
    "short", deadline=None, derandomize=True, database=None, print_blob=True
)
hypothesis.settings.register_profile("torture", deadline=None, database=None, print_blob=True)
hypothesis.settings.load_profile("torture" if TORTURE else "short")


def pytest_addoption(parser: pytest.Parser) -> None:
    told = "leave out tests that touch no database: they prove the same on each"
    parser.addoption("--database-only", action="store_true", help=told)


ASKS_A_DATABASE = {"db", "transactional_db", "live_server", "real_database"}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What needs row locks or is a page runs in the PostgreSQL half only; what asks no database in
    the other.

    Deselected and not skipped, so that a skip always means that something is missing.
    """
    is_database_only = config.getoption("--database-only")
    is_postgresql = connection.vendor == "postgresql"
    kept = [item for item in items if _belongs(item, is_postgresql, is_database_only)]
    if len(kept) < len(items):
        config.hook.pytest_deselected(items=[item for item in items if item not in set(kept)])
        items[:] = kept


def _belongs(item: pytest.Item, is_postgresql: bool, is_database_only: bool) -> bool:
    if not is_postgresql:
        return item.get_closest_marker("postgresql") is None
    if not is_database_only:
        return True
    return bool(
        f"tests/{item.path.name}" in PAGES
        or item.get_closest_marker("django_db")
        or item.get_closest_marker("postgresql")
        or ASKS_A_DATABASE & set(getattr(item, "fixturenames", ()))
    )


@pytest.fixture(autouse=True)
def private_files(monkeypatch: pytest.MonkeyPatch) -> InMemoryStorage:
    """An empty storage of photos for each test: numbers, and so names, come again."""
    memory = InMemoryStorage()
    monkeypatch.setitem(storages._storages, "private", memory)  # type: ignore[attr-defined]
    for name in ("original", "preview", "thumbnail"):
        monkeypatch.setattr(Photo._meta.get_field(name), "storage", memory)
    return memory


@pytest.fixture(autouse=True)
def upload_files(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for files on their way in, and nobody who is told of them: tests take them."""
    settings.UPLOAD_ROOT = tmp_path / "uploads"
    monkeypatch.setattr(starting, "send", lambda until: None)
    return Path(settings.UPLOAD_ROOT)


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    """SQLite gives the numbers of rows of one test to rows of the next."""
    cache.clear()


@pytest.fixture(scope="session", autouse=True)
def emptying_tables(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock():
        if connection.vendor == "postgresql":
            _do_not_wait_for_the_disk()
        emptying = quick_emptying()
        emptying.__enter__()
    yield
    emptying.__exit__(None, None, None)


def _do_not_wait_for_the_disk() -> None:
    """A database of tests need not outlast a loss of power; all else of a commit is the same."""
    name = connection.ops.quote_name(connection.settings_dict["NAME"])
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER DATABASE {name} SET synchronous_commit TO off")
        cursor.execute("SET synchronous_commit TO off")


@pytest.fixture
def real_database(transactional_db: None, tmp_path: Path) -> Iterator[None]:
    """A database that several threads open, each with its own connection and transactions.

    On PostgreSQL the test database. On SQLite a copy of it in a file, because threads would share
    the one in memory.
    """
    if connection.vendor == "postgresql":
        yield
        return
    memory, stored = connections["default"], connections.settings["default"]
    name, path = stored["NAME"], tmp_path / "race.sqlite3"
    memory.ensure_connection()
    file = sqlite3.connect(path)
    memory.connection.backup(file)
    file.close()
    stored["NAME"] = str(path)
    connections["default"] = connections.create_connection("default")
    yield
    connections["default"].close()
    connections["default"] = memory
    stored["NAME"] = name


@pytest.fixture
def card_provider(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[CardProvider]:
    """A card provider on this machine that the shop is set up for. It keeps its messages."""
    monkeypatch.setattr(stripe.HTTPClient, "INITIAL_DELAY", 0.01)  # seconds before a retry
    monkeypatch.setattr(stripe.HTTPClient, "MAX_DELAY", 0.01)
    with CardProvider(
        key="sk_test_of_the_tests", secret="whsec_of_the_tests", holds=True
    ) as server:
        settings.STRIPE_SECRET_KEY = server.key
        settings.STRIPE_WEBHOOK_SECRETS = [server.postman.secret]
        settings.STRIPE_API_BASE = server.base
        yield server


@pytest.fixture
def sink(settings: Any) -> Iterator[Sink]:
    """A mail server on this machine that the shop sends to."""
    with Sink() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        yield server


@pytest.fixture
def smtp(settings):
    """A mail server that fails on demand, and the settings that lead there."""
    with SmtpSink() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_TIMEOUT = settings.EMAIL_REPLY_TIMEOUT = 1
        settings.EMAIL_PER_MINUTE = 0
        yield server


@pytest.fixture
def double(settings):
    """Every provider over HTTP, on this machine. Mails go to Postmark, SMS to Twilio."""
    with ProviderDouble() as server:
        settings.EMAIL_PROVIDER = "postmark"
        settings.ANYMAIL = {
            "POSTMARK_SERVER_TOKEN": KEY,
            "POSTMARK_API_URL": f"{server.url}/",
            "MAILGUN_API_KEY": KEY,
            "MAILGUN_API_URL": f"{server.url}/v3/",
            "BREVO_API_KEY": KEY,
            "BREVO_API_URL": f"{server.url}/v3/",
            "REQUESTS_TIMEOUT": (1, 1),
        }
        settings.SMS_PROVIDER = "twilio"
        settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN = ACCOUNT, "secret"
        settings.TWILIO_FROM, settings.TWILIO_API_BASE = "+15005550006", server.url
        settings.EMAIL_PER_MINUTE = settings.SMS_PER_MINUTE = 0
        yield server
