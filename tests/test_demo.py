"""The real demo, started as a person starts it."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest
from django.core.management.base import CommandError

from config.demo.folder import DemoFolder
from config.management.commands.demo import FIRST_PORT, listen
from tests.servers import free_port

ROOT = Path(__file__).parent.parent
PATIENCE_SECONDS = 150  # The first start draws two hundred photos.
CLOSING = "primary-school-class-portraits"


class Demo:
    """One start of it, in a process group of its own, as a terminal would make it."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.folder = folder
        self.log = folder.parent / f"{folder.name}.{time.monotonic_ns()}.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "demo", *options],
                cwd=ROOT,
                env=os.environ | {"DEBUG": "1", "DEMO_DIR": str(folder)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.family: list[psutil.Process] = []

    def output(self) -> str:
        return self.log.read_text()

    def until(self, holds) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not holds():
            assert time.monotonic() < deadline, self.output()
            time.sleep(0.1)

    def until_ready(self) -> str:
        self.until(lambda: "Stop it with" in self.output() or self.process.poll() is not None)
        assert self.process.poll() is None, self.output()
        self.family = psutil.Process(self.process.pid).children(recursive=True)
        return re.search(r"http://127.0.0.1:\d+", self.output())[0]

    def interrupt(self) -> int:
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.wait(PATIENCE_SECONDS)

    def survivors(self) -> list[psutil.Process]:
        return psutil.wait_procs(self.family, timeout=15)[1]


@pytest.fixture(scope="module")
def start():
    started: list[Demo] = []

    def demo(folder: Path, *options: str) -> Demo:
        started.append(Demo(folder, *options))
        return started[-1]

    yield demo
    for one in started:
        if one.process.poll() is None:
            one.interrupt()


@pytest.fixture(scope="module")
def seen(start, tmp_path_factory):
    """A first start, watched until its job has archived itself, and stopped by Ctrl-C."""
    port = free_port()
    demo = start(tmp_path_factory.mktemp("demo") / "data", f"--port={port}", "--closes-in=6")
    url = demo.until_ready()
    demo.until(lambda: "Jobs archived: 1. Failed: 0." in demo.output())
    pages = {path: page(url + path) for path in (f"/shop/{CLOSING}/", "/admin/login/")}
    code = demo.interrupt()
    return SimpleNamespace(demo=demo, url=url, port=port, pages=pages, code=code)


@pytest.fixture
def folder(seen, tmp_path):
    """The data of the first start, for this test alone."""
    copy = tmp_path / "data"
    shutil.copytree(seen.demo.folder, copy)
    return copy


def page(url: str) -> str:
    with urllib.request.urlopen(url, timeout=10) as response:
        return response.read().decode()


def test_a_job_archives_itself_before_the_eyes_on_the_asked_port(seen):
    assert seen.url == f"http://127.0.0.1:{seen.port}"
    assert "archived" in seen.pages[f"/shop/{CLOSING}/"]
    assert 'name="password"' in seen.pages["/admin/login/"]


def test_ctrl_c_leaves_no_process_and_a_free_port(seen):
    assert seen.code == 0
    assert seen.demo.survivors() == []
    with listen(seen.port) as listener:
        assert listener.getsockname()[1] == seen.port


def test_a_second_start_finds_its_data_and_the_time_goes_on(start, folder):
    demo = start(folder)

    demo.until_ready()

    assert "Taking up the data" in demo.output()
    assert re.search(rf"archived +http\S+/shop/{CLOSING}/", demo.output())


def test_a_start_on_a_folder_in_use_is_refused(start, folder):
    with DemoFolder(folder).lock():
        demo = start(folder, "--reset")
        code = demo.process.wait(PATIENCE_SECONDS)

    assert code == 1
    assert "A demo is running on" in demo.output()
    assert (folder / "db.sqlite3").exists()


def test_reset_begins_afresh_and_removes_only_what_is_the_demos(start, folder):
    (folder / "letter.txt").write_text("not the demo's")

    demo = start(folder, "--reset")

    demo.until_ready()
    assert re.search(rf"last day +http\S+/shop/{CLOSING}/", demo.output())
    assert (folder / "letter.txt").read_text() == "not the demo's"


def test_a_killed_demo_leaves_no_process(start, folder):
    demo = start(folder)
    demo.until_ready()

    demo.process.kill()

    assert len(demo.family) >= 3
    assert demo.survivors() == []


def test_when_one_process_dies_the_others_are_stopped_and_it_says_which(start, folder):
    demo = start(folder)
    demo.until_ready()
    [worker] = [process for process in demo.family if "worker" in process.cmdline()]

    worker.kill()

    assert demo.process.wait(PATIENCE_SECONDS) == 1
    assert "The worker has ended by itself (killed by signal 9)." in demo.output()
    assert demo.survivors() == []


def test_a_taken_port_that_was_asked_for_is_said(capsys):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]

        with pytest.raises(CommandError, match="No port for the demo"):
            listen(port)

    assert capsys.readouterr().err == f"Port {port} cannot be used: Address already in use.\n"


def test_the_next_port_is_taken_when_the_usual_one_is_not_free():
    with listen(None) as first, listen(None) as second:
        assert second.getsockname()[1] > first.getsockname()[1] >= FIRST_PORT
