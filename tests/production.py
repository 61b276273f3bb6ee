"""The production processes, started by hand, with the commands of deploy/compose.yaml."""

import json
import os
import secrets
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parent.parent
SERVICES = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text())["services"]
HOST = "studio.example"
PATIENCE_SECONDS = 60


class Production:
    """Two workers, two beats and a web process, with production settings and a tick each second."""

    def __init__(self, *, database: str, broker_port: int, port: int, folder: Path) -> None:
        self.port = port
        self.broker_port = broker_port
        self.folder = folder
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        names = ("PATH", "HOME", "LANG")
        self.environment = {name: os.environ[name] for name in names if name in os.environ} | {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "SECRET_KEY": secrets.token_urlsafe(50),
            "ALLOWED_HOSTS": HOST,
            "BEHIND_TLS_PROXY": "1",
            "EMAIL_URL": "memorymail://",
            "PRIVATE_MEDIA_ROOT": str(folder / "media"),
            "UPLOAD_ROOT": str(folder / "uploads"),
            "PUBLIC_BASE_URL": f"https://{HOST}",
            "DATABASE_URL": database,
            "BROKER_URL": f"redis://127.0.0.1:{broker_port}/0",
            "STATIC_ROOT": str(folder / "static"),
            "TICK_SECONDS": "1",
        }

    def run(self, *words: str) -> str:
        """A command of manage.py, to its end. Returns all that it wrote."""
        done = subprocess.run(
            ["python", "manage.py", *words],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert done.returncode == 0, done.stdout
        return done.stdout

    def examined(self) -> dict[str, list[tuple[str, str]]]:
        """What the doctor finds: verdicts and texts, by what was asked."""
        done = subprocess.run(
            ["python", "manage.py", "doctor", "--json"],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
        )
        found: dict[str, list[tuple[str, str]]] = {}
        for row in json.loads(done.stdout):
            found.setdefault(row["about"], []).append((row["verdict"], row["text"]))
        return found

    def ask(self, expression: str) -> Any:
        """The value of an expression over tests.deployed, in a process with these settings."""
        output = self.run(*question(expression))
        return json.loads(output.splitlines()[-1])

    @contextmanager
    def asking(self, expression: str) -> Iterator[None]:
        """Ask at the same time as something else, and wait for the end."""
        asked = subprocess.Popen(
            ["python", "manage.py", *question(expression)],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.DEVNULL,
        )
        yield
        assert asked.wait(PATIENCE_SECONDS) == 0

    def start_all(self) -> None:
        web = [
            word.replace("0.0.0.0:8000", f"127.0.0.1:{self.port}") for word in container_command()
        ]
        self.start("web", web)
        for number in ("1", "2"):
            worker = [*SERVICES["worker"]["command"], "--hostname", f"{number}@{os.getpid()}"]
            self.start(f"worker {number}", worker)
            schedule = str(self.folder / f"beat-{number}")
            beat = [word.replace("/tmp/beat", schedule) for word in SERVICES["beat"]["command"]]
            self.start(f"beat {number}", beat)

    def start(self, name: str, command: list[str]) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                command,
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def get(self, path: str, **headers: str) -> tuple[int, dict[str, str], str]:
        """Status, headers and text of a page, as the proxy or a probe asks; follows no redirect."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers=headers)
        try:
            with urllib.request.build_opener(_NoRedirect).open(request, timeout=10) as response:
                return response.status, dict(response.headers), response.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, dict(error.headers), error.read().decode()

    def is_healthy(self) -> bool:
        try:
            return self.get("/healthz")[0] == 200
        except OSError:
            return False

    def until(self, holds: Callable[[], Any], pause: float = 0.2) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not holds():
            assert time.monotonic() < deadline, self.logs()
            time.sleep(pause)

    def logs(self) -> str:
        return "\n".join(f"{p.name}:\n{p.read_text()[-3000:]}" for p in self.folder.glob("*.log"))

    def dead(self) -> list[str]:
        return [name for name, process in self.processes.items() if process.poll() is not None]

    def stop_all(self) -> list[int]:
        for process in self.processes.values():
            process.send_signal(signal.SIGTERM)
        try:
            return [process.wait(20) for process in self.processes.values()]
        finally:
            for process in self.processes.values():
                if process.poll() is None:
                    os.killpg(process.pid, signal.SIGKILL)
                    process.wait()
            self.processes.clear()


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any) -> None:
        return None


def question(expression: str) -> tuple[str, ...]:
    code = f"import json; from tests.deployed import *; print(json.dumps({expression}))"
    return ("shell", "--no-imports", "-c", code)


def container_command() -> list[str]:
    """The last word of the Containerfile: what a container does that is not told otherwise."""
    text = (ROOT / "deploy" / "Containerfile").read_text()
    return json.loads(text.split("\nCMD ")[1].replace("\\\n", ""))
